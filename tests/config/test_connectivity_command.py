"""`mostovi connectivity`: what an operator reads on the terminal."""

from pathlib import Path

import pytest

from connectivity.conftest import country  # noqa: F401  a fixture
from connectivity.lists import BREZA, HEADER, LIPA, a_list
from mostovi.config import connectivity_command
from mostovi.connectivity.models import SchoolImport, Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "skole.csv"
    path.write_bytes(a_list(LIPA, BREZA, ["103", "", "1", "2", "", "", "možda"]))
    return path


def test_each_row_that_is_not_taken_is_told_with_what_to_do(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert connectivity_command.main(["import", str(file)]) == 1
    told = capsys.readouterr().out
    assert (
        "row 4, column 'Internet': not taken: This is neither yes nor no. [možda]\n"
        "    Write yes, no or unknown.\n"
    ) in told
    assert "row 4, column 'Naziv škole': not taken: The name of the school is missing.\n" in told
    assert "new: 2, changed: 0, unchanged: 0, not taken: 1\n" in told
    assert SchoolImport.objects.get().findings.count() == 2


def test_a_dry_run_changes_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    connectivity_command.main(["import", str(file), "--dry-run"])
    assert "Nothing was changed" in capsys.readouterr().out
    assert not Site.objects.exists()
    assert not SchoolImport.objects.exists()


def test_an_operator_says_which_column_is_which(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "skole.csv"
    path.write_bytes(a_list(LIPA, header=[HEADER[0], "Objekat", *HEADER[2:]]))
    assert connectivity_command.main(["import", str(path)]) == 2
    assert "Say which columns hold" in capsys.readouterr().err
    assert connectivity_command.main(["import", str(path), "--column", "school_name=Nema"]) == 2
    assert connectivity_command.main(["import", str(path), "--column", "school_name=Objekat"]) == 0
    assert Site.objects.get().name == "OŠ Lipa"


def test_what_was_brought_is_listed_exported_and_undone(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    connectivity_command.main(["import", str(file)])
    capsys.readouterr()
    connectivity_command.main(["imports"])
    key = capsys.readouterr().out.split()[0]
    exported = tmp_path / "master.csv"
    assert connectivity_command.main(["export", str(exported)]) == 0
    assert connectivity_command.main(["import", str(exported)]) == 0
    assert "new: 0, changed: 0, unchanged: 2" in capsys.readouterr().out
    assert connectivity_command.main(["undo", key]) == 0
    assert not Site.objects.exists()
    assert connectivity_command.main(["undo", key]) == 2


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert connectivity_command.main(["import", str(tmp_path / "none.csv")]) == 2
    assert "cannot be read: No such file" in capsys.readouterr().err
    (tmp_path / "empty.csv").write_bytes(b"")
    assert connectivity_command.main(["import", str(tmp_path / "empty.csv")]) == 2
    assert "This file is empty." in capsys.readouterr().err
