"""Institutions by their own names in each language."""

import pytest
from django.utils import translation

from mostovi.kernel.institutions import translate_certificate_name


@pytest.mark.parametrize(
    ("variant", "name"),
    [("en", "Registrar of Zenica"), ("hr", "Matični ured Zenica"), ("sr-Cyrl", "Матична служба Зеница")],
)
def test_the_english_name_in_a_certificate_is_told_in_the_language_of_the_page(
    variant: str, name: str
) -> None:
    with translation.override(variant):
        assert translate_certificate_name("Registrar of Zenica") == name


def test_a_name_nobody_knows_stays_as_it_is() -> None:
    assert translate_certificate_name("Registrar of Atlantis") == "Registrar of Atlantis"
