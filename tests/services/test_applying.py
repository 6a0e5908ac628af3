"""Amra applies: facts first, one answer after the other, one receipt however often she sends it."""

from datetime import timedelta
from threading import Event
from time import monotonic

import pytest

from mostovi.kernel.access import ANONYMOUS, Actor
from mostovi.kernel.errors import NotAllowed, NotFound
from mostovi.kernel.models import AuditLine, Message
from mostovi.services import catalogue, inquiries, rules, tasks
from mostovi.services.actions import applying
from mostovi.services.actions.applying import (
    NotAgreed,
    agree_to_facts,
    record_answer,
    restore_case,
    start_case,
    start_case_at_counter,
    submit_case,
    withdraw_case,
)
from mostovi.services.actions.asking import ask_facts
from mostovi.services.actions.disputing import NothingToDispute, dispute_fact, take_back_dispute
from mostovi.services.definition import InvalidAnswer
from mostovi.services.models import Case, Fact
from mostovi.services.queries.case_sheets import find_case_sheet
from mostovi.services.queries.draft_sheets import find_draft_sheet
from mostovi.services.queries.question_sheets import find_next_question
from mostovi.services.values import CaseState, FactState
from services import cast
from services.cast import AMRA_NUMBER, MILAN_NUMBER, NOW, Bridge, Clock, sign_in
from services.story import ANSWERS, a_draft, answer_all, send

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_registers_are_asked_with_a_case_and_a_pseudonym_never_with_a_name(
    amra: Actor, bridge: Bridge
) -> None:
    code = a_draft(amra)
    assert len(bridge.asked) == 4
    for asked in bridge.asked:
        assert asked["case"] == code
        assert asked["subject_jmb"] == AMRA_NUMBER
        assert AMRA_NUMBER not in asked["user"]
    assert set(Fact.objects.values_list("state", flat=True)) == {FactState.ANSWERED}


def test_the_personal_number_is_nowhere_in_our_tables(amra: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    answer_all(amra, code)
    send(amra, code)
    rows = [
        *Case.objects.values(),
        *Fact.objects.values(),
        *AuditLine.objects.values(),
        *Message.objects.values(),
    ]
    assert AMRA_NUMBER not in str(rows)


def test_starting_twice_makes_one_draft(amra: Actor, bridge: Bridge) -> None:
    assert start_case(actor=amra, service="child-allowance") == start_case(
        actor=amra, service="child-allowance"
    )
    assert Case.objects.count() == 1


def test_asking_twice_asks_each_register_once(amra: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    ask_facts(actor=amra, code=code)
    assert len(bridge.asked) == 4


def test_sending_twice_makes_one_case_and_the_same_receipt(amra: Actor, bridge: Bridge, time: Clock) -> None:
    code = a_draft(amra)
    answer_all(amra, code)
    token = Case.objects.get().submission_token
    first = submit_case(actor=amra, code=code, token=token)
    time.now += timedelta(minutes=3)
    second = submit_case(actor=amra, code=code, token=token)
    assert first == second
    assert Case.objects.count() == 1
    assert Message.objects.filter(template="services.receipt").count() == 1
    assert AuditLine.objects.filter(action="received").count() == 1


def test_a_page_of_another_application_does_not_send_this_one(amra: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    answer_all(amra, code)
    with pytest.raises(rules.AnotherSubmission):
        submit_case(actor=amra, code=code, token="of-another-page")


def test_the_receipt_says_by_when(amra: Actor, bridge: Bridge, time: Clock) -> None:
    code = a_draft(amra)
    answer_all(amra, code)
    receipt = submit_case(actor=amra, code=code, token=Case.objects.get().submission_token)
    assert receipt.received_at == NOW
    assert receipt.due_on.isoformat() == "2026-12-21"
    assert receipt.state == CaseState.TO_DECIDE


def test_nothing_is_sent_before_the_facts_are_agreed_to(amra: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    while key := find_next_question(amra, code):
        record_answer(actor=amra, code=code, question=key, answer=ANSWERS[key])
    with pytest.raises(NotAgreed):
        send(amra, code)


def test_nothing_is_sent_with_open_questions(amra: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    agree_to_facts(actor=amra, code=code)
    with pytest.raises(rules.QuestionsOpen):
        send(amra, code)


def test_an_answer_that_needs_another_look_is_not_kept(amra: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    with pytest.raises(InvalidAnswer):
        record_answer(actor=amra, code=code, question="lives_with_you", answer="perhaps")
    assert Case.objects.get().answers == {}


def test_answers_to_questions_no_longer_asked_are_forgotten(amra: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    answer_all(amra, code)
    record_answer(actor=amra, code=code, question="lives_with_you", answer="none")
    assert "lives_since" not in Case.objects.get().answers


def test_brcko_is_unplugged_and_the_case_completes_itself(amra: Actor, bridge: Bridge, time: Clock) -> None:
    bridge.silent = {"brcko-registrar"}
    code = a_draft(amra)
    assert find_draft_sheet(amra, code).progress.facts_waiting == 1
    answer_all(amra, code)
    assert send(amra, code) == CaseState.WAITING_FOR_FACTS
    time.now += timedelta(seconds=20)
    tasks.retry_waiting_facts(time.now)
    assert Case.objects.get().state == CaseState.WAITING_FOR_FACTS
    bridge.silent = set()
    time.now += timedelta(seconds=20)
    tasks.retry_waiting_facts(time.now)
    assert Case.objects.get().state == CaseState.TO_DECIDE
    assert Message.objects.filter(template="services.late_answer").count() == 1
    tries = [asked for asked in bridge.asked if asked["provider"] == "brcko-registrar"]
    assert len(tries) == 3


def test_a_register_that_is_not_needed_does_not_hold_the_case(
    amra: Actor, bridge: Bridge, time: Clock
) -> None:
    bridge.silent = {"bijeljina-registrar"}
    code = a_draft(amra)
    answer_all(amra, code)
    assert send(amra, code) == CaseState.TO_DECIDE
    bridge.silent = set()
    time.now += timedelta(seconds=20)
    tasks.retry_waiting_facts(time.now)
    assert Fact.objects.get(provider="bijeljina-registrar").state == FactState.ANSWERED


def test_a_silent_register_is_asked_once_per_round_not_once_per_case(
    amra: Actor, milan: Actor, bridge: Bridge, time: Clock
) -> None:
    bridge.silent = {"brcko-registrar"}
    a_draft(amra)
    a_draft(milan)
    bridge.asked.clear()
    time.now += timedelta(seconds=20)
    tasks.retry_waiting_facts(time.now)
    assert len(bridge.asked) == 1


def test_a_killed_process_leaves_nothing_behind(amra: Actor, bridge: Bridge, time: Clock) -> None:
    code = a_draft(amra)
    answer_all(amra, code)
    send(amra, code)
    Case.objects.update(state=CaseState.RECEIVED)  # as it stands between sending and settling
    time.now += timedelta(minutes=1)
    tasks.settle_sent_cases(time.now)
    assert Case.objects.get().state == CaseState.TO_DECIDE


def test_a_register_that_does_not_know_her_hands_the_case_to_an_official(amra: Actor, bridge: Bridge) -> None:
    bridge.unknown = {"brcko-registrar"}
    code = a_draft(amra)
    answer_all(amra, code)
    assert send(amra, code) == CaseState.TO_DECIDE
    assert Fact.objects.get(provider="brcko-registrar").state == FactState.NOT_FOUND


def test_a_refused_request_does_not_hold_her_up(amra: Actor, bridge: Bridge) -> None:
    bridge.refusing = {"fbih-tax-administration"}
    code = a_draft(amra)
    fact = Fact.objects.get(provider="fbih-tax-administration")
    assert (fact.state, fact.next_try_at) == (FactState.REFUSED, None)
    answer_all(amra, code)
    assert send(amra, code) == CaseState.TO_DECIDE


def test_somebody_without_a_personal_number_has_a_path(bridge: Bridge, db: None) -> None:
    stranger = sign_in("Ivan Jurić", None)
    code = a_draft(stranger)
    answer_all(stranger, code)
    assert send(stranger, code) == CaseState.TO_DECIDE
    assert bridge.asked == []


def test_an_answer_of_another_kind_than_declared_is_refused(
    amra: Actor, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = {**cast.RECORDS, ("fbih-tax-administration", "householdIncome"): {"monthly_income_km": "a lot"}}
    monkeypatch.setattr(cast, "RECORDS", wrong)
    a_draft(amra)
    fact = Fact.objects.get(provider="fbih-tax-administration")
    assert (fact.state, fact.refusal_code) == (FactState.REFUSED, "unexpected_value")


def test_she_can_say_that_a_fact_is_wrong_and_take_it_back(amra: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    named = ["monthly_income", "address"]
    dispute_fact(actor=amra, code=code, key="householdIncome", text="I earn 690, not 810.", named=named)
    fact = Fact.objects.get(key="householdIncome")
    assert (fact.dispute_text, fact.disputed_facts) == ("I earn 690, not 810.", ["monthly_income"])
    take_back_dispute(actor=amra, code=code, key="householdIncome")
    fact.refresh_from_db()
    assert (fact.disputed_at, fact.disputed_facts) == (None, [])


@pytest.mark.parametrize(
    ("named", "told", "wrong"),
    [
        (["b"], ["a", "b", "c"], ("b",)),
        (["c", "a", "x"], ["a", "b", "c"], ("a", "c")),
        ([], ["a"], ("a",)),
        ([], [], ()),
    ],
)
def test_a_remark_is_about_what_she_named(named: list[str], told: list[str], wrong: tuple[str, ...]) -> None:
    assert rules.named_facts(named, told) == wrong


@pytest.mark.parametrize("named", [[], ["x"]])
def test_of_several_facts_she_names_the_wrong_one(named: list[str]) -> None:
    with pytest.raises(rules.FactNotNamed):
        rules.named_facts(named, ["a", "b"])


def test_there_is_nothing_to_dispute_while_a_register_is_silent(amra: Actor, bridge: Bridge) -> None:
    bridge.silent = {"brcko-registrar"}
    code = a_draft(amra)
    with pytest.raises(NothingToDispute):
        dispute_fact(actor=amra, code=code, key="childrenOfParent", text="No.")


def test_a_withdrawn_application_is_left_alone_and_can_be_taken_up_again(
    amra: Actor, bridge: Bridge, time: Clock
) -> None:
    bridge.silent = {"brcko-registrar"}
    code = a_draft(amra)
    answer_all(amra, code)
    send(amra, code)
    withdraw_case(actor=amra, code=code)
    bridge.asked.clear()
    time.now += timedelta(minutes=1)
    tasks.retry_waiting_facts(time.now)
    assert bridge.asked == []
    bridge.silent = set()
    restore_case(actor=amra, code=code)
    tasks.retry_waiting_facts(time.now)
    assert Case.objects.get().state == CaseState.TO_DECIDE


def test_withdrawing_twice_is_withdrawing_once(amra: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    withdraw_case(actor=amra, code=code)
    withdraw_case(actor=amra, code=code)
    assert AuditLine.objects.filter(action="withdrawn").count() == 1


@pytest.mark.parametrize("act", [ask_facts, agree_to_facts, withdraw_case])
def test_others_do_not_find_her_application(act: object, amra: Actor, milan: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    with pytest.raises(NotFound):
        act(actor=milan, code=code)  # type: ignore[operator]
    with pytest.raises(NotFound):
        find_case_sheet(milan, code)
    with pytest.raises(NotFound):
        find_case_sheet(ANONYMOUS, code)


def test_sanja_types_for_milan_and_the_case_says_so(sanja: Actor, bridge: Bridge) -> None:
    code = start_case_at_counter(
        actor=sanja,
        service="birth-extract",
        personal_number=MILAN_NUMBER,
        name="Milan Savić",
        identity_document="passport",
    )
    record_answer(actor=sanja, code=code, question="registrar", answer="zenica-registrar")
    ask_facts(actor=sanja, code=code)
    agree_to_facts(actor=sanja, code=code)
    record_answer(actor=sanja, code=code, question="language", answer="sr-Cyrl")
    assert send(sanja, code) == CaseState.DELIVERED
    sheet = find_case_sheet(sanja, code)
    assert sheet.channel == "counter"
    assert sheet.documents


def test_what_sanja_typed_is_milans_when_he_signs_in_himself(sanja: Actor, bridge: Bridge) -> None:
    code = start_case_at_counter(
        actor=sanja,
        service="birth-extract",
        personal_number=MILAN_NUMBER,
        name="Milan Savić",
        identity_document="passport",
    )
    milan = sign_in("Milan Savić", MILAN_NUMBER)
    assert find_case_sheet(milan, code).code == code


def test_only_a_clerk_applies_for_others(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    for actor in (amra, damir):
        with pytest.raises(NotAllowed):
            start_case_at_counter(
                actor=actor,
                service="birth-extract",
                personal_number=MILAN_NUMBER,
                name="Milan",
                identity_document="passport",
            )


def test_a_case_is_decided_by_the_rules_it_began_under(amra: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    case = Case.objects.get(code=code)
    assert catalogue._pinned(case.version_id).version == case.version_id


def test_two_presses_at_the_same_moment_send_once(amra: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    answer_all(amra, code)
    read_by_both = Case.objects.get(code=code)
    send(amra, code)
    applying._submit_once(read_by_both, amra, deliberate=False, shown=())
    assert AuditLine.objects.filter(action="received").count() == 1


def test_two_starts_at_the_same_moment_make_one_draft(
    amra: Actor, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, codes = applying._create, []

    def both_at_once(**asked: object) -> str:
        codes.append(create(**asked))  # type: ignore[arg-type]
        return create(**asked)  # type: ignore[arg-type]

    monkeypatch.setattr(applying, "_create", both_at_once)
    assert start_case(actor=amra, service="child-allowance") == codes[0]
    assert Case.objects.count() == 1


def test_a_register_that_hangs_does_not_hold_the_page(
    amra: Actor, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = Event()
    monkeypatch.setattr(inquiries, "DEADLINE_SECONDS", -0.4)
    bridge.before_answer = lambda: waiting.wait(5) and None
    began = monotonic()
    code = a_draft(amra)
    waiting.set()
    assert monotonic() - began < 2
    assert set(Case.objects.get(code=code).facts.values_list("state", flat=True)) == {FactState.WAITING}
