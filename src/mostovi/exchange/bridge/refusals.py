"""How a call over the bridge can fail."""

from typing import Literal

from django.utils.translation import gettext_noop

from mostovi.exchange.protocol.faults import Fault
from mostovi.exchange.protocol.xroad import find_fault
from mostovi.kernel.errors import Refusal

RefusalReason = Literal["no_case", "no_contract", "not_registered", "silent", "other"]

_REASONS: dict[RefusalReason, frozenset[Fault]] = {
    "no_case": frozenset({Fault.CASE_REFERENCE_MISSING}),
    "no_contract": frozenset(
        {
            Fault.ACCESS_DENIED,
            Fault.NO_CONTRACT,
            Fault.CONTRACT_NOT_VALID_NOW,
            Fault.CONTRACT_NOT_SIGNED,
            Fault.CONTRACT_WRONG_PARTY,
            Fault.CONTRACT_WRONG_SERVICE,
            Fault.CONTRACT_CHANGED,
            Fault.FIELD_NOT_IN_CONTRACT,
        }
    ),
    "not_registered": frozenset({Fault.UNKNOWN_MEMBER, Fault.UNKNOWN_SERVICE, Fault.UNKNOWN_KEY}),
    "silent": frozenset({Fault.NETWORK_ERROR, Fault.SERVICE_FAILED}),
}


class BridgeRefused(Refusal):
    """A gateway refused. ``error_type`` is X-Road's, ``detail`` finds it in the gateway's journal."""

    code = "bridge_refused"
    status = 403
    message = gettext_noop("The exchange refused this request.")

    def __init__(
        self, error_type: str, *, message: str = "", detail: str = "", status: int | None = None
    ) -> None:
        fault = find_fault(error_type)
        super().__init__(
            fault.sentence if fault else message or None, code=fault.code if fault else error_type or None
        )
        self.error_type = error_type
        self.detail = detail
        self.status = status or (fault.status if fault else type(self).status)


class NoAnswer(Refusal):
    """The register, its gateway or our own gateway gives no answer now. Nothing is lost; ask again later.

    ``error_type`` is X-Road's where a gateway said why, and empty where none was reached.
    """

    code = "no_answer"
    status = 503
    message = gettext_noop("The institution does not answer at the moment. Nothing is lost; try again later.")

    def __init__(self, institution: str = "", error_type: str = "") -> None:
        fault = find_fault(error_type)
        super().__init__(fault.sentence if fault else None, code=fault.code if fault else None)
        self.institution = institution
        self.error_type = error_type


class NoTrustRoot(NoAnswer):
    """This portal has no root to judge by, so nothing that is signed can be believed."""

    code = "no_trust_root"
    message = gettext_noop(
        "This portal cannot check signatures at the moment: its operator has to set it up. "
        "Nothing is wrong with your paper; try again later."
    )

    def __init__(self) -> None:
        super().__init__()


def refusal_for(error_type: str, message: str, detail: str, institution: str) -> Refusal:
    """The refusal behind an ``X-Road-Error``."""
    fault = find_fault(error_type)
    if fault is not None and fault.is_temporary:
        return NoAnswer(institution, error_type)
    return BridgeRefused(error_type, message=message, detail=detail)


def reason_of(error_type: str) -> RefusalReason:
    """Why a question came to nothing, as a person needs to know it; ``silent`` is no refusal."""
    fault = find_fault(error_type)
    return next((reason for reason, faults in _REASONS.items() if fault in faults), "other")
