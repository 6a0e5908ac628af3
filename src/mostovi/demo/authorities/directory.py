"""The demonstration's directory: who is a member, with which keys, at which address."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path

from cryptography import x509
from ruamel.yaml import YAML

from mostovi.demo.authorities.key_files import read_issued
from mostovi.demo.members import Member as PackMember
from mostovi.demo.members import list_members
from mostovi.exchange.protocol.certificates import key_id_of
from mostovi.exchange.protocol.directory import Directory, Member, sign_directory
from mostovi.exchange.protocol.identifiers import MemberId
from mostovi.exchange.protocol.keys import Signer

INSTANCE, MEMBER_CLASS = "BA", "GOV"
VALIDITY = timedelta(seconds=600)
REFRESH_SECONDS = 60
BUILT_IN_SUBSYSTEM = "gateway"


@dataclass(frozen=True)
class DirectoryPublisher:
    """Signs the directory, from the keys under ``keys`` and ``addresses`` (host:port by member code)."""

    keys: Path
    addresses: Mapping[str, str]

    def publish(self, now: datetime) -> bytes:
        """A directory valid for ten minutes from ``now``. Its serial number is the second of signing."""
        issued_at = now.replace(microsecond=0)
        directory = Directory(
            instance=INSTANCE,
            serial=int(issued_at.timestamp()),
            issued_at=issued_at,
            expires_at=issued_at + VALIDITY,
            members=tuple(self._member(each) for each in list_members() if each.code in self.addresses),
        )
        issued = read_issued(self.keys / "directory")
        return sign_directory(directory, Signer(issued.key, issued.certificate))

    def _member(self, member: PackMember) -> Member:
        return Member(
            id=MemberId(INSTANCE, MEMBER_CLASS, member.code),
            names=dict(member.names),
            level=_levels()[member.code],
            unit=member.unit,
            subsystems=tuple(dict.fromkeys((*member.subsystems, BUILT_IN_SUBSYSTEM))),
            address=self.addresses[member.code],
            tls=(key_id_of(self._certificate(member, "tls")),),
            signing=(self._certificate(member, "signing"),),
            sealing=(self._certificate(member, "sealing"),),
            document_prefix=member.prefix,
        )

    def _certificate(self, member: PackMember, name: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.keys / member.code / f"{name}.pem").read_bytes())


def read_addresses(path: Path) -> dict[str, str]:
    """Addresses by member code from a JSON object; a number is a port of this machine.

    Names that are no member's are left out: the file may list other programs too.
    """
    codes = {member.code for member in list_members()}
    found = json.loads(path.read_text(encoding="utf-8"))
    return {
        code: f"127.0.0.1:{address}" if isinstance(address, int) else str(address)
        for code, address in found.items()
        if code in codes
    }


@cache
def _levels() -> dict[str, str]:
    path = resources.files("mostovi") / "packs" / "bih" / "institutions.yaml"
    return {row["code"]: row["level"] for row in YAML(typ="safe").load(path.read_text(encoding="utf-8"))}
