"""The signed directory: genuine, fresh, never older than what is known."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol_cast import (
    DAMIR,
    DIRECTORY,
    DIRECTORY_SIGNER,
    FOREIGN_ROOT,
    MINISTRY,
    NOW,
    PORTAL,
    REGISTER,
    ROOT,
    STRANGER,
    STRANGERS_KEY,
    make_certificate,
    make_member,
    make_signer,
)

from mostovi.exchange.protocol.certificates import Purpose
from mostovi.exchange.protocol.directory import (
    Directory,
    ForgedDirectory,
    MalformedDirectory,
    OutdatedDirectory,
    StaleDirectory,
    UnknownKey,
    UnknownMember,
    check_fresh,
    sign_directory,
    verify_directory,
)
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.identifiers import SubsystemId
from mostovi.exchange.protocol.keys import Signer

FILE = sign_directory(DIRECTORY, DIRECTORY_SIGNER)


def verify(data: bytes = FILE, **changes: Any) -> Directory:
    return verify_directory(data, **({"root": ROOT.certificate, "now": NOW} | changes))


def test_a_directory_survives_being_signed_and_verified() -> None:
    verified = verify(known_serial=7)
    assert verified == DIRECTORY
    assert verified.distrusted == ()


def test_members_are_found_by_id_code_prefix_and_certificates() -> None:
    member = DIRECTORY.find_member(PORTAL.member)
    assert DIRECTORY.find_member_by_code("tuzla-social-work") == member
    assert DIRECTORY.find_member_by_prefix("J7K4T92M7") == member
    assert DIRECTORY.find_member_by_tls(member.tls[0]) == member
    assert DIRECTORY.find_signer(DAMIR.key_id)[0] == member.id
    assert len(DIRECTORY.signing_keys_of(PORTAL.member)) == 1
    DIRECTORY.check_subsystem(PORTAL)


def test_an_unknown_member_is_refused_with_its_own_error() -> None:
    for find, value in [
        (DIRECTORY.find_member, STRANGER),
        (DIRECTORY.find_member_by_code, "stranger"),
        (DIRECTORY.find_member_by_prefix, "AAAAAAAAA"),
        (DIRECTORY.check_subsystem, SubsystemId(STRANGER, "portal")),
        (DIRECTORY.check_subsystem, SubsystemId(PORTAL.member, "other")),
    ]:
        with pytest.raises(UnknownMember):
            find(value)  # type: ignore[operator]
    for find_key in (DIRECTORY.find_signer, DIRECTORY.find_member_by_tls):
        with pytest.raises(UnknownKey):
            find_key(STRANGERS_KEY.key_id)


def test_a_directory_is_refused_after_its_end_and_before_its_beginning() -> None:
    with pytest.raises(OutdatedDirectory):
        verify(now=DIRECTORY.expires_at)
    with pytest.raises(OutdatedDirectory):
        verify(now=NOW - timedelta(seconds=61))
    check_fresh(DIRECTORY, DIRECTORY.expires_at - timedelta(seconds=1))


def test_an_older_directory_does_not_replace_a_newer_one() -> None:
    with pytest.raises(StaleDirectory):
        verify(known_serial=8)


def test_a_directory_under_another_root_is_forged() -> None:
    with pytest.raises(ForgedDirectory):
        verify(root=FOREIGN_ROOT.certificate)


@pytest.mark.parametrize("signer", [DAMIR, STRANGERS_KEY])
def test_a_member_cannot_sign_the_directory(signer: Signer) -> None:
    with pytest.raises(ForgedDirectory):
        verify(sign_directory(DIRECTORY, signer))


def test_a_key_inside_the_file_is_never_trusted() -> None:
    own = make_certificate(FOREIGN_ROOT, purposes=Purpose.DIRECTORY.value)
    with pytest.raises(ForgedDirectory):
        verify(sign_directory(DIRECTORY, Signer(own.key, own.certificate)))


def test_a_listed_key_that_does_not_lead_to_the_root_is_left_out_and_named() -> None:
    added = make_member(PORTAL, DAMIR, "J7", signing=(DAMIR.certificate, STRANGERS_KEY.certificate))
    verified = verify(sign_directory(replace(DIRECTORY, members=(added,)), DIRECTORY_SIGNER))
    assert verified.find_member(PORTAL.member).signing == (DAMIR.certificate,)
    with pytest.raises(UnknownKey):
        verified.find_signer(STRANGERS_KEY.key_id)
    assert STRANGERS_KEY.key_id in verified.distrusted[0]


def test_a_members_key_listed_under_another_member_is_left_out() -> None:
    swapped = make_member(PORTAL, MINISTRY, "J7")
    verified = verify(sign_directory(replace(DIRECTORY, members=(swapped,)), DIRECTORY_SIGNER))
    with pytest.raises(UnknownKey):
        verified.find_signer(MINISTRY.key_id)


def test_one_members_expired_certificate_does_not_stop_the_others() -> None:
    old = make_certificate(
        ROOT, purposes=Purpose.MESSAGES.value, holder=str(PORTAL.member), ends=NOW - timedelta(hours=1)
    )
    members = (make_member(PORTAL, Signer(old.key, old.certificate), "J7"), DIRECTORY.members[1])
    verified = verify(sign_directory(replace(DIRECTORY, members=members), DIRECTORY_SIGNER))
    verified.find_signer(MINISTRY.key_id)
    assert verified.find_member(PORTAL.member).signing == ()


def test_two_members_cannot_share_a_name_a_prefix_or_a_key() -> None:
    one = DIRECTORY.members[0]
    other = make_member(REGISTER, make_signer(ROOT, REGISTER.member), "J6")
    for clash in (
        one,
        replace(other, document_prefix="J7"),
        replace(other, tls=one.tls),
        replace(other, signing=one.signing),
        replace(other, id=replace(other.id, instance="XX")),
    ):
        with pytest.raises(MalformedDirectory):
            verify(sign_directory(replace(DIRECTORY, members=(one, clash)), DIRECTORY_SIGNER))


BROKEN = {
    "another_format": lambda file: file | {"format": "mostovi-directory/2"},
    "no_signature": lambda file: {name: value for name, value in file.items() if name != "signature"},
    "no_certificate": lambda file: file | {"certificate": ""},
    "something_more": lambda file: file | {"more": 1},
    "serial_raised": lambda file: file | {"directory": file["directory"] | {"serial": 99}},
    "member_taken_away": lambda file: file | {"directory": file["directory"] | {"members": []}},
    "end_postponed": lambda file: (
        file | {"directory": file["directory"] | {"expires_at": "2036-01-01T00:00:00Z"}}
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_directory_is_refused(name: str) -> None:
    with pytest.raises(MalformedDirectory):
        verify(json.dumps(BROKEN[name](json.loads(FILE))).encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_a_directory_or_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedDirectory):
        verify(data)


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_no_byte_of_a_directory_can_be_changed(position: int, change: int) -> None:
    altered = bytearray(FILE)
    altered[position] ^= change
    try:
        verified = verify(bytes(altered))
    except ProtocolRefusal:
        return
    assert verified == DIRECTORY
