"""People and their offices. The personal number leaves this file only for a named purpose."""

import base64
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction

from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from mostovi.kernel.errors import NotAllowed, NotFound
from mostovi.kernel.models import Office, Person
from mostovi.kernel.personal_number import check_personal_number, last_four

COUNTER = "counter"


@dataclass(frozen=True)
class PersonSummary:
    id: int
    name: str
    language: str
    email: str


def _summary(person: Person) -> PersonSummary:
    return PersonSummary(
        id=person.pk,
        name=person.name,
        language=person.language,
        email=person.email,
    )


def _vault() -> Fernet:
    key = sha256(b"personal-number-vault" + settings.PERSONAL_NUMBER_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _keyed(purpose: str, text: str) -> str:
    key = settings.PERSONAL_NUMBER_KEY.encode()
    return hmac.new(key, f"{purpose}\0{text}".encode(), "sha256").hexdigest()


def _personal_number_columns(number: str | None) -> dict[str, str]:
    if not number:
        return {}
    check_personal_number(number)
    return {
        "personal_number_sealed": _vault().encrypt(number.encode()).decode(),
        "personal_number_pseudonym": _keyed("personal-number", number),
    }


@transaction.atomic
def upsert_person(
    *,
    issuer: str,
    subject: str,
    name: str,
    personal_number: str | None = None,
    email: str = "",
    language: str = "",
    offices: Mapping[str, Sequence[str]] | None = None,
) -> PersonSummary:
    """The person who signed in, made or brought up to date; offices are replaced when given."""
    now = clock.now()
    columns = {"name": name, "email": email, "last_seen_at": now, **_personal_number_columns(personal_number)}
    if language:
        columns["language"] = language
    known = _known_person(issuer, subject, personal_number)
    if known is None:
        known = Person.objects.create(issuer=issuer, subject=subject, first_seen_at=now, **columns)
    else:
        Person.objects.filter(pk=known.pk).update(issuer=issuer, subject=subject, **columns)
        known.refresh_from_db()
    if offices is not None:
        _replace_offices(known, offices)
    return _summary(known)


def _known_person(issuer: str, subject: str, personal_number: str | None) -> Person | None:
    known = Person.objects.filter(issuer=issuer, subject=subject).first()
    if known is None and personal_number:
        # Somebody a clerk served at the counter may sign in by herself later: it is the same person.
        known = Person.objects.filter(
            personal_number_pseudonym=_keyed("personal-number", personal_number)
        ).first()
    return known


def _replace_offices(person: Person, offices: Mapping[str, Sequence[str]]) -> None:
    Office.objects.filter(person=person).exclude(institution__in=offices).delete()
    for institution, roles in offices.items():
        Office.objects.update_or_create(
            person=person, institution=institution, defaults={"roles": sorted(roles)}
        )


def find_or_create_person_at_counter(*, personal_number: str, name: str) -> PersonSummary:
    """The person who stands at a counter, known by personal number; nobody has signed in for them."""
    pseudonym = _keyed("personal-number", personal_number)
    known = Person.objects.filter(personal_number_pseudonym=pseudonym).first()
    if known is not None:
        return _summary(known)
    return upsert_person(issuer=COUNTER, subject=pseudonym, name=name, personal_number=personal_number)


def find_signed_in(*, issuer: str, subject: str) -> PersonSummary | None:
    """Whom this provider means by this subject, if they ever signed in here."""
    person = Person.objects.filter(issuer=issuer, subject=subject).first()
    return _summary(person) if person else None


def find_person(person_id: int) -> PersonSummary:
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound
    return _summary(person)


def personal_number_of(person_id: int, *, actor: Actor, purpose: str) -> str:
    """The personal number, for one exchange. The person herself, an official or our worker may ask.

    Never log, store or show what comes back; show ``masked_personal_number`` instead.
    """
    if not purpose:
        raise NotAllowed("Say why this personal number is needed.", code="purpose_missing")
    if actor.kind not in {"official", "system"} and actor.person_id != person_id:
        raise NotAllowed
    sealed = Person.objects.values_list("personal_number_sealed", flat=True).filter(pk=person_id).first()
    if not sealed:
        raise NotFound("We do not know this person's personal number.", code="no_personal_number")
    return _vault().decrypt(sealed.encode()).decode()


def has_personal_number(person_id: int) -> bool:
    return Person.objects.filter(pk=person_id).exclude(personal_number_sealed=None).exists()


def last_four_digits(person_id: int, *, actor: Actor) -> str:
    return last_four(personal_number_of(person_id, actor=actor, purpose="show the last four digits"))


# Letters only: among hexadecimal digits, thirteen in a row may look like a personal number and be refused.
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijkmnprs")


def pseudonym_for(person_id: int, institution: str) -> str:
    """A pairwise pseudonym: the same person is somebody else for each institution."""
    return _keyed(f"pairwise/{institution}", str(person_id))[:32].translate(_LETTERS)
