"""Reads JSON objects that others wrote.

Every field is asked for by name and kind, and nothing may be left over.
"""

import base64
import binascii
from datetime import datetime
from typing import Any

from mostovi.exchange.protocol.digests import decode_base64url
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.instants import parse_instant


class Shape:
    """One JSON object being read.

    Every method raises the given ``refusal`` when a field is not what it should be.
    """

    def __init__(self, value: Any, refusal: type[ProtocolRefusal], name: str = "the whole") -> None:
        self._refusal = refusal
        self._name = name
        if not isinstance(value, dict):
            raise refusal(f"{name} is not an object")
        self._left: dict[str, Any] = dict(value)

    def __contains__(self, field: str) -> bool:
        return field in self._left

    def text(self, field: str, longest: int = 1000) -> str:
        """A text of 1 to ``longest`` signs."""
        value = self._take(field)
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            raise self._wrong(field)
        return value

    def text_or_empty(self, field: str, longest: int = 1000) -> str:
        """A text of up to ``longest`` signs."""
        value = self._take(field)
        if not isinstance(value, str) or len(value) > longest:
            raise self._wrong(field)
        return value

    def optional_text(self, field: str, longest: int = 1000) -> str | None:
        """A text, or None when the field is absent."""
        return self.text(field, longest) if field in self._left else None

    def integer(self, field: str, least: int = 0) -> int:
        """An integer of at least ``least``."""
        value = self._take(field)
        if type(value) is not int or value < least:
            raise self._wrong(field)
        return value

    def boolean(self, field: str) -> bool:
        value = self._take(field)
        if not isinstance(value, bool):
            raise self._wrong(field)
        return value

    def instant(self, field: str) -> datetime:
        """A time in UTC."""
        try:
            return parse_instant(self.text(field, 40))
        except ValueError:
            raise self._wrong(field) from None

    def base64url(self, field: str, length: int) -> bytes:
        """Exactly ``length`` bytes in base64url without padding."""
        try:
            data = decode_base64url(self.text(field, 2 * length + 8))
        except ValueError:
            raise self._wrong(field) from None
        if len(data) != length:
            raise self._wrong(field)
        return data

    def texts(self, field: str, most: int = 1000, longest: int = 255) -> tuple[str, ...]:
        """A list of up to ``most`` different texts."""
        values = self.items(field, most)
        if not all(isinstance(value, str) and 0 < len(value) <= longest for value in values):
            raise self._wrong(field)
        if len(set(values)) != len(values):
            raise self._wrong(field)
        return tuple(values)

    def hashes(self, field: str, most: int = 64) -> tuple[bytes, ...]:
        """A list of SHA-256 values in base64."""
        values = self.items(field, most)
        try:
            hashes = tuple(base64.b64decode(value, validate=True) for value in values)
        except (ValueError, TypeError, binascii.Error):
            raise self._wrong(field) from None
        only_spelling = [base64.b64encode(each).decode() for each in hashes] == values
        if not only_spelling or any(len(each) != 32 for each in hashes):
            raise self._wrong(field)
        return hashes

    def items(self, field: str, most: int = 1000) -> list[Any]:
        """A list of up to ``most`` values of any kind."""
        value = self._take(field)
        if not isinstance(value, list) or len(value) > most:
            raise self._wrong(field)
        return value

    def texts_by_name(self, field: str) -> dict[str, str]:
        """An object whose values are all texts, such as one text per language."""
        value = self._take(field)
        if not isinstance(value, dict) or not value:
            raise self._wrong(field)
        if not all(isinstance(text, str) and len(text) <= 2000 for text in value.values()):
            raise self._wrong(field)
        return dict(value)

    def shape(self, field: str) -> "Shape":
        """An object inside."""
        return Shape(self._take(field), self._refusal, field)

    def value(self, field: str) -> Any:
        """Whatever is there."""
        return self._take(field)

    def close(self) -> None:
        """Refuse fields that nobody asked for."""
        if self._left:
            raise self._refusal(f"{self._name} holds unknown fields")

    def _take(self, field: str) -> Any:
        if field not in self._left:
            raise self._refusal(f"{field} is missing")
        return self._left.pop(field)

    def _wrong(self, field: str) -> ProtocolRefusal:
        return self._refusal(f"{field} is not what it should be")
