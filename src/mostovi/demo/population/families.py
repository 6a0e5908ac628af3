"""Three generations at a time: two pairs of grandparents, the couple, their siblings and their children."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from mostovi.demo.population import names
from mostovi.demo.population.cast import cast_population
from mostovi.demo.population.personal_numbers import Issuer, Serials
from mostovi.demo.population.places import list_places
from mostovi.demo.population.values import Household, Marriage, Person, Place, Population

PEOPLE_AT_LEAST = 5_000
TODAY = date(2026, 11, 21)  # fixed, so that the same seed makes the same bytes on any day
_BUSY = {"ba-tuzla": 30, "ba-zenica": 28, "ba-bijeljina": 24, "ba-bd": 24, "ba-banja-luka": 16}
_EITHER: tuple[Serials, Serials] = ("women", "men")
_INCOMES_KM = (0, 340, 520, 619, 780, 960, 1240, 1700)


@dataclass
class Country:
    """A country in the making."""

    chance: Random
    issuer: Issuer
    persons: list[Person] = field(default_factory=list)
    marriages: list[Marriage] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)

    def pick_place(self) -> Place:
        """More people in the five towns of the story, some everywhere."""
        places = list_places()
        return self.chance.choices(places, [_BUSY.get(place.id, 1) for place in places])[0]

    def pick_day(self, first: date, last: date) -> date:
        last = max(first, min(last, TODAY))
        return first + timedelta(days=self.chance.randint(0, (last - first).days))


def generate_population(seed: int, people_at_least: int = PEOPLE_AT_LEAST) -> Population:
    """The cast and enough other families; the same seed gives the same people."""
    chance = Random(seed)  # noqa: S311 - the point is that it can be repeated
    country = Country(chance, Issuer(chance))
    cast = cast_population()
    for person in cast.persons:
        country.issuer.reserve(person.number)
    while len(country.persons) + len(cast.persons) < people_at_least:
        _add_three_generations(country)
    return Population(
        persons=cast.persons + tuple(country.persons),
        marriages=cast.marriages + tuple(country.marriages),
        households=cast.households + tuple(country.households),
    )


@dataclass(frozen=True)
class _Couple:
    wife: Person
    husband: Person
    marriage: Marriage
    place: Place
    names: names.Names


def _years_after(day: date, years: float) -> date:
    return day + timedelta(days=round(years * 365.25))


def _add_three_generations(country: Country) -> None:
    hers, his = _add_grandparents(country), _add_grandparents(country)
    wife, *her_siblings = _add_children(country, hers, country.chance.randint(1, 3), eldest="women")
    husband, *his_siblings = _add_children(country, his, country.chance.randint(1, 3), eldest="men")
    for single in (*her_siblings, *his_siblings):
        _add_home(country, (single,), country.pick_place(), _years_after(single.born_on, 18))
    couple = _marry(country, wife, husband, country.chance.choice((hers.names, his.names)))
    children = _add_children(country, couple, country.chance.choice((0, 1, 1, 2, 2, 2, 3, 4)))
    members = (couple.wife, couple.husband, *children)
    _add_home(country, members, couple.place, couple.marriage.married_on)


def _add_grandparents(country: Country) -> _Couple:
    fitting = country.chance.choice(names.LISTS)
    wife = _add_eldest(country, "women", fitting, country.pick_day(date(1946, 1, 1), date(1962, 12, 31)))
    husband = _add_eldest(country, "men", fitting, country.pick_day(date(1945, 1, 1), date(1960, 12, 31)))
    couple = _marry(country, wife, husband, fitting)
    _add_home(country, (couple.wife, couple.husband), couple.place, couple.marriage.married_on)
    return couple


def _add_eldest(country: Country, serials: Serials, fitting: names.Names, born_on: date) -> Person:
    family_name = country.chance.choice(fitting.families)
    person = Person(
        number=country.issuer.issue(born_on, serials),
        given_name=country.chance.choice(fitting.women if serials == "women" else fitting.men),
        family_name=family_name,
        birth_name=family_name,
        born_on=born_on,
        birthplace=country.pick_place().id,
    )
    country.persons.append(person)
    return person


def _marry(country: Country, wife: Person, husband: Person, fitting: names.Names) -> _Couple:
    """They are 20 or older. Nine wives in ten take their husband's name."""
    of_age = _years_after(max(wife.born_on, husband.born_on), 20)
    married_on = country.pick_day(of_age, min(_years_after(of_age, 6), _years_after(TODAY, -1)))
    if country.chance.random() < 0.9:
        renamed = replace(wife, family_name=husband.family_name)
        country.persons[country.persons.index(wife)] = renamed
        wife = renamed
    place = country.pick_place()
    wed_in = country.chance.choice((wife.birthplace, husband.birthplace, place.id))
    marriage = Marriage((wife.number, husband.number), married_on, wed_in)
    country.marriages.append(marriage)
    return _Couple(wife, husband, marriage, place, fitting)


def _add_children(
    country: Country, parents: _Couple, count: int, eldest: Serials | None = None
) -> tuple[Person, ...]:
    """Children a year or more apart, as long as their day of birth has come and their mother is under 45."""
    children: list[Person] = []
    born_on = parents.marriage.married_on + timedelta(days=280)
    last = min(TODAY, _years_after(parents.wife.born_on, 45))
    for _ in range(count):
        born_on += timedelta(days=country.chance.randint(0, 900))
        if born_on > last:
            break
        serials = eldest if eldest and not children else country.chance.choice(_EITHER)
        children.append(_add_child(country, parents, serials, born_on))
        born_on += timedelta(days=365)
    return tuple(children)


def _add_child(country: Country, parents: _Couple, serials: Serials, born_on: date) -> Person:
    """Born where the parents live, or in another town with a hospital."""
    chance, family_name = country.chance, parents.husband.family_name
    child = Person(
        number=country.issuer.issue(born_on, serials),
        given_name=chance.choice(parents.names.women if serials == "women" else parents.names.men),
        family_name=family_name,
        birth_name=family_name,
        born_on=born_on,
        birthplace=parents.place.id if chance.random() < 0.65 else country.pick_place().id,
        mother=parents.wife.number,
        father=parents.husband.number,
    )
    country.persons.append(child)
    return child


def _add_home(country: Country, members: tuple[Person, ...], place: Place, not_before: date) -> None:
    adults = sum(1 for person in members if _years_after(person.born_on, 18) <= TODAY)
    income = sum(country.chance.choice(_INCOMES_KM) for _ in range(adults))
    country.households.append(
        Household(
            members=tuple(person.number for person in members),
            place=place.id,
            address=_address(country.chance, place),
            since=country.pick_day(not_before, TODAY),
            monthly_income_km=income,
        )
    )


def _address(chance: Random, place: Place) -> str:
    number = chance.randint(1, 90)
    if place.settlements and chance.random() < 0.5:
        return f"{chance.choice(place.settlements)} {number}"
    return f"{chance.choice(names.STREETS)} {number}"
