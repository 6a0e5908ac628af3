"""Dates, money and numbers in five variants."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from mostovi.front import formats
from mostovi.front.templatetags import mostovi_pages
from mostovi.kernel.languages import VARIANTS

NEW_YEAR = date(2027, 1, 5)


@pytest.mark.parametrize(
    ("variant", "written", "in_sentence"),
    [
        ("en", "5 January 2027", "5 January 2027"),
        ("bs", "5. januar 2027.", "5. januara 2027."),
        ("hr", "5. siječnja 2027.", "5. siječnja 2027."),
        ("sr-Cyrl", "5. јануар 2027.", "5. јануара 2027."),
        ("sr-Latn", "5. januar 2027.", "5. januara 2027."),
    ],
)
def test_a_day_is_written_as_each_language_writes_it(variant, written, in_sentence):
    assert formats.write_day(NEW_YEAR, variant) == written
    assert formats.write_day_genitive(NEW_YEAR, variant) == in_sentence


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_has_twelve_months_of_its_own(variant):
    assert len(set(formats.MONTHS[variant])) == 12
    assert len(set(formats.MONTHS_GENITIVE[variant])) == 12


@pytest.mark.parametrize(
    ("amount", "variant", "written"),
    [
        (118, "en", "118 KM"),
        (118, "sr-Cyrl", "118 КМ"),
        (Decimal("1234.5"), "en", "1,234.50 KM"),
        (Decimal("1234.5"), "hr", "1.234,50 KM"),
        (Decimal("-0.5"), "bs", "−0,50 KM"),
    ],
)
def test_money_is_written_as_each_language_writes_it(amount, variant, written):
    assert formats.write_money(amount, variant).replace(formats.NO_BREAK_SPACE, " ") == written


def test_a_moment_is_shown_as_clocks_in_sarajevo_show_it():
    moment = datetime(2026, 11, 21, 23, 5, tzinfo=UTC)
    with translation.override("en"):
        assert mostovi_pages.time_of_day(moment) == "00:05"
        assert mostovi_pages.day(moment) == "22 November 2026"
        assert mostovi_pages.day("2026-11-21T23:05:00Z") == "22 November 2026"


def test_filters_say_nothing_where_there_is_nothing():
    assert mostovi_pages.day(None) == mostovi_pages.money(None) == mostovi_pages.time_of_day(None) == ""
