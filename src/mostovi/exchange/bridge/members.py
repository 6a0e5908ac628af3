"""The signed directory as the portal knows it: verified against the portal's own root."""

import logging
import threading
import time
from pathlib import Path

from cryptography.x509 import Certificate
from django.conf import settings

from mostovi.exchange.bridge import values
from mostovi.exchange.bridge.client import call
from mostovi.exchange.bridge.refusals import BridgeRefused, NoAnswer, NoTrustRoot
from mostovi.exchange.protocol.certificates import UntrustedCertificate, load_certificate
from mostovi.exchange.protocol.directory import Directory, check_fresh, verify_directory
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.statements import parse_statement, verify_statement
from mostovi.kernel import clock

logger = logging.getLogger(__name__)
_KEPT_SECONDS = 30.0
_lock = threading.Lock()
_known: dict[str, tuple[float, Directory]] = {}


def trust_root() -> Certificate:
    """The root that was given to this portal. Raises NoTrustRoot."""
    try:
        return load_certificate(trust_root_pem())
    except UntrustedCertificate:
        logger.warning("MOSTOVI_TRUST_ROOT names no certificate in PEM: %s", settings.TRUST_ROOT)
        raise NoTrustRoot from None


def trust_root_pem() -> bytes:
    """The file with the root that was given to this portal. Raises NoTrustRoot."""
    try:
        return Path(settings.TRUST_ROOT).read_bytes()
    except OSError:
        named = settings.TRUST_ROOT or "(not set)"
        logger.warning("MOSTOVI_TRUST_ROOT names no file that can be read: %s", named)
        raise NoTrustRoot from None


def current_directory() -> Directory:
    """The verified directory, asked for at most twice a minute.

    Raises NoAnswer when no gateway shows a directory that can be trusted now.
    """
    with _lock:
        known = _known.get(settings.TRUST_ROOT)
        if known is not None and time.monotonic() - known[0] < _KEPT_SECONDS:
            return known[1]
        directory = _fetch(known[1] if known else None)
        _known[settings.TRUST_ROOT] = (time.monotonic(), directory)
        return directory


def _fetch(known: Directory | None) -> Directory:
    root, now = trust_root(), clock.now()
    serial = known.serial if known else 0
    for institution in settings.GATEWAYS:
        try:
            reply = call(institution, "GET", "/v1/directory", timeout_seconds=2)
            if reply.status == 200:
                return verify_directory(reply.body, root=root, now=now, known_serial=serial)
        except (NoAnswer, ProtocolRefusal):
            continue
    return _still_good(known)


def _still_good(known: Directory | None) -> Directory:
    try:
        if known is not None:
            check_fresh(known, clock.now())
            return known
    except ProtocolRefusal:
        pass
    raise NoAnswer


def list_members() -> tuple[values.Member, ...]:
    """Everyone in the exchange, alphabetically by code. Raises NoAnswer."""
    members = sorted(current_directory().members, key=lambda each: each.code)
    return tuple(
        values.Member(
            each.code, dict(each.names), each.level, each.unit, each.document_prefix, tuple(each.subsystems)
        )
        for each in members
    )


def check_statement(*, code: str, signed: str) -> values.Stated:
    """What the signed statement in a document's QR code says.

    ``code`` and ``signed`` are the two parts of its address. Raises MalformedStatement or ForgedStatement,
    and NoAnswer when no directory is at hand to check against.
    """
    statement = verify_statement(parse_statement(code, signed), current_directory().signing_keys_of)
    return values.Stated(statement.code, statement.issuer.member_code, statement.kind, statement.issued_on)


def client_id(institution: str) -> str:
    """``BA/GOV/tuzla-social-work/portal``. Raises BridgeRefused for a stranger."""
    try:
        return f"{current_directory().find_member_by_code(institution).id}/portal"
    except ProtocolRefusal as refusal:
        raise BridgeRefused("Server.ClientProxy.UnknownMember", detail=institution) from refusal


def service_target(provider: str, subsystem: str, service: str) -> str:
    """``/r1/BA/GOV/zenica-registrar/register/birthRecord``. Raises BridgeRefused for a stranger."""
    try:
        return f"/r1/{current_directory().find_member_by_code(provider).id}/{subsystem}/{service}"
    except ProtocolRefusal as refusal:
        raise BridgeRefused("Server.ClientProxy.UnknownMember", detail=provider) from refusal
