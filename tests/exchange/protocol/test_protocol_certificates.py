"""A certificate counts only under the one root that was given, for its purpose, in its time."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st
from protocol_cast import (
    DAMIR,
    DIRECTORY_SIGNER,
    FOREIGN_ROOT,
    NOW,
    PORTAL,
    REGISTER,
    ROOT,
    STRANGERS_KEY,
    make_certificate,
)

from mostovi.exchange.protocol.certificates import (
    DOCUMENT_SIGNING,
    MESSAGE_SIGNING,
    Purpose,
    UntrustedCertificate,
    holder_of,
    load_certificate,
    to_pem,
    verify_certificate,
)
from mostovi.exchange.protocol.keys import UnusableKey, p256_public_key


def check(certificate: x509.Certificate, **changes: Any) -> None:
    verify_certificate(
        certificate, **({"root": ROOT.certificate, "now": NOW, "purpose": Purpose.MESSAGES} | changes)
    )


def leaf(issuer: Any = ROOT, **changes: Any) -> x509.Certificate:
    known = {"purposes": [MESSAGE_SIGNING], "holder": str(PORTAL.member)}
    return make_certificate(issuer, **(known | changes)).certificate


def test_a_members_certificate_is_trusted_under_the_given_root() -> None:
    check(DAMIR.certificate, member=PORTAL.member)
    assert holder_of(DAMIR.certificate) == PORTAL.member


UNTRUSTED = {
    "issued_under_another_root": lambda: STRANGERS_KEY.certificate,
    "self_signed": lambda: leaf(None),
    "for_documents_not_messages": lambda: leaf(purposes=[DOCUMENT_SIGNING]),
    "for_any_purpose": lambda: leaf(purposes=[ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]),
    "without_purpose": lambda: leaf(purposes=[]),
    "of_the_directory": lambda: DIRECTORY_SIGNER.certificate,
    "of_an_authority": lambda: leaf(authority=True),
    "not_for_signatures": lambda: leaf(digital_signature=False),
    "expired": lambda: leaf(begins=NOW - timedelta(days=2), ends=NOW - timedelta(seconds=1)),
    "not_yet_valid": lambda: leaf(begins=NOW + timedelta(seconds=1)),
    "with_an_unknown_critical_extension": lambda: leaf(
        critical=x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    ),
    "issued_by_another_member": lambda: leaf(_member_as_issuer()),
}


def _member_as_issuer() -> Any:
    return make_certificate(ROOT, purposes=[MESSAGE_SIGNING], name="not an authority")


@pytest.mark.parametrize("name", UNTRUSTED)
def test_a_certificate_that_is_wrong_is_not_trusted(name: str) -> None:
    with pytest.raises(UntrustedCertificate):
        check(UNTRUSTED[name]())


def test_another_members_certificate_is_not_trusted_for_this_member() -> None:
    with pytest.raises(UntrustedCertificate):
        check(DAMIR.certificate, member=REGISTER.member)


def test_a_root_that_has_expired_vouches_for_nothing() -> None:
    old = make_certificate(None, authority=True, ends=NOW + timedelta(seconds=1), name="old")
    with pytest.raises(UntrustedCertificate):
        check(leaf(old), root=old.certificate, now=NOW + timedelta(seconds=2))


def test_an_intermediate_authority_leads_to_the_root_but_is_no_root() -> None:
    middle = make_certificate(ROOT, authority=True, path_length=0, name="canton")
    below = leaf(middle)
    check(below, intermediates=[middle.certificate])
    with pytest.raises(UntrustedCertificate):
        check(below)
    foreign = make_certificate(FOREIGN_ROOT, authority=True, name="foreign")
    with pytest.raises(UntrustedCertificate):
        check(leaf(foreign), intermediates=[foreign.certificate, FOREIGN_ROOT.certificate])


def test_an_authority_may_not_issue_deeper_than_it_was_allowed() -> None:
    middle = make_certificate(ROOT, authority=True, path_length=0, name="canton")
    deeper = make_certificate(middle, authority=True, name="town")
    with pytest.raises(UntrustedCertificate):
        check(leaf(deeper), intermediates=[middle.certificate, deeper.certificate])


def test_a_circle_of_authorities_ends() -> None:
    one = make_certificate(None, authority=True, name="circle")
    with pytest.raises(UntrustedCertificate):
        check(leaf(one), intermediates=[one.certificate])


def test_a_member_posing_as_an_authority_is_refused() -> None:
    member = _member_as_issuer()
    with pytest.raises(UntrustedCertificate):
        check(leaf(member), intermediates=[member.certificate])


def test_only_p256_keys_are_used() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1))
    with pytest.raises(UnusableKey):
        p256_public_key(builder.sign(key, None))


def test_a_certificate_survives_being_written_and_read() -> None:
    assert load_certificate(to_pem(DAMIR.certificate)) == DAMIR.certificate
    with pytest.raises(UntrustedCertificate):
        load_certificate(to_pem(DAMIR.certificate) * 2)


@given(st.text(max_size=100) | st.binary(max_size=100))
def test_any_text_is_a_certificate_or_is_refused(text: str | bytes) -> None:
    with pytest.raises(UntrustedCertificate):
        load_certificate(text)


@given(st.integers(30, 700), st.integers(1, 127))
def test_a_certificate_with_a_changed_sign_is_refused(position: int, change: int) -> None:
    pem = bytearray(to_pem(DAMIR.certificate).encode())
    pem[position % len(pem)] ^= change
    try:
        altered = load_certificate(bytes(pem))
        if altered != DAMIR.certificate:
            check(altered, member=PORTAL.member)
            raise AssertionError("trusted")
    except UntrustedCertificate:
        return
