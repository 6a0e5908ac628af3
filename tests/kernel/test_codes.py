import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostovi.kernel.codes import ALPHABET, InvalidCode, display, new_code, normalise


@given(st.sampled_from(["", "J7", "K4T9"]))
def test_a_code_survives_being_shown_and_typed_again(prefix: str) -> None:
    code = new_code(prefix)
    assert normalise(display(code)) == code
    assert code.startswith(prefix)


def test_case_spaces_hyphens_and_script_do_not_matter() -> None:
    assert normalise(" к4т-92м 7ае ") == "K4T92M7AE"


@given(st.text(max_size=30))
def test_any_text_is_a_code_or_refused_with_a_sentence(text: str) -> None:
    try:
        code = normalise(text)
    except InvalidCode:
        return
    assert set(code) <= set(ALPHABET)


@pytest.mark.parametrize("sign", list("O0I1LB"))
def test_signs_that_can_be_mistaken_are_not_used(sign: str) -> None:
    assert sign not in ALPHABET
