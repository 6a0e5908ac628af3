"""A look as Giga Meter would report it, so that any server of its kind takes it; nothing personal in it."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from mostovi.connectivity.probe.measuring.rules import delay, jitter, loss
from mostovi.connectivity.probe.measuring.values import Cause, Half, Observation

SOURCE = "mostovi-probe"


def measurement_payload(
    seen: Observation, cause: Cause, *, school: str, country: str, version: str, at: datetime
) -> dict[str, Any]:
    """For ``POST /api/v1/measurements``; speeds in kbit/s, latency in milliseconds."""
    down, up = seen.download, seen.upload
    return {
        "UUID": _uuid(down) or _uuid(up) or str(uuid4()),
        "Timestamp": _iso(at),
        "DeviceType": "linux",
        "Notes": "daily",
        "Download": down and down.kbps,
        "Upload": up and up.kbps,
        "Latency": _latency(down, up),
        "Results": {"NDTResult.S2C": _result(down), "NDTResult.C2S": _result(up)},
        "giga_id_school": school,
        "country_code": country,
        "app_version": version,
        "source": SOURCE,
        "cause": str(cause),
        "path": _path(seen),
    }


def check_payload(*, school: str, is_connected: bool, error: str, at: datetime) -> dict[str, Any]:
    """For ``POST /api/v1/connectivity/{id}``."""
    return {
        "timestamp": _iso(at),
        "isConnected": is_connected,
        "errorMessage": error or None,
        "giga_id_school": school,
        "app_local_uuid": str(uuid4()),
        "browserId": None,
        "latency": None,
    }


def _path(seen: Observation) -> dict[str, dict[str, float]]:
    echoes = {"gateway": seen.gateway, "first_hop": seen.first_hop, "server": seen.server}
    return {
        name: {"delay_ms": delay(echo), "jitter_ms": jitter(echo), "loss": loss(echo)}
        for name, echo in echoes.items()
        if echo is not None
    }


def _result(half: Half | None) -> dict[str, Any]:
    if half is None:
        return {}
    server = {key: value for key, value in half.server.items() if key != "ConnectionInfo"}
    client = {"ElapsedTime": half.seconds, "NumBytes": half.bytes, "MeanClientMbps": half.kbps / 1_000}
    named = {"ConnectionInfo": {"UUID": _uuid(half)}}
    return {"LastClientMeasurement": client, "LastServerMeasurement": server | named}


def _latency(*halves: Half | None) -> float | None:
    told = [(half.server.get("BBRInfo") or {}).get("MinRTT") for half in halves if half is not None]
    found = [each / 1_000 for each in told if isinstance(each, int | float)]
    return sum(found) / len(found) if found else None


def _uuid(half: Half | None) -> str | None:
    info = half.server.get("ConnectionInfo") if half is not None else None
    named = info.get("UUID") if isinstance(info, dict) else None
    return named if isinstance(named, str) and named else None


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
