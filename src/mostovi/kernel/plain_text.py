"""What people write in their own words, as it is kept, and how much of it there is to read."""

import unicodedata

# Letters and signs by their category, and yet nothing is seen of them.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"


def plain_text(typed: str) -> str:
    """Text that reads as it is stored: composed, lines ended one way, and without signs that nobody sees,
    such as those that turn the direction of what follows. Harmless to repeat."""
    lines = "\n".join(typed.splitlines())
    shown = "".join(sign for sign in lines if sign in "\n\t" or not _is_hidden(sign))
    return unicodedata.normalize("NFC", shown).strip()


def _is_hidden(sign: str) -> bool:
    """Controls, formats, surrogates, private and unassigned signs."""
    return unicodedata.category(sign).startswith("C")


def count_signs(typed: str) -> int:
    """How many signs a reader sees; any space between words counts as one."""
    seen = "".join(
        " " if sign in _BLANK else sign
        for sign in plain_text(typed)
        if not unicodedata.category(sign).startswith("M")
    )
    return len(" ".join(seen.split()))
