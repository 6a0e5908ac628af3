"""Whatever somebody writes in own words is kept as it reads; what nobody sees passes for no words."""

from datetime import timedelta

import pytest

from mostovi.kernel.access import Actor
from mostovi.services import rules, tasks
from mostovi.services.actions.applying import record_answer, start_case_at_counter
from mostovi.services.actions.desk import answer_official, ask_applicant, save_draft_decision, take_case
from mostovi.services.actions.disputing import dispute_fact
from mostovi.services.actions.reauthenticating import ask_to_reauthenticate_to_take_back, reauthenticate
from mostovi.services.actions.taking_back import revoke_decision
from mostovi.services.definition.answers import AnswerMissing
from mostovi.services.models import Case, Document, Fact
from mostovi.services.values import Outcome
from services.cast import MILAN_NUMBER, Bridge, Clock
from services.story import a_draft, a_sent_case, answer_all, decide, seen_again
from services.test_citizen_pages import browser

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
TYPED = "\ufeffIt is 600\u202e,\x00 not 690\u200b.\r\nSee my slip\u2069."
KEPT = "It is 600, not 690.\nSee my slip."
NOTHING = "\u200b \u2066\x07" * 30


def test_a_remark_a_question_its_answer_and_the_reasons(
    amra: Actor, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    code = a_sent_case(amra)
    take_case(actor=damir, code=code)
    dispute_fact(actor=amra, code=code, key="householdIncome", text=TYPED, named=["monthly_income"])
    ask_applicant(actor=damir, code=code, question=TYPED)
    answer_official(actor=amra, code=code, text=TYPED)
    save_draft_decision(actor=damir, code=code, outcome=Outcome.REFUSED, reasons=TYPED)
    case = Case.objects.get()
    assert Fact.objects.get(key="householdIncome").dispute_text == KEPT
    assert (case.question_from_official, case.reply_from_applicant, case.draft_reasons) == (KEPT, KEPT, KEPT)
    decide(damir, code, Outcome.REFUSED, TYPED)
    assert Case.objects.get().decisions.get().reasons == KEPT
    tasks.seal_decided_cases(time.now)
    time.now += timedelta(minutes=1)
    key = ask_to_reauthenticate_to_take_back(actor=damir, code=code)
    reauthenticate(actor=damir, key=key, person_id=damir.person_id, authenticated_at=time.now)
    revoke_decision(actor=seen_again(damir), code=code, reason=TYPED)
    assert (Document.objects.get().reason, bridge.revoked[0]["reason"]) == (KEPT, KEPT)


def test_a_name_at_the_counter(sanja: Actor, bridge: Bridge) -> None:
    start_case_at_counter(
        actor=sanja,
        service="birth-extract",
        personal_number=MILAN_NUMBER,
        name=" Mi\u200blan\u202e\n  Savić ",
        identity_document="passport",
    )
    assert Case.objects.get().applicant_name == "Milan Savić"


def test_nothing_that_nobody_sees_passes_for_words(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    draft = a_draft(amra)
    answer_all(amra, draft)
    with pytest.raises(AnswerMissing):
        record_answer(actor=amra, code=draft, question="account", answer=NOTHING)
    shown = Fact.objects.get(key="householdIncome").answer_key
    typed = {"text": NOTHING, "named": "monthly_income", "shown": shown}
    refused = browser(amra).post(f"/zahtjevi/{draft}/podaci/householdIncome/primjedba?lang=en", typed)
    assert refused.status_code == 422
    assert "Write a sentence or two" in refused.content.decode()
    code = a_sent_case(amra)
    take_case(actor=damir, code=code)
    with pytest.raises(rules.TextMissing):
        ask_applicant(actor=damir, code=code, question=NOTHING)
    with pytest.raises(rules.ReasonsMissing):
        decide(damir, code, Outcome.REFUSED, NOTHING)
