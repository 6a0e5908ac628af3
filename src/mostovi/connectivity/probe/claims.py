"""Giga Meter's payloads, cut down to what is kept. Field names as in reference: unicef/giga-meter-backend.

The same claims are what a rejected record is kept with, so that it can be read again.
"""

from collections.abc import Mapping
from typing import Any

from mostovi.connectivity.probe.measuring.values import Cause
from mostovi.connectivity.probe.privacy import pseudonym

Claims = dict[str, Any]

_LONGEST = 200
_MEASUREMENT = (
    "UUID", "Timestamp", "DeviceType", "Notes", "Download", "Upload", "Latency",
    "country_code", "app_version", "source",
)  # fmt: skip
_CHECK = ("app_local_uuid", "timestamp", "isConnected", "latency")
_CAUSES = frozenset(set(Cause) - {Cause.NONE})
_TCP = ("MinRTT", "RTTVar", "BytesSent", "BytesRetrans")


def claims_of_measurement(payload: Mapping[str, Any], secret: bytes) -> Claims:
    """What is kept of ``POST /api/v1/measurements``; whatever else it holds is forgotten here."""
    claims = _take(payload, _MEASUREMENT)
    school = school_named(payload.get("giga_id_school"))
    claims["school"] = school
    claims["device"] = _device(payload.get("BrowserID"), school, secret)
    client = _object(payload.get("ClientInfo"))
    claims["provider"] = _provider(client)
    if not claims.get("country_code"):
        claims["country_code"] = _plain(client.get("Country"))
    cause = payload.get("cause")
    claims["fault"] = cause if cause in _CAUSES else None
    results = _object(payload.get("Results"))
    for short, name in (("s2c", "NDTResult.S2C"), ("c2s", "NDTResult.C2S")):
        claims[short] = _claims_of_direction(_object(results.get(name)))
    return claims


def claims_of_check(payload: Mapping[str, Any], school: str, secret: bytes) -> Claims:
    """What is kept of one record of ``POST /api/v1/connectivity/{id}``."""
    claims = _take(payload, _CHECK)
    claims["school"] = school
    claims["device"] = _device(payload.get("browserId"), school, secret)
    claims["fault"] = fault_named(payload.get("errorMessage"))
    return claims


def school_named(value: Any) -> str:
    """Giga's identifiers are compared without case and spaces around them."""
    return _words(value).strip().lower() if isinstance(value, str) else ""


_FAULTS = (
    ("name_not_found", ("enotfound", "eai_again", "dns", "name_not_resolved", "getaddrinfo")),
    ("timed_out", ("timeout", "timed out", "etimedout")),
    ("refused", ("econnrefused", "refused")),
    ("unreachable", ("enetunreach", "ehostunreach", "unreachable", "internet_disconnected", "offline")),
    ("broken_off", ("econnreset", "reset", "socket hang up", "epipe")),
    ("certificate", ("cert", "ssl", "tls")),
)


def fault_named(message: Any) -> str | None:
    """One word for an error's text, since the text itself may hold names and addresses."""
    if not isinstance(message, str) or not message.strip():
        return None
    lowered = message[:_LONGEST].lower()
    return next((word for word, signs in _FAULTS if any(sign in lowered for sign in signs)), "other")


def _take(payload: Mapping[str, Any], names: tuple[str, ...]) -> Claims:
    return {name: _plain(payload[name]) for name in names if name in payload}


def _plain(value: Any) -> Any:
    """Numbers, truth and short texts; anything else says nothing."""
    if isinstance(value, str):
        return _words(value)
    return value if isinstance(value, int | float) else None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _device(value: Any, school: str, secret: bytes) -> str | None:
    return pseudonym(secret, school, value) if isinstance(value, str) and value else None


def _provider(client: dict[str, Any]) -> str | None:
    asn = client.get("ASN")
    number = _object(asn).get("asn") or asn
    named = number if isinstance(number, str) and number else client.get("ISP")
    return _words(named) if isinstance(named, str) and named else None


def _words(value: str) -> str:
    # No database keeps a zero byte in a text.
    return value[:_LONGEST].replace("\0", "")


def _claims_of_direction(direction: dict[str, Any]) -> Claims:
    server = _object(direction.get("LastServerMeasurement"))
    claims = _take(_object(server.get("TCPInfo")), _TCP)
    claims["mbps"] = _plain(_object(direction.get("LastClientMeasurement")).get("MeanClientMbps"))
    claims["bbr_min_rtt"] = _plain(_object(server.get("BBRInfo")).get("MinRTT"))
    claims["uuid"] = _plain(_object(server.get("ConnectionInfo")).get("UUID"))
    return claims
