"""HTTP message signatures (RFC 9421, ecdsa-p256-sha256) in the one profile of the exchange.

The signature base (§2.5) is built by hand: it is on the path of every exchange. A request's signature
covers the method, the target, the digest of its body and every ``x-road-…`` and ``mostovi-…`` header. A
response's covers its status, its digest, the same headers and, through ``;req`` (§2.4), the parts and the
signature of the request it answers, so that no answer can be put under another question.
"""

import base64
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from mostovi.exchange.protocol.digests import check_content_digest
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.keys import Signer, verify_signature

Headers = Sequence[tuple[str, str]]
"""Header lines in their order: lower-case names, values without surrounding space."""

WINDOW_SECONDS = 60
TAG = "mostovi"
SIGNATURE_INPUT = "signature-input"
SIGNATURE = "signature"

_COVERED_PREFIXES = ("x-road-", "mostovi-")
_COVERED_HEADERS = frozenset({"content-digest", "content-type", "content-encoding"})
_CARRIERS = frozenset({SIGNATURE_INPUT, SIGNATURE})
_REQUIRED_OF_REQUESTS = frozenset(
    f'"{name}"'
    for name in (
        "@method",
        "@target-uri",
        "content-digest",
        "x-road-client",
        "x-road-id",
        "x-road-request-id",
    )
)
_OF_THE_REQUEST = tuple(
    f'"{name}";req' for name in ("@method", "@target-uri", "content-digest", SIGNATURE_INPUT, SIGNATURE)
)
_REQUIRED_OF_RESPONSES = frozenset(('"@status"', '"content-digest"', '"x-road-request-id"', *_OF_THE_REQUEST))

_INPUT = re.compile(r"mostovi=(\([^()]{1,4000}\))((?:;[^()]{1,300})+)")
_COMPONENT = re.compile(r'"(?:@method|@target-uri|@status|[a-z0-9-]{1,60})"(?:;req)?')
_PARAMETER = re.compile(r';([a-z]+)=(?:"([\x20\x21\x23-\x5b\x5d-\x7e]*)"|(\d{1,12}))')
# As we write them ourselves; others may order them otherwise and name the algorithm.
_USUAL_PARAMETERS = re.compile(
    rf';created=(\d{{1,12}});nonce="([A-Za-z0-9_-]{{22,64}})";keyid="([A-Za-z0-9_-]{{43}})";tag="{TAG}"',
    re.ASCII,
)
_SIGNATURE = re.compile(r"mostovi=:([A-Za-z0-9+/]{85}[AQgw]==):")
_NONCE = re.compile(r"[A-Za-z0-9_-]{22,64}")
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{43}")
_PRINTABLE_LINES = re.compile(r"[\x20-\x7e\n]*")


class UnsignedMessage(ProtocolRefusal):
    """``Signature`` or ``Signature-Input`` is missing."""

    fault = Fault.MISSING_SIGNATURE


class MalformedSignature(ProtocolRefusal):
    """The signature is not written in our profile, or a covered value cannot be signed."""

    fault = Fault.MALFORMED_SIGNATURE


class MissingComponent(ProtocolRefusal):
    """The signature leaves out a part that it must cover, or covers one that is not there."""

    fault = Fault.MISSING_COMPONENT


class DuplicateHeader(ProtocolRefusal):
    """A signed header, or the signature itself, is there twice."""

    fault = Fault.DUPLICATE_HEADER_FIELD


class StaleMessage(ProtocolRefusal):
    """``created`` is more than 60 seconds away from now."""

    fault = Fault.STALE_MESSAGE


class SwappedResponse(ProtocolRefusal):
    """The response is correctly signed, but answers another request."""

    fault = Fault.INCONSISTENT_RESPONSE


# Not frozen, which would set each field at many times the cost: every exchange makes two.
@dataclass(slots=True)
class MessageSignature:
    """A signature that was made or verified.

    ``signature_input`` and ``signature`` are the header values, ``raw`` the 64 bytes r ‖ s in the latter;
    ``base`` is exactly the text that was signed, which together with the certificate proves the message
    later; ``created`` is in seconds since 1970; ``request_lines`` are the ``;req`` lines of the base of a
    response that answers this request (empty for a response's own signature).
    """

    signature_input: str
    signature: str
    raw: bytes
    base: str
    key_id: str
    created: int
    nonce: str
    request_lines: tuple[str, ...] = ()

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The two header lines to add to the message."""
        return [(SIGNATURE_INPUT, self.signature_input), (SIGNATURE, self.signature)]


@dataclass(slots=True)
class _Input:
    components: tuple[str, ...]
    params: str
    created: int
    nonce: str
    key_id: str


FindKey = Callable[[str], EllipticCurvePublicKey]
"""From a ``keyid`` to the key, or raises its own refusal (``Directory.signing_key`` does)."""


def new_nonce() -> str:
    """16 random bytes as base64url: 22 characters."""
    return secrets.token_urlsafe(16)


def sign_request(
    signer: Signer, *, method: str, target_uri: str, headers: Headers, now: datetime, nonce: str | None = None
) -> MessageSignature:
    """Sign a request.

    ``target_uri`` is absolute (``https://host:port/r1/…``), ``headers`` hold the content-digest.

    Raises MissingComponent, DuplicateHeader or MalformedSignature when the message cannot be signed in our
    profile.
    """
    fields = {"@method": method, "@target-uri": target_uri, **_covered(headers)}
    components = _quote(tuple(fields))
    return _sign(
        signer, components, [*fields.values()], _REQUIRED_OF_REQUESTS, now=now, nonce=nonce, request=fields
    )


def sign_response(
    signer: Signer,
    *,
    status: int,
    headers: Headers,
    request: MessageSignature,
    now: datetime,
    nonce: str | None = None,
) -> MessageSignature:
    """Sign a response to ``request``, which ``verify_request`` returned. Raises as ``sign_request``."""
    fields = {"@status": str(status), **_covered(headers)}
    components = _quote(tuple(fields)) + _OF_THE_REQUEST
    values = [*fields.values(), *request.request_lines]
    return _sign(signer, components, values, _REQUIRED_OF_RESPONSES, now=now, nonce=nonce)


def verify_request(
    *, method: str, target_uri: str, headers: Headers, body: bytes, find_key: FindKey, now: datetime
) -> MessageSignature:
    """The signature of a request, checked.

    Raises UnsignedMessage, MalformedSignature, DuplicateHeader, MissingComponent, StaleMessage, AlteredBody,
    WrongSignature, and what ``find_key`` raises for an unknown key. Whether the nonce was seen before is for
    ``ReplayWindow``; whether the key belongs to the client, for ``Directory.check_speaks_for``.
    """
    fields = {"@method": method, "@target-uri": target_uri, **_covered(headers)}
    values = dict(zip(_quote(tuple(fields)), fields.values(), strict=True))
    return _verify(
        values,
        _REQUIRED_OF_REQUESTS,
        headers=headers,
        body=body,
        find_key=find_key,
        now=now,
        request=fields,
    )


def verify_response(
    *, status: int, headers: Headers, body: bytes, request: MessageSignature, find_key: FindKey, now: datetime
) -> MessageSignature:
    """The signature of a response to ``request``, which ``sign_request`` returned; checked.

    Raises as ``verify_request``, and SwappedResponse when ``x-road-request-id`` shows that it answers
    another request.
    """
    covered = _covered(headers)
    values = dict(zip(_quote(tuple(covered)), covered.values(), strict=True))
    values['"@status"'] = str(status)
    values.update(zip(_OF_THE_REQUEST, request.request_lines, strict=True))
    expected_id = f'\n"x-road-request-id": {covered.get("x-road-request-id", "")}\n'
    if '"x-road-request-id"' in values and expected_id not in request.base:
        raise SwappedResponse("x-road-request-id is not the request's")
    return _verify(values, _REQUIRED_OF_RESPONSES, headers=headers, body=body, find_key=find_key, now=now)


def parse_signature_value(signature: str) -> bytes:
    """The 64 bytes in a ``Signature`` header. Raises MalformedSignature."""
    found = _SIGNATURE.fullmatch(signature)
    if found is None:
        raise MalformedSignature("signature is not mostovi=:64 bytes:")
    return base64.b64decode(found[1])


def _covered(headers: Headers) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        if name.startswith(_COVERED_PREFIXES) or name in _COVERED_HEADERS:
            if name in found:
                raise DuplicateHeader(name)
            found[name] = value
    return found


def _carriers(headers: Headers) -> tuple[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        if name in _CARRIERS:
            if name in found:
                raise DuplicateHeader(name)
            found[name] = value
    if len(found) < 2:
        raise UnsignedMessage("signature or signature-input")
    return found[SIGNATURE_INPUT], found[SIGNATURE]


def _sign(
    signer: Signer,
    components: tuple[str, ...],
    values: list[str],
    required: frozenset[str],
    *,
    now: datetime,
    nonce: str | None,
    request: dict[str, str] | None = None,
) -> MessageSignature:
    declared = _declare(components, required)
    nonce = nonce or new_nonce()
    created = int(now.timestamp())
    params = f'{declared};created={created};nonce="{nonce}";keyid="{signer.key_id}";tag="{TAG}"'
    base = _base(components, values, params)
    raw = signer.sign(base.encode())
    signature_input, signature = f"mostovi={params}", f"mostovi=:{base64.b64encode(raw).decode()}:"
    lines = _request_lines(request, signature_input, signature)
    return MessageSignature(signature_input, signature, raw, base, signer.key_id, created, nonce, lines)


def _verify(
    values: dict[str, str],
    required: frozenset[str],
    *,
    headers: Headers,
    body: bytes,
    find_key: FindKey,
    now: datetime,
    request: dict[str, str] | None = None,
) -> MessageSignature:
    signature_input, signature = _carriers(headers)
    raw = parse_signature_value(signature)
    declared = _parse_input(signature_input)
    _check_complete(required | values.keys(), frozenset(declared.components))
    if abs(now.timestamp() - declared.created) > WINDOW_SECONDS:
        raise StaleMessage(f"created {declared.created}, now {int(now.timestamp())}")
    try:
        base = _base(declared.components, [values[name] for name in declared.components], declared.params)
    except KeyError as missing:
        raise MissingComponent(f"{missing.args[0]} is signed but not there") from None
    check_content_digest(values['"content-digest"'], body)
    verify_signature(find_key(declared.key_id), raw, base.encode())
    lines = _request_lines(request, signature_input, signature)
    return MessageSignature(
        signature_input, signature, raw, base, declared.key_id, declared.created, declared.nonce, lines
    )


def _base(components: tuple[str, ...], values: list[str], params: str) -> str:
    text = "".join([f"{name}: {value}\n" for name, value in zip(components, values, strict=True)])
    if text.count("\n") != len(components) or not _PRINTABLE_LINES.fullmatch(text):
        raise MalformedSignature("a signed value holds a line break or a sign outside ASCII")
    return f'{text}"@signature-params": {params}'


def _check_complete(required: frozenset[str], covered: frozenset[str]) -> None:
    if not required <= covered:
        raise MissingComponent(", ".join(sorted(required - covered)))


def _request_lines(request: dict[str, str] | None, signature_input: str, signature: str) -> tuple[str, ...]:
    if request is None:
        return ()
    return request["@method"], request["@target-uri"], request["content-digest"], signature_input, signature


@lru_cache(maxsize=256)
def _quote(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([f'"{name}"' for name in names])


@lru_cache(maxsize=256)
def _declare(components: tuple[str, ...], required: frozenset[str]) -> str:
    _check_complete(required, frozenset(components))
    return f"({' '.join(components)})"


def _parse_input(value: str) -> _Input:
    found = _INPUT.fullmatch(value)
    if found is None:
        raise MalformedSignature("signature-input is not mostovi=(…);…")
    components, params = _parse_components(found[1]), found[1] + found[2]
    usual = _USUAL_PARAMETERS.fullmatch(found[2])
    if usual is not None:
        created, nonce, key_id = usual.groups()
        return _Input(components, params, int(created), nonce, key_id)
    others = _parse_parameters(found[2])
    return _Input(components, params, others["created"], others["nonce"], others["keyid"])


@lru_cache(maxsize=256)
def _parse_components(text: str) -> tuple[str, ...]:
    components = tuple(text[1:-1].split(" "))
    if not all(map(_COMPONENT.fullmatch, components)):
        raise MalformedSignature("a covered component is not written in our profile")
    if len(set(components)) != len(components):
        raise MalformedSignature("a component is covered twice")
    return components


def _parse_parameters(text: str) -> dict[str, Any]:
    params: dict[str, Any] = {}
    length = 0
    for found in _PARAMETER.finditer(text):
        name, quoted, number = found.groups()
        length += len(found[0])
        if name in params:
            raise MalformedSignature(f"parameter {name} is repeated")
        params[name] = int(number) if quoted is None else quoted
    if length != len(text):
        raise MalformedSignature("a parameter is not written in our profile")
    _check_parameters(params)
    return params


def _check_parameters(params: dict[str, Any]) -> None:
    if params.keys() - {"alg"} != {"created", "nonce", "keyid", "tag"}:
        raise MalformedSignature("created, nonce, keyid and tag are needed, and no others but alg")
    if params["tag"] != TAG or params.get("alg", "ecdsa-p256-sha256") != "ecdsa-p256-sha256":
        raise MalformedSignature("tag is not mostovi, or another algorithm")
    if any((type(value) is int) != (name == "created") for name, value in params.items()):
        raise MalformedSignature("created is a number of seconds, everything else a text")
    if not _NONCE.fullmatch(params["nonce"]) or not _KEY_ID.fullmatch(params["keyid"]):
        raise MalformedSignature("nonce or keyid is not base64url of the right length")
