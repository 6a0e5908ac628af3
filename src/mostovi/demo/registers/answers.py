"""What a register answers: the asked facts about one person, and no other."""

import sqlite3
from collections.abc import Callable
from typing import Any

from mostovi.demo.registers.values import SERVICES, BadQuestion, PersonNotFound, Question

Facts = dict[str, Any]


def read_question(body: Any, case: str) -> Question:
    """The question in a request body; raises BadQuestion, which never repeats what was sent."""
    subject = body.get("subject") if isinstance(body, dict) else None
    number = subject.get("jmb") if isinstance(subject, dict) else None
    fields = body.get("fields") if isinstance(body, dict) else None
    if not isinstance(number, str) or not isinstance(fields, list):
        raise BadQuestion
    if not all(isinstance(field, str) for field in fields):
        raise BadQuestion
    parameters = body.get("parameters")
    return Question(number, tuple(fields), parameters if isinstance(parameters, dict) else {}, case)


def answer(connection: sqlite3.Connection, service: str, question: Question) -> Facts:
    """The asked facts that this register knows; raises PersonNotFound when it has no entry."""
    known = _ANSWERS[service](connection, question)
    return {
        field: known[field]
        for field in question.fields
        if field in SERVICES[service] and known.get(field) is not None
    }


def find_birth(connection: sqlite3.Connection, number: str) -> Facts:
    """The whole entry, for the extract that the registrar itself issues."""
    return _row(connection, "SELECT * FROM births WHERE person_number = ?", number)


def _row(connection: sqlite3.Connection, query: str, number: str) -> Facts:
    row = connection.execute(query, (number,)).fetchone()
    if row is None:
        raise PersonNotFound
    return dict(row)


def _birth_record(connection: sqlite3.Connection, question: Question) -> Facts:
    return find_birth(connection, question.subject)


def _children_of_parent(connection: sqlite3.Connection, question: Question) -> Facts:
    """An empty list is an answer: no child in this register has this parent.

    No part of a child's number is given: with the day of birth it would nearly be the whole.
    """
    rows = connection.execute(
        "SELECT given_name, family_name, born_on, born_in FROM births "
        "WHERE ? IN (mother_number, father_number) ORDER BY born_on, person_number",
        (question.subject,),
    )
    return {"children": [dict(row) for row in rows]}


def _marriage_record(connection: sqlite3.Connection, question: Question) -> Facts:
    return _row(connection, "SELECT * FROM marriages WHERE person_number = ?", question.subject)


def _residence(connection: sqlite3.Connection, question: Question) -> Facts:
    return _row(connection, "SELECT * FROM residence WHERE person_number = ?", question.subject)


def _household_income(connection: sqlite3.Connection, question: Question) -> Facts:
    return _row(connection, "SELECT * FROM income WHERE person_number = ?", question.subject)


def _entitlements(connection: sqlite3.Connection, question: Question) -> Facts:
    """An empty list is an answer: nothing was ever granted to this person here."""
    rows = connection.execute(
        "SELECT entitled_to, since, until, amount_km FROM entitlements WHERE person_number = ? "
        "ORDER BY since, rowid",
        (question.subject,),
    )
    return {"rights": [_right(dict(row)) for row in rows]}


def _right(row: Facts) -> Facts:
    return {"right": row.pop("entitled_to")} | row


_ANSWERS: dict[str, Callable[[sqlite3.Connection, Question], Facts]] = {
    "birthRecord": _birth_record,
    "childrenOfParent": _children_of_parent,
    "marriageRecord": _marriage_record,
    "residence": _residence,
    "householdIncome": _household_income,
    "entitlements": _entitlements,
}
