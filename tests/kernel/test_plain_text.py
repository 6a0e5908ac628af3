import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostovi.kernel.plain_text import count_signs, plain_text

NOBODY_SEES = st.characters(categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp", "Mn"])
TURNS_DIRECTION = [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\u200e", "\u200f"]


@given(st.text())
def test_what_is_kept_holds_no_sign_that_nobody_sees_and_keeps_so(typed: str) -> None:
    kept = plain_text(typed)
    assert not [sign for sign in kept if unicodedata.category(sign)[0] == "C" and sign not in "\n\t"]
    assert plain_text(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)
    kept.encode()


@given(st.text(NOBODY_SEES))
def test_what_nobody_sees_is_no_text(typed: str) -> None:
    assert count_signs(typed) == 0


@given(st.text(), st.text(NOBODY_SEES, max_size=5))
def test_nobody_gets_further_by_what_nobody_sees(typed: str, hidden: str) -> None:
    assert count_signs(hidden + typed + hidden) == count_signs(typed)
    assert count_signs(typed) <= len(plain_text(typed))


@given(st.text("abcšđčćžабвђ,.", min_size=1))
def test_letters_stay_as_they_are(typed: str) -> None:
    assert plain_text(typed) == typed
    assert count_signs(typed) == len(typed)


@pytest.mark.parametrize(
    "blank", ["\u115f", "\u1160", "\u2800", "\u3164", "\uffa0", "\u00ad", "\ufeff", "\u034f"]
)
def test_a_letter_of_which_nothing_is_seen_is_none(blank: str) -> None:
    assert count_signs(blank * 30) == 0


@pytest.mark.parametrize("turn", TURNS_DIRECTION)
def test_nothing_turns_the_direction_of_what_follows(turn: str) -> None:
    assert plain_text(f"odbijeno{turn} 690") == "odbijeno 690"


def test_lines_stay_lines_however_a_program_ends_them() -> None:
    assert plain_text("a\r\nb\rc\u2028d\te\n") == "a\nb\nc\nd\te"


def test_spaces_do_not_make_a_text_longer() -> None:
    assert count_signs("  a   b\n\n c ") == len("a b c")
