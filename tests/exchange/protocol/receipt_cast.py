"""A whole exchange between Damir's office and the ministry, in the ministry's log, with its receipt."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from protocol_cast import (
    ANSWER,
    BODY,
    CONTRACT,
    DAMIR,
    MINISTRY,
    NOW,
    PORTAL,
    REGISTER,
    signed_request,
    signed_response,
)

from mostovi.exchange.protocol.checkpoints import Checkpoint, log_origin, sign_checkpoint
from mostovi.exchange.protocol.digests import content_digest
from mostovi.exchange.protocol.keys import Signer
from mostovi.exchange.protocol.merkle import Frontier, Node, inclusion_proof
from mostovi.exchange.protocol.receipts import Receipt, ReceiptEntry, build_receipt, receipt_from_json
from mostovi.exchange.protocol.records import (
    LogRecord,
    Opening,
    Outcome,
    RecordKind,
    SignedMessage,
    open_record,
)

ASKED = LogRecord(
    kind=RecordKind.EXCHANGE_REQUEST,
    at=NOW,
    outcome=Outcome.ASKED,
    exchange_id="BA-6f1c7a5e",
    request_id="0b1e7f0a-1111-4222-8333-444455556666",
    consumer=str(PORTAL),
    provider=str(REGISTER),
    service=str(CONTRACT.service),
    contract_id=CONTRACT.id,
    contract_hash=CONTRACT.hash,
    purpose=CONTRACT.purpose_code,
    case="K4T92M7AE",
    user="BAu7kq2m",
    subject="wq8Zr0pTn3yX5aVbC7dEfGhJ",
    request_digest=content_digest(BODY),
    fields=("name", "address"),
)


@dataclass
class Log:
    """A member's log in memory, as a gateway keeps it on disk."""

    openings: list[Opening]

    def nodes(self) -> dict[tuple[int, int], bytes]:
        made: list[Node] = Frontier().extend([each.leaf_hash() for each in self.openings])[1]
        return {(node.level, node.index): node.hash for node in made}

    def checkpoint(self, signer: Signer = MINISTRY, **changes: Any) -> str:
        root = Frontier().extend([each.leaf_hash() for each in self.openings])[0].root()
        state = Checkpoint(log_origin(REGISTER.member), len(self.openings), root, NOW + timedelta(seconds=1))
        return sign_checkpoint(replace(state, **changes), signer)

    def entry(self, index: int) -> ReceiptEntry:
        nodes = self.nodes()
        proof = inclusion_proof(lambda level, place: nodes[level, place], index, len(self.openings))
        return ReceiptEntry(index, self.openings[index], tuple(proof))


def recorded_exchange(requester: Signer = DAMIR, responder: Signer = MINISTRY) -> tuple[LogRecord, LogRecord]:
    """The two records of one exchange, each with its signed message."""
    _, request = signed_request(requester)
    _, response = signed_response(request, responder)
    asked = replace(ASKED, request=SignedMessage.of(request))
    answered = replace(
        ASKED,
        kind=RecordKind.EXCHANGE_RESPONSE,
        outcome=Outcome.ANSWERED,
        response_digest=content_digest(ANSWER),
        response=SignedMessage.of(response),
    )
    return asked, answered


def log_with(*records: LogRecord) -> Log:
    """A log in which these records are the last, after five of other people."""
    others = [replace(ASKED, request_id=f"other-{number}", case="E" * 9) for number in range(5)]
    return Log([open_record(each) for each in (*others, *records)])


def receipt_json(log: Log, *indexes: int, **changes: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "member": REGISTER.member,
        "entries": [log.entry(index) for index in indexes],
        "checkpoint": log.checkpoint(),
        "certificates": [MINISTRY.certificate, DAMIR.certificate],
    }
    return build_receipt(**(known | changes))


def receipt_of(*records: LogRecord, **changes: Any) -> Receipt:
    """The receipt of these records, which are the last in the ministry's log."""
    log = log_with(*records)
    return receipt_from_json(receipt_json(log, *range(5, 5 + len(records)), **changes))
