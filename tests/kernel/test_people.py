from datetime import UTC, datetime

import pytest

from mostovi.kernel import people
from mostovi.kernel.access import Actor
from mostovi.kernel.errors import NotAllowed, NotFound
from mostovi.kernel.models import Person

pytestmark = pytest.mark.django_db
AMRA_NUMBER = "0101006550003"


def sign_in_amra() -> people.PersonSummary:
    return people.upsert_person(
        issuer="https://id", subject="a1", name="Amra Kovač", personal_number=AMRA_NUMBER
    )


def test_signing_in_twice_is_one_person() -> None:
    assert sign_in_amra() == sign_in_amra()
    assert Person.objects.count() == 1


def test_the_personal_number_is_nowhere_in_the_table() -> None:
    sign_in_amra()
    row = Person.objects.values_list().get()
    assert AMRA_NUMBER not in str(row)


def test_only_the_person_an_official_or_our_worker_gets_the_number() -> None:
    amra = sign_in_amra()
    herself = Actor(kind="person", person_id=amra.id)
    assert people.personal_number_of(amra.id, actor=herself, purpose="ask a register") == AMRA_NUMBER
    stranger = Actor(kind="person", person_id=amra.id + 1)
    with pytest.raises(NotAllowed):
        people.personal_number_of(amra.id, actor=stranger, purpose="look")
    with pytest.raises(NotAllowed):
        people.personal_number_of(amra.id, actor=herself, purpose="")


def test_somebody_served_at_the_counter_is_the_same_person_when_she_signs_in() -> None:
    at_counter = people.find_or_create_person_at_counter(personal_number=AMRA_NUMBER, name="Amra Kovač")
    assert sign_in_amra().id == at_counter.id


def test_pseudonyms_differ_between_institutions() -> None:
    amra = sign_in_amra()
    assert people.pseudonym_for(amra.id, "zenica-registrar").isalpha()
    assert people.pseudonym_for(amra.id, "zenica-registrar") != people.pseudonym_for(
        amra.id, "brcko-registrar"
    )


def test_a_person_without_a_number_has_a_path() -> None:
    guest = people.upsert_person(issuer="https://id", subject="g", name="Guest")
    assert not people.has_personal_number(guest.id)
    with pytest.raises(NotFound, match="do not know"):
        people.personal_number_of(guest.id, actor=Actor(kind="person", person_id=guest.id), purpose="ask")


def test_an_office_that_ended_is_gone_after_the_next_sign_in() -> None:
    def sign_in(offices: dict[str, list[str]]) -> None:
        people.upsert_person(issuer="https://id", subject="d", name="Damir Babić", offices=offices)

    sign_in({"tuzla-social-work": ["caseworker"]})
    sign_in({})
    assert not Person.objects.get(subject="d").offices.exists()
    assert datetime.now(UTC) >= Person.objects.get(subject="d").first_seen_at
