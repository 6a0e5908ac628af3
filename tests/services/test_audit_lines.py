"""Audit lines hold codes and references: no name of anybody, nothing that somebody typed."""

import json
from datetime import timedelta
from functools import partial

import pytest

from mostovi.kernel import audit
from mostovi.kernel.access import Actor
from mostovi.kernel.models import AuditLine
from mostovi.services import rules, tasks
from mostovi.services.actions.applying import (
    record_answer,
    restore_case,
    start_case_at_counter,
    submit_case,
    withdraw_case,
)
from mostovi.services.actions.asking import ask_anew, ask_facts
from mostovi.services.actions.desk import answer_official, ask_applicant, save_draft_decision, take_case
from mostovi.services.actions.disputing import dispute_fact, take_back_dispute
from mostovi.services.actions.handing_over import give_back_case
from mostovi.services.actions.reauthenticating import (
    ask_to_reauthenticate_to_take_back,
    fail_reauthentication,
    reauthenticate,
)
from mostovi.services.actions.seeing import see_answers
from mostovi.services.actions.taking_back import decide_anew, revoke_decision
from mostovi.services.models import Case, Fact, HistoryEntry
from mostovi.services.queries.desk_lists import list_desk
from mostovi.services.values import Outcome
from services.cast import AMRA_NUMBER, MILAN_NUMBER, Bridge, Clock, an_official
from services.story import a_draft, a_sent_case, answer_all, decide, seen_again

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
TYPED = "Typed-by-hand words, 118 KM"
SAID = (TYPED, "Typed", "Amra", "Milan", "Damir", "Vera", "Kova", "Savi", AMRA_NUMBER, MILAN_NUMBER)


def everything_an_applicant_does(amra: Actor) -> str:
    code = a_draft(amra)
    dispute_fact(actor=amra, code=code, key="householdIncome", text=TYPED, named=["monthly_income"])
    take_back_dispute(actor=amra, code=code, key="householdIncome")
    answer_all(amra, code)
    submit_case(actor=amra, code=code, token=Case.objects.get(code=code).submission_token)
    withdraw_case(actor=amra, code=code)
    restore_case(actor=amra, code=code)
    return code


def everything_an_official_does(damir: Actor, amra: Actor, code: str, time: Clock) -> None:
    list_desk(damir, text="Amra")
    take_case(actor=damir, code=code)
    give_back_case(actor=damir, code=code)
    take_case(actor=damir, code=code)
    ask_applicant(actor=damir, code=code, question=TYPED)
    answer_official(actor=amra, code=code, text=TYPED)
    dispute_fact(actor=amra, code=code, key="householdIncome", text=TYPED, named=["monthly_income"])
    ask_anew(actor=damir, code=code, key="householdIncome")
    see_answers(actor=amra, code=code, shown=[fact.answer_key for fact in Fact.objects.all()])
    save_draft_decision(actor=damir, code=code, outcome=Outcome.REFUSED, reasons=TYPED)
    decide(damir, code, Outcome.REFUSED, TYPED)
    tasks.seal_decided_cases(time.now)
    for take_back in (revoke_decision, decide_anew):
        fail_reauthentication(
            actor=damir, key=ask_to_reauthenticate_to_take_back(actor=damir, code=code), failure="cancelled"
        )
        key = ask_to_reauthenticate_to_take_back(actor=damir, code=code)
        reauthenticate(actor=damir, key=key, person_id=damir.person_id, authenticated_at=time.now)
        take_back(actor=seen_again(damir), code=code, reason=TYPED)
        time.now += timedelta(minutes=1)


def everything_a_clerk_does(clerk: Actor) -> None:
    begin = partial(
        start_case_at_counter,
        actor=clerk,
        service="birth-extract",
        personal_number=MILAN_NUMBER,
        identity_document="passport",
    )
    code = begin(name="Milan Savić")
    record_answer(actor=clerk, code=code, question="registrar", answer="zenica-registrar")
    ask_facts(actor=clerk, code=code)
    with pytest.raises(rules.OtherPerson):
        begin(name="Vera Marić")


def test_no_audit_line_of_any_act_holds_a_name_or_free_text(
    amra: Actor, milan: Actor, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    everything_an_official_does(damir, amra, everything_an_applicant_does(amra), time)
    everything_a_clerk_does(an_official("Sanja Marić", "banja-luka-administration", "clerk"))
    a_sent_case(milan, "birth-extract")
    lines = AuditLine.objects.all()
    assert len({line.action for line in lines}) > 20
    for line in lines:
        kept = json.dumps([line.action, line.case, line.purpose, line.detail], ensure_ascii=False)
        assert not [said for said in SAID if said in kept], line.action


def test_the_reasons_stay_with_the_case(amra: Actor, damir: Actor, bridge: Bridge, time: Clock) -> None:
    everything_an_official_does(damir, amra, a_sent_case(amra), time)
    kept = HistoryEntry.objects.filter(event__in=("revoked", "decided_anew"))
    assert [entry.detail["reason"] for entry in kept] == [TYPED, TYPED]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("told", [{"reason": "no wages"}, {"by": "Damir Babić"}, {"keys": ["a b"]}, {"n": 7}])
def test_a_line_with_anything_but_codes_is_not_written(told: dict[str, object]) -> None:
    official = an_official("Damir Babić", "tuzla-social-work", "caseworker")
    with pytest.raises(ValueError, match="holds more than codes"):
        audit.record(actor=official, action="decided", institution="tuzla-social-work", detail=told)
    assert not AuditLine.objects.exists()
