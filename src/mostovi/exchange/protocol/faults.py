"""Every reason for which an exchange is refused, in one list.

Its name on the wire, its status, a sentence for people.
"""

from enum import Enum
from typing import Any, ClassVar

from mostovi.kernel.errors import Refusal

_ASK_AGAIN = "Nothing is lost; try again later."


class Fault(Enum):
    """A reason.

    ``kind`` as X-Road spells it (up to 7.7), true HTTP ``status`` for our own API, English ``sentence``.

    The first part are X-Road's own (exchange protocol for REST, table of error types), the second part are
    ours.
    """

    kind: str
    status: int
    sentence: str

    # X-Road's
    INVALID_CLIENT_IDENTIFIER = (
        "InvalidClientIdentifier",
        400,
        "The request does not say correctly who is asking.",
    )
    UNKNOWN_MEMBER = ("UnknownMember", 404, "This institution is not in the directory of the exchange.")
    SSL_AUTHENTICATION_FAILED = (
        "SslAuthenticationFailed",
        401,
        "The system that asks did not prove with its certificate who it is.",
    )
    BAD_REQUEST = ("BadRequest", 400, "The request is not written as the exchange requires.")
    INVALID_SECURITY_SERVER = (
        "InvalidSecurityServer",
        400,
        "The request names a gateway that does not belong to this institution.",
    )
    OUTDATED_GLOBAL_CONF = (
        "OutdatedGlobalConf",
        503,
        f"The directory of members is too old to be trusted, so the exchange has paused. {_ASK_AGAIN}",
    )
    MALFORMED_GLOBAL_CONF = (
        "MalformedGlobalConf",
        502,
        f"The directory of members is damaged or not genuine, so it is not used. {_ASK_AGAIN}",
    )
    UNKNOWN_SERVICE = ("UnknownService", 404, "The institution does not offer this service.")
    ACCESS_DENIED = ("AccessDenied", 403, "The institution that asks may not use this service.")
    SERVICE_DISABLED = (
        "ServiceDisabled",
        503,
        f"The institution has switched this service off for now. {_ASK_AGAIN}",
    )
    SERVICE_TYPE = ("ServiceType", 400, "This service has to be called in another way.")
    SERVICE_FAILED = ("ServiceFailed", 502, f"The register could not answer correctly. {_ASK_AGAIN}")
    NETWORK_ERROR = ("NetworkError", 503, f"The institution does not answer at the moment. {_ASK_AGAIN}")
    INVALID_SIGNATURE_VALUE = (
        "InvalidSignatureValue",
        401,
        "The signature of the message is wrong: it is not from the institution it names, or was changed.",
    )
    MISSING_SIGNATURE = ("MissingSignature", 401, "The message is not signed, so nobody answers for it.")
    MALFORMED_SIGNATURE = (
        "MalformedSignature",
        400,
        "The signature of the message is not written as it should be.",
    )
    DUPLICATE_HEADER_FIELD = (
        "DuplicateHeaderField",
        400,
        "The message says the same thing twice, so it is unclear which one is meant.",
    )
    MISSING_HEADER_FIELD = ("MissingHeaderField", 400, "The message lacks something that must be in it.")
    INCONSISTENT_RESPONSE = (
        "InconsistentResponse",
        502,
        f"The answer does not belong to this question, so it is not used. {_ASK_AGAIN}",
    )
    LOGGING_FAILED = (
        "LoggingFailed",
        503,
        f"The exchange could not be recorded, and what is not recorded is not sent. {_ASK_AGAIN}",
    )
    TIMESTAMPING_FAILED = ("TimestampingFailed", 503, f"The time could not be confirmed. {_ASK_AGAIN}")
    MAINTENANCE_MODE = (
        "MaintenanceMode",
        503,
        f"The gateway of the institution is being maintained. {_ASK_AGAIN}",
    )
    DATABASE_ERROR = (
        "DatabaseError",
        503,
        f"The gateway cannot read its own records at the moment. {_ASK_AGAIN}",
    )
    IO_ERROR = ("IOError", 503, f"The gateway cannot read or write at the moment. {_ASK_AGAIN}")
    INVALID_HTTP_METHOD = ("InvalidHttpMethod", 405, "This address cannot be called in this way.")
    INTERNAL_ERROR = ("InternalError", 500, f"Something went wrong in the gateway. {_ASK_AGAIN}")

    # ours
    ALTERED_BODY = ("AlteredBody", 400, "The content of the message was changed on the way.")
    MISSING_COMPONENT = (
        "MissingComponent",
        400,
        "The signature of the message leaves out a part it must cover.",
    )
    STALE_MESSAGE = ("StaleMessage", 400, f"The message is too old, or a clock is wrong. {_ASK_AGAIN}")
    REPLAYED_REQUEST = (
        "ReplayedRequest",
        409,
        "The same message arrived a second time and was not answered again.",
    )
    UNKNOWN_KEY = (
        "UnknownKey",
        401,
        "The message is signed with a key that belongs to no member of the exchange.",
    )
    MESSAGE_TOO_LARGE = ("MessageTooLarge", 413, "The message is larger than the exchange carries.")
    CASE_REFERENCE_MISSING = (
        "CaseReferenceMissing",
        403,
        "Data about a person may only be asked for in a case, and the request names none.",
    )
    NO_CONTRACT = ("NoContract", 403, "There is no agreement under which this may be asked.")
    CONTRACT_NOT_VALID_NOW = (
        "ContractNotValidNow",
        403,
        "The agreement under which this was asked has ended or has not begun.",
    )
    CONTRACT_NOT_SIGNED = (
        "ContractNotSigned",
        403,
        "The agreement under which this was asked is not signed by both institutions.",
    )
    CONTRACT_WRONG_PARTY = (
        "ContractWrongParty",
        403,
        "The agreement under which this was asked is between other institutions.",
    )
    CONTRACT_WRONG_SERVICE = (
        "ContractWrongService",
        403,
        "The agreement under which this was asked is for another service.",
    )
    CONTRACT_CHANGED = (
        "ContractChanged",
        403,
        "The two institutions hold different versions of the agreement under which this was asked.",
    )
    MALFORMED_CONTRACT = ("MalformedContract", 422, "The agreement is not written as the exchange requires.")
    FIELD_NOT_IN_CONTRACT = (
        "FieldNotInContract",
        403,
        "More was asked or answered than the agreement between the institutions allows.",
    )
    INVALID_QUESTION = (
        "InvalidQuestion",
        422,
        "The question does not say correctly about whom and what it asks.",
    )
    STALE_DIRECTORY = (
        "StaleDirectory",
        502,
        f"An older directory of members was offered than the one known, so it is not used. {_ASK_AGAIN}",
    )
    UNTRUSTED_CERTIFICATE = (
        "UntrustedCertificate",
        401,
        "A certificate was not issued by the trusted authority for this use, or is not valid now.",
    )
    MALFORMED_RECORD = ("MalformedRecord", 422, "This record is not written as the log requires.")
    OPENING_DOES_NOT_FIT = (
        "OpeningDoesNotFit",
        422,
        "What is shown is not what was recorded in the log: something in it was changed.",
    )
    MALFORMED_PROOF = ("MalformedProof", 422, "The proof is not written as it should be.")
    INCLUSION_NOT_PROVED = (
        "InclusionNotProved",
        422,
        "The proof does not show that this entry is in the log.",
    )
    LOG_REWRITTEN = (
        "LogRewritten",
        409,
        "The log was changed in its past: what it shows now does not continue it.",
    )
    MALFORMED_CHECKPOINT = (
        "MalformedCheckpoint",
        422,
        "The signed state of the log is not written as it should be.",
    )
    FORGED_CHECKPOINT = (
        "ForgedCheckpoint",
        422,
        "The signed state of the log was not signed by this institution.",
    )
    MALFORMED_RECEIPT = (
        "MalformedReceipt",
        422,
        "This receipt is damaged or is not a receipt of the exchange.",
    )
    FORGED_RECEIPT = ("ForgedReceipt", 422, "This receipt is not genuine: its parts do not belong together.")
    MALFORMED_STATEMENT = (
        "MalformedStatement",
        422,
        "This is not the code of a document, or it was read incompletely.",
    )
    FORGED_STATEMENT = (
        "ForgedStatement",
        422,
        "This code was not signed by the institution it names. The paper may be forged.",
    )

    def __init__(self, kind: str, status: int, sentence: str) -> None:
        self.kind = kind
        self.status = status
        self.sentence = sentence

    @property
    def code(self) -> str:
        """Stable machine name, such as ``case_reference_missing``."""
        return self.name.lower()

    @property
    def is_temporary(self) -> bool:
        """Whether the same question, asked anew a little later, may well be answered.

        So it is when something is down, full or late, and when somebody on the way altered one message.
        """
        return self.sentence.endswith(_ASK_AGAIN) or self in _OF_ONE_MESSAGE


_OF_ONE_MESSAGE = frozenset({Fault.ALTERED_BODY, Fault.INVALID_SIGNATURE_VALUE, Fault.REPLAYED_REQUEST})


class ProtocolRefusal(Refusal):
    """What every function of the protocol raises.

    ``detail`` is for the operator's log and never holds personal data.
    """

    fault: ClassVar[Fault] = Fault.INTERNAL_ERROR

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.code = cls.fault.code
        cls.status = cls.fault.status
        cls.message = cls.fault.sentence

    def __init__(self, detail: str = "") -> None:
        super().__init__()
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.message} ({self.detail})" if self.detail else self.message
