"""Receipts of our log: an entry, its other half, the proofs, the signed state and the certificates."""

import sqlite3
from functools import partial
from typing import Any

from cryptography.x509 import Certificate

from mostovi.exchange.gateway.context import Gateway
from mostovi.exchange.gateway.store import reader
from mostovi.exchange.gateway.store.reader import Opening
from mostovi.exchange.gateway.store.writer import Transaction
from mostovi.exchange.protocol import records
from mostovi.exchange.protocol.certificates import key_id_of, load_certificate, to_pem
from mostovi.exchange.protocol.checkpoints import parse_checkpoint
from mostovi.exchange.protocol.directory import Directory
from mostovi.exchange.protocol.merkle import inclusion_proof
from mostovi.exchange.protocol.receipts import ReceiptEntry, build_receipt


async def make_receipt(gateway: Gateway, position: int) -> dict[str, Any] | None:
    """The receipt of an entry, with the other half of its exchange; None when nothing is readable there.

    Raises LoggingFailed when the log's state cannot be signed now.
    """
    note = await gateway.log.sign_state()
    size = parse_checkpoint(note).size
    found = await gateway.log.reader.read(partial(_read, position=position, size=size))
    if not found:
        return None
    entries, kept = found
    certificates = [gateway.keys.signer.certificate, *kept]
    return build_receipt(
        member=gateway.member, entries=entries, checkpoint=note, certificates=_each_once(certificates)
    )


def keep_certificates(transaction: Transaction, *, directory: Directory) -> None:
    """Remember every member's signing certificate: receipts will need it after the directory has new ones."""
    for member in directory.members:
        for certificate in member.signing:
            transaction.execute(
                "INSERT OR IGNORE INTO certificate VALUES (?, ?)",
                (key_id_of(certificate), to_pem(certificate)),
            )


def _read(
    connection: sqlite3.Connection, *, position: int, size: int
) -> tuple[list[ReceiptEntry], list[Certificate]] | None:
    opening = reader.find_opening(connection, position)
    if opening is None or position >= size:
        return None
    openings = [opening, *reader.find_other_half(connection, opening, before=size)]
    entries = [_entry(connection, each, size) for each in openings]
    return entries, _certificates(connection, openings)


def _entry(connection: sqlite3.Connection, opening: Opening, size: int) -> ReceiptEntry:
    proof = inclusion_proof(partial(reader.read_node, connection), opening.position, size)
    return ReceiptEntry(opening.position, records.Opening(opening.nonce, opening.text.encode()), tuple(proof))


def _certificates(connection: sqlite3.Connection, openings: list[Opening]) -> list[Certificate]:
    key_ids = [
        opening.record[side]["key"]
        for opening in openings
        for side in ("request", "response")
        if side in opening.record
    ]
    return [load_certificate(pem) for pem in reader.list_certificates(connection, key_ids)]


def _each_once(certificates: list[Certificate]) -> list[Certificate]:
    return list({key_id_of(each): each for each in certificates}.values())
