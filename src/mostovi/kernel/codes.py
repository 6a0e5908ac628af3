"""Short codes that people read aloud and type: tracking codes and document codes.

Only signs that look the same in Latin and Cyrillic, and no digit that can be taken for a letter.
"""

import secrets

from mostovi.kernel.errors import Invalid

ALPHABET = "AEJKMT23456789"
LENGTH = 9
_CYRILLIC = str.maketrans("АЕЈКМТ", "AEJKMT")


class InvalidCode(Invalid):
    code = "invalid_code"
    message = "A code has nine characters, for example K4T-92M-7AE. Look at it once more."


def new_code(prefix: str = "") -> str:
    """A fresh code of nine signs, beginning with ``prefix``; 14 possibilities per sign."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - len(prefix)))


def normalise(text: str) -> str:
    """The nine signs of a code, however it was typed. Raises InvalidCode."""
    signs = "".join(sign for sign in text.upper().translate(_CYRILLIC) if sign not in " -–\u00a0\t\r\n")
    if len(signs) != LENGTH or any(sign not in ALPHABET for sign in signs):
        raise InvalidCode
    return signs


def display(code: str) -> str:
    """K4T92M7AE as K4T-92M-7AE."""
    return "-".join(code[start : start + 3] for start in range(0, len(code), 3))
