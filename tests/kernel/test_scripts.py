import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostovi.kernel.catalogues import latin_outside_placeholders
from mostovi.kernel.languages import text_in
from mostovi.kernel.script import given_name_to_cyrillic, to_latin


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("Љубиње", "Ljubinje"),
        ("ЊЕГОШ", "NJEGOŠ"),
        ("Џемал", "Džemal"),
        ("инјекција", "injekcija"),
        ("Ђорђе Шћепановић", "Đorđe Šćepanović"),
        ("ЈМБ", "JMB"),
    ],
)
def test_cyrillic_becomes_latin(cyrillic: str, latin: str) -> None:
    assert to_latin(cyrillic) == latin


@given(st.text(alphabet="абвгдђежзијклљмнњопрстћуфхцчџшАБВЉЊЏ .,", max_size=60))
def test_nothing_cyrillic_is_left(text: str) -> None:
    assert not any("Ѐ" <= sign <= "ӿ" for sign in to_latin(text))


def test_placeholders_and_tags_stay_as_they_are() -> None:
    text = 'Издао %(институција)s <a href="/провјера">овдје</a> {назив}'
    assert (
        latin_outside_placeholders("Издао %(name)s <b>овдје</b> {code}")
        == "Izdao %(name)s <b>ovdje</b> {code}"
    )
    assert "/провјера" in latin_outside_placeholders(text)


def test_serbian_latin_is_derived_unless_it_is_written() -> None:
    texts = {"bs": "a", "hr": "b", "sr": "Њива", "en": "c"}
    assert text_in(texts, "sr-Latn") == "Njiva"
    assert text_in({**texts, "sr-Latn": "own"}, "sr-Latn") == "own"


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Sanja", "Сања"),
        ("Đorđe", "Ђорђе"),
        ("Ljubica", "Љубица"),
        ("Džemal", "Џемал"),
        ("Ana-Nada", "Ана-Нада"),
    ],
)
def test_a_given_name_is_written_in_cyrillic(latin: str, cyrillic: str) -> None:
    assert given_name_to_cyrillic(latin) == cyrillic


@pytest.mark.parametrize("name", ["Xenia", "Zoë", "Сања", ""])
def test_a_name_with_other_letters_stays_as_it_is(name: str) -> None:
    assert given_name_to_cyrillic(name) == name
