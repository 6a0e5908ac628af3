"""What bad input gets: its own error, a line in a log, nothing half-done, and a sentence to go on with.

Amra clicks through the real pages, real gateways do the rest, and each test breaks one thing between them.
"""

import contextlib
import html
import json
import logging
import os
import random
import re
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from exchange.bridge_fixture import (
    Country,
    Institution,
    launch,
    make_contract,
    member_id,
    wait_until_answering,
)
from exchange.middleman import Message, Middleman
from mostovi.exchange.verification.receipts import verify_receipt_file
from mostovi.kernel import clock, codes
from mostovi.services.actions.desk import take_case
from mostovi.services.catalogue import find_definition
from mostovi.services.models import Case, Document, Fact
from mostovi.services.values import CaseState, FactState, Outcome
from services.cast import AMRA_NUMBER, an_official, sign_in
from services.gateways import BRCKO, TUZLA, TimeStamps, built, country, stamps, work
from services.story import ANSWERS, a_sent_case, decide
from services.test_citizen_pages import browser, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.programs]
__all__ = ["built", "country", "stamps"]

KEY = "childrenOfParent"
WAITS = ("This register is not answering.", "Nothing is lost. We ask again by ourselves; you need not wait.")
REFUSED = (
    "This register refused to answer.",
    "The mistake is ours, not yours. You can go on: an official looks into it.",
)


@dataclass(frozen=True)
class Trouble:
    """``error`` stands in the log of each institution of ``logged_by``, which a full disk leaves empty."""

    breaks: Callable[[Country], AbstractContextManager[object]]
    error: str
    logged_by: tuple[str, ...] = ()
    passes: bool = True
    reaches_the_register: bool = False

    @property
    def said_by(self) -> str:
        """The gateway that refuses says so in its journal and counts it."""
        return TUZLA if "ClientProxy" in self.error else BRCKO


# What breaks, and mends itself at the end


def flip_a_digit(message: Message) -> Message:
    """One byte, as a bad line or a bad person would: the same length, still JSON."""
    place = re.search(rb"[0-8](?=\d)", message.body)
    assert place is not None
    flipped = bytes([message.body[place.start()] + 1])
    return replace(message, body=message.body[: place.start()] + flipped + message.body[place.end() :])


def forge(message: Message) -> Message:
    """The signature of the answer, with one sign changed."""
    signature = message.header("signature")
    place = signature.index(":") + 5
    other = "A" if signature[place] != "A" else "B"
    return message.with_header("signature", signature[:place] + other + signature[place + 1 :])


@contextmanager
def stale_directory(country: Country) -> Iterator[None]:
    country.publish(valid=timedelta(seconds=1))
    country.wait_for_directory(TUZLA)
    _wait_until(lambda: country.ask(TUZLA, BRCKO, KEY, ["children"])[1].get("x-road-error") is not None)
    try:
        yield
    finally:
        country.publish()
        country.wait_for_directory()


@contextmanager
def member_left(country: Country) -> Iterator[None]:
    """The gateways know that Brčko left; the portal finds out half a minute later."""
    country.publish(members=tuple(each for each in country.members() if each.id != member_id(BRCKO)))
    country.wait_for_directory(TUZLA)
    try:
        yield
    finally:
        country.publish()
        country.wait_for_directory(TUZLA, BRCKO)


@contextmanager
def contract_without_a_field(country: Country) -> Iterator[None]:
    request = next(one for one in find_definition("child-allowance").requests if one.service == KEY)
    country.add_contract(make_contract(TUZLA, BRCKO, "register", KEY, ("born_on",)))
    country.publish()
    country.wait_for_directory(TUZLA, BRCKO)
    try:
        yield
    finally:
        country.add_contract(make_contract(TUZLA, BRCKO, "register", KEY, request.fields))
        country.publish()
        country.wait_for_directory(TUZLA, BRCKO)


@contextmanager
def register_down(country: Country) -> Iterator[None]:
    country.institutions[BRCKO].register.stop()
    try:
        yield
    finally:
        country.institutions[BRCKO].register.start()


def log_of(code: str) -> Callable[[Country], AbstractContextManager[object]]:
    """A gateway none of whose files may grow."""

    @contextmanager
    def full(country: Country) -> Iterator[None]:
        _limit(country.institutions[code], 0)
        try:
            yield
        finally:
            _limit(country.institutions[code], resource.RLIM_INFINITY)

    return full


def _limit(institution: Institution, size: int) -> None:
    assert institution.process is not None
    resource.prlimit(institution.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextmanager
def file_system_of_ours_full(country: Country) -> Iterator[None]:
    """A file system so small that a test can fill it to the last byte."""
    if os.geteuid() != 0:
        pytest.skip("needs root to mount a small file system")
    tuzla, small = country.institutions[TUZLA], country.folder / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(small)], check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        _move_log(country, tuzla.store, small / "log.sqlite3")
        _fill(small / "filler")
        yield
    finally:
        (small / "filler").unlink(missing_ok=True)
        _move_log(country, small / "log.sqlite3", tuzla.store)
        subprocess.run(["umount", str(small)], check=True)


def _move_log(country: Country, old: Path, new: Path) -> None:
    tuzla = country.institutions[TUZLA]
    country.stop(TUZLA)
    shutil.copy(old, new)
    configuration = json.loads((tuzla.folder / "gateway.json").read_text("utf-8"))
    configuration["store"] = str(new)
    (tuzla.folder / "gateway.json").write_text(json.dumps(configuration), "utf-8")
    country.start(TUZLA, registers=False)


def _fill(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as filler:
        while filler.write(bytes(4096)):
            pass


def clock_of(code: str, seconds: int) -> Callable[[Country], AbstractContextManager[object]]:
    @contextmanager
    def wrong(country: Country) -> Iterator[None]:
        institution = country.institutions[code]
        country.stop(code)
        launch(institution, clock_off_by_seconds=seconds)
        wait_until_answering(institution)
        try:
            yield
        finally:
            country.stop(code)
            country.start(code, registers=False)

    return wrong


def between(**bending: Any) -> Callable[[Country], AbstractContextManager[object]]:
    return lambda country: Middleman(country, TUZLA, BRCKO, **bending)


def _wait_until(condition: Callable[[], bool], tries: int = 200) -> None:
    for _ in range(tries):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("this did not happen")


TROUBLES = {
    "a question altered on the way": Trouble(
        between(bend_question=flip_a_digit), "Server.ServerProxy.AlteredBody", (TUZLA, BRCKO)
    ),
    "an answer altered on the way": Trouble(
        between(bend_answer=flip_a_digit),
        "Server.ClientProxy.AlteredBody",
        (TUZLA,),
        reaches_the_register=True,
    ),
    "an answer with a wrong signature": Trouble(
        between(bend_answer=forge),
        "Server.ClientProxy.InvalidSignatureValue",
        (TUZLA,),
        reaches_the_register=True,
    ),
    "a replayed question": Trouble(
        between(sends_twice=True),
        "Server.ServerProxy.ReplayedRequest",
        (TUZLA, BRCKO),
        reaches_the_register=True,
    ),
    "a stale directory": Trouble(stale_directory, "Server.ClientProxy.OutdatedGlobalConf", (TUZLA,)),
    "a member that left": Trouble(member_left, "Server.ClientProxy.UnknownMember", (TUZLA,), passes=False),
    "a contract that lacks a field": Trouble(
        contract_without_a_field, "Server.ClientProxy.FieldNotInContract", (TUZLA,), passes=False
    ),
    "a register that is down": Trouble(register_down, "Server.ServerProxy.NetworkError", (TUZLA, BRCKO)),
    "a log of ours that is full": Trouble(log_of(TUZLA), "Server.ClientProxy.LoggingFailed"),
    "a log of theirs that is full": Trouble(log_of(BRCKO), "Server.ServerProxy.LoggingFailed", (TUZLA,)),
    "a file system of ours that is full": Trouble(
        file_system_of_ours_full, "Server.ClientProxy.LoggingFailed"
    ),
    "our clock five minutes fast": Trouble(
        clock_of(TUZLA, 300), "Server.ServerProxy.StaleMessage", (TUZLA, BRCKO)
    ),
    "our clock five minutes slow": Trouble(
        clock_of(TUZLA, -300), "Server.ServerProxy.StaleMessage", (TUZLA, BRCKO)
    ),
    "their clock five minutes fast": Trouble(
        clock_of(BRCKO, 300), "Server.ServerProxy.StaleMessage", (TUZLA, BRCKO)
    ),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_what_goes_wrong_is_refused_logged_and_said_and_she_goes_on(name: str, country: Country) -> None:
    trouble = TROUBLES[name]
    amra = browser(sign_in("Amra Kovač", AMRA_NUMBER))
    questions = country.institutions[BRCKO].register.questions
    with trouble.breaks(country):
        questions.clear()
        before = {code: _size(country, code) for code in (TUZLA, BRCKO)}
        page = _card_of_brcko(amra.post("/usluge/child-allowance/", follow=True))
        _check_told(country, trouble, before)
        code = _check_nothing_is_half_done(trouble)
        assert bool(questions) == trouble.reaches_the_register
        _check_said(page, trouble)
        assert "We have your application" in _send(amra, code)
    work()
    case = amra.get(f"/zahtjevi/{code}/")
    assert Case.objects.get().state == CaseState.TO_DECIDE
    said = "Everything is there." if trouble.passes else "Not every register could say what is needed."
    assert said in text_of(case)
    fact = Fact.objects.get(key=KEY)
    assert fact.state == (FactState.ANSWERED if trouble.passes else FactState.REFUSED)


def _size(country: Country, code: str) -> int:
    return int(country.native(code, "GET", "/v1/status")[2]["tree_size"])


def _check_told(country: Country, trouble: Trouble, before: dict[str, int]) -> None:
    """The error is in the logs as auditors read them, and its gateway said it in its journal."""
    for code in trouble.logged_by:
        new = country.log_entries(code, limit=500)[: _size(country, code) - before[code]]
        mine = [entry for entry in new if entry["record"].get("error") == trouble.error]
        assert mine, (code, [entry["record"].get("error") for entry in new])
        case = Case.objects.get().code
        # The answering gateway notes nothing of a question that it could not verify.
        assert all(entry["record"].get("case", case) == case for entry in mine)
        assert code != TUZLA or all("case" in entry["record"] for entry in mine)
    counted = country.native(trouble.said_by, "GET", "/v1/status")[2]["refused_by_type"]
    # A register that is silent refused nobody: it is not counted as a refusal.
    assert (counted.get(trouble.error, 0) > 0) != trouble.error.endswith("NetworkError")
    if not trouble.error.endswith("LoggingFailed"):  # the same disk holds the journal
        said = [
            line for line in country.institutions[trouble.said_by].journal() if line["event"] == "refused"
        ]
        assert trouble.error in {line["error"] for line in said}


def _check_nothing_is_half_done(trouble: Trouble) -> str:
    fact = Fact.objects.get(key=KEY)
    assert (fact.values, fact.log_entry, fact.exchange_id) == ({}, "", "")
    assert fact.state == (FactState.WAITING if trouble.passes else FactState.REFUSED)
    return str(fact.case.code)


def _check_said(card: str, trouble: Trouble) -> None:
    for sentence in WAITS if trouble.passes else REFUSED:
        assert sentence in card
    assert "Dino" not in card


def _card_of_brcko(page: Any) -> str:
    cards = re.findall(r'<article class="fact.*?</article>', text_of(page), re.DOTALL)
    return next(card for card in cards if "Brčko" in card)


def _send(client: Client, code: str) -> str:
    """From the facts to the receipt, by the forms of the pages alone."""
    page = client.post(f"/zahtjevi/{code}/podaci", follow=True)
    while "/pitanje/" in page.request["PATH_INFO"]:
        key = page.request["PATH_INFO"].rsplit("/", 1)[1]
        form = {"answer": ANSWERS[key]}
        if key == "lives_since":
            form = {"day": "2", "month": "9", "year": "2019"}
        page = client.post(page.request["PATH_INFO"], form, follow=True)
    token = re.search(r'name="token" value="([^"]+)"', text_of(page))
    assert token
    return text_of(client.post(f"/zahtjevi/{code}/pregled", {"token": token[1]}, follow=True))


# Papers


@dataclass(frozen=True)
class Paper:
    code: str
    pdf: bytes
    address: str


@pytest.fixture
def paper(country: Country, stamps: TimeStamps) -> Paper:
    """Amra's decision, sealed."""
    if stamps.server is None:
        stamps.start()
    amra, damir = sign_in("Amra Kovač", AMRA_NUMBER), an_official("Damir Babić", TUZLA, "caseworker")
    code = a_sent_case(amra)
    take_case(actor=damir, code=code)
    reasons = "Amra lives in Tuzla with her son, and the income is below the limit."
    decide(damir, code, Outcome.APPROVED, reasons)
    work()
    document = Document.objects.get()
    address = document.verify_url[document.verify_url.index("/provjera/") :]
    return Paper(document.code, bytes(document.pdf), address)


def _drop(pdf: bytes) -> str:
    file = SimpleUploadedFile("decision.pdf", pdf, "application/pdf")
    return text_of(Client().post("/provjera/dokument?lang=en", {"pdf": file}))


def test_a_document_with_any_byte_changed_is_not_accepted_and_leaves_a_line(
    paper: Paper, caplog: pytest.LogCaptureFixture
) -> None:
    assert "Still valid." in _drop(paper.pdf)
    places = random.Random(1).sample(range(len(paper.pdf)), 25)
    for place in places:
        changed = paper.pdf[:place] + bytes([paper.pdf[place] ^ 1]) + paper.pdf[place + 1 :]
        caplog.clear()
        with caplog.at_level(logging.WARNING, "mostovi.front.checking"):
            page = _drop(changed)
        assert "Still valid." not in page, place
        assert "Do not accept it" in page or "No institution on the bridge sealed this file." in page, place
        if "Do not accept it" in page:
            assert "A paper that was checked is not genuine" in caplog.text
    assert "Still valid." in _drop(paper.pdf)


def test_a_check_that_was_kept_is_verified_offline_and_any_changed_byte_shows(paper: Paper) -> None:
    root = Path(settings.TRUST_ROOT).read_bytes()
    digest = sha256(paper.pdf).hexdigest()
    found = re.search(r'name="note" value="([^"]+)"', _drop(paper.pdf))
    assert found
    note = {"note": html.unescape(found[1])}
    kept, again = (Client().post("/provjera/potvrda", note).content for _ in range(2))
    assert json.loads(kept)["log_entry"] == json.loads(again)["log_entry"]
    assert not {AMRA_NUMBER, "Amra"} & set(re.findall(r"\w+", kept.decode()))
    verdict = verify_receipt_file(kept, trust_root=root, now=clock.now())
    assert verdict.state == "genuine", verdict
    said = " ".join(map(str, verdict.proved))
    assert f"The file with the SHA-256 digest {digest} was checked on" in said
    assert f"A paper with the code {codes.display(paper.code)} was checked on" in said
    assert "The answer was: valid." in said
    for place in random.Random(2).sample(range(len(kept)), 25):
        changed = kept[:place] + bytes([kept[place] ^ 1]) + kept[place + 1 :]
        assert verify_receipt_file(changed, trust_root=root, now=clock.now()).state != "genuine", place


def test_a_forged_square_code_is_not_accepted_and_leaves_a_line(
    paper: Paper, caplog: pytest.LogCaptureFixture
) -> None:
    genuine = text_of(Client().get(paper.address + "&lang=en"))
    assert "Still valid." in genuine
    assert "The issuer signed this square code." in genuine
    base, _, statement = paper.address.partition("?s=")
    for place in range(0, len(statement), 7):
        other = "A" if statement[place] != "A" else "B"
        forged = statement[:place] + other + statement[place + 1 :]
        caplog.clear()
        with caplog.at_level(logging.WARNING, "mostovi.front.checking"):
            page = text_of(Client().get(f"{base}?s={forged}&lang=en"))
        assert "Do not accept it: no institution signed the square code on this paper." in page, place
        assert f"A paper that was checked is not genuine: {paper.code}" in caplog.text
