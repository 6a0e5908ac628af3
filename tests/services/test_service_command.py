import shutil

import pytest
from definitions import FOLDERS

from mostovi.config.command_line import main as command_line
from mostovi.services.definition.command import main


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDERS / "child-allowance", tmp_path / "child-allowance")


def change(folder, file, old, new):
    path = folder / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")


def test_both_services_of_the_pack_are_without_mistakes(capsys):
    assert main(["check", str(FOLDERS / "child-allowance"), str(FOLDERS / "birth-extract")]) == 0
    assert capsys.readouterr().out.count("No mistakes.") == 2


def test_the_command_line_reaches_it(capsys):
    assert command_line(["service", "check", str(FOLDERS / "birth-extract")]) == 0
    assert "as expected: Milan" in capsys.readouterr().out


def test_a_mistake_is_printed_with_file_line_and_remedy(folder, capsys):
    change(folder, "rules.yaml", "percent(lowest_wage, 40)", "percent(lowest_wag, 40)")
    assert main(["check", str(folder)]) == 1
    printed = capsys.readouterr().out
    assert f"{folder / 'rules.yaml'}:" in printed
    assert "Did you mean `lowest_wage`?" in printed
    assert "1 mistake." in printed


def test_an_example_that_comes_out_differently_is_a_mistake(folder, capsys):
    change(folder, "rules.yaml", "percent(lowest_wage, 40)", "percent(lowest_wage, 30)")
    assert main(["check", str(folder)]) == 1
    printed = capsys.readouterr().out
    assert "amount_km is None, expected was 118" in printed
    assert "income_limit is 185.70 KM, expected was 247.60 KM" in printed


def test_an_answer_that_is_refused_unexpectedly_is_a_mistake(folder, capsys):
    change(folder, "examples.yaml", "BA39 1290", "BA39 1291")
    assert main(["check", str(folder)]) == 1
    assert "these answers were refused: account" in capsys.readouterr().out


def test_a_fact_of_another_kind_in_an_example_is_a_mistake(folder, capsys):
    change(folder, "examples.yaml", "monthly_income: 690", "monthly_income: much")
    assert main(["check", str(folder)]) == 1
    assert "examples.yaml:1: “Amra" in capsys.readouterr().out


def test_a_template_that_cannot_be_printed_is_a_mistake(folder, capsys):
    change(folder, "decision.typ", "texts.appeal_title", "texts.apeal_title")
    assert main(["check", str(folder)]) == 1
    assert "decision.typ:1: The document cannot be printed" in capsys.readouterr().out


def test_help_says_what_it_does_and_how_it_ends(capsys):
    with pytest.raises(SystemExit) as end:
        main(["check", "--help"])
    assert end.value.code == 0
    assert "Ends with 0 when all is well" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_a_mistake(tmp_path, capsys):
    assert main(["check", str(tmp_path / "nothing")]) == 1
    assert "no such folder" in capsys.readouterr().out
