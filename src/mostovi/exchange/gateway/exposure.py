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
_DIGIT_LIKE = b"0123456789OoIl"
_OF_ASCII = str.maketrans(
    {chr(code): None for code in range(128) if not chr(code).isalnum()}
) | str.maketrans({sign: digit for sign, digit in _READ_AS_DIGITS.items() if sign.isascii()})


def check_no_personal_number(request: Request) -> None:
    """Raise PersonalNumberExposed when the address or a header that logs keep holds one.

    It is found behind percent-encoding, also nested, in digits of other scripts and between separators.
    """
    texts = [f"{name}x{value}" for name, value in request.headers if name.startswith(_KEPT_HEADERS)]
    if any(map(holds_personal_number, (request.target, *texts))):
        raise PersonalNumberExposed("a personal number outside the body")


def holds_personal_number(text: str) -> bool:
    """Whether ``text`` holds a personal number. What is encoded without end counts as one."""
    if _has_too_few_digits(text):
        return False
    decoded = _decode(text)
    if decoded is None:
        return True
    digits = _without_separators(_UUID.sub("x", decoded))
    return any(_is_personal_number(found[1]) for found in _THIRTEEN_DIGITS.finditer(digits))


def _has_too_few_digits(text: str) -> bool:
    """Most header values need no closer look; asked of each header of each exchange."""
    plain = text.isascii() and "%" not in text
    return plain and len(text) - len(text.encode().translate(None, _DIGIT_LIKE)) < 13


def _decode(text: str) -> str | None:
    if "%" not in text and text.isascii():
        return text
    raw = text.encode("latin-1") if max(text) <= "\xff" else text.encode("utf-8", "replace")
    for _ in range(_DEEPEST_ENCODING):
        decoded = unquote_to_bytes(raw)
        if decoded == raw:
            return raw.decode("utf-8", "replace")
        raw = decoded
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
