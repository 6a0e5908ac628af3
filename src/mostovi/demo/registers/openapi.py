"""The OpenAPI 3 document of a register, for the gateway's getOpenAPI."""

from typing import Any

from mostovi.demo.members import Member
from mostovi.demo.registers.values import RIGHTS, SERVICES, services_of

_TYPES: dict[str, dict[str, Any]] = {
    "born_on": {"type": "string", "format": "date"},
    "married_on": {"type": "string", "format": "date"},
    "since": {"type": "string", "format": "date"},
    "issued_on": {"type": "string", "format": "date"},
    "household_size": {"type": "integer"},
    "household_members": {"type": "integer"},
    "monthly_income_km": {
        "type": "integer",
        "description": "whole convertible marks a month, mean of the period",
    },
    "period": {"type": "string", "description": "ISO 8601 interval of months", "example": "2026-08/2026-10"},
    "document_base64": {"type": "string", "format": "byte"},
    "children": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "given_name": {"type": "string"},
                "family_name": {"type": "string"},
                "born_on": {"type": "string", "format": "date"},
                "born_in": {"type": "string"},
            },
        },
    },
    "rights": {
        "type": "array",
        "description": "empty when nothing was ever granted",
        "items": {
            "type": "object",
            "required": ["right", "since", "until", "amount_km"],
            "properties": {
                "right": {"type": "string", "enum": list(RIGHTS)},
                "since": {"type": "string", "format": "date"},
                "until": {
                    "type": "string",
                    "format": "date",
                    "nullable": True,
                    "description": "null while it lasts; the same day as since for a single payment",
                },
                "amount_km": {"type": "integer", "description": "whole convertible marks"},
            },
        },
    },
}
_PROBLEM = {
    "type": "object",
    "required": ["code"],
    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
}
_SALT = {
    "type": "string",
    "pattern": "^[A-Za-z0-9_-]{22,64}$",
    "description": "base64url of at least 16 random bytes, made anew each time: no digest can be guessed",
}


def describe_register(member: Member) -> dict[str, Any]:
    return {
        "openapi": "3.0.3",
        "info": {
            "title": member.names["en"],
            "version": "1",
            "description": "Synthetic persons only. Each answer holds the fields that were asked for.",
        },
        "servers": [{"url": "/"}],
        "paths": {f"/{service}": {"post": _operation(service)} for service in services_of(member.registers)},
    }


def _operation(service: str) -> dict[str, Any]:
    return {
        "operationId": service,
        "requestBody": {"required": True, "content": _json(_question(service))},
        "responses": {
            "200": {"description": "The asked facts that are known", "content": _json(_answer(service))},
            "400": {"description": "Not a question", "content": _json(_PROBLEM)},
            "404": {"description": "No entry about that person", "content": _json(_PROBLEM)},
        },
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _question(service: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["subject", "fields", "salt"],
        "properties": {
            "subject": {
                "type": "object",
                "required": ["jmb"],
                "properties": {"jmb": {"type": "string", "pattern": "^[0-9]{13}$"}},
            },
            "fields": {"type": "array", "items": {"type": "string", "enum": list(SERVICES[service])}},
            "parameters": {"type": "object"},
            "salt": _SALT,
        },
    }


def _answer(service: str) -> dict[str, Any]:
    facts = {field: _TYPES.get(field, {"type": "string"}) for field in SERVICES[service]}
    return {
        "type": "object",
        "required": ["facts", "as_of", "salt"],
        "properties": {
            "facts": {"type": "object", "properties": facts},
            "as_of": {"type": "string", "format": "date-time"},
            "salt": _SALT,
        },
    }
