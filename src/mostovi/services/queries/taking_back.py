"""What an office may take back, and whether its official has signed in once more for it."""

from datetime import datetime

from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from mostovi.kernel.errors import Conflict
from mostovi.services import rules
from mostovi.services.catalogue import standing_of
from mostovi.services.describing import describe_take_back_failure
from mostovi.services.models import Case, Document
from mostovi.services.queries.reauthentications import find_latest_reauthentication
from mostovi.services.values import Step, TakingBack


def _sealed_of(case: Case) -> Document | None:
    """The latest paper of the case that was sealed."""
    return case.documents.filter(sealed_at__isnull=False).order_by("id").last()


def check_can_take_back(step: Step, actor: Actor, case: Case) -> Document:
    """Raise unless this official may do it now."""
    document = _sealed_of(case)
    here = document is not None and document.issuer == case.institution and case.decisions.exists()
    rules.check_can_take_back(step, actor, standing_of(case), sealed_here=here)
    assert document is not None
    return document


def what_is_taken_back(actor: Actor, case: Case) -> TakingBack:
    """The latest sealed paper of the case. Raises unless this official may take it back."""
    step = Step.REVOKE if standing_of(case).has_valid_paper else Step.DECIDE_ANEW
    return TakingBack(case.code, check_can_take_back(step, actor, case).code)


def signed_in_to_take_back(actor: Actor, code: str) -> tuple[datetime | None, str]:
    """When the official signed in once more for this, or why the last attempt does not serve."""
    case = Case.objects.get(code=code)
    what, latest = what_is_taken_back(actor, case), find_latest_reauthentication(actor, case)
    try:
        return rules.check_signed_in_for(what, actor, latest, now=clock.now()), ""
    except Conflict as missing:
        if latest is None or latest.decision != what.digest or latest.used_at:
            return None, ""
        return None, describe_take_back_failure(latest.failure or missing.code)
