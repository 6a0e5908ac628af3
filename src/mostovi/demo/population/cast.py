"""The people everybody meets in the demonstration, with their families, exactly as the stories need them.

Amra lives in Tuzla, married in Bijeljina, and her son was born in Brčko. Milan lives in Banja Luka and was
born in Zenica. The neighbours live in Tuzla and have applied for child allowance before.
"""

from dataclasses import dataclass, replace
from datetime import date

from mostovi.demo.population.personal_numbers import Serials, compose
from mostovi.demo.population.values import Household, Marriage, Person, Population

TUZLA, BIJELJINA, BRCKO, ZENICA, BANJA_LUKA = (
    "ba-tuzla",
    "ba-bijeljina",
    "ba-bd",
    "ba-zenica",
    "ba-banja-luka",
)


def _number(born_on: date, serials: Serials) -> str:
    """The first number of that day in region 55 from serial 41 on: no two of the cast share a birthday."""
    start = 500 if serials == "women" else 0
    return next(number for serial in range(start + 41, 1000) if (number := compose(born_on, "55", serial)))


def _woman(given: str, family: str, born: str, place: str, birth_name: str = "") -> Person:
    born_on = date.fromisoformat(born)
    return Person(_number(born_on, "women"), given, family, birth_name or family, born_on, place)


def _man(given: str, family: str, born: str, place: str) -> Person:
    born_on = date.fromisoformat(born)
    return Person(_number(born_on, "men"), given, family, family, born_on, place)


def _child_of(mother: Person, father: Person, child: Person) -> Person:
    return replace(child, mother=mother.number, father=father.number)


@dataclass(frozen=True)
class Family:
    """A couple with their children, and where they live together."""

    mother: Person
    father: Person
    children: tuple[Person, ...]
    married_on: date
    married_in: str
    household: Household | None = None

    @property
    def persons(self) -> tuple[Person, ...]:
        return self.mother, self.father, *self.children

    @property
    def marriage(self) -> Marriage:
        return Marriage((self.mother.number, self.father.number), self.married_on, self.married_in)


def _household(
    members: tuple[Person, ...], place: str, address: str, since: str, monthly_income_km: int
) -> Household:
    numbers = tuple(person.number for person in members)
    return Household(numbers, place, address, date.fromisoformat(since), monthly_income_km)


SENADA = _woman("Senada", "Hodžić", "1967-02-11", TUZLA, birth_name="Karić")
MUSTAFA = _man("Mustafa", "Hodžić", "1964-09-30", TUZLA)
JASNA = _woman("Jasna", "Kovač", "1965-06-18", BIJELJINA, birth_name="Delić")
NERMIN = _man("Nermin", "Kovač", "1962-12-05", BIJELJINA)
AMRA = _child_of(SENADA, MUSTAFA, _woman("Amra", "Kovač", "1993-04-17", TUZLA, birth_name="Hodžić"))
EMIR = _child_of(JASNA, NERMIN, _man("Emir", "Kovač", "1990-11-03", BIJELJINA))
DINO = _child_of(AMRA, EMIR, _man("Dino", "Kovač", "2019-09-02", BRCKO))

GORDANA = _woman("Gordana", "Savić", "1963-08-24", ZENICA, birth_name="Lazić")
BRANKO = _man("Branko", "Savić", "1960-01-09", ZENICA)
MILAN = _child_of(GORDANA, BRANKO, _man("Milan", "Savić", "1988-03-21", ZENICA))


def _grandparents(child: Person, mother: Person, father: Person, *, wed: str, home: Household) -> Family:
    return Family(mother, father, (child,), date.fromisoformat(wed), home.place, home)


STORY = (
    _grandparents(
        AMRA,
        SENADA,
        MUSTAFA,
        wed="1989-05-20",
        home=_household((SENADA, MUSTAFA), TUZLA, "Solna ulica 8", "1990-03-01", 980),
    ),
    _grandparents(
        EMIR,
        JASNA,
        NERMIN,
        wed="1987-10-10",
        home=_household((JASNA, NERMIN), BIJELJINA, "Ulica kestenova 21", "1988-04-15", 1120),
    ),
    _grandparents(
        MILAN,
        GORDANA,
        BRANKO,
        wed="1985-07-06",
        home=_household((GORDANA, BRANKO), ZENICA, "Željeznička ulica 33", "1986-09-01", 1040),
    ),
    Family(
        AMRA,
        EMIR,
        (DINO,),
        date(2018, 6, 8),
        BIJELJINA,
        _household((AMRA, EMIR, DINO), TUZLA, "Ulica lipa 14", "2019-03-12", 690),
    ),
)
MILANS_HOUSEHOLD = _household((MILAN,), BANJA_LUKA, "Riječna ulica 5", "2014-10-01", 1580)


def _neighbours(
    mother: Person,
    father: Person,
    children: tuple[Person, ...],
    *,
    wed: str,
    address: str,
    since: str,
    income: int,
) -> Family:
    children = tuple(_child_of(mother, father, child) for child in children)
    home = _household((mother, father, *children), TUZLA, address, since, income)
    return Family(mother, father, children, date.fromisoformat(wed), BIJELJINA, home)


NEIGHBOURS = (
    _neighbours(
        _woman("Marija", "Perić", "1991-07-14", TUZLA, birth_name="Jurić"),
        _man("Ivan", "Perić", "1989-02-26", TUZLA),
        (_man("Petar", "Perić", "2020-04-11", BRCKO),),
        wed="2017-09-16",
        address="Zelena ulica 3",
        since="2018-01-20",
        income=540,
    ),
    _neighbours(
        _woman("Jelena", "Ilić", "1990-10-08", BIJELJINA, birth_name="Simić"),
        _man("Nikola", "Ilić", "1987-05-19", TUZLA),
        (_woman("Sofija", "Ilić", "2016-12-01", BRCKO), _man("Stefan", "Ilić", "2021-03-27", BRCKO)),
        wed="2015-05-30",
        address="Mlinska ulica 17",
        since="2016-02-08",
        income=880,
    ),
    _neighbours(
        _woman("Sara", "Hadžić", "1994-01-29", TUZLA, birth_name="Mehić"),
        _man("Adnan", "Hadžić", "1992-08-12", TUZLA),
        (_woman("Ajla", "Hadžić", "2022-06-05", BRCKO),),
        wed="2020-08-22",
        address="Cvjetna ulica 40",
        since="2020-09-15",
        income=1350,
    ),
    _neighbours(
        _woman("Nina", "Savić", "1992-11-23", BIJELJINA, birth_name="Gajić"),
        _man("Dejan", "Savić", "1991-04-02", BIJELJINA),
        (_man("Uroš", "Savić", "2023-02-14", BRCKO),),
        wed="2021-06-12",
        address="Potočna ulica 9",
        since="2021-07-01",
        income=741,
    ),
    _neighbours(
        _woman("Ana", "Tomić", "1988-06-30", TUZLA, birth_name="Božić"),
        _man("Luka", "Tomić", "1986-09-17", TUZLA),
        (_woman("Lucija", "Tomić", "2014-05-21", BRCKO), _man("Marko", "Tomić", "2018-10-09", BRCKO)),
        wed="2013-04-27",
        address="Školska ulica 26",
        since="2013-06-10",
        income=960,
    ),
    _neighbours(
        _woman("Lejla", "Mujić", "1989-03-16", TUZLA, birth_name="Husić"),
        _man("Haris", "Mujić", "1986-07-25", BIJELJINA),
        (
            _woman("Ema", "Mujić", "2013-08-03", BRCKO),
            _man("Tarik", "Mujić", "2017-01-18", BRCKO),
            _woman("Hana", "Mujić", "2022-12-20", BRCKO),
        ),
        wed="2012-09-08",
        address="Voćarska ulica 11",
        since="2012-11-02",
        income=1000,
    ),
)


def cast_population() -> Population:
    """The cast with their families, as a small country of their own."""
    families = STORY + NEIGHBOURS
    persons = {person.number: person for family in families for person in family.persons}
    # Amra and Emir are children of one family and parents of another; both times the same person.
    homes = tuple(family.household for family in families if family.household is not None)
    return Population(
        persons=tuple(persons.values()),
        marriages=tuple(family.marriage for family in families),
        households=(*homes, MILANS_HOUSEHOLD),
    )


IVAN = NEIGHBOURS[0].father
JELENA = NEIGHBOURS[1].mother
