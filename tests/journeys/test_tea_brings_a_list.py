"""Tea keeps the list of a canton's schools: brings a spreadsheet, sees what would change, undoes it."""

from pathlib import Path

from connectivity.lists import BREZA, HEADER, LIPA
from connectivity.spreadsheets import an_xlsx
from journeys.conftest import OpenWindow
from journeys.visiting import Visitor

NOT_TAKEN = ["9003", "OŠ Bor", "18.67", "44.54", "Tuzla", "10", "da"]
NEW = [["9001", *LIPA[1:]], ["9002", *BREZA[1:]], NOT_TAKEN]


def test_tea_brings_a_list_and_undoes_it(window: OpenWindow, tmp_path: Path) -> None:
    tea = window(scripts=False)
    tea.go("/")
    tea.follow("Tea")
    assert tea.path == "/skole/uvoz/"
    assert tea.reads("Synthetic.")
    tea.picture("schools")
    before = schools(tea)
    (tmp_path / "empty.csv").write_bytes(b"\n")
    bring(tea, tmp_path / "empty.csv")
    assert tea.status == 422
    (tmp_path / "skole-2026.xlsx").write_bytes(an_xlsx([["Skole 2026"], HEADER, *NEW], merged=["A1:G1"]))
    bring(tea, tmp_path / "skole-2026.xlsx")
    tea.picture("schools-columns")
    tea.press("Show what would happen")
    assert tea.find("dl.stats dd").all_inner_texts() == ["2", "0", "0", "1"]
    assert tea.reads("Latitude and longitude seem to be swapped.")
    tea.picture("schools-preview")
    tea.press("Take these schools")
    assert tea.reads("taken")
    tea.go("/skole/uvoz/")
    assert schools(tea) == before + 2
    tea.find('.tasks a[href^="/skole/uvoz/"]').first.click()
    tea.arrive()
    tea.press("Undo this list")
    assert tea.reads("undone")
    tea.go("/skole/uvoz/")
    assert schools(tea) == before


def bring(tea: Visitor, file: Path) -> None:
    tea.go("/skole/uvoz/")
    tea.find("#file").set_input_files(file)
    tea.press("Read the file")


def schools(tea: Visitor) -> int:
    return int(tea.find("dl.stats dd").first.inner_text().replace(".", "").replace(",", ""))
