"""Whether a personal number stands in an address or a header, however it is written there."""

import re
import unicodedata
from urllib.parse import unquote_to_bytes

from mostovi.exchange.gateway.refusals import PersonalNumberExposed
from mostovi.exchange.gateway.wire.messages import Request
from mostovi.kernel.personal_number import InvalidPersonalNumber, check_personal_number

_KEPT_HEADERS = ("x-road-", "mostovi-")
_DEEPEST_ENCODING = 8
_THIRTEEN_DIGITS = re.compile(r"(?=(\d{13}))", re.ASCII)
# Half of a UUID's signs are digits: without its hyphens one in some thousands would read as a number.
_UUID = re.compile(
    r"(?=[0-9-]*[a-f])[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    re.IGNORECASE,
)
_READ_AS_DIGITS = {"O": "0", "o": "0", "I": "1", "l": "1", "О": "0", "о": "0", "З": "3", "з": "3", "І": "1"}
# For a first look at ASCII: what can be read as a digit becomes 0, a letter x; separators are left out.
_FIRST_LOOK = bytes(ord("0") if chr(code) in "0123456789OoIl" else ord("x") for code in range(256))
_SEPARATORS = bytes(code for code in range(128) if not chr(code).isalnum())
_THIRTEEN_IN_A_ROW = b"0" * 13
_OF_ASCII = str.maketrans(
    {chr(code): None for code in range(128) if not chr(code).isalnum()}
) | str.maketrans({sign: digit for sign, digit in _READ_AS_DIGITS.items() if sign.isascii()})


def check_no_personal_number(request: Request) -> None:
    """Raise PersonalNumberExposed when the address or a header that logs keep holds one.

    It is found behind percent-encoding, also nested, in digits of other scripts and between separators.
    """
    texts = [f"{name}x{value}" for name, value in request.headers if name.startswith(_KEPT_HEADERS)]
    texts.append(request.target)
    if _cannot_hold_one("x".join(texts)):
        return
    if any(map(holds_personal_number, texts)):
        raise PersonalNumberExposed("a personal number outside the body")


def holds_personal_number(text: str) -> bool:
    """Whether ``text`` holds a personal number. What is encoded without end counts as one."""
    if _cannot_hold_one(text):
        return False
    readings = _decode(text)
    return readings is None or any(map(_reads_as_one, readings))


def _reads_as_one(text: str) -> bool:
    digits = _without_separators(_UUID.sub("x", text))
    return any(_is_personal_number(found[1]) for found in _THIRTEEN_DIGITS.finditer(digits))


def _cannot_hold_one(text: str) -> bool:
    """Most texts need no closer look; asked of the headers of each exchange, all at once."""
    if not text.isascii() or "%" in text:
        return False
    return _THIRTEEN_IN_A_ROW not in text.encode().translate(_FIRST_LOOK, _SEPARATORS)


def _decode(text: str) -> list[str] | None:
    """The text as it stands and, step by step, with its percent-encoding undone; None if that has no end."""
    if "%" not in text and text.isascii():
        return [text]
    raw = text.encode("latin-1") if max(text) <= "\xff" else text.encode("utf-8", "replace")
    readings = [raw.decode("utf-8", "replace")]
    for _ in range(_DEEPEST_ENCODING):
        decoded = unquote_to_bytes(raw)
        if decoded == raw:
            return readings
        raw = decoded
        readings.append(raw.decode("utf-8", "replace"))
    return None


def _without_separators(text: str) -> str:
    if text.isascii():
        return text.translate(_OF_ASCII)
    return "".join(_as_digit(sign) for sign in text if sign.isalnum())


def _as_digit(sign: str) -> str:
    digit = unicodedata.digit(sign, None)
    return _READ_AS_DIGITS.get(sign, sign) if digit is None else str(digit)


def _is_personal_number(digits: str) -> bool:
    try:
        check_personal_number(digits)
    except InvalidPersonalNumber:
        return False
    return True
