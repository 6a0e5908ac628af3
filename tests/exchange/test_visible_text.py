from hypothesis import example, given
from hypothesis import strategies as st

from mostovi.exchange.verification.visible_text import shown_text


def test_an_escape_that_is_no_octal_number_stands_for_itself():
    fonts = {"F0": {0x3839: "first", 0x0041: "second"}}
    assert shown_text(rb"/F0 12 Tf (\8\9\000\101) Tj", fonts) == "firstsecond"


@given(st.binary(max_size=300))
@example(rb"\8")
def test_any_damaged_page_can_be_described(content):
    shown_text(b"/F0 12 Tf " + content, {"F0": {1: "a"}})
    shown_text(b"/F0 12 Tf (" + content + b") Tj", {})
