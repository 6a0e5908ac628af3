"""A case that waits for its applicant: while it does, its days do not count against the office."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from mostovi.services import rules
from mostovi.services.catalogue import definition_of
from mostovi.services.models import Case
from mostovi.services.values import CaseState, WaitsFor


def waiting_columns(case: Case, waits_for: WaitsFor, now: datetime) -> dict[str, Any]:
    """What the row says from now on; whether the clock stands is the word of the service's steps."""
    pauses = definition_of(case).step(CaseState.WAITING_FOR_APPLICANT).paused
    return {"waits_for": waits_for, "clock_paused_on": timezone.localdate(now) if pauses else None}


def resumed_columns(case: Case, now: datetime) -> dict[str, Any]:
    """What the row says when the applicant has done her part: the days that passed are added."""
    due_on = rules.due_after_pause(case.due_on, case.clock_paused_on, timezone.localdate(now))
    return {"waits_for": "", "due_on": due_on, "clock_paused_on": None}
