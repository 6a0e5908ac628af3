"""The words of a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["document", "receipt", "unknown"]
State = Literal["genuine", "altered", "not_ours", "unusable"]
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
Parameter = str | int | datetime


@dataclass(frozen=True)
class Statement:
    """One sentence of a verdict: ``message`` is the English msgid, ``params`` fill it after translation.

    Where it counts something, ``plural`` is the msgid for any other ``count`` than one.
    """

    message: str
    params: Mapping[str, Parameter] = field(default_factory=dict)
    plural: str = ""

    def sentence(self, template: str | None = None) -> str:
        """The sentence in English, or in the language of a translated ``template``."""
        english_words = self.plural if self.plural and self.params["count"] != 1 else self.message
        return (template or english_words).format(
            **{name: _plain(value) for name, value in self.params.items()}
        )

    def __str__(self) -> str:
        return self.sentence()


@dataclass(frozen=True)
class Verdict:
    """What a file proves, what it leaves open and what in it is false.

    ``genuine``: every byte is as the issuer sealed it. ``altered``: it bears our seal, and something in it is
    false. ``not_ours``: no seal that the given root vouches for. ``unusable``: no statement is possible.
    ``issuer`` is the name in the certificate, ``issuer_code`` the member code.
    """

    kind: Kind
    state: State
    issuer: str | None = None
    issuer_code: str | None = None
    issued_at: datetime | None = None
    code: str | None = None
    proved: tuple[Statement, ...] = ()
    unproved: tuple[Statement, ...] = ()
    false: tuple[Statement, ...] = ()


def english(moment: datetime) -> str:
    """5 January 2027 at 14:05:09 UTC, whatever language the machine speaks."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year} at {moment:%H:%M:%S} UTC"


def _plain(value: Parameter) -> str | int:
    return english(value) if isinstance(value, datetime) else value
