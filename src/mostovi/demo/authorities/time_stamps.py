"""A small RFC 3161 time-stamp authority: reads a query, answers with a signed token or a stated refusal."""

import hashlib
import secrets
from dataclasses import replace
from datetime import UTC, datetime

from asn1crypto import cms, tsp, x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256

from mostovi.demo.authorities.issuing import Issued
from mostovi.exchange.verification.encoding import (
    SEQUENCE,
    SignedParts,
    element,
    encode_attributes,
    encode_signed_data,
)

POLICY = (
    "2.25.252981403085814286335687944063406187714"  # UUID-based, ITU-T X.667: made for this demonstration
)
DIGEST_SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}


def answer(query: bytes, *, authority: Issued, now: datetime) -> bytes:
    """The DER ``TimeStampResp`` to a DER ``TimeStampReq`` (RFC 3161 §2.4). A bad query gets a rejection."""
    try:
        request = tsp.TimeStampReq.load(query, strict=True)
        imprint = request["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        digest = imprint["hashed_message"].native
        nonce, wanted_policy = request["nonce"].native, request["req_policy"].native
    except (ValueError, TypeError, KeyError):
        return _rejection("bad_data_format", "The query is not a time-stamp request.")
    if len(digest) != DIGEST_SIZES.get(algorithm, -1):
        return _rejection("bad_alg", "Only SHA-256, SHA-384 and SHA-512 imprints are stamped.")
    if wanted_policy not in (None, POLICY):
        return _rejection("unaccepted_policy", "Only the demonstration policy is served.")
    token = _token(algorithm, digest, nonce, authority, now.astimezone(UTC).replace(microsecond=0))
    return element(SEQUENCE, tsp.PKIStatusInfo({"status": "granted"}).dump(), token)


def _rejection(failure: str, sentence: str) -> bytes:
    status = tsp.PKIStatusInfo(
        {"status": "rejection", "status_string": [sentence], "fail_info": {failure}},
    )
    return element(SEQUENCE, status.dump())


def _token(algorithm: str, digest: bytes, nonce: int | None, authority: Issued, now: datetime) -> bytes:
    info = _stamp_info(algorithm, digest, nonce, authority, now).dump()
    attributes = encode_attributes(
        [
            _attribute("content_type", "tst_info"),
            _attribute("message_digest", hashlib.sha256(info).digest()),
            _attribute("signing_certificate_v2", _certificate_reference(authority)),
        ]
    )
    unsigned = SignedParts(
        content_type="tst_info",
        certificate=authority.certificate,
        other_certificates=(),
        algorithm="sha256",
        attributes=attributes,
        signature=b"",
        content=info,
    )
    signature = authority.key.sign(unsigned.signed_bytes(), ECDSA(SHA256()))
    return encode_signed_data(replace(unsigned, signature=signature))


def _stamp_info(
    algorithm: str, digest: bytes, nonce: int | None, authority: Issued, now: datetime
) -> tsp.TSTInfo:
    fields = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest},
        "serial_number": secrets.randbits(63),
        "gen_time": now,
        "accuracy": {"seconds": 1},
        "tsa": x509.GeneralName(name="directory_name", value=_subject(authority)),
    }
    if nonce is not None:
        fields["nonce"] = nonce
    return tsp.TSTInfo(fields)


def _certificate_reference(authority: Issued) -> tsp.SigningCertificateV2:
    """RFC 5816: the token names its signer's certificate by SHA-256."""
    return tsp.SigningCertificateV2({"certs": [{"cert_hash": authority.certificate.fingerprint(SHA256())}]})


def _subject(authority: Issued) -> x509.Name:
    return x509.Name.load(authority.certificate.subject.public_bytes())


def _attribute(name: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": name, "values": (value,)})
