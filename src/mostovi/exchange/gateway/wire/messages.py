"""HTTP/1.1 messages as the gateway keeps them: whole, in order, within limits (RFC 9112)."""

from dataclasses import dataclass, field
from http import HTTPStatus

Headers = list[tuple[str, str]]

_REASONS = {status.value: status.phrase for status in HTTPStatus}
_BODILESS = frozenset({204, 304})


@dataclass(frozen=True)
class Limits:
    """What one message may weigh. Sizes in bytes, times in seconds."""

    head_bytes: int = 32 * 1024
    header_count: int = 100
    body_bytes: int = 1024 * 1024
    read_seconds: float = 20
    idle_seconds: float = 75


@dataclass(slots=True)
class Caller:
    """What the connection itself proves: over which edge, which account, which TLS certificate."""

    edge: str
    user_id: int | None = None
    thumbprint: str | None = None


@dataclass(slots=True)
class Request:
    """A whole request. Names of ``headers`` are lower case, in order; ``fields`` has the last of each."""

    method: str
    target: str
    headers: Headers
    body: bytes = b""
    keep_alive: bool = True
    fields: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.fields:
            self.fields = dict(self.headers)


@dataclass(slots=True)
class Response:
    """A whole response; names of ``headers`` are lower case."""

    status: int
    headers: Headers
    body: bytes = b""
    fields: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.fields:
            self.fields = dict(self.headers)

    def add(self, name: str, value: str) -> None:
        self.headers.append((name, value))
        self.fields[name] = value


class UnsafeHeader(ValueError):
    """A header that would break out of its line was about to be sent."""


def _head(first_line: str, headers: Headers, *more: str) -> bytes:
    lines = [first_line, *[f"{name}: {value}" for name, value in headers], *more, "\r\n"]
    text = "\r\n".join(lines)
    if text.count("\n") != len(lines) or text.count("\r") != len(lines):
        raise UnsafeHeader
    return text.encode("latin-1")


def format_request(method: str, target: str, headers: Headers, body: bytes) -> bytes:
    """The bytes of a request that keeps its connection open; ``headers`` hold ``host``."""
    return _head(f"{method} {target} HTTP/1.1", headers, f"content-length: {len(body)}") + body


def format_response(response: Response, *, close: bool, without_body: bool) -> bytes:
    """The bytes of a response; ``without_body`` answers HEAD with the length the body would have."""
    more = [] if response.status in _BODILESS else [f"content-length: {len(response.body)}"]
    if close:
        more.append("connection: close")
    head = _head(f"HTTP/1.1 {response.status} {_REASONS.get(response.status, '')}", response.headers, *more)
    return head if without_body or response.status in _BODILESS else head + response.body
