"""Who can sign in: the cast, and nobody else."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mostovi.demo.population import cast
from mostovi.demo.population.values import Person

SUBSTANTIAL = "http://eidas.europa.eu/LoA/substantial"


@dataclass(frozen=True)
class Identity:
    """``key`` is what login_hint says; ``what`` describes the person per language."""

    key: str
    name: str
    given_name: str
    what: Mapping[str, str]
    personal_number: str | None = field(default=None, repr=False)
    offices: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def claims(self) -> dict[str, Any]:
        """Claims about the person; the personal number only of citizens, offices only of officials."""
        claims: dict[str, Any] = {"name": self.name, "given_name": self.given_name}
        if self.personal_number is not None:
            claims["personal_number"] = self.personal_number
        if self.offices:
            claims["offices"] = [
                {"institution": institution, "roles": list(roles)} for institution, roles in self.offices
            ]
        return claims


def _citizen(key: str, person: Person, **what: str) -> Identity:
    return Identity(key, person.name, person.given_name, what, personal_number=person.number)


def _official(key: str, name: str, institution: str, role: str, **what: str) -> Identity:
    return Identity(key, name, name.partition(" ")[0], what, offices=((institution, (role,)),))


# An auditor belongs to no single institution: she reads every log and no name.
EVERY_INSTITUTION = "*"
PERSONS = (
    _citizen("amra", cast.AMRA, bs="Tuzla", hr="Tuzla", sr="Тузла", en="Tuzla"),
    _official(
        "damir",
        "Damir Babić",
        "tuzla-social-work",
        "caseworker",
        bs="Centar za socijalni rad Tuzla",
        hr="Centar za socijalni rad Tuzla",
        sr="Центар за социјални рад Тузла",
        en="Centre for Social Work Tuzla",
    ),
    _citizen("ivan", cast.IVAN, bs="Tuzla", hr="Tuzla", sr="Тузла", en="Tuzla"),
    _citizen("jelena", cast.JELENA, bs="Tuzla", hr="Tuzla", sr="Тузла", en="Tuzla"),
    _citizen("milan", cast.MILAN, bs="Banja Luka", hr="Banja Luka", sr="Бања Лука", en="Banja Luka"),
    _official(
        "sanja",
        "Sanja Marić",
        "banja-luka-administration",
        "clerk",
        bs="Šalter u Banjoj Luci",
        hr="Šalter u Banjoj Luci",
        sr="Шалтер у Бањој Луци",
        en="A counter in Banja Luka",
    ),
    _official(
        "tea",
        "Tea Lovrić",
        "tuzla-canton-education",
        "schools",
        bs="Ministarstvo obrazovanja i nauke Tuzlanskog kantona",
        hr="Ministarstvo obrazovanja i znanosti Tuzlanske županije",
        sr="Министарство образовања и науке Тузланског кантона",
        en="Education ministry of Tuzla Canton",
    ),
    _official(
        "zlata",
        "Zlata Begić",
        EVERY_INSTITUTION,
        "auditor",
        bs="Revizija: čita svaki uvid, nijedno ime",
        hr="Revizija: čita svaki uvid, nijedno ime",
        sr="Ревизија: чита сваки увид, ниједно име",
        en="Auditor: reads every look, and not one name",
    ),
)


def find_identity(key: str) -> Identity | None:
    return next((identity for identity in PERSONS if identity.key == key), None)


def pairwise_subject(secret: bytes, client_id: str, key: str) -> str:
    """The ``sub`` of OpenID Connect Core §8.1: opaque, and another one for each client."""
    digest = hmac.digest(secret, f"{client_id}\0{key}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
