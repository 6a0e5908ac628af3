"""What is taken for true of what clients report, as plain decisions. Checks raise; time is an argument.

Times are milliseconds since 1970, UTC; speeds are kbit/s; round trips are milliseconds.
"""

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from mostovi.connectivity.probe.claims import Claims
from mostovi.connectivity.probe.ndt7.values import Direction, Ending, Summary
from mostovi.connectivity.probe.values import Flag, Kind, Reason, Record, School

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

CLOCK_TOLERANCE = 5 * MINUTE
MOST_AHEAD = 2 * DAY
LATE_AFTER = 8 * DAY
"""Giga Meter and ``mostovi probe measure`` keep results for 7 days."""
OLDEST = 100 * DAY
FASTEST_KBPS = 10_000_000
"""10 Gbit/s: no school of the country has more, and a client that sends bits instead is found out."""
SLOWEST_ANSWER_MS = 60_000
SHORTEST_TEST_SECONDS = 3.0

MOST_PER_HOUR_MEASURED = 1_000
"""Of one school and one hour of its own time: five devices make about 25."""
MOST_PER_HOUR_RECEIVED = 150_000

Find = Callable[[str], School | None]


class Unfit(Exception):
    """The record is put aside; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(str(reason))


def read_measurement(claims: Claims, received_at: int, find: Find) -> Record:
    """Giga Meter's measurement as a record. Raises Unfit."""
    school = check_school(claims, find)
    measured_at, clock_flag = check_clock(read_time(claims.get("Timestamp")), received_at)
    download, upload = check_speeds(claims.get("Download"), claims.get("Upload"))
    latency, latency_flag = _latency(claims.get("Latency"), _smallest_round_trip(claims))
    down: Claims = claims.get("s2c") or {}
    return Record(
        key=measurement_key(claims),
        kind=Kind.MEASUREMENT,
        school=school.id,
        measured_at=measured_at,
        received_at=received_at,
        download_kbps=download,
        upload_kbps=upload,
        latency_ms=latency,
        jitter_ms=_milliseconds(down.get("RTTVar")),
        loss=_share(down.get("BytesRetrans"), down.get("BytesSent")),
        fault=claims.get("fault"),
        device=claims.get("device"),
        provider=claims.get("provider"),
        source=_source(claims),
        test=_text(claims.get("UUID")) or _text(down.get("uuid")),
        flags=_join(clock_flag, latency_flag, _disagrees(download, down.get("mbps"))),
    )


def read_check(claims: Claims, received_at: int, find: Find, shift: int) -> Record:
    """One look for a connection as a record. Raises Unfit.

    ``shift`` is what ``clock_shift`` said of its batch.
    """
    school = check_school(claims, find)
    time = read_time(claims.get("timestamp"))
    measured_at, clock_flag = check_clock(
        time - shift if time <= received_at + MOST_AHEAD else time, received_at
    )
    connected = claims.get("isConnected")
    if not isinstance(connected, bool):
        raise Unfit(Reason.NO_STATE)
    latency, latency_flag = _latency(claims.get("latency"), None)
    return Record(
        key=check_key(claims),
        kind=Kind.CHECK,
        school=school.id,
        measured_at=measured_at,
        received_at=received_at,
        latency_ms=latency,
        connected=connected,
        fault=claims.get("fault"),
        device=claims.get("device"),
        flags=_join(Flag.CLOCK_AHEAD if shift else clock_flag, latency_flag),
    )


def read_test(summary: Summary, received_at: int, find: Find) -> Record:
    """What our own server measured. A school that is not known is left away, since anybody may test."""
    school = find(summary.metadata.get("school", "").strip().lower())
    kbps = summary.megabits_per_second * 1_000
    is_download = summary.direction is Direction.DOWNLOAD
    is_short = summary.seconds < SHORTEST_TEST_SECONDS and summary.ending is not Ending.EARLY_EXIT
    return Record(
        key=_key(Kind.TEST, summary.uuid),
        kind=Kind.TEST,
        school=school.id if school else None,
        measured_at=int(summary.started_at.timestamp() * 1_000),
        received_at=received_at,
        download_kbps=kbps if is_download else None,
        upload_kbps=None if is_download else kbps,
        latency_ms=summary.min_rtt_milliseconds,
        jitter_ms=summary.jitter_milliseconds,
        loss=summary.retransmitted,
        fault=None if summary.ending is Ending.COMPLETE else str(summary.ending),
        source=summary.metadata.get("client_name", "")[:50] or None,
        test=summary.uuid,
        flags=_join(Flag.CUT_SHORT if is_short else None),
    )


def check_school(claims: Claims, find: Find) -> School:
    """Known here, and reported from its own country where the client says one."""
    school = find(claims.get("school") or "")
    if school is None:
        raise Unfit(Reason.UNKNOWN_SCHOOL)
    country = _text(claims.get("country_code"))
    if country and school.country and country.strip().upper() != school.country:
        raise Unfit(Reason.WRONG_COUNTRY)
    return school


def read_time(value: Any) -> int:
    """From ISO 8601 (without an offset it is UTC). Raises Unfit."""
    if not isinstance(value, str):
        raise Unfit(Reason.NO_TIME)
    try:
        moment = datetime.fromisoformat(value.strip())
        return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1_000)
    except (ValueError, OverflowError) as error:
        raise Unfit(Reason.NO_TIME) from error


def check_clock(measured_at: int, received_at: int) -> tuple[int, Flag | None]:
    """When it was measured, and what to say of it.

    A clock up to five minutes ahead is believed. Up to two days ahead the record counts as measured when it
    arrived, flagged; further ahead, or older than 100 days, the clock is wrong and the record put aside.
    """
    ahead = measured_at - received_at
    if ahead > MOST_AHEAD:
        raise Unfit(Reason.CLOCK_WRONG)
    if ahead > CLOCK_TOLERANCE:
        return received_at, Flag.CLOCK_AHEAD
    if -ahead > OLDEST:
        raise Unfit(Reason.TOO_OLD)
    return measured_at, Flag.LATE if -ahead > LATE_AFTER else None


def clock_shift(times: Iterable[int], received_at: int) -> int:
    """By how much a batch's clock runs ahead: its newest record cannot be newer than its arrival.

    The whole batch is moved back by that, so that order and distances stay.
    """
    believable = [time for time in times if time <= received_at + MOST_AHEAD]
    ahead = max(believable, default=0) - received_at
    return ahead if ahead > CLOCK_TOLERANCE else 0


def check_speeds(download: Any, upload: Any) -> tuple[float | None, float | None]:
    """At least one of them, neither negative nor above 10 Gbit/s. Raises Unfit."""
    speeds = (_number(download), _number(upload))
    told = [speed for speed in speeds if speed is not None]
    if not told:
        raise Unfit(Reason.NO_SPEED)
    if min(told) < 0:
        raise Unfit(Reason.NEGATIVE_SPEED)
    if max(told) > FASTEST_KBPS:
        raise Unfit(Reason.ABSURD_SPEED)
    return speeds


def measurement_key(claims: Claims) -> bytes:
    """What makes two reports the same measurement: school and UUID; without a UUID all that they say."""
    uuid = _text(claims.get("UUID"))
    if uuid:
        return _key(Kind.MEASUREMENT, claims.get("school"), uuid)
    told = (claims.get(name) for name in ("school", "device", "Timestamp", "Download", "Upload"))
    return _key(Kind.MEASUREMENT, *told)


def check_key(claims: Claims) -> bytes:
    """School and ``app_local_uuid``; without that, school, device and time."""
    uuid = _text(claims.get("app_local_uuid"))
    if uuid:
        return _key(Kind.CHECK, claims.get("school"), uuid)
    return _key(Kind.CHECK, claims.get("school"), claims.get("device"), claims.get("timestamp"))


def digest_of(record: Record) -> bytes:
    """Of what the client said, which a repetition must say again."""
    said = (
        record.download_kbps, record.upload_kbps, record.latency_ms, record.connected, record.fault,
        record.device, record.test, None if Flag.CLOCK_AHEAD in record.flags else record.measured_at,
    )  # fmt: skip
    return hashlib.blake2b(repr(said).encode("utf-8", "surrogatepass"), digest_size=8).digest()


def is_flood(measured: int, received: int) -> bool:
    """Given how many of this school are kept for this hour of its time, and arrived within the last hour."""
    return measured >= MOST_PER_HOUR_MEASURED or received >= MOST_PER_HOUR_RECEIVED


def _key(*parts: Any) -> bytes:
    words = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(words, digest_size=16).digest()


def _number(value: Any) -> float | None:
    """A number, also written as text; None when nothing is said. Raises Unfit."""
    if value is None or value == "":
        return None
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise Unfit(Reason.NOT_A_NUMBER) from error
    if not math.isfinite(number):
        raise Unfit(Reason.NOT_A_NUMBER)
    return number


def _number_or_none(value: Any) -> float | None:
    try:
        return _number(value)
    except Unfit:
        return None


def _latency(told: Any, measured: float | None) -> tuple[float | None, Flag | None]:
    latency = _number_or_none(told)
    if latency is None:
        latency = measured
    if latency is not None and not 0 <= latency <= SLOWEST_ANSWER_MS:
        return None, Flag.LATENCY_DROPPED
    return latency, None


def _smallest_round_trip(claims: Claims) -> float | None:
    """Giga Meter's rule: the mean of both tests' smallest round trips."""
    directions: list[Mapping[str, Any]] = [claims.get("s2c") or {}, claims.get("c2s") or {}]
    told = [_milliseconds(each.get("bbr_min_rtt") or each.get("MinRTT")) for each in directions]
    found = [each for each in told if each is not None]
    return sum(found) / len(found) if found else None


def _milliseconds(microseconds: Any) -> float | None:
    number = _number_or_none(microseconds)
    return number / 1_000 if number is not None and 0 <= number <= SLOWEST_ANSWER_MS * 1_000 else None


def _share(part: Any, whole: Any) -> float | None:
    some, all_of_it = _number_or_none(part), _number_or_none(whole)
    return some / all_of_it if some is not None and all_of_it and 0 <= some <= all_of_it else None


def _disagrees(download: float | None, megabits: Any) -> Flag | None:
    """The same figure twice, in kbit/s and Mbit/s: differing by half, one has the wrong unit."""
    told = _number_or_none(megabits)
    if download is None or told is None:
        return None
    return Flag.SPEED_DISAGREES if abs(download - told * 1_000) > 0.5 * max(download, 1.0) else None


def _source(claims: Claims) -> str | None:
    words = (_text(claims.get("source")) or "giga-meter", _text(claims.get("app_version")))
    return " ".join(word for word in words if word)[:80]


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _join(*flags: Flag | None) -> str:
    return " ".join(flag for flag in flags if flag)
