"""How a demonstration certificate is told from a real one."""

from cryptography import x509

DEMONSTRATION_MARK = "Mostovi demonstration"


def is_demonstration_root(pem: bytes) -> bool:
    """Whether a certificate in ``pem`` belongs to a demonstration: its subject or issuer carries the mark."""
    return any(_is_marked(certificate) for certificate in x509.load_pem_x509_certificates(pem))


def _is_marked(certificate: x509.Certificate) -> bool:
    names = (*certificate.subject, *certificate.issuer)
    return any(DEMONSTRATION_MARK.casefold() in str(attribute.value).casefold() for attribute in names)
