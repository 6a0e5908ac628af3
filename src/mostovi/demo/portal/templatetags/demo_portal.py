"""What only the live bridge shows: time to the second."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext

register = template.Library()


@register.filter
def second_of_day(value: datetime) -> str:
    """14:32:07, in Sarajevo."""
    return f"{timezone.localtime(value):%H:%M:%S}"


@register.filter
def verdict_sentence(statement: Mapping[str, Any]) -> str:
    """A kept statement or refusal ``{message, params}`` in the page's language."""
    template = gettext(statement["message"])
    params = statement.get("params")
    return template.format(**params) if params else template


@register.filter
def translated(message: str) -> str:
    return gettext(message)
