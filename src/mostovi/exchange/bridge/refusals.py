"""How a call over the bridge can fail."""

from django.utils.translation import gettext_noop

from mostovi.exchange.protocol.xroad import find_fault
from mostovi.kernel.errors import Refusal


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


def refusal_for(error_type: str, message: str, detail: str, institution: str) -> Refusal:
    """The refusal behind an ``X-Road-Error``."""
    fault = find_fault(error_type)
    if fault is not None and fault.is_temporary:
        return NoAnswer(institution, error_type)
    return BridgeRefused(error_type, message=message, detail=detail)
