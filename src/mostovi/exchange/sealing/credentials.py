"""What an institution seals with: its key, its certificate, and what others need to trust them."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from mostovi.exchange.protocol.certificates import Purpose
from mostovi.exchange.verification.chains import (
    NotVouchedFor,
    WrongPurpose,
    check_may_seal,
    check_vouched_for,
)
from mostovi.kernel.errors import Conflict


class CredentialNotValid(Conflict):
    """The sealing certificate cannot be used now."""

    code = "sealing_certificate_not_valid"
    message = (
        "The certificate this institution seals with is not valid today, so the document was not sealed. "
        "The institution's administrator has to renew it."
    )


@dataclass(frozen=True)
class SealingCredential:
    """A P-256 key (PKCS #8 PEM) with its certificate, intermediate certificates and root, all PEM.

    ``revocation_lists_pem`` holds the issuers' current lists: with them a seal is PAdES B-LT, else B-T.
    """

    key_pem: bytes = field(repr=False)
    certificate_pem: bytes
    root_pem: bytes
    intermediates_pem: bytes = b""
    revocation_lists_pem: bytes = b""

    def certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate_pem)

    def intermediates(self) -> list[x509.Certificate]:
        return x509.load_pem_x509_certificates(self.intermediates_pem) if self.intermediates_pem else []

    def chain_der(self) -> list[bytes]:
        """Intermediate certificates, DER."""
        return [certificate.public_bytes(Encoding.DER) for certificate in self.intermediates()]

    def root_der(self) -> bytes:
        return x509.load_pem_x509_certificate(self.root_pem).public_bytes(Encoding.DER)

    def revocation_lists_der(self) -> list[bytes]:
        parts = self.revocation_lists_pem.split(b"-----END X509 CRL-----")[:-1]
        lists = [x509.load_pem_x509_crl(part + b"-----END X509 CRL-----\n") for part in parts]
        return [each.public_bytes(Encoding.DER) for each in lists]

    def check_valid_at(self, moment: datetime) -> None:
        """Raises CredentialNotValid unless key and certificate belong together and may seal by the root."""
        certificate = self.certificate()
        if load_pem_private_key(self.key_pem, password=None).public_key() != certificate.public_key():
            raise CredentialNotValid
        try:
            check_may_seal(certificate)
            check_vouched_for(
                certificate,
                others=self.intermediates(),
                roots=[x509.load_pem_x509_certificate(self.root_pem)],
                at=moment,
                purpose=Purpose.DOCUMENTS,
            )
        except (NotVouchedFor, WrongPurpose) as trouble:
            raise CredentialNotValid from trouble


def read_credential(
    *,
    key: Path,
    certificate: Path,
    root: Path,
    intermediates: Path | None = None,
    revocation_lists: Path | None = None,
) -> SealingCredential:
    """A credential from PEM files. Raises OSError when one cannot be read."""
    return SealingCredential(
        key_pem=key.read_bytes(),
        certificate_pem=certificate.read_bytes(),
        root_pem=root.read_bytes(),
        intermediates_pem=intermediates.read_bytes() if intermediates else b"",
        revocation_lists_pem=revocation_lists.read_bytes() if revocation_lists else b"",
    )
