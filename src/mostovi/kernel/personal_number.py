"""The JMB, the personal number of Bosnia and Herzegovina: 13 digits DDMMYYYRRBBBK.

Only its shape is checked. Its region and sex digits are never read to learn something about a person.
"""

from datetime import date

from mostovi.kernel.errors import Invalid

_WEIGHTS = (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
# Former Yugoslavia gave 50 to Slovenia and never issued the rest of the block.
NEVER_ISSUED_REGIONS = frozenset(str(region) for region in range(51, 60))


class InvalidPersonalNumber(Invalid):
    code = "invalid_personal_number"
    message = "A personal number has 13 digits. Look at it once more."


def check_digit(first_twelve: str) -> str | None:
    """The thirteenth digit, or None for serials that are not issued (remainder 10)."""
    digit = 11 - sum(w * int(d) for w, d in zip(_WEIGHTS, first_twelve, strict=True)) % 11
    return None if digit == 10 else str(digit % 11)


def check_personal_number(number: str) -> None:
    """Raise InvalidPersonalNumber unless the date exists and the check digit is right."""
    if len(number) != 13 or not (number.isascii() and number.isdigit()):
        raise InvalidPersonalNumber
    if check_digit(number[:12]) != number[12]:
        raise InvalidPersonalNumber("One digit of the personal number is not right. Look at it once more.")
    _check_birth_date(number)


def _check_birth_date(number: str) -> None:
    year = int(number[4:7])
    try:
        date((1000 if year >= 800 else 2000) + year, int(number[2:4]), int(number[:2]))
    except ValueError as error:
        raise InvalidPersonalNumber("The personal number does not begin with a date of birth.") from error


def last_four(number: str) -> str:
    return number[-4:]


def is_synthetic(number: str) -> bool:
    """True if the number cannot be a living person's, because its region code was never issued."""
    return number[7:9] in NEVER_ISSUED_REGIONS
