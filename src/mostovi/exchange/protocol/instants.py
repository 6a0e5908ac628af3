"""Times on the wire: ISO 8601 in UTC with ``Z``, to the second or to the millisecond."""

import re
from datetime import UTC, datetime

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z", re.ASCII)


def format_instant(moment: datetime) -> str:
    """``2026-11-21T14:05:00Z``; milliseconds only if there are any. ``moment`` must know its time zone."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    text = utc.isoformat(timespec="milliseconds" if utc.microsecond >= 1000 else "seconds")
    return f"{text.removesuffix('+00:00')}Z"


def parse_instant(text: str) -> datetime:
    """The UTC time in ``text``. Raises ValueError for every other spelling."""
    if not _INSTANT.fullmatch(text):
        raise ValueError("not YYYY-MM-DDTHH:MM:SSZ")
    return datetime.fromisoformat(text)
