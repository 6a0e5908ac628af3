import shutil

import pytest
from definitions import FOLDERS

from mostovi.config.command_line import main as command_line
from mostovi.services.command import main


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


def test_a_file_that_is_no_part_of_a_service_is_named(folder, capsys):
    (folder / "notes.yaml").write_text("anything", "utf-8")
    (folder / ".keep").write_text("", "utf-8")
    assert main(["check", str(folder)]) == 0
    printed = capsys.readouterr().out
    assert f"{folder / 'notes.yaml'}: This is no part of a service and is not read." in printed
    assert printed.count("no part of a service") == 1


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


def test_what_the_country_does_not_hold_is_printed_with_place_and_remedy(folder, capsys):
    change(folder, "questions.yaml", "childrenOfParent.children", "childrenOfParent.kids")
    change(folder, "service.yaml", "unit: ba-tuzla", "unit: ba-tuzl")
    assert main(["check", str(folder)]) == 1
    printed = capsys.readouterr().out
    lines = (folder / "questions.yaml").read_text("utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "kids" in text)
    assert f"questions.yaml:{line}: The contract csw-brcko-children-01 does not hold the field" in printed
    assert "Use one of: children." in printed
    assert "Did you mean `ba-tuzla`?" in printed


def test_an_owner_nobody_knows_is_one_mistake_and_not_one_for_each_fact(folder, capsys):
    change(folder, "service.yaml", "owner: tuzla-social-work", "owner: nobody")
    assert main(["check", str(folder)]) == 1
    assert "1 mistake." in capsys.readouterr().out


def test_a_choice_of_institutions_is_checked_too(tmp_path, capsys):
    folder = shutil.copytree(FOLDERS / "birth-extract", tmp_path / "birth-extract")
    change(folder, "questions.yaml", "[banja-luka-administration,", "[banja-luka-adminstration,")
    change(folder, "service.yaml", "registrar.birthExtract", "registrar.birthExtrct")
    main(["check", str(folder)])
    printed = capsys.readouterr().out
    assert "Did you mean `banja-luka-administration`?" in printed
    assert "Did you mean `birthExtract`?" in printed


def test_another_pack_is_named_by_option_or_setting(folder, tmp_path, capsys, monkeypatch):
    pack = shutil.copytree(FOLDERS.parent, tmp_path / "pack")
    change(pack, "institutions.yaml", "code: tuzla-social-work", "code: tuzla-welfare")
    assert main(["check", "--pack", str(pack), str(folder)]) == 1
    assert "`tuzla-social-work` is no institution" in capsys.readouterr().out
    monkeypatch.setenv("MOSTOVI_PACK", str(pack))
    assert main(["check", str(folder)]) == 1
    assert "`tuzla-social-work` is no institution" in capsys.readouterr().out
    assert main(["check", "--pack", "bih", str(folder)]) == 0


def test_without_a_pack_it_says_what_was_not_checked(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("MOSTOVI_PACK", str(tmp_path / "nothing"))
    assert main(["check", str(folder)]) == 0
    assert "Institutions and contracts are not checked" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="no country pack is"):
        main(["check", "--pack", str(tmp_path / "nothing"), str(folder)])


@pytest.mark.parametrize("broken", ["- code", "[", "- {kode: a}", "5"])
def test_a_pack_that_cannot_be_read_is_no_crash(folder, tmp_path, broken):
    pack = shutil.copytree(FOLDERS.parent, tmp_path / "pack")
    (pack / "institutions.yaml").write_text(broken)
    with pytest.raises(SystemExit, match="not written as expected"):
        main(["check", "--pack", str(pack), str(folder)])
