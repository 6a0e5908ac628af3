"""Whether an official has signed in once more for a decision. Nobody sees or uses a colleague's sign-in."""

from django.db.models import QuerySet

from mostovi.kernel.access import Actor
from mostovi.services.models import Case, Reauthentication
from mostovi.services.values import ReauthenticationView


def list_own_reauthentications(actor: Actor) -> QuerySet[Reauthentication]:
    own = Reauthentication.objects.select_related("case")
    return own.none() if actor.person_id is None else own.filter(official_id=actor.person_id)


def find_latest_reauthentication(actor: Actor, case: Case) -> ReauthenticationView | None:
    """The latest counts: whoever asks anew gives up what came before."""
    row = list_own_reauthentications(actor).filter(case=case).last()
    return row.view() if row else None


def has_decided(actor: Actor, case: Case, reviewed: str) -> bool:
    """Whether a sign-in of this official has served for this very decision: the same press, a second time.

    Decided anew in the same words it is another decision.
    """
    if case.decision is None:
        return False
    used = list_own_reauthentications(actor).filter(case=case, used_at__isnull=False)
    return used.filter(decision_digest=reviewed).exists()
