"""Why a gateway refuses, beyond what the protocol itself checks, and how X-Road clients are told."""

from mostovi.exchange.protocol.contracts import NoContract
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.identifiers import InvalidClient, InvalidIdentifier, InvalidSecurityServer
from mostovi.exchange.protocol.questions import InvalidQuestion
from mostovi.exchange.protocol.xroad import Side, Spelling, error_type


class GatewayRefusal(ProtocolRefusal):
    """A refusal of ours.

    ``side`` is where it arose, if not at the gateway that raises it; ``words`` are said instead of the
    fault's sentence: X-Road's own where its clients look for them, ours where it would not be true.
    """

    side: Side | None = None
    words = ""


class SubsystemNotProved(GatewayRefusal):
    """The connection does not prove the subsystem that ``X-Road-Client`` names."""

    fault = Fault.SSL_AUTHENTICATION_FAILED


class NotOurSubsystem(GatewayRefusal):
    """What is named is a system of another institution, which the directory may well know."""

    fault = Fault.UNKNOWN_MEMBER
    words = "This gateway does not serve the systems of that institution."


class PersonalNumberExposed(GatewayRefusal):
    """A personal number stands in the address or in a header, where logs would keep it."""

    fault = Fault.BAD_REQUEST
    side = Side.CLIENT


class MethodNotKnown(GatewayRefusal):
    fault = Fault.INVALID_HTTP_METHOD
    side = Side.CLIENT


class GatewaySilent(GatewayRefusal):
    """The other gateway does not answer, or not in time."""

    fault = Fault.NETWORK_ERROR
    side = Side.PROVIDER_GATEWAY


class UnsignedAnswer(GatewayRefusal):
    """The other gateway answered without signing, and not to refuse."""

    fault = Fault.MISSING_SIGNATURE


class InconsistentAnswer(GatewayRefusal):
    """The answer is to other bytes than those we sent."""

    fault = Fault.INCONSISTENT_RESPONSE


class RegisterSilent(GatewayRefusal):
    """The register does not answer, or not in time."""

    fault = Fault.NETWORK_ERROR


class RegisterFaulty(GatewayRefusal):
    """What the register sent is not an answer."""

    fault = Fault.SERVICE_FAILED


class UnknownService(GatewayRefusal):
    fault = Fault.UNKNOWN_SERVICE


class ServiceDisabled(GatewayRefusal):
    fault = Fault.SERVICE_DISABLED


class EndpointDenied(GatewayRefusal):
    """The service has no such method and path."""

    fault = Fault.ACCESS_DENIED


class WrongServiceType(GatewayRefusal):
    """The service has no OpenAPI description. X-Road clients know this case by its words."""

    fault = Fault.SERVICE_TYPE
    words = "Invalid service type: REST"


class DescriptionUnreadable(GatewayRefusal):
    """The register does not show its OpenAPI description."""

    fault = Fault.SERVICE_FAILED
    words = "Failed reading service description from the register"


class LoggingFailed(GatewayRefusal):
    """The log could not be written, so nothing is sent on."""

    fault = Fault.LOGGING_FAILED


def side_of(refusal: ProtocolRefusal, here: Side) -> Side:
    """Where X-Road would say the fault arose, for a refusal raised at the gateway ``here``."""
    if isinstance(refusal, GatewayRefusal) and refusal.side is not None:
        return refusal.side
    if isinstance(refusal, NoContract):
        return Side.PROVIDER_GATEWAY
    if here is Side.CONSUMER_GATEWAY and _is_the_clients(refusal):
        return Side.CLIENT
    return here


def _is_the_clients(refusal: ProtocolRefusal) -> bool:
    if isinstance(refusal, InvalidClient | InvalidSecurityServer):
        return False
    return isinstance(refusal, InvalidIdentifier | InvalidQuestion)


def type_of(refusal: ProtocolRefusal, here: Side, spelling: Spelling) -> str:
    """The error type in ``X-Road-Error``. A missing contract is what X-Road calls a denied access."""
    fault = Fault.ACCESS_DENIED if isinstance(refusal, NoContract) else refusal.fault
    return error_type(fault, side_of(refusal, here), spelling)


def xroad_message(refusal: ProtocolRefusal) -> str:
    """The sentence in the body of an error."""
    if isinstance(refusal, InvalidQuestion) and refusal.detail:
        # Said to whoever writes the asking system; the detail never repeats the question.
        return f"{refusal.message.removesuffix('.')}: {refusal.detail}."
    return refusal.words if isinstance(refusal, GatewayRefusal) and refusal.words else refusal.message
