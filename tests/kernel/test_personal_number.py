import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostovi.kernel.pack import pack_directory
from mostovi.kernel.personal_number import (
    InvalidPersonalNumber,
    check_digit,
    check_personal_number,
    is_synthetic,
    last_four,
)

FACTS = json.loads(Path(pack_directory() / "territory" / "jmbg.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", FACTS["vectors"], ids=lambda vector: vector["number"])
def test_the_published_vectors_hold(vector: dict[str, object]) -> None:
    number = str(vector["number"])
    if vector["valid"]:
        check_personal_number(number)
        assert is_synthetic(number)
    else:
        with pytest.raises(InvalidPersonalNumber):
            check_personal_number(number)


@pytest.mark.parametrize("number", FACTS["stdnum_lenient_but_strictly_invalid"])
def test_a_serial_that_is_never_issued_is_refused(number: str) -> None:
    assert check_digit(number[:12]) is None
    with pytest.raises(InvalidPersonalNumber):
        check_personal_number(number)


@given(st.text(max_size=20))
def test_no_text_is_a_personal_number_by_chance_and_none_is_repeated_in_the_refusal(text: str) -> None:
    with pytest.raises(InvalidPersonalNumber) as refused:
        check_personal_number(text)
    assert len(text) < 3 or text not in refused.value.sentence()


@given(
    st.sampled_from([v["number"] for v in FACTS["vectors"] if v["valid"]]),
    st.integers(0, 12),
    st.integers(1, 9),
)
def test_one_wrong_digit_is_found(number: str, place: int, shift: int) -> None:
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    # Remainders 0 and 11 share the digit 0, so a slip between them cannot be seen.
    if check_digit(wrong[:12]) != wrong[12]:
        with pytest.raises(InvalidPersonalNumber):
            check_personal_number(wrong)


def test_only_the_last_four_digits_are_shown() -> None:
    assert last_four("0101006550003") == "0003"
