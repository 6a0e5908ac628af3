"""Who acts, and the checks every module shares. Default deny; no database, no clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mostovi.kernel.errors import NotAllowed

Kind = Literal["anonymous", "person", "official", "auditor", "system"]
Assurance = Literal["low", "substantial", "high"]


@dataclass(frozen=True)
class Actor:
    """Somebody who asks for something: a person, an official acting for an office, or one of our programs.

    ``institution`` is the member code of the office an official acts for; ``authenticated_at`` is when the
    identity provider last saw them.
    """

    kind: Kind
    person_id: int | None = None
    name: str = ""
    institution: str | None = None
    roles: frozenset[str] = frozenset()
    assurance: Assurance | None = None
    authenticated_at: datetime | None = None


ANONYMOUS = Actor(kind="anonymous")
_ROLES = ("caseworker", "clerk", "supervisor", "schools")


def system_actor(name: str) -> Actor:
    return Actor(kind="system", name=name)


def role_of(actor: Actor) -> str:
    """An official's first role; nothing for everybody else."""
    return next((role for role in _ROLES if actor.kind == "official" and role in actor.roles), "")


def check_is_signed_in(actor: Actor) -> None:
    if actor.person_id is None:
        raise NotAllowed("Sign in to go on.", code="sign_in_required")


def check_is_person(actor: Actor) -> None:
    check_is_signed_in(actor)
    if actor.kind != "person":
        raise NotAllowed(
            "This page is for people, not for an office. Sign in as yourself.", code="not_a_person"
        )


def check_is_official(actor: Actor, institution: str | None = None, role: str | None = None) -> None:
    check_is_signed_in(actor)
    if actor.kind != "official":
        raise NotAllowed("This page is for officials.", code="not_an_official")
    if institution is not None and actor.institution != institution:
        raise NotAllowed("This belongs to another institution.", code="other_institution")
    if role is not None and role not in actor.roles:
        raise NotAllowed("Your office has not given you this task.", code="missing_role")


def check_is_auditor(actor: Actor) -> None:
    check_is_signed_in(actor)
    if actor.kind != "auditor":
        raise NotAllowed("This page is for auditors.", code="not_an_auditor")
