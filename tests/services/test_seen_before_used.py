"""Nobody decides on what a register answered late before the applicant has seen it, or had days to."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostovi.kernel.access import Actor
from mostovi.kernel.errors import NotAllowed
from mostovi.kernel.models import AuditLine, Message
from mostovi.services import catalogue, rules, tasks
from mostovi.services.actions.applying import submit_case
from mostovi.services.actions.asking import ask_again, ask_anew
from mostovi.services.actions.desk import prepare_decision, take_case
from mostovi.services.actions.disputing import dispute_fact
from mostovi.services.actions.reauthenticating import ask_to_reauthenticate
from mostovi.services.actions.seeing import see_answers
from mostovi.services.models import Case, Decision, Fact
from mostovi.services.values import CaseState, Outcome
from services.cast import Bridge, Clock, an_official
from services.story import a_draft, a_sent_case, answer_all, decide, send
from services.test_citizen_pages import browser

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
BRCKO, BIJELJINA = "brcko-registrar", "bijeljina-registrar"
DAYS = st.integers(min_value=0, max_value=60)
DAY = st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 1, 1))


@pytest.fixture
def case(amra: Actor, damir: Actor, bridge: Bridge, time: Clock) -> str:
    """Brčko was silent when she looked, and answered after she had sent; Damir has taken the case."""
    bridge.silent = {BRCKO}
    code = a_draft(amra)
    answer_all(amra, code)
    send(amra, code)
    returns(bridge, time)
    take_case(actor=damir, code=code)
    return code


def returns(bridge: Bridge, time: Clock) -> None:
    bridge.silent = set()
    time.now += timedelta(seconds=20)
    tasks.retry_waiting_facts(time.now)


def unseen() -> list[str]:
    return [fact.key for fact in catalogue.list_unseen(Case.objects.get())]


def keys() -> list[str]:
    return [fact.answer_key for fact in Fact.objects.all()]


def test_what_came_late_is_shown_to_her_with_its_source_and_she_is_told(amra: Actor, case: str) -> None:
    assert Case.objects.get().state == CaseState.TO_DECIDE
    told = Message.objects.get(template="services.late_answer")
    assert told.context["day"] == "2026-11-27"
    assert not Message.objects.filter(template="services.complete").exists(), "one message says it all"
    page = browser(amra).get(f"/zahtjevi/{case}/?lang=en").content.decode()
    late = page.partition("Answered since you last looked")[2].partition("I have seen it")[0]
    assert re.search('class="pier">[^<]*Brčko', late)
    assert "Dino Kovač" in late
    assert f"/zahtjevi/{case}/podaci/childrenOfParent/primjedba" in late
    assert "or from 27 November 2026" in late
    assert "Ulica lipa" not in late, "what she saw before is not among it"
    assert page.count("Dino Kovač") == 1


def test_a_page_between_the_answer_and_what_follows_claims_no_silence(
    amra: Actor, bridge: Bridge, time: Clock
) -> None:
    bridge.silent = {BRCKO}
    code = a_sent_case(amra)
    seat = browser(amra)
    assert "One register is not answering" in seat.get(f"/zahtjevi/{code}/?lang=en").content.decode()
    bridge.silent = set()
    time.now += timedelta(seconds=20)
    ask_again(code=code, now=time.now, silent=set())
    assert Case.objects.get().state == CaseState.WAITING_FOR_FACTS
    for path in ("", "potvrda"):
        page = seat.get(f"/zahtjevi/{code}/{path}?lang=en").content.decode()
        assert "not answering" not in page
        assert "Waiting for a register" not in page
    assert "Answered since you last looked" in seat.get(f"/zahtjevi/{code}/?lang=en").content.decode()


def test_the_desk_says_so_and_seals_nothing(damir: Actor, case: str) -> None:
    desk = browser(damir)
    page = desk.get(f"/predmeti/{case}/?lang=en").content.decode()
    assert "The applicant has not seen everything yet" in page
    assert page.count("not seen by the applicant yet") == 1
    read = prepare_decision(actor=damir, code=case, outcome=Outcome.APPROVED, reasons="")
    preview = desk.get(f"/predmeti/{case}/pregled?lang=en").content.decode()
    assert "or from 27 November 2026" in preview
    assert "Sign in once more" not in preview
    with pytest.raises(rules.NotSeenYet):
        ask_to_reauthenticate(actor=damir, code=case, reviewed=read)
    refused = desk.post(f"/predmeti/{case}/prijava", {"decision": read})
    assert refused.status_code == 409
    assert "has not seen it yet" in refused.content.decode()


def test_once_she_has_seen_it_it_is_decided(amra: Actor, damir: Actor, case: str) -> None:
    seat = browser(amra)
    [shown] = [fact.answer_key for fact in catalogue.list_unseen(Case.objects.get())]
    assert f'name="shown" value="{shown}"' in seat.get(f"/zahtjevi/{case}/").content.decode()
    assert seat.post(f"/zahtjevi/{case}/uvid", {"shown": shown})["Location"] == f"/zahtjevi/{case}/"
    assert "Answered since you last looked" not in seat.get(f"/zahtjevi/{case}/?lang=en").content.decode()
    assert AuditLine.objects.get(action="answers_seen").detail["keys"] == ["childrenOfParent"]
    decide(damir, case)
    assert Decision.objects.count() == 1


def test_to_call_it_wrong_she_must_have_seen_it(amra: Actor, damir: Actor, case: str) -> None:
    dispute_fact(actor=amra, code=case, key="childrenOfParent", text="Dino is called Din.")
    assert unseen() == []
    decide(damir, case)


def test_after_her_days_it_is_decided_all_the_same(damir: Actor, case: str, time: Clock) -> None:
    time.now += timedelta(days=5)
    with pytest.raises(rules.NotSeenYet):
        decide(damir, case)
    time.now += timedelta(days=1)
    page = browser(damir).get(f"/predmeti/{case}/?lang=en").content.decode()
    assert "The applicant has not seen everything yet" not in page
    assert "not seen by the applicant yet" in page
    decide(damir, case)


def test_what_came_while_the_page_stood_open_is_not_among_what_she_saw(
    amra: Actor, damir: Actor, case: str, bridge: Bridge, time: Clock
) -> None:
    shown = keys()
    dispute_fact(actor=amra, code=case, key="childrenOfParent", text="Dino is called Din.")
    time.now += timedelta(minutes=1)
    bridge.unknown = {BRCKO}
    ask_anew(actor=damir, code=case, key="childrenOfParent")
    see_answers(actor=amra, code=case, shown=shown)
    assert unseen() == ["childrenOfParent"]
    assert Message.objects.filter(template="services.late_answer").count() == 2
    see_answers(actor=amra, code=case, shown=keys())
    assert unseen() == []


def test_an_answer_that_came_between_the_last_page_and_the_button_is_late(
    amra: Actor, bridge: Bridge, time: Clock
) -> None:
    bridge.silent = {BRCKO}
    code = a_draft(amra)
    answer_all(amra, code)
    shown = keys()
    returns(bridge, time)
    assert not Message.objects.exists()
    submit_case(actor=amra, code=code, token=Case.objects.get().submission_token, shown=shown)
    assert unseen() == ["childrenOfParent"]
    assert Message.objects.filter(template="services.late_answer").count() == 1


def test_the_last_page_before_sending_names_the_answers_that_it_shows(amra: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    answer_all(amra, code)
    page = browser(amra).get(f"/zahtjevi/{code}/pregled").content.decode()
    assert page.count('name="shown"') == 4
    token = Case.objects.get().submission_token
    browser(amra).post(f"/zahtjevi/{code}/pregled", {"token": token, "shown": keys()})
    assert unseen() == []


def test_a_register_that_the_decision_does_without_is_seen_too(
    amra: Actor, bridge: Bridge, time: Clock
) -> None:
    bridge.silent = {BIJELJINA}
    a_sent_case(amra)
    assert unseen() == []
    returns(bridge, time)
    assert unseen() == ["marriageRecord"]


def test_an_extract_that_nobody_decides_waits_for_nobody(milan: Actor, bridge: Bridge, time: Clock) -> None:
    bridge.silent = {"zenica-registrar"}
    code = a_draft(milan, "birth-extract")
    answer_all(milan, code)
    send(milan, code)
    returns(bridge, time)
    tasks.issue_waiting_extracts(time.now)
    assert Case.objects.get().state == CaseState.DELIVERED
    assert unseen() == []


def test_nobody_sees_for_her(damir: Actor, milan: Actor, case: str) -> None:
    for other, refusal in (
        (milan, rules.CaseNotFound),
        (damir, NotAllowed),
        (an_official("Sanja Marić", "banja-luka-administration", "clerk"), rules.CaseNotFound),
    ):
        with pytest.raises(refusal):
            see_answers(actor=other, code=case, shown=keys())
    assert unseen() == ["childrenOfParent"]


@given(told=st.lists(DAY, max_size=4), days=DAYS, today=DAY)
def test_she_has_all_her_days_after_the_last_message_and_not_one_more(
    told: list[date], days: int, today: date
) -> None:
    first = rules.first_day_without_seeing(told, days)
    may = not told or (today - max(told)).days > days
    if may:
        rules.check_was_seen(first, today=today)
    else:
        with pytest.raises(rules.NotSeenYet):
            rules.check_was_seen(first, today=today)
