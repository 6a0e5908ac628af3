"""What is running at this moment: asked of every gateway at once, kept for a few seconds, about no person."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.core.cache import cache

from mostovi.exchange import public as exchange
from mostovi.front.drawing.bars import BarDrawing, count_per_block, draw_bars, draw_course
from mostovi.front.drawing.viaduct import Bay, ViaductBay, draw_viaduct
from mostovi.kernel import clock
from mostovi.kernel.errors import NotFound
from mostovi.kernel.institutions import Institution, find_institution
from mostovi.services import public as services

KEPT_SECONDS = 3
REMEMBERED_SECONDS = 24 * 3600
SLOW_MILLISECONDS = 250
_KEY = "status"


@dataclass(frozen=True)
class Span:
    """One institution on the viaduct.

    ``last_seen_at`` is when its gateway last answered this page, which asks only when somebody opens it;
    ``today`` is what it said then of today, and ``per_minute`` of the last half hour, as far as that still
    lasts. While it is silent, its figures are not known, and they are not zero.
    """

    institution: Institution
    gateway: exchange.GatewayStatus
    last_seen_at: datetime | None
    today: exchange.GatewayStatus | None
    per_minute: tuple[int, ...] = ()

    @property
    def state(self) -> str:
        if not self.gateway.answering:
            return "silent"
        return "slow" if (self.gateway.median_milliseconds or 0) > SLOW_MILLISECONDS else "answers"


@dataclass(frozen=True)
class CaseLevel:
    state: str
    count: int
    course: str


@dataclass(frozen=True)
class Report:
    """The whole page. ``per_minute`` ends with the minute that has just begun."""

    at: datetime
    spans: tuple[Span, ...]
    viaduct: tuple[ViaductBay, ...]
    per_minute: tuple[int, ...]
    bars: BarDrawing
    cases: tuple[CaseLevel, ...]
    cases_per_block: int

    @property
    def silent(self) -> list[Span]:
        return [span for span in self.spans if span.state == "silent"]

    @property
    def answers_today(self) -> int:
        return sum(span.today.answers_today for span in self.spans if span.today)

    @property
    def refused_today(self) -> int:
        return sum(span.today.refused_today for span in self.spans if span.today)

    @property
    def exchanges(self) -> int:
        return sum(self.per_minute)

    @property
    def p95_milliseconds(self) -> float | None:
        known = [
            span.gateway.p95_milliseconds for span in self.spans if span.gateway.p95_milliseconds is not None
        ]
        return max(known, default=None)


def describe_now() -> Report:
    """The report, at most three seconds old."""
    kept: Report | None = cache.get(_KEY)
    if kept is None:
        kept = _ask()
        cache.set(_KEY, kept, KEPT_SECONDS)
    return kept


def list_gateways() -> list[Institution]:
    """The institutions whose gateways this portal calls, as the page lists them: by place."""
    found = []
    for code in settings.GATEWAYS:
        try:
            found.append(find_institution(code))
        except NotFound:
            continue
    return sorted(found, key=lambda institution: (institution.place_in("bs"), institution.code))


def _ask() -> Report:
    institutions = list_gateways()
    with ThreadPoolExecutor(max_workers=max(len(institutions), 1)) as pool:
        gateways = list(pool.map(lambda each: exchange.gateway_status(institution=each.code), institutions))
    now = clock.now()
    spans = tuple(
        _span(institution, gateway, now) for institution, gateway in zip(institutions, gateways, strict=True)
    )
    per_minute = _per_minute(spans)
    cases = _count_cases()
    per_block = count_per_block(max(cases.values(), default=0))
    return Report(
        at=now,
        spans=spans,
        viaduct=tuple(draw_viaduct(_bays(spans))),
        per_minute=per_minute,
        bars=draw_bars(per_minute),
        cases=tuple(CaseLevel(state, count, draw_course(count, per_block)) for state, count in cases.items()),
        cases_per_block=per_block,
    )


def _span(institution: Institution, gateway: exchange.GatewayStatus, now: datetime) -> Span:
    key = f"gateway-seen/{gateway.institution}"
    if gateway.answering:
        cache.set(key, (now, gateway), REMEMBERED_SECONDS)
        return Span(institution, gateway, now, gateway, gateway.exchanges_per_minute)
    seen: tuple[datetime, exchange.GatewayStatus] | None = cache.get(key)
    if seen is None:
        return Span(institution, gateway, None, None)
    seen_at, known = seen
    # Gateways begin their day at midnight UTC.
    is_of_today = seen_at.astimezone(UTC).date() == now.astimezone(UTC).date()
    per_minute = _moved_on(
        known.exchanges_per_minute, int(now.timestamp()) // 60 - int(seen_at.timestamp()) // 60
    )
    return Span(institution, gateway, seen_at, known if is_of_today else None, per_minute)


def _moved_on(per_minute: tuple[int, ...], minutes: int) -> tuple[int, ...]:
    """The same half hour seen ``minutes`` later; of these nothing is known."""
    return (*per_minute[minutes:], *[0] * min(minutes, len(per_minute)))


def _bays(spans: Sequence[Span]) -> list[Bay]:
    answers = [span.today.answers_today if span.today else 0 for span in spans]
    busiest = max(answers, default=0) or 1
    return [Bay(span.gateway.answering, count / busiest) for span, count in zip(spans, answers, strict=True)]


def _per_minute(spans: Sequence[Span]) -> tuple[int, ...]:
    known = [span.per_minute for span in spans if span.per_minute]
    return tuple(map(sum, zip(*known, strict=False))) if known else (0,) * 30


def _count_cases() -> dict[str, int]:
    counted = services.count_cases_by_state()
    return {str(state): count for state, count in counted.items() if state not in {"draft", "withdrawn"}}
