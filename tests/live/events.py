"""An event as a gateway publishes it, for tests to change."""

import json
import uuid
from typing import Any


def event(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "at": "2026-11-21T14:32:07Z",
        "kind": "exchange",
        "consumer": "banja-luka-administration",
        "provider": "zenica-registrar",
        "service": "birthExtract",
        "purpose": {
            "bs": "Izdati izvod",
            "sr": "Издати извод",
            "hr": "Izdati izvod",
            "en": "Issue a birth extract",
        },
        "legal_basis": {"en": "Law on civil registers, Federation 37/12"},
        "in_force": False,
        "mark": "kmwraz",
        "fields": ["document_base64", "code"],
        "outcome": "answered",
        "error": None,
        "log_entry": "zenica-registrar/8",
        "signatures": "both",
        **changes,
    }


def line(**changes: Any) -> bytes:
    return json.dumps(event(**changes), ensure_ascii=False).encode() + b"\n"
