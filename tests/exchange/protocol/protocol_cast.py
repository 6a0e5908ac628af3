"""The cast of the protocol tests: a root, two institutions with their keys, a directory and a contract.

Damir's Centre for Social Work in Tuzla asks, the Ministry of the Interior of Tuzla Canton answers;
a stranger listens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from mostovi.exchange.protocol.certificates import ORGANIZATION_IDENTIFIER, Purpose, key_id_of
from mostovi.exchange.protocol.contracts import Contract, LegalBasis, SignedContract, sign_contract
from mostovi.exchange.protocol.digests import content_digest
from mostovi.exchange.protocol.directory import Directory, Member
from mostovi.exchange.protocol.identifiers import MemberId, SubsystemId
from mostovi.exchange.protocol.keys import Signer
from mostovi.exchange.protocol.signatures import Headers, MessageSignature, sign_request, sign_response

NOW = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
PORTAL = SubsystemId(MemberId("BA", "GOV", "tuzla-social-work"), "portal")
REGISTER = SubsystemId(MemberId("BA", "GOV", "tuzla-canton-interior"), "register")
STRANGER = MemberId("BA", "GOV", "stranger")
TARGET_URI = "https://127.0.0.1:5500/r1/BA/GOV/tuzla-canton-interior/register/residence"
BODY = b'{"fields":["name","address"],"salt":"c2FsdC1vZi10aGUtcXVlc3Rpb24","subject":{"jmb":"0101990510007"}}'
ANSWER = (
    b'{"as_of":"2026-11-21T14:05:00Z","facts":{"address":"Ulica lipa 14","name":"Amra"},'
    b'"salt":"c2FsdC1vZi10aGUtYW5zd2Vy"}'
)


@dataclass(frozen=True)
class Authority:
    """A key that issues certificates."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def make_certificate(
    issuer: Authority | None,
    *,
    purposes: Sequence[x509.ObjectIdentifier] = (),
    holder: str = "",
    authority: bool = False,
    path_length: int | None = None,
    begins: datetime = NOW - timedelta(days=1),
    ends: datetime = NOW + timedelta(days=36500),
    name: str = "test",
    digital_signature: bool = True,
    critical: x509.UnrecognizedExtension | None = None,
) -> Authority:
    """A certificate of any kind, also of the kinds that must be refused."""
    key = ec.generate_private_key(ec.SECP256R1())
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if holder:
        attributes.append(x509.NameAttribute(ORGANIZATION_IDENTIFIER, holder))
    subject = x509.Name(attributes)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=path_length), critical=True)
        .add_extension(_key_usage(signatures=digital_signature, certificates=authority), critical=True)
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    if critical:
        builder = builder.add_extension(critical, critical=True)
    return Authority(key, builder.sign(issuer.key if issuer else key, SHA256()))


def _key_usage(*, signatures: bool, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signatures,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def make_signer(issuer: Authority, member: MemberId) -> Signer:
    made = make_certificate(
        issuer, purposes=Purpose.MESSAGES.value, holder=str(member), name=member.member_code
    )
    return Signer(made.key, made.certificate)


ROOT = make_certificate(None, authority=True, name="root")
FOREIGN_ROOT = make_certificate(None, authority=True, name="root")  # the same name, another key
DAMIR = make_signer(ROOT, PORTAL.member)
MINISTRY = make_signer(ROOT, REGISTER.member)
STRANGERS_KEY = make_signer(FOREIGN_ROOT, PORTAL.member)
_DIRECTORY = make_certificate(ROOT, purposes=Purpose.DIRECTORY.value, name="directory")
DIRECTORY_SIGNER = Signer(_DIRECTORY.key, _DIRECTORY.certificate)


def names(text: str) -> dict[str, str]:
    return dict.fromkeys(("bs", "hr", "sr", "en"), text)


def make_member(system: SubsystemId, signer: Signer, prefix: str, **changes: Any) -> Member:
    tls = make_certificate(ROOT, purposes=Purpose.TLS.value, holder=str(system.member))
    known: dict[str, Any] = {
        "id": system.member,
        "names": names(system.member.member_code),
        "level": "canton",
        "unit": "ba-fbih-tk",
        "subsystems": (system.subsystem_code, "gateway"),
        "address": "127.0.0.1:5500",
        "tls": (key_id_of(tls.certificate),),
        "signing": (signer.certificate,),
        "document_prefix": prefix,
    }
    return Member(**(known | changes))


DIRECTORY = Directory(
    instance="BA",
    serial=7,
    issued_at=NOW,
    expires_at=NOW + timedelta(minutes=10),
    members=(make_member(PORTAL, DAMIR, "J7"), make_member(REGISTER, MINISTRY, "J6")),
)


def make_contract(**changes: Any) -> Contract:
    known: dict[str, Any] = {
        "id": "csw-interior-residence-01",
        "consumer": PORTAL,
        "provider": REGISTER,
        "service_code": "residence",
        "purpose_code": "child-allowance",
        "purpose": names("Decide on child allowance"),
        "legal_basis": LegalBasis(names("Law on material support"), "52/22", "5"),
        "in_force": True,
        "crosses_entities": False,
        "fields": ("name", "address", "since"),
        "valid_from": NOW - timedelta(days=1),
        "valid_until": NOW + timedelta(days=365),
    }
    return Contract(**(known | changes))


def sign_by_both(contract: Contract) -> SignedContract:
    parties = ((PORTAL.member, DAMIR), (REGISTER.member, MINISTRY))
    return SignedContract(contract, tuple(sign_contract(contract, member, key) for member, key in parties))


CONTRACT = make_contract()


def request_headers(body: bytes = BODY) -> list[tuple[str, str]]:
    return [
        ("accept", "application/json"),
        ("content-type", "application/json"),
        ("content-digest", content_digest(body)),
        ("x-road-client", str(PORTAL)),
        ("x-road-id", "BA-6f1c7a5e"),
        ("x-road-request-id", "0b1e7f0a-1111-4222-8333-444455556666"),
        ("x-road-userid", "BAu7kq2m"),
        ("x-road-issue", "K4T92M7AE"),
        ("mostovi-contract", CONTRACT.reference),
    ]


def signed_request(
    signer: Signer = DAMIR, headers: Headers | None = None, **changes: Any
) -> tuple[list[tuple[str, str]], MessageSignature]:
    """The header lines of a signed request, and its signature."""
    lines = list(request_headers() if headers is None else headers)
    known: dict[str, Any] = {"method": "POST", "target_uri": TARGET_URI, "now": NOW}
    made = sign_request(signer, headers=lines, **(known | changes))
    return lines + made.headers, made


def response_headers(body: bytes = ANSWER, request_id: str | None = None) -> list[tuple[str, str]]:
    return [
        ("content-type", "application/json"),
        ("content-digest", content_digest(body)),
        ("x-road-id", "BA-6f1c7a5e"),
        ("x-road-request-id", request_id or "0b1e7f0a-1111-4222-8333-444455556666"),
    ]


def signed_response(
    request: MessageSignature, signer: Signer = MINISTRY, **changes: Any
) -> tuple[list[tuple[str, str]], MessageSignature]:
    """The header lines of a signed response to ``request``, and its signature."""
    lines = list(changes.pop("headers", None) or response_headers())
    made = sign_response(signer, headers=lines, request=request, **({"status": 200, "now": NOW} | changes))
    return lines + made.headers, made
