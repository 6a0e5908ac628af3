"""Says of a PDF what its seal proves: who issued it, when, and whether each byte is as it was sealed.

The steps follow ETSI EN 319 102-1 in our order: read the seal, follow its certificate to the given root,
check its signature, check its time stamp, compare the content, account for every byte, look for a withdrawal.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography import x509

from mostovi.exchange.protocol.certificates import Purpose
from mostovi.exchange.sealing.demonstration import is_demonstration_root
from mostovi.exchange.verification import chains, containers, sentences
from mostovi.exchange.verification.containers import Container, TimeStamp
from mostovi.exchange.verification.seals import LocatedSeal, find_code, locate_seals
from mostovi.exchange.verification.unsealed import explain_unsealed
from mostovi.exchange.verification.values import State, Statement, Verdict
from mostovi.kernel import codes

# A stranger's file could fill our logs with what the library thinks of it; the verdict says it once.
logging.getLogger("pyhanko.pdf_utils").setLevel(logging.CRITICAL)

MAXIMUM_SIZE = 20 * 1024 * 1024
CLOCK_TOLERANCE = timedelta(minutes=5)


class _Fault(Exception):
    """The step that ends the examination, with what it found."""

    def __init__(self, state: State, *statements: Statement) -> None:
        self.state = state
        self.statements = statements


@dataclass
class _Examination:
    """One seal under examination; ``verdict`` grows with each step."""

    pdf: bytes
    seal: LocatedSeal
    roots: Sequence[x509.Certificate]
    now: datetime
    verdict: Verdict

    def prove(self, message: str, **params: str | int | datetime) -> None:
        self.verdict = replace(self.verdict, proved=(*self.verdict.proved, Statement(message, params)))

    def leave_open(self, message: str, **params: str | int | datetime) -> None:
        self.verdict = replace(self.verdict, unproved=(*self.verdict.unproved, Statement(message, params)))


def verify_document(pdf: bytes, *, trust_root: bytes, now: datetime) -> Verdict:
    """The verdict on a PDF against ``trust_root`` (PEM, one or more certificates) as of ``now``.

    Never raises for anything the file holds; raises NoRoot when ``trust_root`` holds no certificate.
    Trusts no key in the file, opens no network connection, and takes time proportional to the file.
    """
    roots = chains.load_roots(trust_root)
    if len(pdf) > MAXIMUM_SIZE:
        return _unusable(sentences.TOO_LARGE)
    seals = locate_seals(pdf)
    if not seals:
        return explain_unsealed(pdf)
    verdicts = [_examine(pdf, seal, roots, now) for seal in seals]
    verdict = min(verdicts, key=lambda each: _PRECEDENCE[each.state])
    if verdict.issuer is not None and is_demonstration_root(trust_root):
        verdict = replace(verdict, unproved=(*verdict.unproved, Statement(sentences.DEMONSTRATION)))
    return verdict


# Of several seals the one that tells most speaks. A genuine one covers the whole file, so it stands alone.
_PRECEDENCE: dict[State, int] = {"genuine": 0, "altered": 1, "unusable": 2, "not_ours": 3}


def _examine(pdf: bytes, seal: LocatedSeal, roots: Sequence[x509.Certificate], now: datetime) -> Verdict:
    examination = _Examination(pdf, seal, roots, now, Verdict(kind="document", state="unusable"))
    try:
        _examine_steps(examination)
    except _Fault as fault:
        return _close(examination.verdict, fault)
    return replace(examination.verdict, state="genuine")


def _examine_steps(examination: _Examination) -> None:
    der, container = _read_seal(examination)
    stamp = _read_stamp(examination, container)
    _check_certificate(examination, container, stamp)
    _check_signature(examination, container)
    _check_time_stamp(examination, container, stamp)
    _check_content(examination, container)
    _check_gap(examination, der, container)
    _check_revocation(examination, container, stamp)
    _state_what_is_left_open(examination, container)


def _read_seal(examination: _Examination) -> tuple[bytes, Container]:
    pdf, seal = examination.pdf, examination.seal
    if seal.is_cut_short(pdf):
        raise _Fault("unusable", Statement(sentences.CUT_SHORT))
    try:
        der = seal.container(pdf)
        return der, containers.read_container(der, "data")
    except (ValueError, containers.Unreadable) as trouble:
        if _names_a_root(pdf[seal.gap_start : seal.gap_end], examination.roots):
            raise _Fault("altered", Statement(sentences.SEAL_DAMAGED)) from trouble
        raise _Fault("unusable", Statement(sentences.UNREADABLE_SEAL)) from trouble


def _read_stamp(examination: _Examination, container: Container) -> TimeStamp:
    try:
        return containers.read_time_stamp(container.parts.time_stamp or b"")
    except containers.Unreadable as trouble:
        state: State = (
            "altered" if chains.claims_issuer(container.certificate, examination.roots) else "not_ours"
        )
        sentence = sentences.NO_TIME_STAMP if state == "altered" else sentences.OTHER_ROOT
        raise _Fault(state, Statement(sentence)) from trouble


def _check_certificate(examination: _Examination, container: Container, stamp: TimeStamp) -> None:
    try:
        _check_vouched_for(examination, container, stamp.stamped_at, Purpose.DOCUMENTS)
        chains.check_may_seal(container.certificate)
    except chains.OutOfTime as trouble:
        raise _Fault("altered", Statement(sentences.CERTIFICATE_OUT_OF_TIME)) from trouble
    except chains.NotVouchedFor as trouble:
        if chains.claims_issuer(container.certificate, examination.roots):
            raise _Fault("altered", Statement(sentences.CERTIFICATE_FORGED)) from trouble
        raise _Fault("not_ours", Statement(sentences.OTHER_ROOT)) from trouble
    except chains.WrongPurpose as trouble:
        raise _Fault("altered", Statement(sentences.WRONG_PURPOSE)) from trouble


def _check_signature(examination: _Examination, container: Container) -> None:
    try:
        containers.check_signature(container)
    except (*containers.HOSTILE, containers.WrongSignature) as trouble:
        raise _Fault("altered", Statement(sentences.SEAL_CHANGED)) from trouble
    holder = chains.holder_of(container.certificate)
    examination.verdict = replace(examination.verdict, issuer=holder.name, issuer_code=holder.code)
    examination.prove(sentences.SEALED_BY, issuer=holder.name)
    examination.prove(sentences.VOUCHED_FOR)


def _check_time_stamp(examination: _Examination, container: Container, stamp: TimeStamp) -> None:
    try:
        _check_vouched_for(examination, stamp.container, stamp.stamped_at, Purpose.TIME_STAMPS)
        chains.check_may_stamp(stamp.container.certificate)
        containers.check_stamps(stamp, container.parts.signature)
    except (
        *containers.HOSTILE,
        containers.WrongSignature,
        chains.NotVouchedFor,
        chains.WrongPurpose,
    ) as trouble:
        raise _Fault("altered", Statement(sentences.NO_TIME_STAMP)) from trouble
    examination.verdict = replace(examination.verdict, issued_at=stamp.stamped_at)
    examination.prove(sentences.STAMPED_AT, stamped_at=stamp.stamped_at)
    if stamp.stamped_at > examination.now + CLOCK_TOLERANCE:
        raise _Fault("unusable", Statement(sentences.FROM_THE_FUTURE, {"stamped_at": stamp.stamped_at}))


def _check_content(examination: _Examination, container: Container) -> None:
    pdf, seal = examination.pdf, examination.seal
    if containers.digest(container.parts.algorithm, *seal.covered(pdf)) != container.message_digest:
        raise _Fault(
            "altered",
            Statement(
                sentences.BYTES_CHANGED,
                {
                    "first_end": seal.gap_start - 1,
                    "second_start": seal.gap_end,
                    "second_end": seal.covered_end - 1,
                },
            ),
        )
    examination.verdict = replace(
        examination.verdict, code=find_code(pdf[: seal.gap_start] + pdf[seal.gap_end : seal.covered_end])
    )
    if seal.covered_end != len(pdf):
        one, more = sentences.BYTES_APPENDED
        added = {"count": len(pdf) - seal.covered_end, "offset": seal.covered_end}
        raise _Fault(
            "altered", Statement(one, added, more), *_describe_appended(pdf[: seal.covered_end], pdf)
        )


def _describe_appended(signed: bytes, current: bytes) -> tuple[Statement, ...]:
    from mostovi.exchange.verification import alteration  # noqa: PLC0415 # brings pyHanko

    return alteration.describe_appended(signed, current)


def _check_gap(examination: _Examination, der: bytes, container: Container) -> None:
    try:
        containers.check_every_byte(der, container)
        plain = examination.seal.is_plain_gap(examination.pdf)
    except (*containers.HOSTILE, containers.WrongSignature, containers.Unreadable) as trouble:
        raise _Fault("altered", Statement(sentences.SEAL_CHANGED)) from trouble
    if not plain or not examination.seal.described:
        raise _Fault("altered", Statement(sentences.SEAL_CHANGED))
    examination.prove(sentences.EVERY_BYTE)
    if examination.verdict.code is not None:
        examination.prove(sentences.CODE_SEALED, code=codes.display(examination.verdict.code))


def _check_revocation(examination: _Examination, container: Container, stamp: TimeStamp) -> None:
    """Only now is the file opened as a PDF: every byte of it is known to come from the institution."""
    from mostovi.exchange.verification import revocation  # noqa: PLC0415 # brings pyHanko

    found = revocation.look_up(
        examination.pdf, container.certificate, roots=examination.roots, at=stamp.stamped_at
    )
    if found is None:
        examination.leave_open(sentences.REVOCATION_UNKNOWN)
    elif found.revoked_at is not None and found.revoked_at <= stamp.stamped_at:
        raise _Fault("altered", Statement(sentences.REVOKED, {"revoked_at": found.revoked_at}))
    else:
        examination.prove(sentences.NOT_REVOKED)


def _state_what_is_left_open(examination: _Examination, container: Container) -> None:
    examination.leave_open(sentences.CONTENT_TRUE, issuer=examination.verdict.issuer or "?")
    examination.leave_open(sentences.STILL_IN_FORCE)
    expired_at = container.certificate.not_valid_after_utc
    if expired_at < examination.now:
        examination.leave_open(sentences.CERTIFICATE_EXPIRED, expired_at=expired_at)


def _check_vouched_for(
    examination: _Examination, container: Container, at: datetime, purpose: Purpose
) -> None:
    chains.check_vouched_for(
        container.certificate,
        others=container.parts.other_certificates,
        roots=examination.roots,
        at=at,
        purpose=purpose,
    )


def _names_a_root(gap: bytes, roots: Sequence[x509.Certificate]) -> bool:
    digits = gap.upper()
    return any(
        key is not None and key.hex().upper().encode() in digits
        for key in (chains.subject_key(root) for root in roots)
    )


def _close(verdict: Verdict, fault: _Fault) -> Verdict:
    unproved = verdict.unproved
    if verdict.issuer is None:
        unproved = (*unproved, Statement(sentences.ISSUER_UNKNOWN))
    return replace(verdict, state=fault.state, unproved=unproved, false=fault.statements)


def _unusable(message: str) -> Verdict:
    return Verdict(kind="unknown", state="unusable", false=(Statement(message),))
