"""The signed directory: who is a member, with which systems, keys and address.

The directory authority signs it, its certificate leads to the root that each gateway was given separately,
and so do the members' certificates inside: a stolen directory key alone adds no key that anyone would
trust. It expires soon and its serial number never goes backwards, so an old one cannot be put in its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.x509 import Certificate

from mostovi.exchange.protocol.canonical import MalformedJson, canonical_json, parse_json
from mostovi.exchange.protocol.certificates import (
    Purpose,
    UntrustedCertificate,
    key_id_of,
    load_certificate,
    to_pem,
    verify_certificate,
)
from mostovi.exchange.protocol.digests import encode_base64url
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.identifiers import InvalidIdentifier, MemberId, SubsystemId, parse_member
from mostovi.exchange.protocol.instants import format_instant
from mostovi.exchange.protocol.keys import Signer, WrongSignature, p256_public_key, verify_signature
from mostovi.exchange.protocol.shapes import Shape

_FORMAT = "mostovi-directory/1"
_PREFIX = b"mostovi-directory/1\n"


class MalformedDirectory(ProtocolRefusal):
    """Not a directory, or one that contradicts itself."""

    fault = Fault.MALFORMED_GLOBAL_CONF


class ForgedDirectory(MalformedDirectory):
    """Not signed by a directory key under the given root."""


class OutdatedDirectory(ProtocolRefusal):
    """Expired, or from the future."""

    fault = Fault.OUTDATED_GLOBAL_CONF


class StaleDirectory(ProtocolRefusal):
    """Older than the directory already known."""

    fault = Fault.STALE_DIRECTORY


class UnknownMember(ProtocolRefusal):
    """Not in the directory."""

    fault = Fault.UNKNOWN_MEMBER


class UnknownKey(ProtocolRefusal):
    """No member's key, or not the key of the member who is named."""

    fault = Fault.UNKNOWN_KEY


@dataclass(frozen=True)
class Member:
    """One institution. ``names`` per language (bs, hr, sr, en).

    ``level`` and ``unit`` place it in the territory.

    ``address`` is host:port of its gateway; ``tls`` are thumbprints of the certificates its gateway shows;
    ``signing`` and ``sealing`` are certificates, the current one first. ``document_prefix`` begins the
    codes of its documents.
    """

    id: MemberId
    names: Mapping[str, str]
    level: str
    unit: str
    subsystems: tuple[str, ...]
    address: str
    tls: tuple[str, ...]
    signing: tuple[Certificate, ...]
    sealing: tuple[Certificate, ...] = ()
    document_prefix: str = ""

    @property
    def code(self) -> str:
        return self.id.member_code

    def to_json(self) -> dict[str, Any]:
        """The member as it stands in the directory."""
        return {
            "id": str(self.id),
            "names": dict(self.names),
            "level": self.level,
            "unit": self.unit,
            "subsystems": list(self.subsystems),
            "address": self.address,
            "tls": list(self.tls),
            "signing": [to_pem(each) for each in self.signing],
            "sealing": [to_pem(each) for each in self.sealing],
            "document_prefix": self.document_prefix,
        }


@dataclass(frozen=True)
class Directory:
    """A directory whose signature was checked (or that its authority is about to sign).

    ``distrusted`` names listed certificates that do not lead to the root now and were left out of
    ``members``.
    """

    instance: str
    serial: int
    issued_at: datetime
    expires_at: datetime
    members: tuple[Member, ...] = ()
    distrusted: tuple[str, ...] = field(default=(), compare=False)

    def to_json(self) -> dict[str, Any]:
        """The directory as the JSON object that is signed."""
        return {
            "instance": self.instance,
            "serial": self.serial,
            "issued_at": format_instant(self.issued_at),
            "expires_at": format_instant(self.expires_at),
            "members": [member.to_json() for member in self.members],
        }

    def find_member(self, member: MemberId) -> Member:
        """Raises UnknownMember."""
        try:
            return self._by_id[member]
        except KeyError:
            raise UnknownMember(str(member)) from None

    def find_member_by_code(self, member_code: str) -> Member:
        """The member with this code, whatever its class. Raises UnknownMember."""
        for member in self.members:
            if member.code == member_code:
                return member
        raise UnknownMember(member_code)

    def find_member_by_prefix(self, document_code: str) -> Member:
        """The member whose documents' codes begin as this one. Raises UnknownMember."""
        for member in self.members:
            if member.document_prefix and document_code.startswith(member.document_prefix):
                return member
        raise UnknownMember("no member's documents begin with these signs")

    def find_member_by_tls(self, certificate_thumbprint: str) -> Member:
        """The member whose gateway shows this TLS certificate. Raises UnknownKey."""
        try:
            return self._by_tls[certificate_thumbprint]
        except KeyError:
            raise UnknownKey(certificate_thumbprint) from None

    def check_subsystem(self, subsystem: SubsystemId) -> None:
        """Raise UnknownMember unless its member is here and lists it."""
        if subsystem.subsystem_code not in self.find_member(subsystem.member).subsystems:
            raise UnknownMember(str(subsystem))

    def find_signer(self, key_id: str) -> tuple[MemberId, EllipticCurvePublicKey]:
        """Whose signing key it is, and the key. Raises UnknownKey."""
        try:
            return self._by_signing_key[key_id]
        except KeyError:
            raise UnknownKey(key_id) from None

    def signing_key(self, key_id: str) -> EllipticCurvePublicKey:
        """The key, for ``verify_request`` and ``verify_response``. Raises UnknownKey."""
        return self.find_signer(key_id)[1]

    def signing_keys_of(self, member: MemberId) -> Sequence[EllipticCurvePublicKey]:
        """A member's signing keys, for ``verify_statement``. Raises UnknownMember."""
        return [p256_public_key(each) for each in self.find_member(member).signing]

    def check_speaks_for(self, key_id: str, speaker: MemberId | SubsystemId) -> None:
        """Raise UnknownKey unless the key belongs to the speaker's member."""
        member = speaker if isinstance(speaker, MemberId) else speaker.member
        if self.find_signer(key_id)[0] != member:
            raise UnknownKey(f"the key is not {member}'s")

    @cached_property
    def _by_id(self) -> dict[MemberId, Member]:
        return {member.id: member for member in self.members}

    @cached_property
    def _by_tls(self) -> dict[str, Member]:
        return {each: member for member in self.members for each in member.tls}

    @cached_property
    def _by_signing_key(self) -> dict[str, tuple[MemberId, EllipticCurvePublicKey]]:
        return {
            key_id_of(each): (member.id, p256_public_key(each))
            for member in self.members
            for each in member.signing
        }


def sign_directory(directory: Directory, signer: Signer) -> bytes:
    """The file that members fetch."""
    body = directory.to_json()
    signature = signer.sign(_PREFIX + canonical_json(body))
    return canonical_json(
        {
            "format": _FORMAT,
            "directory": body,
            "certificate": to_pem(signer.certificate),
            "signature": encode_base64url(signature),
        }
    )


def verify_directory(data: bytes, *, root: Certificate, now: datetime, known_serial: int = 0) -> Directory:
    """The directory in a fetched file, fully checked.

    Raises MalformedDirectory, ForgedDirectory, StaleDirectory (a serial below ``known_serial``) or
    OutdatedDirectory.
    """
    try:
        outer = Shape(parse_json(data), MalformedDirectory, "the file")
        if outer.text("format") != _FORMAT:
            raise MalformedDirectory("another format")
        body = outer.value("directory")
        certificate = load_certificate(outer.text("certificate", 10_000))
        signature = outer.base64url("signature", 64)
        outer.close()
        verify_certificate(certificate, root=root, now=now, purpose=Purpose.DIRECTORY)
        verify_signature(p256_public_key(certificate), signature, _PREFIX + canonical_json(body))
    except MalformedJson as refusal:
        raise MalformedDirectory(refusal.detail) from None
    except (UntrustedCertificate, WrongSignature) as refusal:
        raise ForgedDirectory(refusal.detail or "the signature is wrong") from None
    directory = _read_directory(body)
    check_not_older(directory, known_serial)
    check_fresh(directory, now)
    return _without_distrusted(directory, root, now)


def check_fresh(directory: Directory, now: datetime) -> None:
    """Raise OutdatedDirectory unless ``now`` lies in its time. To be asked before every exchange."""
    if not directory.issued_at.timestamp() - 60 <= now.timestamp() < directory.expires_at.timestamp():
        raise OutdatedDirectory(f"serial {directory.serial}, until {format_instant(directory.expires_at)}")


def check_not_older(directory: Directory, known_serial: int) -> None:
    """Raise StaleDirectory when its serial is below the one already known."""
    if directory.serial < known_serial:
        raise StaleDirectory(f"serial {directory.serial}, {known_serial} is known")


def _read_directory(body: Any) -> Directory:
    shape = Shape(body, MalformedDirectory, "the directory")
    try:
        directory = Directory(
            instance=shape.text("instance", 20),
            serial=shape.integer("serial", 1),
            issued_at=shape.instant("issued_at"),
            expires_at=shape.instant("expires_at"),
            members=tuple(_read_member(each) for each in shape.items("members", 10_000)),
        )
    except InvalidIdentifier as refusal:
        raise MalformedDirectory(refusal.detail) from None
    except UntrustedCertificate as refusal:
        raise ForgedDirectory(refusal.detail) from None
    shape.close()
    _check_unambiguous(directory)
    return directory


def _read_member(value: Any) -> Member:
    shape = Shape(value, MalformedDirectory, "a member")
    member = Member(
        id=parse_member(shape.text("id")),
        names=shape.texts_by_name("names"),
        level=shape.text("level", 60),
        unit=shape.text("unit", 100),
        subsystems=shape.texts("subsystems", 100),
        address=shape.text("address", 255),
        tls=shape.texts("tls", 10),
        signing=tuple(load_certificate(each) for each in shape.texts("signing", 10, 10_000)),
        sealing=tuple(load_certificate(each) for each in shape.texts("sealing", 10, 10_000)),
        document_prefix=shape.text_or_empty("document_prefix", 9),
    )
    shape.close()
    return member


def _check_unambiguous(directory: Directory) -> None:
    _check_all_different("member", [str(each.id) for each in directory.members])
    _check_all_different(
        "document prefix", [each.document_prefix for each in directory.members if each.document_prefix]
    )
    _check_all_different("TLS certificate", [tls for each in directory.members for tls in each.tls])
    _check_all_different(
        "signing key", [key_id_of(key) for each in directory.members for key in each.signing]
    )
    if any(each.id.instance != directory.instance for each in directory.members):
        raise MalformedDirectory("a member of another instance")


def _check_all_different(what: str, values: list[str]) -> None:
    if len(set(values)) != len(values):
        raise MalformedDirectory(f"the same {what} twice")


def _without_distrusted(directory: Directory, root: Certificate, now: datetime) -> Directory:
    """One member's expired certificate must not stop the others, so it is left out and named."""
    distrusted: list[str] = []

    def trusted(
        member: Member, certificates: Sequence[Certificate], purpose: Purpose
    ) -> tuple[Certificate, ...]:
        kept = []
        for each in certificates:
            try:
                verify_certificate(each, root=root, now=now, purpose=purpose, member=member.id)
                p256_public_key(each)
                kept.append(each)
            except ProtocolRefusal as refusal:
                distrusted.append(f"{member.id} {purpose.name.lower()} {key_id_of(each)}: {refusal.detail}")
        return tuple(kept)

    members = tuple(
        replace(
            member,
            signing=trusted(member, member.signing, Purpose.MESSAGES),
            sealing=trusted(member, member.sealing, Purpose.DOCUMENTS),
        )
        for member in directory.members
    )
    return replace(directory, members=members, distrusted=tuple(distrusted))
