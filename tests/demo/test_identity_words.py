"""What the identity provider keeps and says, apart from the web."""

from pathlib import Path

from mostovi.demo.identity_provider.pages import sentence_page
from mostovi.demo.identity_provider.persons import pairwise_subject
from mostovi.demo.identity_provider.rules import LANGUAGES
from mostovi.demo.identity_provider.texts import TEXTS, say
from mostovi.demo.identity_provider.tokens import read_or_make_key


def test_the_signing_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = read_or_make_key(tmp_path / "secrets" / "key.json")
    second = read_or_make_key(tmp_path / "secrets" / "key.json")
    assert first.kid == second.kid
    assert (tmp_path / "secrets" / "key.json").stat().st_mode & 0o777 == 0o600


def test_the_subject_of_a_person_differs_from_client_to_client() -> None:
    subjects = {pairwise_subject(b"secret", client, "amra") for client in ("portal", "another")}
    assert len(subjects) == 2


def test_every_sentence_exists_in_all_five_variants() -> None:
    assert all(set(texts) == {"bs", "hr", "sr", "en"} for texts in TEXTS.values())
    assert all(say(name, language) for name in TEXTS for language in LANGUAGES)


def test_serbian_latin_is_derived() -> None:
    assert say("confirm", "sr-Latn") == "Potvrdite da ste to vi"


def test_a_cyrillic_page_holds_no_name_in_latin() -> None:
    page = sentence_page("sr-Cyrl", "wrong", "too_old")
    assert "Мостови" in page
    assert "Mostovi" not in page
