"""Milan lives in Banja Luka and was born in Zenica. His birth extract comes; nobody travels or decides."""

from pathlib import Path

from journeys import applying
from journeys.conftest import OpenWindow
from journeys.country import Country, until
from journeys.sealed_files import short_code
from journeys.test_a_stranger_checks import uploads, verdict
from journeys.test_amra_applies import verify
from journeys.visiting import Visitor


def until_the_document_is_there(milan: Visitor, code: str) -> None:
    def there() -> bool:
        milan.go(f"/zahtjevi/{code}/")
        return milan.find('main a[href$=".pdf"]').count() == 1

    until(there)


def test_milan_gets_a_birth_extract_sealed_by_zenica_without_any_official(
    window: OpenWindow, country: Country, tmp_path: Path
) -> None:
    milan = window(scripts=False)
    milan.go("/")
    milan.follow("Milan")
    assert milan.path == applying.BIRTH_EXTRACT
    code = applying.apply(milan, applying.BIRTH_EXTRACT)
    until_the_document_is_there(milan, code)
    milan.picture("extract")
    assert milan.reads("Your document is ready")
    pdf = milan.download('main a[href$=".pdf"]', tmp_path)
    assert short_code(pdf).startswith("J8"), "the prefix of Zenica's registrar"
    assert verify(pdf, country.trust_root) == 0

    bank = window(scripts=False)
    uploads(bank, "pdf", pdf)
    assert "Zenic" in verdict(bank, "valid") or "Зениц" in verdict(bank, "valid")
    assert "Savić" not in bank.reading

    milan.go("/moji-podaci/")
    seen_by = milan.find("ol.log > li").filter(has_text=applying.displayed(code)).all_inner_texts()
    assert seen_by
    assert not [look for look in seen_by if milan.say("caseworker") in look]
