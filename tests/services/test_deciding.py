"""Damir decides: his office's cases, never his own, freshly signed in, with reasons."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from mostovi.exchange import public as exchange
from mostovi.kernel.access import Actor
from mostovi.kernel.errors import NotAllowed, NotFound
from mostovi.kernel.models import AuditLine, Message
from mostovi.services import public, rules, tasks
from mostovi.services.actions.applying import (
    agree_to_facts,
    record_answer,
    start_over,
    withdraw_case,
)
from mostovi.services.actions.asking import ask_facts
from mostovi.services.actions.desk import (
    answer_official,
    ask_applicant,
    save_draft_decision,
    take_case,
)
from mostovi.services.actions.issuing import issue_extract
from mostovi.services.actions.sealing import seal_decision
from mostovi.services.models import Case, Decision, Document
from mostovi.services.queries.case_sheets import find_case_sheet, find_desk_sheet
from mostovi.services.queries.cases import find_document
from mostovi.services.queries.desk_lists import list_desk
from mostovi.services.queries.draft_sheets import find_draft_sheet
from mostovi.services.values import CaseState, FactState, Outcome
from services.cast import Bridge, Clock, an_official
from services.story import a_draft, a_sent_case, answer_all, decide, send

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
REASONS = "Amra lives in Tuzla, Dino lives with her, and the income is below the limit."


def decided(amra: Actor, damir: Actor, outcome: Outcome = Outcome.APPROVED) -> str:
    code = a_sent_case(amra)
    take_case(actor=damir, code=code)
    decide(damir, code, outcome, REASONS)
    return code


def test_damir_decides_and_amra_gets_a_sealed_decision(
    amra: Actor, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    code = decided(amra, damir)
    tasks.seal_decided_cases(time.now)
    sheet = find_case_sheet(amra, code)
    assert sheet.state == CaseState.DELIVERED
    assert sheet.decision is not None
    assert sheet.decision.amount_km == 118
    (summary,) = sheet.documents
    assert find_document(amra, code, summary.code).pdf.startswith(b"%PDF-")
    assert Message.objects.filter(template="services.delivered").count() == 1


def test_the_gateway_learns_who_decided_by_pseudonym_and_when_they_signed_in(
    amra: Actor, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    code = decided(amra, damir)
    tasks.seal_decided_cases(time.now)
    (sealed,) = bridge.sealed
    record = sealed["decision"]
    assert record.case == code
    assert "Damir" not in str(record)
    assert record.authenticated_at == damir.authenticated_at


def test_two_workers_with_the_same_list_seal_once(
    amra: Actor, damir: Actor, bridge: Bridge, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one listed the case before the first took it, and comes to it while the first is sealing."""
    code = decided(amra, damir)
    seal = exchange.seal_document

    def seal_while_another_tries(**asked: object) -> bytes:
        seal_decision(code=code, now=time.now)
        return seal(**asked)  # type: ignore[arg-type]

    monkeypatch.setattr(exchange, "seal_document", seal_while_another_tries)
    seal_decision(code=code, now=time.now)
    assert len(bridge.sealed) == 1
    assert find_case_sheet(amra, code).state == CaseState.DELIVERED


def test_two_workers_with_the_same_list_ask_for_one_extract(
    milan: Actor, bridge: Bridge, time: Clock
) -> None:
    bridge.silent = {"zenica-registrar"}
    code = a_sent_case(milan, "birth-extract")
    bridge.silent, time.now = set(), time.now + timedelta(seconds=20)
    public.do_due_work(time.now)
    asked = len(bridge.asked)
    time.now += timedelta(seconds=20)
    bridge.before_answer = lambda: issue_extract(code=code, now=time.now)
    issue_extract(code=code, now=time.now)
    assert len(bridge.asked) <= asked + 1
    assert Document.objects.count() == 1


def test_sealing_waits_for_the_gateway_and_reserves_one_code(
    amra: Actor, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    code = decided(amra, damir)
    bridge.sealing_down = True
    tasks.seal_decided_cases(time.now)
    assert Case.objects.get().state == CaseState.DECIDED
    assert find_case_sheet(amra, code).documents == ()
    bridge.sealing_down = False
    time.now += timedelta(minutes=1)
    tasks.seal_decided_cases(time.now)
    tasks.seal_decided_cases(time.now)
    assert Case.objects.get().state == CaseState.DELIVERED
    assert bridge.reserved == 1
    assert len(bridge.sealed) == 1


def test_a_time_stamp_authority_that_is_down_changes_nothing_but_the_hour(
    amra: Actor, damir: Actor, bridge: Bridge, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(amra, damir)
    seal = exchange.seal_document
    sent: list[bytes] = []

    def stamp_is_down(**asked: bytes) -> bytes:
        sent.append(asked["pdf"])
        raise exchange.NoAnswer

    monkeypatch.setattr(exchange, "seal_document", stamp_is_down)
    tasks.seal_decided_cases(time.now)
    monkeypatch.setattr(exchange, "seal_document", seal)
    time.now += timedelta(minutes=1)
    tasks.seal_decided_cases(time.now)
    assert bridge.reserved == 1
    assert bridge.sealed[0]["pdf"] == sent[0]
    assert Document.objects.get().sealed_at is not None


def test_a_case_is_decided_once(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    code = decided(amra, damir)
    with pytest.raises(rules.WrongState):
        decide(damir, code, Outcome.REFUSED, REASONS)
    assert Decision.objects.get().outcome == Outcome.APPROVED


def test_a_refusal_has_no_amount(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    decided(amra, damir, Outcome.REFUSED)
    assert Decision.objects.get().amount_feninga is None


def test_nobody_approves_what_the_rules_give_no_amount_for(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    bridge.unknown = {"fbih-tax-administration"}
    with pytest.raises(rules.AmountUnknown):
        decided(amra, damir)


def test_nobody_decides_their_own_case(damir: Actor, bridge: Bridge, amra: Actor) -> None:
    office = replace(amra, kind="official", institution="tuzla-social-work", roles=frozenset({"caseworker"}))
    code = a_sent_case(amra)
    with pytest.raises(rules.OwnCase):
        take_case(actor=office, code=code)


def test_an_official_of_another_institution_does_not_find_the_case(amra: Actor, bridge: Bridge) -> None:
    jelena = an_official("Jelena", "zenica-registrar", "caseworker")
    code = a_sent_case(amra)
    with pytest.raises(NotFound):
        take_case(actor=jelena, code=code)
    with pytest.raises(NotFound):
        find_desk_sheet(jelena, code)
    assert list_desk(jelena).total == 0


def test_the_auditor_sees_no_case(amra: Actor, zlata: Actor, bridge: Bridge) -> None:
    code = a_sent_case(amra)
    with pytest.raises(NotAllowed):
        find_desk_sheet(zlata, code)
    with pytest.raises(NotFound):
        find_case_sheet(zlata, code)


def test_damir_does_not_see_drafts(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    assert list_desk(damir).total == 0
    with pytest.raises(NotFound):
        find_desk_sheet(damir, code)


def test_each_look_of_an_official_leaves_a_line(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    code = a_sent_case(amra)
    find_desk_sheet(damir, code)
    line = AuditLine.objects.get(action="case_read")
    assert (line.actor_id, line.subject_id, line.case) == (damir.person_id, amra.person_id, code)


def test_looking_through_the_desk_leaves_a_line(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    a_sent_case(amra)
    list_desk(damir)
    assert AuditLine.objects.get(action="desk_read").actor_id == damir.person_id


def test_her_own_look_leaves_none(amra: Actor, bridge: Bridge) -> None:
    code = a_sent_case(amra)
    find_case_sheet(amra, code)
    assert not AuditLine.objects.filter(action="case_read").exists()


def test_the_desk_shows_what_the_rules_say_with_their_articles(
    amra: Actor, damir: Actor, bridge: Bridge
) -> None:
    desk = find_desk_sheet(damir, a_sent_case(amra))
    assert desk.proposal == "grant"
    assert desk.amount_km == 118
    assert {line.article for line in desk.lines} == {"5", "9", "11"}
    assert all(line.state == "met" and line.sentence for line in desk.lines)


def test_the_desk_lists_what_is_due_first(
    amra: Actor, milan: Actor, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    first = a_sent_case(amra)
    time.now += timedelta(days=2)
    second = a_sent_case(milan)
    assert [line.code for line in list_desk(damir).lines] == [first, second]


def test_a_draft_decision_survives_signing_in_again(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    code = a_sent_case(amra)
    take_case(actor=damir, code=code)
    save_draft_decision(actor=damir, code=code, outcome=Outcome.APPROVED, reasons="half a sen")
    desk = find_desk_sheet(damir, code)
    assert (desk.draft_outcome, desk.draft_reasons) == (Outcome.APPROVED, "half a sen")


def test_the_clock_stands_still_while_the_applicant_is_asked(
    amra: Actor, damir: Actor, bridge: Bridge, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = a_sent_case(amra)
    take_case(actor=damir, code=code)
    monkeypatch.setattr(timezone, "localdate", lambda *_: date(2026, 11, 25))
    ask_applicant(actor=damir, code=code, question="Since when does Dino go to school?")
    with pytest.raises(rules.WrongState):
        decide(damir, code, Outcome.APPROVED, REASONS)
    monkeypatch.setattr(timezone, "localdate", lambda *_: date(2026, 11, 30))
    answer_official(actor=amra, code=code, text="Since September.")
    case = Case.objects.get()
    assert case.state == CaseState.TO_DECIDE
    assert case.due_on == date(2026, 12, 26)


def test_a_decided_case_cannot_be_withdrawn(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    code = decided(amra, damir)
    with pytest.raises(rules.WrongState):
        withdraw_case(actor=amra, code=code)


def test_every_write_leaves_one_audit_line(amra: Actor, damir: Actor, bridge: Bridge, time: Clock) -> None:
    code = decided(amra, damir)
    public.do_due_work(time.now)
    actions = list(AuditLine.objects.filter(case=code).order_by("at").values_list("action", flat=True))
    for action in ("started", "registers_asked", "facts_agreed", "received", "complete", "taken", "decided"):
        assert actions.count(action) == 1, action
    assert actions.count("sealed") == actions.count("delivered") == 1


def test_milans_extract_is_issued_with_no_official_involved(milan: Actor, bridge: Bridge) -> None:
    code = a_sent_case(milan, "birth-extract")
    sheet = find_case_sheet(milan, code)
    assert sheet.state == CaseState.DELIVERED
    (summary,) = sheet.documents
    assert summary.issuer == "zenica-registrar"
    assert find_document(milan, code, summary.code).pdf == bridge.extract
    asked = bridge.asked[-1]
    assert (asked["service"], asked["parameters"]) == ("birthExtract", {"language": "sr-Cyrl"})


def test_zenica_is_unplugged_and_the_extract_comes_by_itself(
    milan: Actor, bridge: Bridge, time: Clock
) -> None:
    bridge.silent = {"zenica-registrar"}
    code = a_sent_case(milan, "birth-extract")
    assert find_case_sheet(milan, code).state == CaseState.WAITING_FOR_FACTS
    bridge.silent = set()
    for _ in range(3):
        time.now += timedelta(seconds=20)
        public.do_due_work(time.now)
    assert find_case_sheet(milan, code).state == CaseState.DELIVERED
    assert Document.objects.count() == 1


def test_zenica_goes_silent_just_before_the_extract(milan: Actor, bridge: Bridge, time: Clock) -> None:
    code = a_draft(milan, "birth-extract")
    answer_all(milan, code)
    bridge.silent = {"zenica-registrar"}
    assert send(milan, code) == CaseState.WAITING_FOR_FACTS
    bridge.silent = set()
    time.now += timedelta(seconds=20)
    tasks.issue_waiting_extracts(time.now)
    assert find_case_sheet(milan, code).state == CaseState.DELIVERED


def test_what_is_no_pdf_is_not_delivered(milan: Actor, bridge: Bridge) -> None:
    bridge.extract = b"<html>error</html>"
    code = a_sent_case(milan, "birth-extract")
    assert find_case_sheet(milan, code).state == CaseState.WAITING_FOR_APPLICANT
    assert not Document.objects.exists()


def test_without_an_entry_nothing_is_sent_and_another_place_is_chosen(milan: Actor, bridge: Bridge) -> None:
    bridge.unknown = {"zenica-registrar"}
    code = a_draft(milan, "birth-extract")
    assert find_draft_sheet(milan, code).no_entry_at == "zenica-registrar"
    with pytest.raises(rules.NoEntry):
        agree_to_facts(actor=milan, code=code)
    bridge.unknown = set()
    record_answer(actor=milan, code=code, question="registrar", answer="brcko-registrar")
    case = Case.objects.get(code=code)
    assert set(case.facts.values_list("provider", "state")) == {("brcko-registrar", FactState.NOT_ASKED)}
    record_answer(actor=milan, code=code, question="registrar", answer="zenica-registrar")
    ask_facts(actor=milan, code=code)
    answer_all(milan, code)
    assert send(milan, code) == CaseState.DELIVERED


def test_a_register_that_turns_out_to_have_no_entry_gives_the_application_back(
    milan: Actor, bridge: Bridge
) -> None:
    code = a_draft(milan, "birth-extract")
    answer_all(milan, code)
    bridge.unknown = {"zenica-registrar"}
    assert send(milan, code) == CaseState.WAITING_FOR_APPLICANT
    sheet = find_case_sheet(milan, code)
    assert sheet.returned_by == "zenica-registrar"
    assert {"withdraw", "start_over"} <= sheet.steps
    with pytest.raises(NotAllowed):
        answer_official(actor=milan, code=code, text="Look again, please.")
    new = start_over(actor=milan, code=code)
    assert find_case_sheet(milan, code).state == CaseState.WITHDRAWN
    assert find_draft_sheet(milan, new).open_questions == ("registrar", "language")


def test_a_silent_register_without_an_entry_gives_the_application_back_later(
    milan: Actor, bridge: Bridge, time: Clock
) -> None:
    bridge.silent = {"zenica-registrar"}
    code = a_sent_case(milan, "birth-extract")
    bridge.silent, bridge.unknown = set(), {"zenica-registrar"}
    for _ in range(3):
        time.now += timedelta(seconds=20)
        public.do_due_work(time.now)
    assert find_case_sheet(milan, code).returned_by == "zenica-registrar"


def test_a_withdrawal_in_the_same_moment_wins_over_the_document(milan: Actor, bridge: Bridge) -> None:
    code = a_draft(milan, "birth-extract")
    answer_all(milan, code)
    bridge.before_answer = lambda: withdraw_case(actor=milan, code=code)
    assert send(milan, code) == CaseState.WITHDRAWN
    assert not Document.objects.exists()


def test_the_tracking_code_tells_state_and_day_and_nothing_else(
    amra: Actor, bridge: Bridge, time: Clock
) -> None:
    code = a_sent_case(amra)
    tracking = public.find_by_tracking_code(code)
    assert (tracking.state, str(tracking.due_on)) == (CaseState.TO_DECIDE, "2026-12-21")
    assert "Amra" not in str(tracking)


def test_a_draft_cannot_be_tracked(amra: Actor, bridge: Bridge) -> None:
    with pytest.raises(NotFound):
        public.find_by_tracking_code(a_draft(amra))


def test_savings_count_papers_and_ways_of_sent_applications(
    amra: Actor, milan: Actor, bridge: Bridge
) -> None:
    a_draft(milan)
    a_sent_case(amra)
    a_sent_case(milan, "birth-extract")
    savings = public.count_savings()
    assert (savings.papers, savings.visits) == (5, 5)
    assert 300 < savings.kilometres < 700


def test_cases_are_counted_by_state(amra: Actor, milan: Actor, bridge: Bridge) -> None:
    a_sent_case(amra)
    a_draft(milan)
    counts = public.count_cases_by_state()
    assert (counts[CaseState.TO_DECIDE], counts[CaseState.DRAFT], counts[CaseState.DELIVERED]) == (1, 1, 0)


def test_services_are_listed_by_title_in_the_language_of_the_reader(db: None) -> None:
    with override("en"):
        assert [service.title for service in public.list_services()] == ["Birth extract", "Child allowance"]
