"""Real acts in any order: a case stands only where the steps of its service lead."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

import mostovi.services
from effort import examples
from mostovi.kernel.access import Actor
from mostovi.kernel.errors import Refusal
from mostovi.services import catalogue, tasks
from mostovi.services.actions.applying import restore_case, start_over, withdraw_case
from mostovi.services.actions.asking import ask_anew
from mostovi.services.actions.desk import answer_official, ask_applicant, take_case
from mostovi.services.actions.disputing import dispute_fact
from mostovi.services.actions.handing_over import give_back_case
from mostovi.services.actions.reauthenticating import ask_to_reauthenticate_to_take_back, reauthenticate
from mostovi.services.actions.seeing import see_answers
from mostovi.services.actions.taking_back import decide_anew, revoke_decision
from mostovi.services.models import Case, Decision, Fact
from mostovi.services.values import Outcome
from services.cast import Bridge, Clock
from services.story import a_draft, answer_all, decide, seen_again, send

REASON = "The amount was computed with last year's wage."
REGISTERS = {"child-allowance": "brcko-registrar", "birth-extract": "zenica-registrar"}


class Life:
    """One application, and everybody who may do something to it."""

    def __init__(self, service: str, person: Actor, official: Actor, bridge: Bridge, time: Clock) -> None:
        self.service, self.person, self.official = service, person, official
        self.bridge, self.time = bridge, time
        self.code = a_draft(person, service)
        self.steps = YAML(typ="safe").load(catalogue.find_definition(service).files["steps.yaml"])["steps"]

    def acts(self) -> Mapping[str, Callable[[], object]]:
        person, official = ({"actor": who, "code": self.code} for who in (self.person, self.official))
        return {
            "unplug": lambda: self.bridge.silent.add(REGISTERS[self.service]),
            "plug": self.bridge.silent.clear,
            "forget": lambda: self.bridge.unknown.add(REGISTERS[self.service]),
            "send": lambda: (answer_all(self.person, self.code), send(self.person, self.code)),
            "withdraw": lambda: withdraw_case(**person),
            "restore": lambda: restore_case(**person),
            "start over": lambda: start_over(**person),
            "reply": lambda: answer_official(**person, text="He lives with me."),
            "dispute": lambda: dispute_fact(**person, key="residence", text="We have moved."),
            "take": lambda: take_case(**official),
            "give back": lambda: give_back_case(**official),
            "ask anew": lambda: ask_anew(**official, key="residence"),
            "ask": lambda: ask_applicant(**official, question="Where does he live?"),
            "decide": lambda: (take_case(**official), decide(self.official, self.code)),
            "refuse": lambda: decide(self.official, self.code, Outcome.REFUSED, REASON),
            "revoke": lambda: revoke_decision(actor=self._sign_in(), code=self.code, reason=REASON),
            "anew": lambda: decide_anew(actor=self._sign_in(), code=self.code, reason=REASON),
            "see": lambda: see_answers(**person, shown=self._answers()),
            "wait": self._wait,
            "wait a week": self._wait_a_week,
        }

    def _sign_in(self) -> Actor:
        key = ask_to_reauthenticate_to_take_back(actor=self.official, code=self.code)
        reauthenticate(
            actor=self.official,
            key=key,
            person_id=self.official.person_id,
            authenticated_at=self.time.now,
        )
        return seen_again(self.official)

    def _wait(self) -> None:
        self.time.now += timedelta(seconds=30)
        tasks.retry_waiting_facts(self.time.now)
        tasks.settle_sent_cases(self.time.now)
        tasks.issue_waiting_extracts(self.time.now)
        tasks.seal_decided_cases(self.time.now)
        tasks.deliver_sealed_cases()

    def _wait_a_week(self) -> None:
        self.time.now += timedelta(days=7)
        self._wait()

    def _answers(self) -> list[str]:
        return [fact.answer_key for fact in Fact.objects.filter(case__code=self.code)]

    def check_was_seen(self) -> None:
        """Whatever a decision rested on its applicant had seen, or had had days to see."""
        for decision in Decision.objects.filter(case__code=self.code):
            known = decision.case.facts.filter(answered_at__lte=decision.decided_at)
            unseen = known.exclude(key=catalogue.DOCUMENT_KEY).exclude(seen_at__lte=decision.decided_at)
            assert not unseen.filter(answered_at__gt=decision.decided_at - timedelta(days=5))

    def check_leads(self, before: str, after: str) -> None:
        """As the file says it, over as many steps as the platform goes on by itself."""
        reached, new = {before}, {before}
        while new:
            new = {to for state in new for to in self._ways(state)} - reached
            reached |= new
        assert after in self.steps
        assert after in reached

    def _ways(self, state: str) -> set[str]:
        case = Case.objects.get(code=self.code)
        entries = self.steps[state].get("may", {}).values()
        return {case.state if entry["to"] == "where_it_was" else entry["to"] for entry in entries}


@contextmanager
def a_life_forgotten_afterwards(bridge: Bridge, time: Clock) -> Iterator[None]:
    """Examples share the fixtures of one test; what one leaves must not be another's failure."""
    began = time.now
    bridge.silent.clear()
    bridge.unknown.clear()
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        time.now = began


ACTS = [
    *("unplug", "plug", "forget", "send", "withdraw", "restore", "start over", "reply", "dispute"),
    *("take", "give back", "ask", "ask anew", "decide", "refuse", "revoke", "anew"),
    *("see", "wait", "wait a week"),
]
LIKELY = ["send", "decide", "wait", "anew"]


@pytest.mark.django_db
@pytest.mark.postgresql
@pytest.mark.parametrize("service", sorted(REGISTERS))
@settings(
    max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=st.lists(st.sampled_from(ACTS) | st.sampled_from(LIKELY), max_size=12))
def test_whatever_anybody_does_a_case_stands_where_its_steps_lead(  # noqa: PLR0917  fixtures
    service: str, names: list[str], amra: Actor, milan: Actor, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    person = amra if service == "child-allowance" else milan
    with a_life_forgotten_afterwards(bridge, time):
        life = Life(service, person, damir, bridge, time)
        for name in names:
            before = Case.objects.get(code=life.code).state
            with suppress(Refusal):
                life.acts()[name]()
            life.check_leads(before, Case.objects.get(code=life.code).state)
            life.check_was_seen()


def test_the_state_of_a_case_is_written_in_one_place_only() -> None:
    """In ``move``, which asks the steps of the service."""
    room = Path(mostovi.services.__path__[0])
    written = re.compile(r"Case\.objects[^\n]*\n?[^\n]*\.update\([^)]*\bstate=|columns\[\"state\"\] = rules")
    places = [
        path.name for path in sorted(room.rglob("*.py")) if written.search(path.read_text(encoding="utf-8"))
    ]
    assert places == ["recording.py"]
