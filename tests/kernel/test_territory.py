from datetime import date

import pytest
from django.utils.translation import override

from mostovi.kernel.models import Unit
from mostovi.kernel.territory import count_levels, find_places, load_territory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


def test_loading_twice_changes_nothing() -> None:
    first = load_territory(today=TODAY)
    second = load_territory(today=TODAY)
    assert len(first.added) == 158
    assert (second.added, second.changed, second.closed) == ((), (), ())


def test_a_unit_gone_from_the_pack_is_closed_and_never_deleted() -> None:
    Unit.objects.create(code="ba-gone", level="municipality", kind="općina", names={"bs": "Nestala"})
    assert load_territory(today=TODAY).closed == ("ba-gone",)
    assert Unit.objects.get(pk="ba-gone").closed_on == TODAY


def test_the_country_has_its_levels() -> None:
    load_territory(today=TODAY)
    counts = count_levels()
    assert (counts["entity"], counts["district"], counts["canton"], counts["municipality"]) == (2, 1, 10, 142)


@pytest.mark.parametrize("typed", ["Živinice", "zivinice", "Живинице", "živin"])
def test_a_place_is_found_in_either_script_and_without_diacritics(typed: str) -> None:
    load_territory(today=TODAY)
    with override("en"):
        places = find_places(typed)
    assert places[0].code == "ba-zivinice"
    assert places[0].parents == (
        "Tuzla Canton",
        "Federation of Bosnia and Herzegovina",
        "Bosnia and Herzegovina",
    )
