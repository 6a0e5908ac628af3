from datetime import date
from decimal import Decimal

import pytest
from definitions import AMRAS_ANSWERS, AMRAS_FACTS, ON, changed, service
from hypothesis import given
from hypothesis import strategies as st

from mostovi.services.definition import (
    Situation,
    UnexpectedValue,
    answer_text,
    due_date,
    evaluate_rules,
    facts_from_register,
    fill,
    path_of,
    questions_to_ask,
    text_of,
)
from mostovi.services.definition.outcomes import Proposal

ALLOWANCE = service("child-allowance")


def evaluate(facts=None, answers=None, on=ON, definition=ALLOWANCE):
    return evaluate_rules(
        definition, {**AMRAS_FACTS, **(facts or {})}, {**AMRAS_ANSWERS, **(answers or {})}, on_date=on
    )


def state_of(outcome, key):
    return str(next(step.state for step in outcome.steps if step.key == key))


def asked(facts, answers):
    return [question.key for question in questions_to_ask(ALLOWANCE, facts, answers, on_date=ON)]


def test_amra_is_entitled_to_118_marks():
    outcome = evaluate()
    assert outcome.proposal == "grant"
    assert (outcome.amount_km, outcome.amount_feninga) == (118, 11_800)
    assert outcome.values["income_per_member"] == 23_000
    assert outcome.values["income_limit"] == 24_760
    assert outcome.articles == ("5", "9", "11", "12")


def test_every_step_says_its_article_that_it_is_illustrative_and_a_sentence_in_five_variants():
    for step in evaluate().conditions:
        assert step.article
        assert step.illustrative
        assert set(step.sentence) == {"bs", "hr", "sr", "sr-Latn", "en"}
        assert step.sentence_key == f"rules.{step.key}.met"


def test_the_sentence_holds_the_amounts_as_each_language_writes_them():
    sentence = next(step.sentence for step in evaluate().steps if step.key == "within_limit")
    assert "247.60\u00a0KM" in sentence["en"]
    assert "247,60\u00a0KM" in sentence["bs"]
    assert "247,60\u00a0КМ" in sentence["sr"]
    assert "247,60\u00a0KM" in sentence["sr-Latn"]


def test_part_of_the_time_is_for_an_official_to_judge():
    outcome = evaluate(answers={"lives_with_you": "part"})
    assert state_of(outcome, "lives_together") == "judge"
    assert outcome.proposal == "judge"
    assert "judge" in next(s.sentence for s in outcome.steps if s.key == "lives_together")["en"]


def test_one_condition_not_met_decides_even_when_another_is_unknown():
    outcome = evaluate(facts={"municipality": "Zenica", "monthly_income": None})
    assert state_of(outcome, "within_limit") == "unknown"
    assert (outcome.proposal, outcome.amount_km) == ("refuse", None)


def test_a_silent_register_makes_its_steps_unknown_and_names_what_is_missing():
    outcome = evaluate(facts={"monthly_income": None})
    step = next(step for step in outcome.steps if step.key == "within_limit")
    assert (step.state, outcome.proposal) == ("unknown", "unknown")
    assert "monthly_income" in step.missing


def test_a_person_without_a_child_in_the_register_is_refused_with_that_reason():
    outcome = evaluate(facts={"children": []})
    assert state_of(outcome, "parent") == "not met"
    assert outcome.proposal == "refuse"


def test_a_household_of_nobody_divides_nothing():
    assert (
        evaluate(facts={"household_members": 0, "monthly_income": 0}).values.get("income_per_member") is None
    )


def test_a_case_is_decided_by_the_law_of_its_day():
    assert evaluate(on=date(2022, 7, 1)).values["lowest_wage"] == 54_300
    assert evaluate(on=date(2023, 12, 31)).values["lowest_wage"] == 59_600
    assert evaluate(on=date(2024, 1, 1)).values["lowest_wage"] == 61_900
    assert evaluate(on=date(2022, 6, 30)).proposal == "unknown"


def test_a_child_turns_eighteen_on_the_birthday():
    assert state_of(evaluate(on=date(2037, 9, 1)), "under_age") == "met"
    assert state_of(evaluate(on=date(2037, 9, 2)), "under_age") == "not met"


@given(st.integers(0, 5_000_00), st.integers(1, 12))
def test_the_limit_is_exact_to_the_fening(income, members):
    outcome = evaluate(facts={"monthly_income": income, "household_members": members})
    within = Decimal(income) / members <= Decimal("247.60") * 100
    assert state_of(outcome, "within_limit") == ("met" if within else "not met")
    assert not any(isinstance(value, float) for value in outcome.values.values())


def test_only_what_matters_is_asked():
    assert asked(AMRAS_FACTS, {}) == ["lives_with_you", "account", "tell_by"]
    assert asked(AMRAS_FACTS, AMRAS_ANSWERS) == [
        "lives_with_you",
        "lives_since",
        "account",
        "tell_by",
        "email",
    ]
    only_here = {**AMRAS_ANSWERS, "tell_by": "here"}
    assert asked(AMRAS_FACTS, only_here)[-1] == "tell_by"


def test_an_answer_to_a_question_no_longer_asked_does_not_count():
    outcome = evaluate(answers={"lives_with_you": "none"})
    assert "lives_since" not in outcome.values
    assert "email" in outcome.values


def test_a_title_names_the_child_and_says_the_child_while_the_name_is_unknown():
    question = questions_to_ask(ALLOWANCE, AMRAS_FACTS, {}, on_date=ON)[0]
    assert question.title["sr"] == "Да ли Dino живи са вама?", "names are never converted"
    assert question.title["sr-Latn"] == "Da li Dino živi sa vama?"
    unnamed = questions_to_ask(ALLOWANCE, {}, {}, on_date=ON)[0]
    assert unnamed.title["bs"] == "Živi li dijete s vama?"
    assert unnamed.title["sr-Latn"] == "Da li dijete živi sa vama?"


def test_two_children_are_offered_by_name_and_day_of_birth():
    children = [
        {"given_name": "Sofija", "born_on": "2016-12-01"},
        {"given_name": "Stefan", "born_on": "2021-03-27"},
    ]
    first = questions_to_ask(ALLOWANCE, {**AMRAS_FACTS, "children": children}, {}, on_date=ON)[0]
    assert [choice.value for choice in first.choices] == ["1", "2"]
    assert first.choices[1].texts["hr"] == "Stefan, 27.\u00a0ožujka\u00a02021."
    outcome = evaluate(facts={"children": children}, answers={"which_child": "2"})
    assert outcome.values["child"]["given_name"] == "Stefan"


def test_names_of_languages_keep_their_script():
    question = questions_to_ask(service("birth-extract"), {}, {}, on_date=ON)[1]
    labels = {choice.value: text_of(choice.texts, "sr-Latn") for choice in question.choices}
    assert labels["sr-Cyrl"] == "Српски (ћирилица)"


def test_a_question_that_a_register_answers_is_not_asked():
    with_email = changed(
        "child-allowance",
        "questions.yaml",
        "  email:\n    kind: email",
        "  email:\n    kind: email\n    from: name",
    )
    questions = questions_to_ask(with_email, AMRAS_FACTS, {"tell_by": "email"}, on_date=ON)
    assert "email" not in [question.key for question in questions]


def test_a_decision_is_due_after_thirty_calendar_days():
    assert due_date(ALLOWANCE, ON) == date(2026, 12, 21)


def test_registers_are_asked_once_each_for_all_their_facts():
    residence = ALLOWANCE.requests[0]
    assert (residence.provider, residence.service) == ("tuzla-canton-interior", "residence")
    assert residence.fields == ("name", "address", "municipality", "since")
    assert [request.service for request in ALLOWANCE.requests] == [
        "residence",
        "childrenOfParent",
        "marriageRecord",
        "householdIncome",
    ]


def test_a_register_answers_in_marks_and_we_count_feninga():
    facts = facts_from_register(
        ALLOWANCE,
        "fbih-tax-administration",
        "householdIncome",
        {"monthly_income_km": 690, "household_members": 3, "period": "2026-08/2026-10"},
    )
    assert facts == {"monthly_income": 69_000, "household_members": 3}


def test_a_register_that_does_not_know_leaves_the_fact_out():
    assert (
        facts_from_register(ALLOWANCE, "bijeljina-registrar", "marriageRecord", {"spouse_name": None}) == {}
    )


@pytest.mark.parametrize("wrong", ["690", 690.5, True, [690]])
def test_a_register_that_answers_with_another_kind_is_refused_without_repeating_it(wrong):
    with pytest.raises(UnexpectedValue) as refusal:
        facts_from_register(
            ALLOWANCE, "fbih-tax-administration", "householdIncome", {"monthly_income_km": wrong}
        )
    assert str(wrong) not in str(refusal.value)


def test_the_path_stops_where_a_person_must_act():
    known = Situation(Proposal.GRANT)
    assert path_of(ALLOWANCE, known) == ("draft",)
    assert path_of(ALLOWANCE, known, ["submit"]) == ("draft", "received", "to_decide")
    asked_back = ["submit", "ask_applicant", "reply", "decide"]
    assert path_of(ALLOWANCE, known, asked_back)[-4:] == ("to_decide", "decided", "sealed", "delivered")


def test_the_path_goes_on_after_the_decision_and_back_after_a_withdrawal():
    known = Situation(Proposal.GRANT)
    anew = path_of(ALLOWANCE, known, ["submit", "decide", "revoke", "decide_anew", "decide"])
    assert anew[-6:] == ("delivered", "revoked", "to_decide", "decided", "sealed", "delivered")
    assert path_of(ALLOWANCE, known, ["submit", "withdraw", "restore"])[-3:] == (
        "withdrawn",
        "received",
        "to_decide",
    )


def test_an_extract_needs_no_official():
    extract = service("birth-extract")
    assert extract.automatic
    assert not ALLOWANCE.automatic
    assert extract.issued_by == "registrar.birthExtract"


def test_an_answer_is_read_back_in_each_language():
    questions = {q.key: q for q in questions_to_ask(ALLOWANCE, AMRAS_FACTS, AMRAS_ANSWERS, on_date=ON)}
    assert answer_text(questions["lives_with_you"], "all")["en"] == "Yes, all the time"
    assert answer_text(questions["lives_since"], "2019-09-02")["bs"] == "2.\u00a0septembar\u00a02019."
    assert answer_text(questions["account"], "BA391290079401028494")["en"].startswith("BA39\u00a01290")


def test_the_genitive_is_for_inside_a_sentence():
    texts = {"bs": "do {day:of}", "hr": "do {day:of}", "sr": "до {day:of}", "en": "by {day:of}"}
    filled = fill(texts, {"day": date(2027, 1, 5)})
    assert filled == {
        "bs": "do 5.\u00a0januara\u00a02027.",
        "hr": "do 5.\u00a0siječnja\u00a02027.",
        "sr": "до 5.\u00a0јануара\u00a02027.",
        "sr-Latn": "do 5.\u00a0januara\u00a02027.",
        "en": "by 5\u00a0January\u00a02027",
    }


@given(st.text(max_size=40))
def test_what_a_person_wrote_is_put_in_as_it_is(name):
    texts = {"bs": "[{name}]", "hr": "[{name}]", "sr": "Је [{name}]", "en": "[{name}]"}
    assert fill(texts, {"name": name})["sr-Latn"] == f"Je [{name}]"
