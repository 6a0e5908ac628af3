"""Personal numbers that cannot be a living person's.

The region codes 51 to 59 belong to the block 50-59, of which only 50 was ever used, so no authority has
issued a number with them. Everything else about a number is as the law wants it: date, serial, check digit.
"""

from datetime import date
from random import Random
from typing import Literal

from mostovi.kernel.personal_number import (
    NEVER_ISSUED_REGIONS,
    check_digit,
    check_personal_number,
    is_synthetic,
)

_REGIONS = tuple(sorted(NEVER_ISSUED_REGIONS))
Serials = Literal["women", "men"]


def compose(born_on: date, region: str, serial: int) -> str | None:
    """The number for this date, region and serial, or None if that serial is not issued (remainder 10)."""
    first_twelve = f"{born_on:%d%m}{born_on.year % 1000:03}{region}{serial:03}"
    digit = check_digit(first_twelve)
    return None if digit is None else first_twelve + digit


class Issuer:
    """Issues each number once."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._issued: set[str] = set()

    def reserve(self, number: str) -> None:
        check_cannot_be_a_living_persons(number)
        if number in self._issued:
            raise ValueError("this personal number is given twice")
        self._issued.add(number)

    def issue(self, born_on: date, serials: Serials) -> str:
        """A fresh number; serials 000-499 are men's, 500-999 women's."""
        while True:
            serial = self._chance.randrange(500) + (500 if serials == "women" else 0)
            number = compose(born_on, self._chance.choice(_REGIONS), serial)
            if number is not None and number not in self._issued:
                self.reserve(number)
                return number


def check_cannot_be_a_living_persons(number: str) -> None:
    """Raise unless the number is well formed and its region code was never issued."""
    check_personal_number(number)
    if not is_synthetic(number):
        raise ValueError("a synthetic person needs a region code that was never issued, 51 to 59")
