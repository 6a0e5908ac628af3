"""X-Road identifiers: who asks, who answers, what is offered (exchange protocol for REST, §4.1 and §4.3).

Each part is percent-encoded UTF-8; ``/`` only separates. We are stricter than X-Road 7: what it warns of,
we refuse.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn
from urllib.parse import quote, unquote_to_bytes

from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal

_LONGEST_PART = 255
_LONGEST_TARGET = 8192
_SIGNS = frozenset("'()+,-.=?_")
_RAW_PART = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})+")
_RAW_QUERY = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*")
_UNSAFE_IN_PATH = re.compile(r"[/\\\x00-\x1f\x7f]")


class InvalidIdentifier(ProtocolRefusal):
    """An identifier or path that is not written as X-Road writes it."""

    fault = Fault.BAD_REQUEST


class InvalidClient(InvalidIdentifier):
    """``X-Road-Client`` is missing or is not a member or subsystem."""

    fault = Fault.INVALID_CLIENT_IDENTIFIER


class InvalidSecurityServer(InvalidIdentifier):
    """``X-Road-Security-Server`` is not instance/class/member/server."""

    fault = Fault.INVALID_SECURITY_SERVER


class _Identifier:
    """Spelled once, when it is made: identifiers are compared and looked up in each exchange many times."""

    __slots__ = ("spelled",)
    spelled: str

    def __str__(self) -> str:
        return self.spelled

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.spelled == self.spelled

    def __hash__(self) -> int:
        return hash(self.spelled)

    def __lt__(self, other: "_Identifier") -> bool:
        return self.spelled < other.spelled


@dataclass(frozen=True, slots=True, eq=False)
class MemberId(_Identifier):
    """``BA/GOV/tuzla-social-work``: one institution."""

    instance: str
    member_class: str
    member_code: str

    def __post_init__(self) -> None:
        _spell(self, _join(self.instance, self.member_class, self.member_code))


@dataclass(frozen=True, slots=True, eq=False)
class SubsystemId(_Identifier):
    """``BA/GOV/tuzla-social-work/portal``: one information system of an institution."""

    member: MemberId
    subsystem_code: str

    def __post_init__(self) -> None:
        _spell(self, f"{self.member}/{_join(self.subsystem_code)}")


@dataclass(frozen=True, slots=True, eq=False)
class ServiceId(_Identifier):
    """``BA/GOV/zenica-registrar/register/birthRecord``: one service of a system."""

    subsystem: SubsystemId
    service_code: str

    def __post_init__(self) -> None:
        _spell(self, f"{self.subsystem}/{_join(self.service_code)}")

    @property
    def member(self) -> MemberId:
        return self.subsystem.member


@dataclass(frozen=True, slots=True, eq=False)
class SecurityServerId(_Identifier):
    """``BA/GOV/zenica-registrar/gateway``: one gateway of an institution."""

    member: MemberId
    server_code: str

    def __post_init__(self) -> None:
        _spell(self, f"{self.member}/{_join(self.server_code)}")


@dataclass(frozen=True, slots=True)
class RequestTarget:
    """What ``/r1/…`` asks for.

    The service, the path after it (``""`` or ``/…``) and the query (without ``?``).
    """

    service: ServiceId
    path: str
    query: str


@lru_cache(maxsize=4096)
def parse_member(text: str) -> MemberId:
    """``instance/class/member``. Raises InvalidIdentifier."""
    instance, member_class, member_code = _split(text, 3)
    return MemberId(instance, member_class, member_code)


@lru_cache(maxsize=4096)
def parse_subsystem(text: str) -> SubsystemId:
    """``instance/class/member/subsystem``. Raises InvalidIdentifier."""
    *member, subsystem_code = _split(text, 4)
    return SubsystemId(MemberId(*member), subsystem_code)


@lru_cache(maxsize=4096)
def parse_service(text: str) -> ServiceId:
    """``instance/class/member/subsystem/service``: all five parts, as X-Road's code needs.

    Raises InvalidIdentifier.
    """
    *member, subsystem_code, service_code = _split(text, 5)
    return ServiceId(SubsystemId(MemberId(*member), subsystem_code), service_code)


@lru_cache(maxsize=4096)
def parse_client(text: str) -> MemberId | SubsystemId:
    """The value of ``X-Road-Client``: a member or one of its subsystems. Raises InvalidClient."""
    try:
        return parse_subsystem(text) if text.count("/") == 3 else parse_member(text)
    except InvalidIdentifier as refusal:
        raise InvalidClient(refusal.detail) from None


def parse_security_server(text: str) -> SecurityServerId:
    """The value of ``X-Road-Security-Server``: exactly four parts. Raises InvalidSecurityServer."""
    try:
        *member, server_code = _split(text, 4)
    except InvalidIdentifier as refusal:
        raise InvalidSecurityServer(refusal.detail) from None
    return SecurityServerId(MemberId(*member), server_code)


def check_represented_party(text: str) -> None:
    """The value of ``X-Road-Represented-Party``: ``[class/]code``. Raises InvalidIdentifier."""
    _split(text, 2 if "/" in text else 1)


@lru_cache(maxsize=4096)
def parse_request_target(target: str) -> RequestTarget:
    """The target of a request line, ``/r1/{service id}[/path][?query]``. Raises InvalidIdentifier.

    Anything that a server behind us could read as a step upwards (``..``, encoded slashes, backslashes,
    control characters) is refused, also inside the path that is passed on unread.
    """
    if len(target) > _LONGEST_TARGET:
        _refuse("target too long")
    path, _, query = target.partition("?")
    pieces = path.split("/")
    if pieces[:2] != ["", "r1"] or len(pieces) < 7:
        _refuse("path is not /r1/instance/class/member/subsystem/service")
    if not _RAW_QUERY.fullmatch(query):
        _refuse("query holds signs that must be percent-encoded")
    return RequestTarget(parse_service("/".join(pieces[2:7])), _checked_rest(pieces[7:]), query)


def format_request_target(service: ServiceId, path: str = "", query: str = "") -> str:
    """The target of a request line for ``service``; ``path`` and ``query`` are already encoded."""
    return f"/r1/{service}{path}?{query}" if query else f"/r1/{service}{path}"


def _checked_rest(segments: list[str]) -> str:
    for position, segment in enumerate(segments):
        empty_in_the_middle = not segment and position < len(segments) - 1
        if empty_in_the_middle or (segment and not _RAW_PART.fullmatch(segment)):
            _refuse("path holds an empty segment or signs that must be percent-encoded")
        decoded = _decode(segment)
        if decoded in (".", "..") or _UNSAFE_IN_PATH.search(decoded) or "%" in decoded:
            _refuse("path steps upwards or hides a separator")
    return "".join(f"/{segment}" for segment in segments)


def _split(text: str, parts: int) -> list[str]:
    pieces = text.split("/")
    if len(pieces) != parts:
        _refuse(f"{parts} parts are needed")
    return [_parse_part(piece) for piece in pieces]


def _parse_part(piece: str) -> str:
    if not _RAW_PART.fullmatch(piece):
        _refuse("empty part, or signs that must be percent-encoded")
    part = _decode(piece)
    if len(part) > _LONGEST_PART or not part.strip("."):
        _refuse("part too long, or only dots")
    if not all(sign.isalnum() or sign in _SIGNS for sign in part) or not unicodedata.is_normalized(
        "NFC", part
    ):
        _refuse("part holds signs that identifiers may not have")
    return part


def _decode(piece: str) -> str:
    try:
        return unquote_to_bytes(piece).decode("utf-8")
    except UnicodeError:
        _refuse("not percent-encoded UTF-8")


def _spell(identifier: _Identifier, spelling: str) -> None:
    object.__setattr__(identifier, "spelled", spelling)


@lru_cache(maxsize=4096)
def _join(*parts: str) -> str:
    return "/".join(quote(part, safe="") for part in parts)


def _refuse(detail: str) -> NoReturn:
    raise InvalidIdentifier(detail)
