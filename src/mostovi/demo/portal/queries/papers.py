"""Finds a document that was really sealed: a decision of the people one plays, else a seeded one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from mostovi.demo.population import cast
from mostovi.demo.population.values import Person
from mostovi.kernel import people
from mostovi.kernel.access import Actor
from mostovi.services import public as services
from mostovi.services.queries.case_sheets import find_case_sheet

PLAYED = (cast.AMRA, cast.MILAN)
SEEDED = tuple(family.mother for family in cast.NEIGHBOURS) + tuple(
    family.father for family in cast.NEIGHBOURS
)


@dataclass(frozen=True)
class Paper:
    code: str
    issuer: str
    issued_on: date
    pdf: bytes


def find_played_paper() -> Paper | None:
    """The newest document sealed for Amra or Milan."""
    return _newest(_papers(PLAYED))


def find_seeded_paper() -> Paper | None:
    """A document that was sealed when the demonstration started for the first time."""
    return _newest(_papers(SEEDED))


def _newest(papers: Iterable[Paper]) -> Paper | None:
    return max(papers, key=lambda paper: paper.issued_on, default=None)


def _papers(persons: Iterable[Person]) -> Iterator[Paper]:
    for person in persons:
        actor = _as_person(person)
        for line in services.list_case_lines(actor):
            case = line.summary.code
            # A bank holds the paper that counts now, not one that was taken back.
            valid = [each for each in find_case_sheet(actor, case).documents if each.is_valid]
            for found in valid:
                pdf = services.find_document(actor, case, found.code).pdf
                yield Paper(found.code, found.issuer, found.issued_on, pdf)


def _as_person(person: Person) -> Actor:
    """Documents are read through the door the person herself would use."""
    known = people.find_or_create_person_at_counter(personal_number=person.number, name=person.name)
    return Actor(kind="person", person_id=known.id, name=known.name, assurance="substantial")
