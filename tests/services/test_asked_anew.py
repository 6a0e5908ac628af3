"""A register is asked again about what the applicant calls wrong; what it said before stays to be read."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from mostovi.kernel.access import Actor
from mostovi.kernel.errors import NotAllowed
from mostovi.kernel.models import AuditLine, Message
from mostovi.services import catalogue, rules, tasks
from mostovi.services.actions.asking import NothingToAskAnew, ask_anew
from mostovi.services.actions.desk import prepare_decision, take_case
from mostovi.services.actions.disputing import AnotherAnswer, dispute_fact, take_back_dispute
from mostovi.services.models import Case, EarlierAnswer, Fact
from mostovi.services.queries.case_sheets import find_desk_sheet
from mostovi.services.queries.draft_sheets import FactUnknown
from mostovi.services.values import CaseState, FactState, Outcome
from services import cast
from services.cast import Bridge, Clock, an_official
from services.story import a_sent_case, decide
from services.test_citizen_pages import browser

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
TAX = ("fbih-tax-administration", "householdIncome")
SAID = "I earn 600, not 690."
Corrects = Callable[..., None]


@pytest.fixture
def corrects(monkeypatch: pytest.MonkeyPatch) -> Corrects:
    """The tax administration puts its entry right."""

    def put_right(**fields: Any) -> None:
        monkeypatch.setattr(cast, "RECORDS", {**cast.RECORDS, TAX: {**cast.RECORDS[TAX], **fields}})

    return put_right


@pytest.fixture
def case(amra: Actor, damir: Actor, bridge: Bridge) -> str:
    """Sent, taken, and the income called wrong."""
    code = a_sent_case(amra)
    take_case(actor=damir, code=code)
    dispute_fact(actor=amra, code=code, key="householdIncome", text=SAID, named=["monthly_income"])
    return code


def income() -> Fact:
    return Fact.objects.get(key="householdIncome")


def desk(official: Actor, code: str) -> str:
    return browser(official).get(f"/predmeti/{code}/?lang=en").content.decode()


def test_the_new_answer_counts_and_the_old_one_stays_with_what_she_said_of_it(
    amra: Actor, damir: Actor, case: str, time: Clock, corrects: Corrects
) -> None:
    corrects(monthly_income_km=600)
    time.now += timedelta(days=2)
    seat: Client = browser(damir)
    page = seat.get(f"/predmeti/{case}/?lang=en").content.decode()
    assert "Ask again: Tax Administration" in page
    assert seat.post(f"/predmeti/{case}/ponovni-upit/householdIncome").status_code == 302
    assert catalogue.known_facts(Case.objects.get())["monthly_income"] == 60_000
    assert income().disputed_at is None
    before = EarlierAnswer.objects.get()
    assert before.values["monthly_income_km"] == 690
    assert (before.dispute_text, before.disputed_facts) == (SAID, ["monthly_income"])
    for whose, reader in (("the applicant", desk(damir, case)), ("you", hers(amra, case))):
        assert "gave a new answer on 23 November 2026. Before, it said" in reader
        assert f"On 21 November 2026 {whose} called that wrong" in reader
        assert SAID in reader
        assert "690" in reader
        assert "600" in reader


def hers(person: Actor, code: str) -> str:
    return browser(person).get(f"/zahtjevi/{code}/?lang=en").content.decode()


def test_she_may_call_the_new_answer_wrong_too(
    amra: Actor, damir: Actor, case: str, corrects: Corrects
) -> None:
    corrects(monthly_income_km=650)
    ask_anew(actor=damir, code=case, key="householdIncome")
    assert f"/zahtjevi/{case}/podaci/householdIncome/primjedba" in hers(amra, case)
    dispute_fact(actor=amra, code=case, key="householdIncome", text=SAID, named=["monthly_income"])
    corrects(monthly_income_km=600)
    ask_anew(actor=damir, code=case, key="householdIncome")
    assert EarlierAnswer.objects.count() == 2


def test_a_register_that_confirms_its_answer_leaves_what_she_calls_wrong_as_it_is(
    amra: Actor, damir: Actor, case: str, time: Clock
) -> None:
    before = income()
    time.now += timedelta(days=2)
    ask_anew(actor=damir, code=case, key="householdIncome")
    assert not EarlierAnswer.objects.exists()
    assert (income().dispute_text, income().disputed_facts) == (SAID, ["monthly_income"])
    assert (income().answer_key, income().seen_at) == (before.answer_key, before.seen_at), "she has seen it"
    assert (income().confirmed_at, income().asked_anew_at) == (time.now, None)
    assert income().exchange_id != before.exchange_id, "the evidence is that of the last exchange"
    assert [line.key for line in find_desk_sheet(damir, case).lines if line.on_called_wrong] == [
        "within_limit"
    ]
    for reader in (desk(damir, case), hers(amra, case)):
        assert "confirmed its answer on 23 November 2026" in reader
        assert "The register was asked again and confirmed its answer</strong>" in reader, "in the history"
        assert "gave a new answer" not in reader
        assert "not seen by the applicant" not in reader


def test_she_is_told_that_it_was_confirmed_and_lets_her_remark_stand_or_takes_it_back(
    amra: Actor, damir: Actor, case: str
) -> None:
    shown = income().answer_key
    ask_anew(actor=damir, code=case, key="householdIncome")
    assert Message.objects.filter(template="services.answer_confirmed").count() == 1
    assert not Message.objects.filter(template="services.late_answer").exists()
    assert "let your remark stand" in hers(amra, case)
    take_back_dispute(actor=amra, code=case, key="householdIncome", shown=shown)
    assert (income().dispute_text, income().confirmed_at) == ("", None)
    assert "confirmed its answer on" not in hers(amra, case)
    decide(damir, case)


def test_what_she_adds_after_it_was_confirmed_can_be_asked_about_again(
    amra: Actor, damir: Actor, case: str
) -> None:
    ask_anew(actor=damir, code=case, key="householdIncome")
    dispute_fact(actor=amra, code=case, key="householdIncome", text="See my slip.", named=["monthly_income"])
    assert income().confirmed_at is None
    assert "Ask again: Tax Administration" in desk(damir, case)


def test_who_took_the_remark_back_is_not_told_that_the_answer_was_confirmed(
    amra: Actor, damir: Actor, case: str, bridge: Bridge, time: Clock
) -> None:
    bridge.silent = {TAX[0]}
    ask_anew(actor=damir, code=case, key="householdIncome")
    take_back_dispute(actor=amra, code=case, key="householdIncome")
    bridge.silent = set()
    time.now += timedelta(seconds=40)
    tasks.retry_waiting_facts(time.now)
    assert (income().asked_anew_at, income().confirmed_at) == (None, None)
    assert not Message.objects.filter(template="services.answer_confirmed").exists()


def test_that_there_is_no_entry_may_be_confirmed_too(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    bridge.unknown = {"brcko-registrar"}
    code = a_sent_case(amra)
    take_case(actor=damir, code=code)
    dispute_fact(actor=amra, code=code, key="childrenOfParent", text="Dino was born in Brčko.")
    ask_anew(actor=damir, code=code, key="childrenOfParent")
    fact = Fact.objects.get(key="childrenOfParent")
    assert (fact.state, fact.dispute_text) == (FactState.NOT_FOUND, "Dino was born in Brčko.")
    assert fact.confirmed_at is not None


def test_the_question_is_put_by_the_official_and_leaves_codes_only(
    damir: Actor, case: str, bridge: Bridge
) -> None:
    bridge.asked.clear()
    ask_anew(actor=damir, code=case, key="householdIncome")
    [asked] = bridge.asked
    assert (asked["provider"], asked["acting"], asked["case"]) == (TAX[0], "caseworker", case)
    line = AuditLine.objects.get(action="fact_asked_anew")
    assert (line.actor_id, line.detail["key"], line.detail["provider"]) == (
        damir.person_id,
        "householdIncome",
        TAX[0],
    )
    assert AuditLine.objects.filter(action="registers_asked").count() == 1, "that was when she applied"
    assert not [line for line in AuditLine.objects.all() if SAID in str(line.detail)]


def test_while_the_register_is_silent_its_old_answer_counts_and_the_worker_goes_on_asking(  # noqa: PLR0917  fixtures
    amra: Actor, damir: Actor, case: str, bridge: Bridge, time: Clock, corrects: Corrects
) -> None:
    bridge.silent = {TAX[0]}
    ask_anew(actor=damir, code=case, key="householdIncome")
    ask_anew(actor=damir, code=case, key="householdIncome")
    assert AuditLine.objects.filter(action="fact_asked_anew").count() == 1, "a double click asks once"
    assert Case.objects.get().state == CaseState.TO_DECIDE
    assert catalogue.known_facts(Case.objects.get())["monthly_income"] == 69_000
    assert "until it does, its earlier answer counts" in desk(damir, case)
    assert "Ask again" not in desk(damir, case)
    assert "Until it does, this answer counts." in hers(amra, case)
    bridge.silent = set()
    corrects(monthly_income_km=600)
    time.now += timedelta(seconds=40)
    tasks.retry_waiting_facts(time.now)
    assert bridge.asked[-1]["acting"] == "caseworker"
    assert income().values["monthly_income_km"] == 600
    assert (income().asked_anew_at, income().next_try_at) == (None, None)


def test_a_refusal_is_no_answer_so_the_old_one_counts(damir: Actor, case: str, bridge: Bridge) -> None:
    bridge.refusing = {TAX[0]}
    ask_anew(actor=damir, code=case, key="householdIncome")
    assert (income().state, income().dispute_text, income().asked_anew_at) == ("answered", SAID, None)
    assert "The register refused to answer again" in desk(damir, case)
    assert "Ask again" in desk(damir, case)


def test_an_entry_that_is_gone_is_an_answer(damir: Actor, case: str, bridge: Bridge) -> None:
    bridge.unknown = {TAX[0]}
    ask_anew(actor=damir, code=case, key="householdIncome")
    assert (income().state, income().values) == (FactState.NOT_FOUND, {})
    assert EarlierAnswer.objects.get().values["monthly_income_km"] == 690


def test_a_child_that_the_register_did_not_know_is_found_when_it_is_asked_again(
    amra: Actor, damir: Actor, bridge: Bridge
) -> None:
    bridge.unknown = {"brcko-registrar"}
    code = a_sent_case(amra)
    take_case(actor=damir, code=code)
    dispute_fact(actor=amra, code=code, key="childrenOfParent", text="Dino was born in Brčko.")
    assert [line.key for line in find_desk_sheet(damir, code).lines if line.on_called_wrong] == [
        "parent",
        "under_age",
    ]
    bridge.unknown = set()
    ask_anew(actor=damir, code=code, key="childrenOfParent")
    assert [child["given_name"] for child in catalogue.known_facts(Case.objects.get())["children"]] == [
        "Dino"
    ]
    assert EarlierAnswer.objects.get().state == FactState.NOT_FOUND
    assert "Before, it said:</strong> nothing found" in desk(damir, code)


def test_only_what_the_applicant_calls_wrong_is_asked_again(amra: Actor, damir: Actor, case: str) -> None:
    for key, refusal in (("residence", NothingToAskAnew), ("document", FactUnknown), ("x", FactUnknown)):
        with pytest.raises(refusal):
            ask_anew(actor=damir, code=case, key=key)
    assert browser(damir).post(f"/predmeti/{case}/ponovni-upit/x").status_code == 404
    take_back_dispute(actor=amra, code=case, key="householdIncome")
    with pytest.raises(NothingToAskAnew):
        ask_anew(actor=damir, code=case, key="householdIncome")


def test_only_who_took_the_case_has_a_register_asked_again(amra: Actor, damir: Actor, case: str) -> None:
    colleague = an_official("Lejla Hadžić", "tuzla-social-work", "caseworker")
    with pytest.raises(rules.TakenByColleague):
        ask_anew(actor=colleague, code=case, key="householdIncome")
    assert "Ask again" not in desk(colleague, case)
    with pytest.raises(NotAllowed):
        ask_anew(actor=amra, code=case, key="householdIncome")
    take_back_dispute(actor=amra, code=case, key="householdIncome")
    decide(damir, case)
    with pytest.raises(rules.WrongState):
        ask_anew(actor=damir, code=case, key="householdIncome")


def test_rules_that_rest_on_what_she_calls_wrong_are_marked_at_the_desk_and_before_sealing(
    damir: Actor, case: str, corrects: Corrects
) -> None:
    marked = [line.key for line in find_desk_sheet(damir, case).lines if line.on_called_wrong]
    assert marked == ["within_limit"]
    assert len(re.findall("rests on a fact the applicant calls wrong", desk(damir, case))) == 1
    prepare_decision(actor=damir, code=case, outcome=Outcome.APPROVED, reasons="")
    preview = browser(damir).get(f"/predmeti/{case}/pregled?lang=en").content.decode()
    assert "The applicant calls wrong what this rests on" in preview
    corrects(monthly_income_km=600)
    ask_anew(actor=damir, code=case, key="householdIncome")
    assert "calls wrong" not in desk(damir, case).partition("History")[0]


def test_a_decision_read_before_the_new_answer_is_not_the_one_that_is_sealed(
    damir: Actor, case: str, corrects: Corrects
) -> None:
    read = prepare_decision(actor=damir, code=case, outcome=Outcome.APPROVED, reasons="")
    corrects(monthly_income_km=600)
    ask_anew(actor=damir, code=case, key="householdIncome")
    assert prepare_decision(actor=damir, code=case, outcome=Outcome.APPROVED, reasons="") != read


def test_a_remark_on_an_answer_that_is_no_more_is_not_hung_on_the_new_one(
    amra: Actor, damir: Actor, case: str, time: Clock, corrects: Corrects
) -> None:
    shown = income().answer_key
    corrects(monthly_income_km=600)
    time.now += timedelta(minutes=1)
    ask_anew(actor=damir, code=case, key="householdIncome")
    remark = {"actor": amra, "code": case, "key": "householdIncome", "shown": shown}
    with pytest.raises(AnotherAnswer):
        dispute_fact(**remark, text=SAID, named=["monthly_income"])
    with pytest.raises(AnotherAnswer):
        take_back_dispute(**remark)
    assert (income().disputed_at, income().dispute_text, income().seen_at) == (None, "", None)
    dispute_fact(**remark | {"shown": income().answer_key}, text=SAID, named=["monthly_income"])
    assert income().seen_at == time.now


def test_a_page_that_stood_open_keeps_what_she_typed_and_shows_the_new_answer(
    amra: Actor, damir: Actor, case: str, time: Clock, corrects: Corrects
) -> None:
    seat, address = browser(amra), f"/zahtjevi/{case}/podaci/householdIncome/primjedba?lang=en"
    page = seat.get(address).content.decode()
    held = re.search('name="shown" value="([^"]+)"', page)
    assert held
    typed = {"shown": held[1], "named": "monthly_income", "text": "It is 600 since August."}
    corrects(monthly_income_km=600)
    time.now += timedelta(minutes=1)
    ask_anew(actor=damir, code=case, key="householdIncome")
    for pressed in (typed, typed | {"take_back": "1"}, {**typed, "shown": ""}):
        refused = seat.post(address, pressed)
        page = refused.content.decode()
        assert refused.status_code == 409
        assert "The register has answered again since you opened this page" in page
        assert "It is 600 since August." in page
        assert "600" in page.replace("600 since", "")
        assert "690" not in page
        assert " checked" not in page, "what she ticked was about another answer"
        assert f'name="shown" value="{income().answer_key}"' in page
    assert income().seen_at is None
    assert seat.post(address, typed | {"shown": income().answer_key}).status_code == 302
    assert income().dispute_text == "It is 600 since August."
