"""What ndt7 allows and asks for, as plain decisions (specification v0.11.0; section names in the docstrings).

Checks raise; time, chance and what was received are arguments.
"""

import json
from typing import Any
from urllib.parse import parse_qsl

from mostovi.connectivity.probe.ndt7 import values
from mostovi.connectivity.probe.ndt7.values import Direction, Request, Sample

_PATHS = {f"/ndt/v7/{direction}": direction for direction in Direction}
_MOST_FIELDS = 100
_TEXTS_AT_ONCE = 20
_ABUSE = 10
_MEGABYTE = 1_000_000
_LARGEST_NUMBER = 2**53


class HandshakeRefused(Exception):
    """The request does not look correct; ``status`` is the answer."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        super().__init__(reason)


class RuleBroken(Exception):
    """A message that ndt7 does not allow; ``code`` closes the channel (RFC 6455, section 7.4.1)."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


def read_request(target: str, protocols: list[str]) -> Request:
    """ "The WebSocket handshake". ``protocols`` are the offered subprotocols. Raises HandshakeRefused."""
    path, _, query = target.partition("?")
    if path not in _PATHS:
        raise HandshakeRefused(404, "The tests are at /ndt/v7/download and /ndt/v7/upload.")
    if values.SUBPROTOCOL not in protocols:
        raise HandshakeRefused(400, f"Sec-WebSocket-Protocol must offer {values.SUBPROTOCOL}.")
    metadata = _read_metadata(query)
    return Request(_PATHS[path], metadata, _read_early_exit(metadata))


def _read_metadata(query: str) -> dict[str, str]:
    if len(query.encode("utf-8", "replace")) > values.LONGEST_QUERY_BYTES:
        raise HandshakeRefused(400, "The query must not be longer than 4096 bytes.")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HandshakeRefused(400, "The query must be URL-encoded UTF-8.") from error
    metadata: dict[str, str] = {}
    for name, value in pairs:
        if not name.startswith(values.RESERVED_PREFIX):
            metadata.setdefault(name, value)
    return metadata


def _read_early_exit(metadata: dict[str, str]) -> int | None:
    wanted = metadata.get("early_exit")
    if wanted is None:
        return None
    if wanted not in values.EARLY_EXIT_MEGABYTES:
        raise HandshakeRefused(400, "early_exit can only be 250.")
    return int(wanted) * _MEGABYTE


def next_size(size: int, sent: int) -> int:
    """ "Adapting binary message size": double while a message is at most 1/16 of all bytes sent."""
    if size >= values.LARGEST_SENT or size > sent // values.SCALING_FRACTION:
        return size
    return size * 2


def next_interval(drawn: float) -> float:
    """Seconds to the next measurement; ``drawn`` comes from an exponential distribution of mean 1."""
    seconds = drawn * values.MEAN_INTERVAL_SECONDS
    return min(max(seconds, values.SHORTEST_INTERVAL_SECONDS), values.LONGEST_INTERVAL_SECONDS)


def check_binary(direction: Direction, size: int, *, finished: bool) -> None:
    """ "WebSocket channel usage": during the download the client sends none; else 2**10 to 2**24 bytes.

    ``size`` is what arrived of the message so far.
    """
    if direction is Direction.DOWNLOAD:
        raise RuleBroken(1003, "no binary messages during the download")
    if size > values.LARGEST_MESSAGE:
        raise RuleBroken(1009, "binary messages have at most 2**24 bytes")
    if finished and size < values.SMALLEST_MESSAGE:
        raise RuleBroken(1008, "binary messages have at least 2**10 bytes")


def check_text_size(size: int) -> None:
    if size > values.LONGEST_TEXT_BYTES:
        raise RuleBroken(1009, "measurements have at most 2**16 bytes")


def is_read(number: int, elapsed: float) -> bool:
    """Whether the client's measurement ``number`` is read; what exceeds ten a second is discarded.

    Raises RuleBroken for ten times that.
    """
    allowed = _TEXTS_AT_ONCE + values.TEXTS_PER_SECOND * elapsed
    if number > _ABUSE * allowed:
        raise RuleBroken(1008, "at most ten measurements a second")
    return number <= allowed


def read_measurement(text: str) -> dict[str, Any]:
    """The client's measurement, a JSON object. Raises RuleBroken."""
    try:
        measurement = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RuleBroken(1007, "text messages are JSON") from error
    if not isinstance(measurement, dict):
        raise RuleBroken(1007, "a measurement is a JSON object")
    return measurement


def megabits_per_second(direction: Direction, sample: Sample) -> float:
    """By the kernel's count: acknowledged bytes of a download, received bytes of an upload."""
    if sample.elapsed_microseconds <= 0:
        return 0.0
    return 8 * transferred(direction, sample) / sample.elapsed_microseconds


def transferred(direction: Direction, sample: Sample) -> int:
    name = "BytesAcked" if direction is Direction.DOWNLOAD else "BytesReceived"
    return sample.tcp.get(name, 0)


def retransmitted(sample: Sample) -> float | None:
    """The share of sent bytes that were sent again: roughly the loss."""
    sent = sample.tcp.get("BytesSent", 0)
    return min(sample.tcp.get("BytesRetrans", 0) / sent, 1.0) if sent else None


def within_json(figures: dict[str, int]) -> dict[str, int]:
    """JSON numbers that JavaScript reads exactly; the kernel's "no limit" is none of them."""
    return {name: min(value, _LARGEST_NUMBER) for name, value in figures.items()}
