"""What is running at this moment: asked of every gateway at once, kept for a few seconds, about no person."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache

from mostovi.exchange import public as exchange
from mostovi.front.drawing.bars import BarDrawing, draw_bars, draw_course
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
    """One institution on the viaduct; ``last_seen_at`` is when its gateway last answered this portal."""

    institution: Institution
    gateway: exchange.GatewayStatus
    last_seen_at: datetime | None

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

    @property
    def silent(self) -> list[Span]:
        return [span for span in self.spans if span.state == "silent"]

    @property
    def answers_today(self) -> int:
        return sum(span.gateway.answers_today for span in self.spans)

    @property
    def refused_today(self) -> int:
        return sum(span.gateway.refused_today for span in self.spans)

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
        Span(institution, gateway, _last_seen(gateway, now))
        for institution, gateway in zip(institutions, gateways, strict=True)
    )
    per_minute = _per_minute(gateways)
    return Report(
        at=now,
        spans=spans,
        viaduct=tuple(draw_viaduct(_bays(gateways))),
        per_minute=per_minute,
        bars=draw_bars(per_minute),
        cases=_cases(),
    )


def _last_seen(gateway: exchange.GatewayStatus, now: datetime) -> datetime | None:
    key = f"gateway-seen/{gateway.institution}"
    if not gateway.answering:
        seen: datetime | None = cache.get(key)
        return seen
    cache.set(key, now, REMEMBERED_SECONDS)
    return now


def _bays(gateways: Sequence[exchange.GatewayStatus]) -> list[Bay]:
    busiest = max((gateway.answers_today for gateway in gateways), default=0) or 1
    return [Bay(gateway.answering, gateway.answers_today / busiest) for gateway in gateways]


def _per_minute(gateways: Sequence[exchange.GatewayStatus]) -> tuple[int, ...]:
    known = [gateway.exchanges_per_minute for gateway in gateways if gateway.exchanges_per_minute]
    return tuple(map(sum, zip(*known, strict=False))) if known else (0,) * 30


def _cases() -> tuple[CaseLevel, ...]:
    counted = services.count_cases_by_state()
    shown = {state: count for state, count in counted.items() if state not in {"draft", "withdrawn"}}
    most = max(shown.values(), default=0) or 1
    return tuple(CaseLevel(str(state), count, draw_course(count / most)) for state, count in shown.items())
