"""A stranger at a bank asks: is this paper genuine? Without signing in, and in one sentence."""

from pathlib import Path

from journeys import applying
from journeys.conftest import OpenWindow
from journeys.sealed_files import (
    address_in_square_code,
    photograph,
    short_code,
    with_one_byte_changed,
)
from journeys.test_amra_applies import verify
from journeys.visiting import Visitor


def takes_the_paper_handed_over(stranger: Visitor, folder: Path) -> Path:
    """Whatever was sealed last in this country, as the first page hands it to the bank."""
    stranger.go("/")
    stranger.follow("A stranger")
    stranger.picture("paper")
    return stranger.download('a[href$="/most/papir.pdf"]', folder)


def uploads(stranger: Visitor, field: str, file: Path) -> None:
    stranger.go("/provjera")
    stranger.find(f"#{field}").set_input_files(file)
    stranger.submit(f"form:has(#{field}) button")


def verdict(stranger: Visitor, look: str) -> str:
    """The one sentence; ``look`` is how the arch beside it is drawn."""
    stranger.sees("article.verdict h1.answer", 1)
    classes = str(stranger.find("article.verdict:has(h1.answer)").get_attribute("class")).split()
    assert look in {*classes, "valid" if classes == ["verdict"] else ""}, classes
    return stranger.find("h1.answer").inner_text()


def test_a_stranger_checks_a_paper_in_four_ways_and_refuses_false_ones(
    window: OpenWindow, tmp_path: Path
) -> None:
    stranger = window(scripts=False)
    pdf = takes_the_paper_handed_over(stranger, tmp_path)
    code = pdf.stem
    assert len(code) == 9 or short_code(pdf)

    stranger.follow("Check the paper")
    stranger.picture("check")
    stranger.find("#code").fill(applying.displayed(code).lower())
    stranger.submit("form:has(#code) button")
    by_code = verdict(stranger, "valid")

    uploads(stranger, "pdf", pdf)
    assert verdict(stranger, "valid") == by_code
    stranger.picture("verdict")
    note = stranger.download("form[action='/provjera/potvrda'] button", tmp_path)
    assert verify(note, stranger.country.trust_root) == 0

    photo = photograph(pdf, tmp_path)
    uploads(stranger, "photo", photo)
    assert verdict(stranger, "valid") == by_code

    address = address_in_square_code(photo)
    assert address.startswith(stranger.country.base_url)
    stranger.go(address.removeprefix(stranger.country.base_url))
    assert verdict(stranger, "valid") == by_code

    refuses_what_is_false(stranger, pdf, address, tmp_path)


def refuses_what_is_false(stranger: Visitor, pdf: Path, address: str, folder: Path) -> None:
    altered = folder / "altered.pdf"
    altered.write_bytes(with_one_byte_changed(pdf))
    uploads(stranger, "pdf", altered)
    verdict(stranger, "bad")
    stranger.picture("altered")

    path = address.removeprefix(stranger.country.base_url)
    forged = path[:-3] + ("AAA" if not path.endswith("AAA") else "EEE")
    stranger.go(forged)
    verdict(stranger, "bad")

    stranger.go("/provjera/J7A2A2A2A")
    verdict(stranger, "alien")

    hostile = folder / "hostile.pdf"
    hostile.write_bytes(b"%PDF-1.7\n" + b"<<" * 20_000 + b"\nstartxref\n-1\n%%EOF")
    uploads(stranger, "pdf", hostile)
    assert stranger.status == 200
    assert "valid" not in str(stranger.find("article.verdict").get_attribute("class"))
    uploads(stranger, "photo", hostile)
    assert stranger.status == 200
    assert "valid" not in str(stranger.find("article.verdict").get_attribute("class"))
    scrap = folder / "scrap.jpg"
    scrap.write_bytes(b"neither a picture nor a document")
    uploads(stranger, "photo", scrap)
    assert stranger.status == 422
    assert stranger.page.title().startswith(stranger.say("Error:"))
    stranger.go("/provjera?code=%3Cscript%3E")
    assert stranger.status == 422
