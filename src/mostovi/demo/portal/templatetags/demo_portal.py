"""What only the live bridge shows: time to the second."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext

from mostovi.front.formats import write_number
from mostovi.kernel.languages import current_variant

register = template.Library()


@register.filter
def second_of_day(value: datetime) -> str:
    """14:32:07, in Sarajevo."""
    return f"{timezone.localtime(value):%H:%M:%S}"


@register.filter
def verdict_sentence(statement: Mapping[str, Any]) -> str:
    """A kept statement or refusal ``{message, params}`` in the page's language and notation."""
    template = gettext(statement["message"])
    params = statement.get("params") or {}
    return template.format(**{name: _in_notation(value) for name, value in params.items()})


def _in_notation(value: int | str) -> str:
    return write_number(value, current_variant()) if isinstance(value, int) else value


@register.filter
def translated(message: str) -> str:
    return gettext(message)
