import re
from dataclasses import replace
from datetime import date

import pytest
from definitions import AMRAS_ANSWERS, AMRAS_FACTS, ON, service
from hypothesis import given
from hypothesis import strategies as st

from mostovi.services.definition import InvalidAnswer, Question, check_answer, questions_to_ask
from mostovi.services.definition.answers import (
    AccountMistyped,
    AnswerMissing,
    NotADate,
    NotAnAccount,
    NotAnAmount,
    NotAnEmail,
    NotANumber,
    NotAPhone,
    NotInList,
    TextTooLong,
    read_answer,
)
from mostovi.services.definition.values import Choice, Kind

ALLOWANCE = service("child-allowance")


def ask(key: str) -> Question:
    asked = questions_to_ask(ALLOWANCE, AMRAS_FACTS, AMRAS_ANSWERS, on_date=ON)
    return next(question for question in asked if question.key == key)


def answer(key: str, raw: str | None):
    return check_answer(ALLOWANCE, ask(key), raw, facts=AMRAS_FACTS, answers=AMRAS_ANSWERS, on_date=ON)


@pytest.mark.parametrize(
    "typed",
    ["2. 9. 2019.", "2.9.2019", "02.09.2019.", "2/9/2019", "2 9 2019", "2019-09-02", " 2. 9. 2019. "],
)
def test_a_day_may_be_written_as_people_write_it(typed):
    assert read_answer(Kind.DATE, typed.strip()) == "2019-09-02"


@pytest.mark.parametrize(
    "typed", ["31. 2. 2019.", "2019", "yesterday", "2. 9. 19.", "0. 1. 2019.", "1. 1. 1850."]
)
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(NotADate):
        read_answer(Kind.DATE, typed)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_written_in_our_way_comes_back(day):
    assert read_answer(Kind.DATE, f"{day.day}. {day.month}. {day.year}.") == day.isoformat()


@pytest.mark.parametrize(
    ("typed", "feninga"),
    [
        ("690", 69_000),
        ("690 KM", 69_000),
        ("1.250,50", 125_050),
        ("1,250.50", 125_050),
        ("1.250", 125_000),
        ("1250,5 КМ", 125_050),
        ("0,01", 1),
        ("1.234.567,89", 123_456_789),
    ],
)
def test_an_amount_is_read_as_feninga(typed, feninga):
    assert read_answer(Kind.MONEY, typed) == feninga


@given(st.integers(0, 10**11))
def test_no_amount_is_off_by_a_fening(feninga):
    marks, rest = divmod(feninga, 100)
    assert read_answer(Kind.MONEY, f"{marks:,}.{rest:02}") == feninga
    assert read_answer(Kind.MONEY, f"{marks:,}".replace(",", ".") + f",{rest:02}") == feninga
    assert read_answer(Kind.MONEY, f"{marks}.{rest:02}") == feninga


@pytest.mark.parametrize("typed", ["", "-5", "1,2,3", "12.345.6", "a lot", "1e5", "٣", "1.2.3,4567"])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(NotAnAmount):
        read_answer(Kind.MONEY, typed)


def test_a_number_is_whole():
    assert read_answer(Kind.NUMBER, "1 250") == 1250
    for typed in ("3.5", "three", "٣", "9" * 14):
        with pytest.raises(NotANumber):
            read_answer(Kind.NUMBER, typed)


def test_an_account_is_read_with_spaces_and_small_letters():
    assert answer("account", "ba39 1290 0794 0102 8494") == "BA391290079401028494"
    assert answer("account", "ВА39 1290 0794 0102 8494") == "BA391290079401028494", "typed in Cyrillic"


@given(st.integers(4, 19), st.integers(1, 9))
def test_one_wrong_digit_in_an_account_is_noticed(place, shift):
    right = "BA391290079401028494"
    digit = str((int(right[place]) + shift) % 10)
    with pytest.raises(AccountMistyped):
        read_answer(Kind.IBAN, right[:place] + digit + right[place + 1 :])


@given(st.integers(4, 18))
def test_two_digits_changed_over_are_noticed(place):
    right = "BA391290079401028494"
    turned = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    if turned != right:
        with pytest.raises(AccountMistyped):
            read_answer(Kind.IBAN, turned)


@pytest.mark.parametrize("typed", ["HR1723600001101234565", "BA39129007940102849", "1290079401028494", "BA"])
def test_an_account_elsewhere_is_refused_with_a_reason(typed):
    with pytest.raises(NotAnAccount):
        read_answer(Kind.IBAN, typed)


@pytest.mark.parametrize("typed", ["061 123 204", "061/123-204", "+387 61 123 204", "00387 61 123 204"])
def test_a_telephone_number_is_kept_in_one_form(typed):
    assert read_answer(Kind.PHONE, typed) == "+38761123204"


def test_a_telephone_number_abroad_is_kept():
    assert read_answer(Kind.PHONE, "+43 660 1234567") == "+436601234567"


@pytest.mark.parametrize("typed", ["61 123 204", "061", "+387 11 123 456", "phone", "+387611232041234567"])
def test_what_is_no_telephone_number_is_refused(typed):
    with pytest.raises(NotAPhone):
        read_answer(Kind.PHONE, typed)


def test_an_address_for_mail_keeps_the_name_and_lowers_the_place():
    assert read_answer(Kind.EMAIL, "Amra.Kovac@Example.ORG") == "Amra.Kovac@example.org"


@pytest.mark.parametrize(
    "typed", ["amra", "amra@", "@example.org", "a..b@example.org", "a b@c.org", "a@b", ".a@b.ba"]
)
def test_what_is_no_mail_address_is_refused(typed):
    with pytest.raises(NotAnEmail):
        read_answer(Kind.EMAIL, typed)


def test_only_the_choices_shown_can_be_chosen():
    assert answer("lives_with_you", "part") == "part"
    with pytest.raises(NotInList):
        answer("lives_with_you", "sometimes")


def test_yes_and_no_are_truth_values():
    assert read_answer(Kind.YES_NO, "yes") is True
    assert read_answer(Kind.YES_NO, "no") is False
    with pytest.raises(NotInList):
        read_answer(Kind.YES_NO, "perhaps")


@pytest.mark.parametrize("typed", ["", "   ", None])
def test_an_empty_answer_is_asked_for_again(typed):
    with pytest.raises(AnswerMissing):
        answer("account", typed)


def test_an_optional_question_may_stay_empty():
    question = replace(ask("account"), optional=True)
    assert check_answer(ALLOWANCE, question, "  ", on_date=ON) is None


def test_text_loses_control_signs_and_has_an_end():
    assert read_answer(Kind.TEXT, "Amra\u202e\x00 \u200bKovač\nTuzla") == "Amra Kovač\nTuzla"
    with pytest.raises(TextTooLong) as refusal:
        read_answer(Kind.TEXT, "a" * 2001)
    assert re.search(r"at most 2[.,]?000 characters", refusal.value.sentence())


@pytest.mark.parametrize("typed", ["1. 9. 2019.", "22. 11. 2026."])
def test_a_service_refuses_in_its_own_words_in_every_language(typed):
    with pytest.raises(InvalidAnswer) as refusal:
        answer("lives_since", typed)
    assert set(refusal.value.texts) == {"bs", "hr", "sr", "sr-Latn", "en"}
    assert refusal.value.code == "answer_refused"


@pytest.mark.parametrize("typed", ["2. 9. 2019.", "21. 11. 2026."])
def test_the_borders_of_a_check_are_allowed(typed):
    assert answer("lives_since", typed)


def test_a_check_that_cannot_be_made_yet_lets_the_answer_through():
    without_birth = {**AMRAS_FACTS, "children": None}
    question = ask("lives_since")
    assert check_answer(ALLOWANCE, question, "1. 9. 2019.", facts=without_birth, on_date=ON) == "2019-09-01"


@given(st.sampled_from([kind for kind in Kind if kind != Kind.CHOICE]), st.text(max_size=60))
def test_whatever_is_typed_gives_a_value_or_a_sentence(kind, typed):
    try:
        value = read_answer(kind, typed)
    except InvalidAnswer as refusal:
        value = refusal.sentence()
    assert isinstance(value, (str, int, bool))


@given(st.text(max_size=20))
def test_whatever_is_chosen_is_a_choice_or_refused(typed):
    choices = (Choice("all", {}), Choice("none", {}))
    try:
        assert read_answer(Kind.CHOICE, typed, choices) in {"all", "none"}
    except NotInList:
        assert typed not in {"all", "none"}
