"""A check that is kept: a note in the log of the portal's institution, about the paper and nobody else."""

import html
import json
import re
from hashlib import sha256
from typing import Any

import pytest

from front.bridge import paper
from front.test_check import CODE, GENUINE, pdf, verdict
from mostovi.exchange import public as exchange
from mostovi.exchange.verification.values import Verdict
from mostovi.front import check_notes

pytestmark = pytest.mark.django_db
__all__ = ["verdict"]


@pytest.fixture
def log(bridge, monkeypatch) -> list[tuple[str, exchange.AuditEntry]]:
    """What was written into which log; an entry that is known by its id keeps its place."""
    written: list[tuple[str, exchange.AuditEntry]] = []

    def append(*, institution: str, lines: list[exchange.AuditEntry]) -> list[str]:
        for line in lines:
            if line.id not in [known.id for _, known in written]:
                written.append((institution, line))
        ids = [known.id for _, known in written]
        return [f"{institution}/{ids.index(line.id)}" for line in lines]

    monkeypatch.setattr(exchange, "append_audit_lines", append)
    monkeypatch.setattr(exchange, "fetch_own_receipt", lambda **asked: {"log_entry": asked["log_entry"]})
    return written


def offered(response: Any) -> str:
    found = re.search(r'name="note" value="([^"]+)"', response.content.decode())
    return html.unescape(found[1]) if found else ""


def keep(client, note: str):
    return client.post("/provjera/potvrda?lang=en", {"note": note})


def test_a_typed_code_is_noted_with_the_answer_and_nothing_about_anybody(client, bridge, log):
    bridge.papers[CODE] = paper(CODE)
    response = keep(client, offered(client.get(f"/provjera/{CODE}")))
    assert response["Content-Disposition"] == 'attachment; filename="check-of-a-paper.json"'
    assert json.loads(response.content) == {"log_entry": "tuzla-social-work/0"}
    ((institution, line),) = log
    assert institution == "tuzla-social-work"
    assert (line.actor_kind, line.user, line.subject_jmb, line.case) == ("anonymous", "", None, None)
    assert {name: line.detail[name] for name in ("answer", "code", "issuer")} == {
        "answer": "valid",
        "code": CODE,
        "issuer": "brcko-registrar",
    }


def test_a_file_is_noted_by_its_digest(client, bridge, log, verdict):
    bridge.papers[CODE] = paper(CODE)
    verdict(GENUINE)
    keep(client, offered(client.post("/provjera/dokument", {"pdf": pdf(b"%PDF-1.7 this one")})))
    assert log[0][1].detail["sha256"] == sha256(b"%PDF-1.7 this one").hexdigest()


@pytest.mark.parametrize("answer", ["not_ours", "altered"])
def test_of_a_file_that_nobody_sealed_no_digest_is_kept(client, bridge, log, verdict, answer):
    verdict(Verdict("document", answer))
    assert offered(client.post("/provjera/dokument", {"pdf": pdf(b"%PDF-1.7 yes")})) == ""
    verdict(Verdict("document", answer, code=CODE))
    keep(client, offered(client.post("/provjera/dokument", {"pdf": pdf(b"%PDF-1.7 yes")})))
    assert log[0][1].detail.keys() == {"answer", "code", "portal"}


def test_an_altered_file_that_an_institution_sealed_is_noted_by_its_digest(client, bridge, log, verdict):
    verdict(Verdict("document", "altered", issuer="Registrar", issuer_code="brcko-registrar"))
    keep(client, offered(client.post("/provjera/dokument", {"pdf": pdf(b"%PDF-1.7 this one")})))
    assert log[0][1].detail["sha256"] == sha256(b"%PDF-1.7 this one").hexdigest()


def test_a_false_paper_is_noted_too(client, bridge, log):
    keep(client, offered(client.get(f"/provjera/{CODE}?s=forged")))
    assert log[0][1].detail["answer"] == "altered"


def test_pressing_twice_makes_one_entry(client, bridge, log):
    note = offered(client.get(f"/provjera/{CODE}?s=forged"))
    assert keep(client, note).content == keep(client, note).content
    assert len(log) == 1


def test_nothing_is_offered_where_nothing_was_found_out(client, bridge, log):
    bridge.silent = ("brcko-registrar",)
    assert offered(client.get(f"/provjera/{CODE}")) == ""


@pytest.mark.parametrize("note", ["", "invented", "changed"])
def test_a_check_that_we_did_not_make_is_not_noted(client, bridge, log, note):
    if note == "changed":
        note = offered(client.get(f"/provjera/{CODE}?s=forged"))[::-1]
    response = keep(client, note)
    assert response.status_code == 409
    assert b"Check the paper once more" in response.content
    assert log == []


def test_nobody_fills_the_log(client, bridge, log, monkeypatch):
    monkeypatch.setattr(check_notes, "MOST_NOTES", 2)
    note = offered(client.get(f"/provjera/{CODE}?s=forged"))
    assert [keep(client, note).status_code for _ in range(3)] == [200, 200, 429]


def test_a_gateway_that_is_silent_is_said_and_asked_again(client, bridge, log, monkeypatch):
    note = offered(client.get(f"/provjera/{CODE}?s=forged"))

    def silent(**_: object) -> list[str]:
        raise exchange.NoAnswer

    with monkeypatch.context() as outage:
        outage.setattr(exchange, "append_audit_lines", silent)
        assert keep(client, note).status_code == 503
    assert keep(client, note).status_code == 200
