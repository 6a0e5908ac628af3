"""Wi-Fi, line or provider: which of them it is, by rule; and when to measure. Chance and time are arguments.

Trouble near the school shows in everything beyond it. So each part of the way is judged by what it adds to
the part before it, and the nearest one that is not in order is the cause.
"""

from itertools import pairwise
from statistics import mean, median

from mostovi.connectivity.probe.measuring.values import Cause, Echo, Observation

# ndt7, "Requirements for non-interactive clients".
_MEAN_SECONDS = 21_600
_SHORTEST_SECONDS = 2_160
_LONGEST_SECONDS = 54_000

KEPT_DAYS = 7

MOST_LOSS_AT_HOME = 0.02
MOST_DELAY_AT_HOME = 15.0
MOST_JITTER_AT_HOME = 10.0
MOST_LOSS_ADDED = 0.03
MOST_DELAY_ADDED = 100.0
MOST_JITTER_ADDED = 30.0
MOST_RETRANSMITTED = 0.05
LEAST_OF_CONTRACT = 0.7
"""Below 70 % of the contracted speed Giga's procedure sends the provider a notice."""


def seconds_to_next_test(drawn: float) -> float:
    """``drawn`` comes from an exponential distribution of mean 1."""
    return min(max(drawn * _MEAN_SECONDS, _SHORTEST_SECONDS), _LONGEST_SECONDS)


def loss(echo: Echo) -> float:
    """The share of packets that were not answered."""
    return echo.answers.count(None) / len(echo.answers) if echo.answers else 0.0


def delay(echo: Echo) -> float:
    """The median answer in milliseconds; 0 when nothing answered."""
    told = _told(echo)
    return median(told) if told else 0.0


def jitter(echo: Echo) -> float:
    """The mean difference between one answer and the next, in milliseconds (as RFC 3550 takes it)."""
    told = _told(echo)
    return mean(abs(b - a) for a, b in pairwise(told)) if len(told) > 1 else 0.0


def find_cause(seen: Observation) -> Cause:
    """The nearest part of the way that is not in order."""
    if not seen.has_gateway:
        return Cause.NO_NETWORK
    if seen.gateway is not None and _is_bad_at_home(seen.gateway):
        return Cause.LOCAL_NETWORK if seen.is_wireless is False else Cause.WIFI
    if seen.first_hop is None:
        return _line_unknown(seen)
    if seen.first_hop.is_silent:
        # It was found before. Silent together with all beyond it, the line is gone.
        return Cause.LINE if _nothing_beyond(seen) else _line_unknown(seen)
    return Cause.LINE if _adds_trouble(seen.gateway, seen.first_hop) else _beyond_line(seen)


def _nothing_beyond(seen: Observation) -> bool:
    return _tests_failed(seen) and _cannot_reach(seen.server)


def _is_bad_at_home(gateway: Echo) -> bool:
    # A router that answers no packets at all may just be told not to.
    if gateway.is_silent:
        return False
    return (
        loss(gateway) > MOST_LOSS_AT_HOME
        or delay(gateway) > MOST_DELAY_AT_HOME
        or jitter(gateway) > MOST_JITTER_AT_HOME
    )


def _adds_trouble(before: Echo | None, after: Echo) -> bool:
    near = before if before is not None and not before.is_silent else Echo()
    return (
        loss(after) - loss(near) > MOST_LOSS_ADDED
        or delay(after) - delay(near) > MOST_DELAY_ADDED
        or jitter(after) - jitter(near) > MOST_JITTER_ADDED
    )


def _beyond_line(seen: Observation) -> Cause:
    """Line in order: what is wrong now lies with the provider, or with the server alone."""
    if _tests_failed(seen):
        return Cause.PROVIDER if _nothing_beyond(seen) else Cause.SERVER
    return Cause.PROVIDER if _is_bad_far_away(seen, seen.first_hop) else Cause.NONE


def _line_unknown(seen: Observation) -> Cause:
    """The provider's first router says nothing, so line and provider cannot be told apart."""
    if _tests_failed(seen):
        return Cause.LINE_OR_PROVIDER if _nothing_beyond(seen) else Cause.SERVER
    return Cause.LINE_OR_PROVIDER if _is_bad_far_away(seen, seen.gateway) else Cause.NONE


def _tests_failed(seen: Observation) -> bool:
    return seen.download is None and seen.upload is None


def _cannot_reach(server: Echo | None) -> bool:
    return server is None or server.is_silent


def _is_bad_far_away(seen: Observation, before: Echo | None) -> bool:
    server = seen.server
    added = server is not None and not server.is_silent and _adds_trouble(before, server)
    return added or _is_slow(seen) or _is_lossy(seen)


def _is_slow(seen: Observation) -> bool:
    if seen.contracted_kbps is None or seen.download is None:
        return False
    return seen.download.kbps < LEAST_OF_CONTRACT * seen.contracted_kbps


def _is_lossy(seen: Observation) -> bool:
    if seen.download is None:
        return False
    tcp = seen.download.server.get("TCPInfo") or {}
    sent, again = tcp.get("BytesSent") or 0, tcp.get("BytesRetrans") or 0
    return sent > 0 and again / sent > MOST_RETRANSMITTED


def _told(echo: Echo) -> list[float]:
    return [answer for answer in echo.answers if answer is not None]
