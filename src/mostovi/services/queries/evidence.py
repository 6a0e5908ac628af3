"""The proof behind a fact of a case, for the official who decides it."""

from typing import Any

from django.db import transaction

from mostovi.exchange import public as exchange
from mostovi.kernel.access import Actor, check_is_official
from mostovi.kernel.errors import NotFound
from mostovi.services.queries.cases import open_case


class NoEvidence(NotFound):
    code = "no_evidence"
    message = "This fact has no entry in the log yet. The register has not answered."


def find_evidence(actor: Actor, code: str, fact: str) -> tuple[str, dict[str, Any]]:
    """The log entry behind a fact and its receipt, as ``mostovi verify`` reads it.

    Raises CaseNotFound, NoEvidence, or what the exchange refuses.
    """
    check_is_official(actor, role="caseworker")
    with transaction.atomic():
        case = open_case(actor, code)
        log_entry = case.facts.filter(key=fact).values_list("log_entry", flat=True).first()
    if not log_entry:
        raise NoEvidence
    return log_entry, exchange.fetch_own_receipt(institution=case.institution, log_entry=log_entry)
