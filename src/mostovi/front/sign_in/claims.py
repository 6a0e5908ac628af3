"""What an identity provider's claims mean to us. Pure: the mapping is an argument, nothing is looked up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mostovi.kernel.access import Actor, Assurance
from mostovi.kernel.errors import NotAllowed

_ASSURANCES: tuple[Assurance, ...] = ("low", "substantial", "high")
_ROLES = frozenset({"caseworker", "clerk", "supervisor", "schools", "auditor"})


class SignInRefused(NotAllowed):
    code = "sign_in_refused"
    message = "The identity provider did not confirm who you are. Nothing is lost; try to sign in again."


class SignInCancelled(SignInRefused):
    code = "sign_in_cancelled"
    message = "Nothing is lost; sign in whenever you like."


@dataclass(frozen=True)
class ClaimMapping:
    """How one provider writes things.

    The claim ``office_claim`` lists offices, each ``{"institution": member code, "roles": [role, …]}`` or
    ``"member code/role"``; an auditor's member code does not matter. A provider that has groups of its own
    lists those, and ``offices`` translates them: ``{group: "member code/role"}``. ``assurances`` turns an
    ``acr`` into low, substantial or high.
    """

    personal_number_claim: str
    office_claim: str
    offices: Mapping[str, str]
    assurances: Mapping[str, str]


@dataclass(frozen=True)
class Identity:
    """Somebody a provider vouched for."""

    issuer: str
    subject: str
    name: str
    email: str
    personal_number: str | None = field(repr=False)
    offices: Mapping[str, tuple[str, ...]]
    is_auditor: bool
    assurance: Assurance | None
    authenticated_at: datetime | None


def read_identity(claims: Mapping[str, Any], mapping: ClaimMapping) -> Identity:
    """The identity that validated claims describe. Raises SignInRefused when something is missing."""
    offices = _read_offices(claims.get(mapping.office_claim), mapping.offices)
    return Identity(
        issuer=_required(claims, "iss"),
        subject=_required(claims, "sub"),
        name=str(claims.get("name") or _full_name(claims)),
        email=str(claims["email"]) if claims.get("email") and claims.get("email_verified", True) else "",
        personal_number=claims.get(mapping.personal_number_claim) or None,
        offices={office: tuple(sorted(roles)) for office, roles in sorted(offices.items()) if office},
        is_auditor=any("auditor" in roles for roles in offices.values()),
        assurance=_assurance(str(claims.get("acr", "")), mapping),
        authenticated_at=_moment(claims),
    )


def actor_for(identity: Identity, *, person_id: int, institution: str | None = None) -> Actor:
    """Who acts from now on: an auditor, an official for one of their offices, or a person."""
    acts_for = institution if institution in identity.offices else next(iter(identity.offices), None)
    kind = "auditor" if identity.is_auditor else "official" if acts_for else "person"
    roles = {"auditor"} if identity.is_auditor else set(identity.offices.get(acts_for or "", ()))
    return Actor(
        kind=kind,  # type: ignore[arg-type]
        person_id=person_id,
        name=identity.name,
        institution=None if identity.is_auditor else acts_for,
        roles=frozenset(roles),
        assurance=identity.assurance,
        authenticated_at=identity.authenticated_at,
    )


def _required(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not value or not isinstance(value, str):
        raise SignInRefused
    return value


def _full_name(claims: Mapping[str, Any]) -> str:
    return f"{claims.get('given_name', '')} {claims.get('family_name', '')}".strip()


def _read_offices(value: Any, translation: Mapping[str, str]) -> dict[str, set[str]]:
    """Roles by member code; the auditor's office has no code. What we do not know is left out."""
    roles: dict[str, set[str]] = {}
    for spelled in _spelled_offices(value):
        institution, _, role = translation.get(spelled, spelled).rpartition("/")
        if role in _ROLES and (institution or role == "auditor"):
            roles.setdefault("" if role == "auditor" else institution, set()).add(role)
    return roles


def _spelled_offices(value: Any) -> list[str]:
    spelled: list[str] = []
    for office in value if isinstance(value, list) else [value]:
        if isinstance(office, str):
            spelled.append(office)
        elif isinstance(office, dict) and isinstance(office.get("roles"), list):
            spelled.extend(f"{office.get('institution', '')}/{role}" for role in office["roles"])
    return spelled


def _assurance(acr: str, mapping: ClaimMapping) -> Assurance | None:
    """eIDAS writes http://eidas.europa.eu/LoA/substantial; other spellings are mapped by settings."""
    level = mapping.assurances.get(acr, acr).rpartition("/")[2]
    return next((known for known in _ASSURANCES if known == level), None)


def _moment(claims: Mapping[str, Any]) -> datetime | None:
    """When the provider saw the person. The token's own age says nothing about that."""
    seconds = claims.get("auth_time")
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None
