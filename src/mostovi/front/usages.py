"""Who looked: what every gateway's log says about one person, one entry for each look.

Asking is an entry in every log, too. So what institutions answered is kept a few minutes for whoever asked,
in this program's memory: turning pages and filtering does not bury other entries under her own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Literal

from django.core.cache import cache
from django.utils import timezone

from mostovi.exchange import public as exchange
from mostovi.front import words
from mostovi.front.checking import asking_institution
from mostovi.kernel import codes, people
from mostovi.kernel.access import Actor, check_is_person
from mostovi.services import public as services

PER_PAGE = 10
KEPT = timedelta(minutes=5)
PERIODS = ("30", "year", "all")
TURNING_PAGES = timedelta(hours=1)
# What the person or our worker did with her application is no look at her by somebody.
_NOBODY_LOOKED = frozenset({"person", "system"})
_TELLING_MOST = ("refused", "answered", "read", "sealed", "asked")
Heading = Literal["mine", "counter", "stranger"]


@dataclass(frozen=True)
class Look:
    """One look. An exchange stands in two logs: ``usage`` is the line that tells most, ``other`` the rest.

    ``again`` are the times an official opened the same case once more within the hour;
    ``heading`` says under which heading the look stands; ``unseen``: it came in a case that was refused at
    a counter, so nobody was shown what the register answered.
    """

    usage: exchange.Usage
    other: exchange.Usage | None = None
    again: tuple[exchange.Usage, ...] = ()
    heading: Heading = "mine"
    unseen: bool = False

    @property
    def is_refused(self) -> bool:
        return words.is_refused(self.usage)

    @property
    def entry_number(self) -> str:
        return self.usage.log_entry.rpartition("/")[2]


@dataclass(frozen=True)
class Filter:
    """What the person wants to see; empty means all. ``purpose`` is ``mine``, ``counter`` or ``other``."""

    period: str = "30"
    institution: str = ""
    purpose: str = ""

    def since(self, now: datetime) -> datetime | None:
        if self.period == "all":
            return None
        if self.period == "year":
            return timezone.localtime(now).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
        return now - timedelta(days=30)


@dataclass(frozen=True)
class Report:
    """``unasked``: the portal's own gateway is down, so no institution could be asked."""

    looks: tuple[Look, ...]
    silent: tuple[str, ...]
    asked_at: datetime
    unasked: bool = False

    @property
    def institutions(self) -> list[str]:
        return sorted({look.usage.institution for look in self.looks})

    @property
    def for_applications(self) -> int:
        return sum(bool(look.usage.case) and not look.is_refused for look in self.under("mine"))

    @property
    def at_counter(self) -> int:
        return sum(not look.is_refused for look in self.under("counter"))

    def under(self, heading: Heading) -> list[Look]:
        return [look for look in self.looks if look.heading == heading]

    @property
    def refused(self) -> int:
        return sum(look.is_refused for look in self.looks)

    @property
    def shown(self) -> int:
        return len(self.looks) - self.refused

    def filtered(self, chosen: Filter) -> "Report":
        return replace(self, looks=tuple(look for look in self.looks if _is_chosen(look, chosen)))

    def page(self, number: int) -> list[tuple[date, list[Look]]]:
        """One page of looks by local day, the newest first."""
        some = self.under("mine")[(number - 1) * PER_PAGE : number * PER_PAGE]
        by_day = groupby(some, key=lambda look: timezone.localtime(look.usage.at).date())
        return [(day, list(looks)) for day, looks in by_day]

    @property
    def pages(self) -> range:
        return range(1, max(1, -(-len(self.under("mine")) // PER_PAGE)) + 1)


def find_looks(actor: Actor, *, session: str, chosen: Filter, now: datetime) -> Report:
    """Ask every institution, unless all have answered in this session within the last minutes.

    Raises NotFound (no_personal_number) if we do not know the person's number.
    """
    check_is_person(actor)
    report, asked_at = cache.get(_kept_as(session, chosen.period)) or (_ask(actor, chosen, now), now)
    if not report.silent:
        left = KEPT - (now - asked_at)
        cache.set(_kept_as(session, chosen.period), (report, asked_at), left.total_seconds())
    own = services.list_own_codes(actor)
    refused = {usage.case for usage in report.usages if usage.service == words.OTHER_PERSON and usage.case}
    looks = (
        replace(look, heading=heading_of(look.usage, own), unseen=look.usage.case in refused)
        for look in _join_both_ends(report.usages)
    )
    return Report(tuple(looks), report.silent, asked_at, report.own_gateway_silent)


def forget_answers(session: str) -> None:
    """The next look at the page asks every institution anew."""
    cache.delete_many([_kept_as(session, period) for period in PERIODS])


def _kept_as(session: str, period: str) -> str:
    return f"who-looked/{session}/{period}"


def _ask(actor: Actor, chosen: Filter, now: datetime) -> exchange.UsageReport:
    assert actor.person_id is not None
    institution = asking_institution()
    return exchange.find_usages(
        institution=institution,
        subject_jmb=people.personal_number_of(actor.person_id, actor=actor, purpose="own-data"),
        user=people.pseudonym_for(actor.person_id, institution),
        since=chosen.since(now),
    )


def heading_of(usage: exchange.Usage, own: frozenset[str]) -> Heading:
    """A clerk's look stands apart, and so does one in a case that is not the person's own."""
    if usage.seen_by == "clerk":
        return "counter"
    try:
        stranger = bool(usage.case) and codes.normalise(usage.case or "") not in own
    except codes.InvalidCode:
        return "mine"  # named in other words than by a code: her own question
    return "stranger" if stranger else "mine"


def find_receipt(actor: Actor, *, log_entry: str) -> dict[str, object]:
    """The receipt of a line about the person herself; the member refuses it to anybody else."""
    check_is_person(actor)
    assert actor.person_id is not None
    institution = asking_institution()
    return exchange.fetch_receipt(
        institution=institution,
        log_entry=log_entry,
        subject_jmb=people.personal_number_of(actor.person_id, actor=actor, purpose="own-data"),
        user=people.pseudonym_for(actor.person_id, institution),
    )


def _join_both_ends(usages: Iterable[exchange.Usage]) -> list[Look]:
    by_exchange: dict[str, list[exchange.Usage]] = {}
    for usage in usages:
        if usage.action != "read" or usage.seen_by not in _NOBODY_LOOKED:
            by_exchange.setdefault(_what_it_tells_of(usage), []).append(usage)
    looks = [_as_look(ends) for ends in by_exchange.values()]
    return _gather_readings(sorted(looks, key=lambda look: look.usage.at, reverse=True))


def _what_it_tells_of(usage: exchange.Usage) -> str:
    """The same for both lines of one deed: an exchange, or an act for another office than the case's."""
    if usage.action == "read" and usage.case:
        return f"{usage.at.isoformat()} {usage.requester} {usage.service} {usage.case}"
    return usage.exchange_id or usage.log_entry


def _gather_readings(looks: Iterable[Look]) -> list[Look]:
    """Turning the pages of one case is one look, not ten. ``looks`` are newest first."""
    gathered: list[Look] = []
    place: dict[tuple[str, str | None], int] = {}
    for look in looks:
        usage = look.usage
        key = (usage.institution, usage.case)
        if usage.service == "case_read" and key in place:
            first = gathered[place[key]]
            if first.usage.at - usage.at <= TURNING_PAGES:
                gathered[place[key]] = replace(first, again=(*first.again, usage))
                continue
        if usage.service == "case_read":
            place[key] = len(gathered)
        gathered.append(look)
    return gathered


def _as_look(ends: Sequence[exchange.Usage]) -> Look:
    first, *rest = sorted(ends, key=_telling)
    return Look(first, rest[0] if rest else None)


def _telling(usage: exchange.Usage) -> tuple[int, bool]:
    """The action first; of an official's act, the line of the official's own office."""
    elsewhere = usage.action == "read" and usage.institution != usage.requester
    return _TELLING_MOST.index(usage.action), elsewhere


def _is_chosen(look: Look, chosen: Filter) -> bool:
    usage = look.usage
    purpose = "mine" if look.heading == "mine" and usage.case else "other"
    if look.heading == "counter":
        purpose = "counter"
    if chosen.institution and usage.institution != chosen.institution:
        return False
    return not chosen.purpose or chosen.purpose == purpose
