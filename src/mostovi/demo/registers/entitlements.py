"""Which families of a town receive what: chosen by a seed, and help only where the income is low."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from mostovi.demo.population.values import Household, Person
from mostovi.demo.registers.values import Right

CHILD_ALLOWANCE_KM = 118
INCOME_LIMIT_KM = 247.60  # a month per member; like every amount here illustrative
_CHILD_ALLOWANCE_FROM = date(2022, 7, 1)
_ONE_TIME_HELP_KM = (150, 200, 300)
_CARERS_ALLOWANCE_KM = (309, 402)
_OLD_YEARS = 70
_SEED = 22


@dataclass(frozen=True)
class Entitlement:
    """A right granted to one person. ``until`` is None while it lasts, and for a single payment its day."""

    holder: str
    right: Right
    since: date
    until: date | None
    amount_km: int


def grant_rights(homes: list[Household], persons: Mapping[str, Person], today: date) -> Iterator[Entitlement]:
    """The same households, persons and day give the same rights."""
    chance = Random(_SEED)  # noqa: S311 - the point is that it can be repeated
    for home in homes:
        members = [persons[number] for number in home.members]
        yield from _child_allowances(chance, home, members, today)
        yield from _one_time_help(chance, home, today)
        yield from _carers_allowance(chance, home, members, today)


def _child_allowances(
    chance: Random, home: Household, members: list[Person], today: date
) -> Iterator[Entitlement]:
    """To the mother, for each child under age, unless the income is too high or nobody asked."""
    asked = chance.random() < 0.7
    if not asked or home.monthly_income_km > INCOME_LIMIT_KM * len(members):
        return
    for child in members:
        since = _next_month(max(child.born_on, home.since, _CHILD_ALLOWANCE_FROM))
        if child.mother in home.members and since <= today and _age(child, today) < 18:
            yield Entitlement(str(child.mother), "child-allowance", since, None, CHILD_ALLOWANCE_KM)


def _one_time_help(chance: Random, home: Household, today: date) -> Iterator[Entitlement]:
    day = today - timedelta(days=chance.randint(20, 700))
    needy = home.monthly_income_km < INCOME_LIMIT_KM * len(home.members)
    if chance.random() < 0.4 and needy and day >= home.since:
        yield Entitlement(home.members[0], "one-time-help", day, day, chance.choice(_ONE_TIME_HELP_KM))


def _carers_allowance(
    chance: Random, home: Household, members: list[Person], today: date
) -> Iterator[Entitlement]:
    """To one of an old couple, for the care of the other; for some it has ended."""
    since = today - timedelta(days=chance.randint(400, 2_000))
    until = since + timedelta(days=365) if chance.random() < 0.3 else None
    old = len(members) == 2 and all(_age(person, today) >= _OLD_YEARS for person in members)
    if chance.random() < 0.3 and old and since >= home.since:
        amount = chance.choice(_CARERS_ALLOWANCE_KM)
        yield Entitlement(chance.choice(home.members), "carers-allowance", since, until, amount)


def _next_month(day: date) -> date:
    """The first of the month after; the first of a month stays."""
    return day if day.day == 1 else (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _age(person: Person, today: date) -> int:
    born_on = person.born_on
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
