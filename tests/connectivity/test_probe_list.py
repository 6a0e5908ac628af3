"""The list of sites that may measure: written whole, only when it changed."""

import csv
from pathlib import Path

import pytest

from connectivity.lists import BREZA, LIPA, a_list, bring
from mostovi.connectivity.actions.importing import undo_import
from mostovi.connectivity.public import list_sites, write_list_for_probe
from mostovi.kernel import clock
from mostovi.kernel.access import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path, settings: object) -> Path:
    settings.PROBE_SCHOOLS = str(tmp_path / "probe" / "schools.csv")  # type: ignore[attr-defined]
    return tmp_path / "probe" / "schools.csv"


def listed(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_site_stands_in_it_by_the_name_it_has_outside(tea: Actor, path: Path) -> None:
    bring(tea, a_list(LIPA, BREZA))
    write_list_for_probe()
    assert listed(path) == [
        {"giga_id_school": uid, "country_code": "BA"}
        for uid in sorted(str(site.uid) for site in list_sites(tea))
    ]
    assert list(path.parent.iterdir()) == [path]


def test_it_is_written_again_only_when_schools_change(
    tea: Actor, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(tea, a_list(LIPA))
    write_list_for_probe()
    written = path.stat().st_mtime_ns
    write_list_for_probe()
    assert path.stat().st_mtime_ns == written
    monkeypatch.setattr(clock, "now", lambda: clock.datetime.now(clock.UTC))
    key = bring(tea, a_list(BREZA))
    write_list_for_probe()
    assert len(listed(path)) == 2
    undo_import(actor=tea, key=key)
    write_list_for_probe()
    assert len(listed(path)) == 1


def test_a_list_that_somebody_removed_is_written_again(tea: Actor, path: Path) -> None:
    bring(tea, a_list(LIPA))
    write_list_for_probe()
    path.unlink()
    write_list_for_probe()
    assert len(listed(path)) == 1


def test_without_a_place_for_it_no_list_is_written(tea: Actor, settings: object) -> None:
    settings.PROBE_SCHOOLS = ""  # type: ignore[attr-defined]
    bring(tea, a_list(LIPA))
    write_list_for_probe()
