"""Lays the demonstration's keys out on disk at the first start, and leaves them untouched afterwards.

``<directory>/keys/`` holds ``root.pem``, ``directory.pem``, ``tsa.pem``, ``revocations.pem`` and, per member,
``<member>/{tls,signing,sealing,client}.pem``; beside each certificate its key, such as ``tls.key`` (PKCS #8,
0600). With ``client`` a system of the member proves itself to the member's own gateway.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from mostovi.demo.authorities import issuing
from mostovi.demo.authorities.issuing import Issued, Purpose
from mostovi.exchange.sealing.demonstration import DEMONSTRATION_MARK

MEMBER_PURPOSES = {
    "tls": issuing.TLS,
    "signing": issuing.SIGNING,
    "sealing": issuing.SEALING,
    "client": issuing.CLIENT,
}
AUTHORITY_PURPOSES = {
    "directory": (issuing.DIRECTORY, "Mostovi demonstration directory"),
    "tsa": (issuing.TIME_STAMPS, "Mostovi demonstration time-stamp authority"),
}


@dataclass(frozen=True)
class MemberName:
    """A member's code and the name its certificates carry."""

    code: str
    name: str


def make_keys(directory: Path, members: Sequence[MemberName], now: datetime) -> Path:
    """Make every key that is missing under ``directory``; returns ``directory/keys``. Safe to run again."""
    keys = directory / "keys"
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    root = _read_or_make(keys / "root", lambda: issuing.issue_root(now))
    for name, (purpose, common_name) in AUTHORITY_PURPOSES.items():
        _make_missing(
            keys / name,
            root,
            purpose,
            common_name=common_name,
            organization=DEMONSTRATION_MARK,
            identifier="",
            now=now,
        )
    for member in members:
        _make_member_keys(keys, root, member, now)
    write_revocation_list(keys, now)
    return keys


def write_revocation_list(keys: Path, now: datetime) -> None:
    """Sign a fresh revocation list, as each start does: seals never carry a stale one."""
    root = read_issued(keys / "root")
    fresh = issuing.revocation_list(root, number=int(now.timestamp()), now=now.astimezone(UTC))
    _write(keys / "revocations.pem", fresh.public_bytes(Encoding.PEM))


def read_issued(path: Path) -> Issued:
    """The key and certificate at ``path`` (without suffix)."""
    key = load_pem_private_key(path.with_suffix(".key").read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Issued(key, x509.load_pem_x509_certificate(path.with_suffix(".pem").read_bytes()))


def _make_member_keys(keys: Path, root: Issued, member: MemberName, now: datetime) -> None:
    for name, purpose in MEMBER_PURPOSES.items():
        _make_missing(
            keys / member.code / name,
            root,
            purpose,
            common_name=member.code,
            organization=member.name,
            identifier=f"BA/GOV/{member.code}",
            now=now,
        )


def _make_missing(
    path: Path,
    root: Issued,
    purpose: Purpose,
    *,
    common_name: str,
    organization: str,
    identifier: str,
    now: datetime,
) -> None:
    if not path.with_suffix(".pem").exists():
        issued = issuing.issue(
            root,
            purpose,
            common_name=common_name,
            organization=organization,
            identifier=identifier,
            now=now,
        )
        _write_issued(path, issued)


def _read_or_make(path: Path, make: Callable[[], Issued]) -> Issued:
    if not path.with_suffix(".pem").exists():
        _write_issued(path, make())
    return read_issued(path)


def _write_issued(path: Path, issued: Issued) -> None:
    key = issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    # The certificate comes last: its presence says that the pair is complete, whenever we were stopped.
    _write(path.with_suffix(".key"), key)
    _write(path.with_suffix(".pem"), issued.certificate.public_bytes(Encoding.PEM))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
