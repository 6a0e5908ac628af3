"""A register that returns late may ask something more; no case comes to the desk half-done."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from effort import examples
from mostovi.kernel.access import Actor
from mostovi.kernel.errors import Refusal
from mostovi.kernel.models import Message
from mostovi.services import catalogue, rules, tasks
from mostovi.services.actions.applying import record_answer, withdraw_case
from mostovi.services.actions.desk import answer_official, ask_applicant, prepare_decision, take_case
from mostovi.services.actions.disputing import dispute_fact, take_back_dispute
from mostovi.services.models import Case, Fact
from mostovi.services.queries.case_sheets import find_desk_sheet
from mostovi.services.queries.question_sheets import Way, find_way_on
from mostovi.services.values import CaseState, Outcome, WaitsFor
from services import cast
from services.cast import Bridge, Clock
from services.story import ANSWERS, a_draft, answer_all, send
from services.test_citizen_pages import browser

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
BRCKO = ("brcko-registrar", "childrenOfParent")
SOFIJA = {"given_name": "Sofija", "family_name": "Ilić", "born_on": "2020-12-01", "born_in": "Brčko"}
STEFAN = {"given_name": "Stefan", "family_name": "Ilić", "born_on": "2021-03-27", "born_in": "Brčko"}


@pytest.fixture
def born(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def tell(*children: dict[str, str]) -> None:
        monkeypatch.setattr(cast, "RECORDS", {**cast.RECORDS, BRCKO: {"children": list(children)}})

    return tell


def sent_while_brcko_is_away(actor: Actor, bridge: Bridge) -> str:
    bridge.silent = {"brcko-registrar"}
    code = a_draft(actor)
    answer_all(actor, code)
    assert send(actor, code) == CaseState.WAITING_FOR_FACTS
    return code


def brcko_returns(bridge: Bridge, time: Clock, *, after: timedelta = timedelta(seconds=20)) -> None:
    bridge.silent = set()
    time.now += after
    tasks.retry_waiting_facts(time.now)


def test_two_children_come_late_so_she_is_asked_which_and_since_when(
    amra: Actor, bridge: Bridge, time: Clock, born: Callable[..., None]
) -> None:
    born(SOFIJA, STEFAN)
    code = sent_while_brcko_is_away(amra, bridge)
    brcko_returns(bridge, time)
    case = Case.objects.get()
    assert (case.state, case.waits_for) == (CaseState.WAITING_FOR_APPLICANT, WaitsFor.ANSWERS)
    assert [question.key for question in catalogue.list_open_questions(case)] == ["which_child"]
    assert Message.objects.filter(template="services.answers_missing").count() == 1
    assert not Message.objects.filter(template="services.complete").exists()
    assert find_way_on(amra, code) == Way("question", "which_child")
    record_answer(actor=amra, code=code, question="which_child", answer="1")
    assert find_way_on(amra, code) == Way("question", "lives_since"), "the day lies before the birth"
    record_answer(actor=amra, code=code, question="lives_since", answer="1. 12. 2020.")
    assert Case.objects.get().state == CaseState.TO_DECIDE
    assert find_way_on(amra, code) == Way("case")


def test_the_days_she_takes_are_added_and_nothing_else_is_promised_meanwhile(
    amra: Actor, bridge: Bridge, time: Clock, born: Callable[..., None]
) -> None:
    born(SOFIJA, STEFAN)
    code = sent_while_brcko_is_away(amra, bridge)
    brcko_returns(bridge, time)
    page = browser(amra).get(f"/zahtjevi/{code}/?lang=en").content.decode()
    assert "stands still until you answer" in page
    assert "21 December 2026" not in page
    time.now += timedelta(days=5)
    record_answer(actor=amra, code=code, question="which_child", answer="2")
    record_answer(actor=amra, code=code, question="lives_since", answer="27. 3. 2021.")
    assert Case.objects.get().due_on == date(2026, 12, 26)


def test_her_pages_lead_through_exactly_what_is_asked(
    amra: Actor, bridge: Bridge, time: Clock, born: Callable[..., None]
) -> None:
    born(SOFIJA)
    code = sent_while_brcko_is_away(amra, bridge)
    brcko_returns(bridge, time)
    client = browser(amra)
    assert "Answer now" in client.get(f"/zahtjevi/{code}/?lang=en").content.decode()
    asked = client.get(f"/zahtjevi/{code}/nastavak")["Location"]
    assert asked == f"/zahtjevi/{code}/pitanje/lives_since"
    page = client.get(asked).content.decode()
    assert "does not fit what the register says" in page
    assert "The keystone is set" not in page
    answer = {"day": "1", "month": "12", "year": "2020"}
    assert client.post(asked, answer)["Location"] == f"/zahtjevi/{code}/"
    assert "Everything is there" in client.get(f"/zahtjevi/{code}/").content.decode()


def test_no_child_comes_late_so_she_is_told_and_may_call_it_wrong(
    amra: Actor, damir: Actor, bridge: Bridge, time: Clock, born: Callable[..., None]
) -> None:
    born()
    code = sent_while_brcko_is_away(amra, bridge)
    brcko_returns(bridge, time)
    assert find_way_on(amra, code) == Way("stop")
    dispute_fact(actor=amra, code=code, key="childrenOfParent", text="Dino was born in Brčko.")
    assert Case.objects.get().state == CaseState.TO_DECIDE
    take_case(actor=damir, code=code)
    sheet = find_desk_sheet(damir, code)
    assert [line.key for line in sheet.lines] == ["resident", "parent", "within_limit"]
    take_back_dispute(actor=amra, code=code, key="childrenOfParent")
    assert Case.objects.get().state == CaseState.WAITING_FOR_APPLICANT


def test_an_application_without_a_child_is_not_sent_and_nothing_about_a_child_is_asked(
    amra: Actor, bridge: Bridge, born: Callable[..., None]
) -> None:
    born()
    code = a_draft(amra)
    client = browser(amra)
    facts = client.get(f"/zahtjevi/{code}/podaci?lang=en").content.decode()
    assert "none entered" in facts
    client.post(f"/zahtjevi/{code}/podaci")
    assert client.get(f"/zahtjevi/{code}/nastavak")["Location"] == f"/zahtjevi/{code}/zastoj"
    page = client.get(f"/zahtjevi/{code}/zastoj").content.decode()
    assert "The register of births holds no child of yours" in page
    for key in ("account", "tell_by"):
        record_answer(actor=amra, code=code, question=key, answer=ANSWERS[key])
    with pytest.raises(rules.RegisterDenies):
        send(amra, code)
    assert client.get(f"/zahtjevi/{code}/pitanje/lives_with_you").status_code == 302


def test_the_desk_offers_no_approval_that_would_fail_and_says_what_is_missing(
    amra: Actor, damir: Actor, bridge: Bridge
) -> None:
    bridge.unknown = {"brcko-registrar"}
    code = a_draft(amra)
    answer_all(amra, code)
    send(amra, code)
    take_case(actor=damir, code=code)
    page = browser(damir).get(f"/predmeti/{code}/?lang=en").content.decode()
    assert 'value="approved"' not in page
    assert "A fact is missing" in page
    assert "Approving is not possible" in page
    assert "The registrar has given no answer about children." in page
    with pytest.raises(rules.AmountUnknown):
        prepare_decision(actor=damir, code=code, outcome=Outcome.APPROVED, reasons="I approve it anyway.")


def test_what_came_while_the_official_asked_is_asked_when_she_has_replied(
    amra: Actor, damir: Actor, bridge: Bridge, time: Clock, born: Callable[..., None]
) -> None:
    code = sent_while_brcko_is_away(amra, bridge)
    Case.objects.update(state=CaseState.TO_DECIDE)  # as a case of before, decided without the register
    take_case(actor=damir, code=code)
    ask_applicant(actor=damir, code=code, question="Is the account yours?")
    born(SOFIJA, STEFAN)
    brcko_returns(bridge, time)
    assert Case.objects.get().waits_for == WaitsFor.REPLY
    with pytest.raises(rules.WrongState):
        record_answer(actor=amra, code=code, question="which_child", answer="1")
    answer_official(actor=amra, code=code, text="Yes, it is.")
    assert Case.objects.get().waits_for == WaitsFor.ANSWERS


def test_that_everything_is_there_is_not_said_when_a_register_does_not_know_her(
    amra: Actor, bridge: Bridge
) -> None:
    bridge.unknown = {"tuzla-canton-interior"}
    code = a_draft(amra)
    answer_all(amra, code)
    send(amra, code)
    page = browser(amra).get(f"/zahtjevi/{code}/?lang=en").content.decode()
    assert "Everything is there" not in page
    assert "Not every register could say what is needed" in page


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("born"), st.sampled_from([(), (SOFIJA,), (SOFIJA, STEFAN)])),
        st.tuples(st.just("plug"), st.booleans()),
        st.tuples(st.just("answer"), st.sampled_from(["which_child", "lives_with_you", "lives_since"])),
        st.tuples(st.just("send"), st.none()),
        st.tuples(st.just("dispute"), st.booleans()),
        st.tuples(st.just("wait"), st.none()),
    ),
    max_size=14,
)
TYPED = {
    "which_child": ["1", "2"],
    "lives_with_you": ["all", "none"],
    "lives_since": ["2. 9. 2019.", "1. 4. 2021."],
}


@settings(
    max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=EVENTS, data=st.data())
def test_whatever_the_order_nothing_lies_on_the_desk_half_done(  # noqa: PLR0917  fixtures
    events: list[tuple[str, Any]],
    data: st.DataObject,
    amra: Actor,
    bridge: Bridge,
    time: Clock,
    born: Callable[..., None],
) -> None:
    """Registers late or not, answers in any order, changes of mind: the desk gets only what fits together."""
    for mine in Case.objects.filter(applicant_id=amra.person_id, state=CaseState.DRAFT):
        withdraw_case(actor=amra, code=mine.code)
    born(SOFIJA)
    bridge.silent = {"brcko-registrar"}
    code = a_draft(amra)
    answer_all(amra, code)
    for name, value in [*events, ("send", None), ("plug", True), ("wait", None)]:
        with suppress(Refusal):
            _happen(name, value, data, code=code, amra=amra, bridge=bridge, time=time, born=born)
        _check_it_fits(code)
    assert Case.objects.get(code=code).state in _ENDS


_ENDS = (CaseState.DRAFT, CaseState.TO_DECIDE, CaseState.WAITING_FOR_APPLICANT)


def _happen(
    name: str,
    value: Any,
    data: st.DataObject,
    *,
    code: str,
    amra: Actor,
    bridge: Bridge,
    time: Clock,
    born: Callable[..., None],
) -> None:
    if name == "born":
        born(*value)
    elif name == "plug":
        bridge.silent = set() if value else {"brcko-registrar"}
    elif name == "answer":
        record_answer(actor=amra, code=code, question=value, answer=data.draw(st.sampled_from(TYPED[value])))
    elif name == "send":
        send(amra, code)
    elif name == "dispute":
        act = {True: dispute_fact, False: take_back_dispute}[value]
        act(actor=amra, code=code, key="childrenOfParent", **({"text": "It is wrong."} if value else {}))
    else:
        time.now += timedelta(minutes=11)
        tasks.retry_waiting_facts(time.now)


def _check_it_fits(code: str) -> None:
    case = Case.objects.get(code=code)
    waiting = Fact.objects.filter(case=case, key="childrenOfParent", state="waiting").exists()
    if case.state == CaseState.TO_DECIDE:
        assert not catalogue.is_open(case)
        assert not waiting
        assert case.clock_paused_on is None
    if case.state == CaseState.WAITING_FOR_APPLICANT:
        assert catalogue.is_open(case)
        assert case.clock_paused_on is not None
    if case.state == CaseState.WAITING_FOR_FACTS:
        assert waiting
