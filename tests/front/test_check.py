"""Is this paper genuine? One sentence, nothing beyond the paper, and nothing for guessers."""

from contextlib import ExitStack
from datetime import date
from io import BytesIO

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from effort import examples
from front.bridge import paper
from mostovi.exchange import public as exchange
from mostovi.exchange.protocol.canonical import canonical_json
from mostovi.exchange.protocol.digests import encode_base64url
from mostovi.exchange.verification import sentences
from mostovi.exchange.verification.values import Statement, Verdict
from mostovi.front import checking, turns

pytestmark = pytest.mark.django_db
CODE = "J4T92M7AE"
SAID = canonical_json(["BA/GOV/brcko-registrar", "birth-extract", "2026-12-09"])
SIGNED = encode_base64url(SAID + bytes(64))


def read(response) -> str:
    return response.content.decode()


def photo(text: str) -> SimpleUploadedFile:
    picture = BytesIO()
    segno.make(text).save(picture, kind="png", scale=6)
    return SimpleUploadedFile("paper.png", picture.getvalue(), "image/png")


def pdf(content: bytes = b"%PDF-1.7") -> SimpleUploadedFile:
    return SimpleUploadedFile("decision.pdf", content, "application/pdf")


@pytest.fixture
def stated(bridge) -> exchange.Stated:
    known = exchange.Stated(CODE, "brcko-registrar", "birth-extract", date(2026, 12, 9))
    bridge.statements[SIGNED] = known
    return known


@pytest.fixture
def verdict(monkeypatch):
    """What the verification engine says of any file."""

    def says(said: Verdict) -> None:
        monkeypatch.setattr(checking, "verify_file", lambda *_, **__: said)

    return says


GENUINE = Verdict("document", "genuine", issuer="Registrar", issuer_code="brcko-registrar", code=CODE)


@pytest.mark.parametrize("typed", ["J4T-92M-7AE", "j4t 92m 7ae", "Ј4Т92М7АЕ"])
def test_a_typed_code_leads_to_one_sentence(client, bridge, typed):
    bridge.papers[CODE] = paper(CODE)
    response = client.get("/provjera", {"code": typed, "lang": "en"}, follow=True)
    assert "Issued by the Registrar of Brčko District on 9 December 2026. Still valid." in read(response)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("replaced", "Genuine, but replaced by a newer document on 3 March 2027."),
        ("revoked", "Genuine, but withdrawn by its issuer on 3 March 2027."),
        ("unsealed", "No institution on the bridge issued a document with this code."),
    ],
)
def test_what_became_of_a_paper_is_said(client, bridge, state, sentence):
    bridge.papers[CODE] = paper(CODE, state)
    assert sentence in read(client.get(f"/provjera/{CODE}?lang=en"))


def test_a_code_nobody_issued_is_not_ours(client, bridge):
    assert "No institution on the bridge issued" in read(client.get(f"/provjera/{CODE}?lang=en"))


def test_a_silent_issuer_is_no_verdict_on_the_paper(client, bridge):
    bridge.silent = ("brcko-registrar",)
    page = read(client.get(f"/provjera/{CODE}?lang=en"))
    assert "does not answer at the moment" in page
    assert "Nothing is wrong with the paper because of that." in page


def test_a_signed_square_code_proves_the_issuer_while_it_is_silent(client, bridge, stated):
    bridge.silent = ("brcko-registrar",)
    page = read(client.get(f"/provjera/{CODE}?s={SIGNED}&lang=en"))
    assert "Issued by the Registrar of Brčko District on 9 December 2026. Whether it is still valid" in page


def test_a_forged_square_code_is_not_accepted_even_for_a_code_that_exists(client, bridge):
    bridge.papers[CODE] = paper(CODE)
    page = read(client.get(f"/provjera/{CODE}?s=forged&lang=en"))
    assert "Do not accept it: no institution signed the square code on this paper." in page


def test_a_photographed_code_is_read(client, bridge, stated):
    bridge.papers[CODE] = paper(CODE)
    picture = photo(f"https://mostovi.example/provjera/{CODE}?s={SIGNED}")
    response = client.post("/provjera/dokument?lang=en", {"photo": picture, "ask_photo": "1"})
    assert "Still valid." in read(response)
    assert "The issuer signed this square code." in read(response)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (lambda: photo("https://elsewhere.example/"), "There is no square code of ours in this picture."),
        (lambda: SimpleUploadedFile("x.png", b"not a picture", "image/png"), "not a picture we can read"),
        (lambda: SimpleUploadedFile("x.png", b"", "image/png"), "This file is empty."),
    ],
)
def test_a_useless_picture_is_said_at_its_field(client, bridge, file, sentence):
    response = client.post("/provjera/dokument?lang=en", {"photo": file(), "ask_photo": "1"})
    assert response.status_code == 422
    assert read(response).count(sentence) == 2


def test_a_form_without_a_file_asks_for_one(client, bridge):
    assert "Choose a file first" in read(client.post("/provjera/dokument?lang=en", {"ask_photo": "1"}))


def test_a_genuine_file_is_valid_while_its_issuer_stands_by_it(client, bridge, verdict):
    verdict(GENUINE)
    bridge.papers[CODE] = paper(CODE)
    assert "Still valid." in read(client.post("/provjera/dokument?lang=en", {"pdf": pdf()}))
    bridge.papers[CODE] = paper(CODE, "replaced")
    assert "Genuine, but replaced" in read(client.post("/provjera/dokument?lang=en", {"pdf": pdf()}))


def test_an_altered_file_says_what_changed(client, bridge, verdict):
    changed = Statement("Page {page}: “{old}” became “{new}”.", {"page": 1, "old": "118 KM", "new": "818 KM"})
    verdict(Verdict("document", "altered", issuer_code="brcko-registrar", false=(changed,)))
    page = read(client.post("/provjera/dokument?lang=en", {"pdf": pdf()}))
    assert "Do not accept it: the file was changed after it was sealed." in page
    assert "Page 1: “118 KM” became “818 KM”." in page


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ("en", "1 byte was added"),
        ("en", "2 bytes were added"),
        ("bs", "je dodan 1 bajt"),
        ("bs", "su dodana 3 bajta"),
        ("hr", "je dodano 5 bajtova"),
        ("sr-Latn", "dodat je 1 bajt"),
        ("sr-Cyrl", "додата су 22 бајта"),
    ],
)
def test_added_bytes_are_counted_in_the_grammar_of_the_page(client, bridge, verdict, variant, words):
    one, more = sentences.BYTES_APPENDED
    count = int("".join(filter(str.isdigit, words)))
    added = Statement(one, {"count": count, "offset": 9000}, more)
    verdict(Verdict("document", "altered", issuer_code="brcko-registrar", false=(added,)))
    assert words in read(client.post(f"/provjera/dokument?lang={variant}", {"pdf": pdf()}))


def test_a_genuine_file_whose_code_belongs_to_another_issuer_is_not_accepted(client, bridge, verdict):
    verdict(Verdict("document", "genuine", issuer_code="zenica-registrar", code=CODE))
    bridge.papers[CODE] = paper(CODE)
    assert "Do not accept it" in read(client.post("/provjera/dokument?lang=en", {"pdf": pdf()}))


def test_a_file_of_somebody_else_is_not_ours(client, bridge, verdict):
    verdict(Verdict("document", "not_ours"))
    assert "No institution on the bridge sealed this file." in read(
        client.post("/provjera/dokument?lang=en", {"pdf": pdf()})
    )


RECEIPT = Verdict(
    "receipt",
    "genuine",
    issuer="Registrar",
    issuer_code="brcko-registrar",
    code="brcko-registrar/104",
    proved=(Statement("The entry is in the log of the institution named, at the place named."),),
    unproved=(Statement("The exact time. It is the time by the institution's own clock."),),
)


def receipt(content: bytes = b'{"format":"mostovi-receipt/1"}') -> SimpleUploadedFile:
    return SimpleUploadedFile("receipt.json", content, "application/json")


@pytest.mark.parametrize("box", ["pdf", "photo"])
def test_a_genuine_receipt_is_called_one_with_what_it_leaves_open(client, bridge, verdict, box):
    verdict(RECEIPT)
    page = read(client.post("/provjera/dokument?lang=en", {box: receipt()}))
    assert "This receipt is genuine. The entry is in the log of the Registrar of Brčko District." in page
    assert "brcko-registrar/104" in page
    assert "The exact time." in page
    assert 'class="verdict "' in page
    assert not bridge.asked


def test_a_changed_receipt_and_one_of_strangers_are_told_apart(client, bridge, verdict):
    changed = Statement("This receipt is not as the institution issued it.")
    verdict(Verdict("receipt", "altered", false=(changed,)))
    page = read(client.post("/provjera/dokument?lang=en", {"pdf": receipt()}))
    assert "Do not accept it: this receipt is not as it was issued." in page
    assert "What is false" in page
    verdict(Verdict("receipt", "not_ours", false=(Statement("The receipt is signed, …"),)))
    page = read(client.post("/provjera/dokument?lang=en", {"pdf": receipt()}))
    assert "No institution on the bridge signed this receipt." in page
    assert "sealed this file" not in page


@pytest.mark.parametrize("state", ["unusable", "not_ours"])
def test_what_is_merely_unknown_is_not_called_false(client, bridge, verdict, state):
    verdict(Verdict("document", state, false=(Statement("This PDF carries no seal."),)))
    page = read(client.post("/provjera/dokument?lang=en", {"pdf": pdf()}))
    assert "<dt>Why</dt>" in page
    assert "What is false" not in page


def test_a_photograph_in_the_box_for_files_is_read(client, bridge, stated):
    bridge.papers[CODE] = paper(CODE)
    picture = photo(f"https://mostovi.example/provjera/{CODE}?s={SIGNED}")
    response = client.post("/provjera/dokument?lang=en", {"pdf": picture})
    assert "The issuer signed this square code." in read(response)


def test_a_pdf_in_the_box_for_photographs_is_checked(client, bridge, verdict):
    verdict(GENUINE)
    bridge.papers[CODE] = paper(CODE)
    response = client.post("/provjera/dokument?lang=en", {"photo": pdf(), "ask_photo": "1"})
    assert "Still valid." in read(response)


def test_a_picture_without_our_code_in_the_box_for_files_is_told_so(client, bridge):
    response = client.post("/provjera/dokument?lang=en", {"pdf": photo("https://elsewhere.example/")})
    assert response.status_code == 422
    assert "There is no square code of ours in this picture." in read(response)


def test_a_file_of_no_kind_we_know_gets_no_verdict(client, bridge, verdict):
    verdict(Verdict("unknown", "unusable", false=(Statement("This file is neither a PDF nor a receipt."),)))
    response = client.post("/provjera/dokument?lang=en", {"pdf": pdf(b"PK\3\4 a spreadsheet")})
    assert "We cannot say anything about this file." in read(response)


def test_of_many_files_at_once_few_are_checked_and_the_others_asked_to_wait(client, bridge, verdict):
    verdict(GENUINE)
    bridge.papers[CODE] = paper(CODE)
    with ExitStack() as busy:
        for _ in range(turns.FILES_AT_ONCE):
            busy.enter_context(turns.one_of_few())
        for form in ({"pdf": pdf()}, {"photo": photo("https://mostovi.example/"), "ask_photo": "1"}):
            response = client.post("/provjera/dokument?lang=en", form)
            assert response.status_code == 503
            assert response.headers["Retry-After"] == "5"
            assert "Wait a few seconds and send yours once more." in read(response)
        assert client.get("/provjera").status_code == 200
    assert "Still valid." in read(client.post("/provjera/dokument?lang=en", {"pdf": pdf()}))


def test_a_turn_is_given_back_whatever_the_file_does(client, bridge):
    for _ in range(turns.FILES_AT_ONCE + 1):
        client.post("/provjera/dokument?lang=en", {"photo": photo("https://elsewhere.example/")})
        client.post("/provjera/dokument?lang=en", {"photo": SimpleUploadedFile("x", b"no picture")})
    assert (
        client.post("/provjera/dokument", {"photo": photo("https://elsewhere.example/")}).status_code == 422
    )


@pytest.mark.parametrize("named", ["", "/nowhere/root.pem"])
def test_without_a_root_a_calm_sentence_is_said_instead_of_a_verdict(client, settings, named, monkeypatch):
    settings.TRUST_ROOT = named
    settings.GATEWAYS = {"tuzla-social-work": {"socket": "/nowhere"}}
    asked = [
        client.get(f"/provjera/{CODE}?lang=en"),
        client.get(f"/provjera/{CODE}?s={SIGNED}&lang=en"),
        client.post("/provjera/dokument?lang=en", {"pdf": pdf()}),
    ]
    for response in asked:
        assert response.status_code == 503
        assert "This portal cannot check signatures at the moment" in read(response)


def test_a_root_file_without_a_certificate_is_no_verdict_either(client, settings, tmp_path):
    settings.TRUST_ROOT = str(tmp_path / "root.pem")
    (tmp_path / "root.pem").write_bytes(b"nothing")
    response = client.post("/provjera/dokument?lang=en", {"pdf": pdf()})
    assert response.status_code == 503
    assert "This portal cannot check signatures at the moment" in read(response)


def test_a_file_that_is_too_large_is_not_examined(client, bridge, monkeypatch):
    monkeypatch.setattr("mostovi.front.views.check.LARGEST_BYTES", 100)
    response = client.post("/provjera/dokument?lang=en", {"pdf": pdf(bytes(101))})
    assert response.status_code == 422
    assert "larger than 10 MB" in read(response)


def test_guessing_codes_ends_but_finding_papers_does_not(client, bridge):
    bridge.papers[CODE] = paper(CODE)
    for _ in range(20):
        assert client.get("/provjera/J4AAAAAAA").status_code == 200
    refused = client.get(f"/provjera/{CODE}?lang=en")
    assert refused.status_code == 429
    assert "try again in ten minutes" in read(refused)


def test_checking_needs_no_sign_in_and_shows_nothing_beyond_the_paper(client, bridge):
    bridge.papers[CODE] = paper(CODE)
    response = client.get(f"/provjera/{CODE}")
    assert response.status_code == 200
    assert bridge.asked == [{"institution": "tuzla-social-work", "code": CODE}]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(40), deadline=None
)
@given(typed=st.text(min_size=1, max_size=60))
def test_whatever_is_typed_gets_an_answer(client, bridge, typed):
    assert client.get("/provjera", {"code": typed}).status_code in {200, 302, 422}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("bs", "To što ste poslali je preveliko"),
        ("en", "What you sent is too large"),
        ("hr", "To što ste poslali preveliko je"),
        ("sr-Cyrl", "То што сте послали је превелико"),
        ("sr-Latn", "To što ste poslali je preveliko"),
    ],
)
def test_a_file_above_every_limit_gets_a_page_in_the_visitors_language(client, language, sentence):
    for response in (
        client.post(f"/provjera/dokument?lang={language}", {"pdf": pdf(bytes(13 * 1024 * 1024))}),
        client.get(f"/prevelika-datoteka?lang={language}"),
    ):
        assert response.status_code == 413
        assert sentence in read(response)
        assert 'href="/provjera"' in read(response)


def test_a_file_a_little_too_large_is_said_at_its_field(client):
    response = client.post("/provjera/dokument?lang=en", {"pdf": pdf(bytes(10 * 1024 * 1024 + 1))})
    assert response.status_code == 422
    assert "This file is larger than 10 MB." in read(response)


def test_a_length_that_is_no_number_is_not_taken_for_one(client):
    assert client.get("/provjera", CONTENT_LENGTH="²").status_code == 200


def test_the_address_of_an_answer_leads_back_to_the_form(client):
    response = client.get("/provjera/dokument?lang=hr")
    assert response.status_code == 302
    assert response.headers["Location"] == "/provjera?lang=hr"


@pytest.mark.parametrize("typed", ["%0a", "%0d%0a", "%00", "%20", "%e2%80%a8", "%3cb%3e", "%ff"])
def test_what_is_no_code_is_said_at_its_field_and_never_bare(client, bridge, typed):
    response = client.get(f"/provjera/{typed}?lang=en")
    assert response.status_code == 422
    assert "<h1>Is this paper genuine?</h1>" in read(response)
