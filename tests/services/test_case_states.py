"""The life of a case: who may do what, and that no sequence of acts leads where its steps do not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from definitions import service
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from ruamel.yaml import YAML

from mostovi.kernel.access import ANONYMOUS, Actor, system_actor
from mostovi.kernel.errors import NotAllowed, Refusal
from mostovi.services import rules
from mostovi.services.definition import ServiceDefinition, goes_on, life_of
from mostovi.services.definition.frame import FRAME, WHERE_IT_WAS
from mostovi.services.definition.outcomes import Proposal, Situation
from mostovi.services.rules.refusals import NameMissing
from mostovi.services.rules.transitions import BESIDE
from mostovi.services.values import CaseState, Outcome, Party, Standing, Step, WaitsFor

NOW = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
OFFICE = "tuzla-social-work"
AMRA = Actor(kind="person", person_id=1, name="Amra Kovač", authenticated_at=NOW)
MILAN = Actor(kind="person", person_id=2, name="Milan Savić", authenticated_at=NOW)
DAMIR = Actor(
    kind="official", person_id=3, institution=OFFICE, roles=frozenset({"caseworker"}), authenticated_at=NOW
)
COLLEAGUE = replace(DAMIR, person_id=4)
JELENA = replace(DAMIR, person_id=5, institution="zenica-registrar")
SANJA = Actor(
    kind="official",
    person_id=6,
    institution="banja-luka-administration",
    roles=frozenset({"clerk"}),
    authenticated_at=NOW,
)
ZLATA = Actor(kind="auditor", person_id=7, roles=frozenset({"auditor"}), authenticated_at=NOW)
MOSTOVI = system_actor("worker")
EVERYONE = [AMRA, MILAN, DAMIR, COLLEAGUE, JELENA, SANJA, ZLATA, MOSTOVI, ANONYMOUS]
REASONS = "The income of the household is below the limit."


ALLOWANCE, EXTRACT = service("child-allowance"), service("birth-extract")


def a_case(state: CaseState = CaseState.TO_DECIDE, **other: object) -> Standing:
    case = Standing(
        code="K4T92M7AE", institution=OFFICE, state=state, applicant_id=1, life=life_of(ALLOWANCE)
    )
    return replace(case, **other)  # type: ignore[arg-type]


@pytest.mark.parametrize("actor", [MILAN, JELENA, SANJA, ZLATA, ANONYMOUS])
@pytest.mark.parametrize("state", list(CaseState))
def test_other_peoples_cases_do_not_exist(actor: Actor, state: CaseState) -> None:
    with pytest.raises(rules.CaseNotFound):
        rules.check_can_see(actor, a_case(state))


def test_the_office_does_not_see_a_draft() -> None:
    with pytest.raises(rules.CaseNotFound):
        rules.check_can_see(DAMIR, a_case(CaseState.DRAFT))


def test_the_office_does_not_see_a_draft_that_was_withdrawn() -> None:
    with pytest.raises(rules.CaseNotFound):
        rules.check_can_see(DAMIR, a_case(CaseState.WITHDRAWN, state_before_withdrawal=CaseState.DRAFT))


def test_nobody_decides_their_own_case() -> None:
    own = a_case(applicant_id=3, assigned_to_id=3)
    with pytest.raises(rules.OwnCase):
        rules.check_can_decide(DAMIR, own)


def test_nobody_takes_their_own_case() -> None:
    with pytest.raises(rules.OwnCase):
        rules.check_can_take(DAMIR, a_case(applicant_id=3))


@pytest.mark.parametrize(
    ("outcome", "proposal"), [(outcome, proposal) for outcome in Outcome for proposal in Proposal]
)
def test_only_who_approves_what_the_rules_propose_needs_no_words_of_their_own(
    outcome: Outcome, proposal: Proposal
) -> None:
    if (outcome, proposal) == (Outcome.APPROVED, Proposal.GRANT):
        rules.check_reasons(outcome, proposal, "")
    else:
        with pytest.raises(rules.ReasonsMissing):
            rules.check_reasons(outcome, proposal, "  no  ")
    rules.check_reasons(outcome, proposal, REASONS)


def test_a_case_is_taken_before_it_is_decided() -> None:
    with pytest.raises(rules.NotTaken):
        rules.check_can_decide(DAMIR, a_case())


def test_a_colleague_does_not_decide_a_case_that_is_taken() -> None:
    with pytest.raises(rules.TakenByColleague):
        rules.check_can_decide(COLLEAGUE, a_case(assigned_to_id=3))


def test_the_official_who_took_it_decides() -> None:
    rules.check_can_decide(DAMIR, a_case(assigned_to_id=3))


@pytest.mark.parametrize(
    "state", [CaseState.DECIDED, CaseState.SEALED, CaseState.DELIVERED, CaseState.WITHDRAWN]
)
def test_a_decided_case_is_not_withdrawn(state: CaseState) -> None:
    with pytest.raises(rules.WrongState):
        rules.check_can(Step.WITHDRAW, AMRA, a_case(state))


def test_a_clerk_helps_only_until_the_application_is_sent() -> None:
    helped = a_case(CaseState.DRAFT, assisted_by_id=6)
    rules.check_can(Step.SUBMIT, SANJA, helped)
    with pytest.raises(rules.WrongState):
        rules.check_can(Step.ANSWER, SANJA, replace(helped, state=CaseState.TO_DECIDE))
    with pytest.raises(NotAllowed):
        rules.check_can(Step.WITHDRAW, SANJA, helped)


def test_a_withdrawn_application_is_taken_up_again_within_a_day() -> None:
    case = a_case(CaseState.WITHDRAWN, state_before_withdrawal=CaseState.TO_DECIDE, withdrawn_at=NOW)
    rules.check_can_restore(AMRA, case, NOW + timedelta(hours=23))
    with pytest.raises(rules.RestoreTooLate):
        rules.check_can_restore(AMRA, case, NOW + timedelta(hours=25))


@pytest.mark.parametrize(
    ("definition", "state", "situation", "step"),
    [
        (ALLOWANCE, CaseState.RECEIVED, {"silent": True, "gaps": True}, Step.WAIT_FOR_FACTS),
        (ALLOWANCE, CaseState.RECEIVED, {"silent": True, "open": True}, Step.ASK_MISSING),
        (ALLOWANCE, CaseState.RECEIVED, {"gaps": True}, Step.COMPLETE),
        (ALLOWANCE, CaseState.RECEIVED, {}, Step.COMPLETE),
        (ALLOWANCE, CaseState.WAITING_FOR_FACTS, {"silent": True}, None),
        (ALLOWANCE, CaseState.TO_DECIDE, {}, None),
        (ALLOWANCE, CaseState.TO_DECIDE, {"open": True}, Step.ASK_MISSING),
        (ALLOWANCE, CaseState.WAITING_FOR_APPLICANT, {"open": True}, None),
        (ALLOWANCE, CaseState.WAITING_FOR_APPLICANT, {"silent": True}, Step.WAIT_FOR_FACTS),
        (EXTRACT, CaseState.RECEIVED, {"silent": True}, Step.WAIT_FOR_FACTS),
        (EXTRACT, CaseState.RECEIVED, {}, Step.ISSUE),
        (EXTRACT, CaseState.RECEIVED, {"gaps": True}, Step.RETURN_TO_APPLICANT),
        (EXTRACT, CaseState.WAITING_FOR_FACTS, {"gaps": True}, Step.RETURN_TO_APPLICANT),
        (EXTRACT, CaseState.DRAFT, {}, None),
    ],
)
def test_the_steps_say_where_a_sent_application_goes_by_itself(
    definition: ServiceDefinition, state: CaseState, situation: dict[str, bool], step: Step | None
) -> None:
    action = goes_on(definition.step(state), Situation(Proposal.UNKNOWN, **situation))
    assert (action.name if action else None) == step


@given(st.integers(min_value=0, max_value=10_000))
def test_a_silent_register_is_asked_again_soon_but_not_in_a_hurry(tries: int) -> None:
    delay = rules.retry_delay(tries)
    assert timedelta(seconds=2) <= delay <= timedelta(minutes=10)
    assert delay <= rules.retry_delay(tries + 1)


def test_every_state_can_be_reached_and_left() -> None:
    reached = {CaseState.DRAFT} | {CaseState(row.target) for row in FRAME if row.step != Step.RESTORE}
    assert reached == set(CaseState)
    assert {state for row in FRAME for state in row.sources} == set(CaseState)


def test_every_step_stands_in_the_frame_or_leaves_the_case_where_it_is() -> None:
    assert {row.step for row in FRAME} | {row.step for row in BESIDE} == set(Step)


def test_the_diagram_in_the_documentation_is_the_frame() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/case-states.md").read_text(encoding="utf-8")
    assert rules.diagram() in page
    assert rules.table() in page
    assert rules.table_beside() in page


def test_what_no_steps_name_nobody_may_do() -> None:
    for step in Step:
        for actor in EVERYONE:
            with pytest.raises(Refusal):
                rules.check_can(step, actor, a_case(life=(), assigned_to_id=3))


_WAITS_FOR = {
    Step.ASK_APPLICANT: WaitsFor.REPLY,
    Step.RETURN_TO_APPLICANT: WaitsFor.ANOTHER_PLACE,
    Step.ASK_MISSING: WaitsFor.ANSWERS,
}


class CaseLife(RuleBasedStateMachine):
    """Anybody tries anything in any order; what the steps say, and what always holds, must survive."""

    case = a_case(CaseState.DRAFT)

    @initialize(key=st.sampled_from(["child-allowance", "birth-extract"]))
    def begin(self, key: str) -> None:
        definition = service(key)
        self.steps = YAML(typ="safe").load(definition.files["steps.yaml"])["steps"]
        self.case = a_case(CaseState.DRAFT, assisted_by_id=6, life=life_of(definition))
        self.submitted = self.decided = self.sealed = False

    @rule(step=st.sampled_from(Step), actor=st.sampled_from(EVERYONE))
    def somebody_tries_a_step(self, step: Step, actor: Actor) -> None:
        back_to = self.case.state_before_withdrawal if step == Step.RESTORE else None
        try:
            self._check(step, actor)
            target = rules.target_of(step, self.case.state, self.case.life, back_to=back_to)
        except Refusal:
            return
        self._is_named(step, actor, target)
        self._note(step, actor, target)

    def _is_named(self, step: Step, actor: Actor, target: CaseState) -> None:
        """As the file says it, whatever the program made of it."""
        entry = self.steps[self.case.state].get("may", {}).get(step)
        if entry is None:
            assert target == self.case.state
            return
        assert rules.party_of(actor, self.case) in entry["who"]
        assert entry["to"] in {target, WHERE_IT_WAS}
        if entry["to"] == WHERE_IT_WAS:
            assert target == self.case.state_before_withdrawal

    def _check(self, step: Step, actor: Actor) -> None:
        if step == Step.DECIDE:
            rules.check_can_decide(actor, self.case)
        elif step == Step.TAKE:
            rules.check_can_take(actor, self.case)
        elif step in (Step.ASK_APPLICANT, Step.DRAFT_DECISION, Step.ASK_ANEW):
            rules.check_can_work_on(step, actor, self.case)
        elif step == Step.RESTORE:
            rules.check_can_restore(actor, self.case, NOW)
        else:
            rules.check_can(step, actor, self.case)

    def _note(self, step: Step, actor: Actor, target: CaseState) -> None:
        changes: dict[str, object] = {"state": target}
        if step == Step.TAKE:
            changes["assigned_to_id"] = actor.person_id
        if target == CaseState.WAITING_FOR_APPLICANT and step in _WAITS_FOR:
            changes["waits_for"] = _WAITS_FOR[step]
        if target == CaseState.WITHDRAWN:
            changes |= {"state_before_withdrawal": self.case.state, "withdrawn_at": NOW}
        if step == Step.DECIDE:
            assert rules.party_of(actor, self.case) == Party.CASEWORKER
            assert self.submitted
        if step == Step.SEAL:
            assert self.decided
        if step == Step.DELIVER:
            assert self.sealed
        if step in (Step.SEAL, Step.ISSUE, Step.REVOKE):
            changes["has_valid_paper"] = step != Step.REVOKE
        self.submitted |= step == Step.SUBMIT
        self.decided = (self.decided or step == Step.DECIDE) and step != Step.DECIDE_ANEW
        self.sealed |= step in (Step.SEAL, Step.ISSUE)
        self.case = replace(self.case, **changes)  # type: ignore[arg-type]

    @invariant()
    def it_stands_where_its_steps_name_a_state(self) -> None:
        if hasattr(self, "steps"):
            assert self.case.state in self.steps

    @invariant()
    def nothing_is_decided_that_was_not_sent(self) -> None:
        if self.case.state not in (CaseState.DRAFT, CaseState.WITHDRAWN):
            assert self.submitted

    @invariant()
    def what_is_decided_stays_decided(self) -> None:
        if self.decided:
            assert self.case.state in (
                CaseState.DECIDED,
                CaseState.SEALED,
                CaseState.DELIVERED,
                CaseState.REVOKED,
            )

    @invariant()
    def strangers_never_see_it(self) -> None:
        for actor in (MILAN, JELENA, ZLATA, ANONYMOUS):
            assert rules.party_of(actor, self.case) is None


TestCaseLife = CaseLife.TestCase


@pytest.mark.parametrize("text", ["a" * 2000, "a\r\n" * 1000, "š" * 2000])
def test_two_thousand_signs_are_enough_for_anybody(text: str) -> None:
    rules.check_text(text)


@pytest.mark.parametrize("text", ["", " \n", "\u200b" * 30, "\x00", "\u202e\u2066", "\u3164" * 30])
def test_a_text_of_which_nothing_is_seen_is_none(text: str) -> None:
    with pytest.raises(rules.TextMissing):
        rules.check_text(text)
    with pytest.raises(NameMissing):
        rules.check_name(text)
    with pytest.raises(rules.ReasonsTooShort):
        rules.check_withdrawal_reason("Too short" + text)
    with pytest.raises(rules.ReasonsMissing):
        rules.check_reasons(Outcome.REFUSED, Proposal.GRANT, "Too short" + text)


def test_a_text_that_is_too_long_is_refused_with_both_numbers() -> None:
    with pytest.raises(rules.TooLong) as refusal:
        rules.check_text("a" * 200_000)
    assert refusal.value.sentence() == "At most 2000 characters; yours has 200000."
