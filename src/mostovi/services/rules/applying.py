"""Applying, at home or at a counter, and what registers' answers lead to."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from mostovi.kernel.access import Actor, check_is_official
from mostovi.kernel.plain_text import count_signs, plain_text
from mostovi.services.rules.refusals import (
    AlreadyOpen,
    FactNotNamed,
    IdentityNotSeen,
    NameMissing,
    OtherPerson,
    QuestionsOpen,
    RegisterDenies,
    TextMissing,
    TooLong,
    TooManyTries,
)
from mostovi.services.same_name import holds_name
from mostovi.services.values import CaseState, Channel, FactState, IdentityDocument, Standing, WaitsFor

LONGEST_TEXT = 2000
LONGEST_NAME = 200
QUICK_TRIES = 40
MOST_WRONG_TRIES = 5
WRONG_TRIES_COUNT_FOR = timedelta(hours=1)


def is_unsettled(case: Standing) -> bool:
    """Whether what registers and the applicant said may move the case on by itself."""
    if case.state == CaseState.WAITING_FOR_APPLICANT:
        return case.waits_for == WaitsFor.ANSWERS
    return case.state in (CaseState.RECEIVED, CaseState.WAITING_FOR_FACTS, CaseState.TO_DECIDE)


def due_after_pause(due_on: date | None, paused_on: date | None, today: date) -> date | None:
    """Days spent waiting for the applicant do not count against the office."""
    if due_on is None or paused_on is None:
        return due_on
    return due_on + (today - paused_on)


def check_is_meant(*, already_there: bool, deliberate: bool) -> None:
    """A second application for the same child is sent only by somebody who says so."""
    if already_there and not deliberate:
        raise AlreadyOpen


def check_nothing_open(*, questions: bool, denied: bool) -> None:
    """It is sent when each question has an answer that fits, and no register denies what it rests on."""
    if denied:
        raise RegisterDenies
    if questions:
        raise QuestionsOpen


def check_can_start_at_counter(actor: Actor, owner: str) -> None:
    """A clerk types only what the clerk's own institution answers for. ``owner`` is the service's."""
    check_is_official(actor, owner, "clerk")


def check_identity_seen(document: str) -> IdentityDocument:
    """Nobody applies at a counter for somebody who is not there."""
    if document not in set(IdentityDocument):
        raise IdentityNotSeen
    return IdentityDocument(document)


def check_name(name: str) -> None:
    if not count_signs(name):
        raise NameMissing
    check_length(name, LONGEST_NAME)


def check_same_person(typed: str, known: str) -> None:
    """At a counter the name that was typed must hold the one that goes with the number."""
    if not holds_name(typed, known):
        raise OtherPerson


def check_may_try(wrong: Iterable[datetime], *, now: datetime) -> None:
    """``wrong``: when one counter typed one number with what did not go with it. Nobody guesses for long."""
    if sum(now - at < WRONG_TRIES_COUNT_FOR for at in wrong) >= MOST_WRONG_TRIES:
        raise TooManyTries


def check_register_confirms(states: Iterable[FactState], typed: str, known: str) -> None:
    """At a counter registers confirm number and name together, or they confirm nothing.

    That a register knows the number under another name is told no differently than that it does not know it.
    """
    told = set(states)
    if FactState.NOT_FOUND in told:
        raise OtherPerson
    if told <= {FactState.ANSWERED}:
        check_same_person(typed, known)


def is_identity_confirmed(channel: Channel, registers: Iterable[FactState]) -> bool:
    """``registers``: how those stand that say who the person is. Whoever signs in has shown it already."""
    states = list(registers)
    return channel != Channel.COUNTER or not states or all(each == FactState.ANSWERED for each in states)


def named_facts(named: Iterable[str], told: Sequence[str]) -> tuple[str, ...]:
    """Which of the facts that a register told are called wrong. Of one, or none, nothing is to choose."""
    if len(told) < 2:
        return tuple(told)
    wrong = set(named)
    if not wrong & set(told):
        raise FactNotNamed
    return tuple(key for key in told if key in wrong)


def check_text(text: str) -> None:
    """Something is written, and not more than somebody can be asked to read."""
    if not count_signs(text):
        raise TextMissing
    check_length(text)


def check_length(text: str, most: int = LONGEST_TEXT) -> None:
    count = len(plain_text(text))
    if count > most:
        raise TooLong(most=most, count=count)


def retry_delay(tries: int) -> timedelta:
    """Ask again after 2, 4, 8, then every 15 seconds; after ten minutes every ten minutes."""
    if tries > QUICK_TRIES:
        return timedelta(minutes=10)
    return timedelta(seconds=min(2 ** min(max(tries, 1), 4), 15))


def channel_of(actor: Actor) -> Channel:
    """A clerk who types for somebody marks the application as assisted."""
    return Channel.COUNTER if actor.kind == "official" else Channel.ONLINE
