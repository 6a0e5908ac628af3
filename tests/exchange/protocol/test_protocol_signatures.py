"""RFC 9421 in our profile: what is signed is bound to who, what, when and, for answers, to the question."""

import base64
import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from hypothesis import given
from hypothesis import strategies as st
from protocol_cast import (
    ANSWER,
    BODY,
    DAMIR,
    DIRECTORY,
    MINISTRY,
    NOW,
    PORTAL,
    REGISTER,
    ROOT,
    STRANGERS_KEY,
    TARGET_URI,
    make_signer,
    request_headers,
    response_headers,
    signed_request,
    signed_response,
)

from mostovi.exchange.protocol import signatures
from mostovi.exchange.protocol.certificates import key_id_of
from mostovi.exchange.protocol.digests import AlteredBody, content_digest
from mostovi.exchange.protocol.directory import UnknownKey
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.keys import Signer, UnusableKey, WrongSignature, load_signer, verify_signature
from mostovi.exchange.protocol.replay import ReplayedRequest, ReplayWindow
from mostovi.exchange.protocol.signatures import (
    DuplicateHeader,
    MalformedSignature,
    MessageSignature,
    MissingComponent,
    StaleMessage,
    SwappedResponse,
    UnsignedMessage,
    sign_request,
    verify_request,
    verify_response,
)


def verify(headers: Any, **changes: Any) -> MessageSignature:
    known = {
        "method": "POST",
        "target_uri": TARGET_URI,
        "body": BODY,
        "now": NOW,
        "find_key": DIRECTORY.signing_key,
    }
    return verify_request(headers=headers, **(known | changes))


def verify_answer(headers: Any, request: MessageSignature, **changes: Any) -> MessageSignature:
    known = {"status": 200, "body": ANSWER, "now": NOW, "find_key": DIRECTORY.signing_key}
    return verify_response(headers=headers, request=request, **(known | changes))


def replaced(headers: list[tuple[str, str]], name: str, value: str) -> list[tuple[str, str]]:
    assert name in dict(headers)
    return [(each, value if each == name else old) for each, old in headers]


def without(headers: list[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    return [each for each in headers if each[0] != name]


def test_a_signed_request_is_verified_and_names_its_key() -> None:
    headers, made = signed_request()
    verified = verify(headers)
    assert verified == made
    assert DIRECTORY.find_signer(verified.key_id)[0] == PORTAL.member
    DIRECTORY.check_speaks_for(verified.key_id, PORTAL)


def test_a_signed_response_is_verified_against_its_request() -> None:
    _, request = signed_request()
    headers, made = signed_response(request)
    assert verify_answer(headers, request) == made


def test_the_base_is_spelled_as_rfc_9421_says() -> None:
    _, made = signed_request(nonce="A" * 22)
    lines = made.base.split("\n")
    assert lines[0] == '"@method": POST'
    assert lines[1] == f'"@target-uri": {TARGET_URI}'
    assert lines[-1].startswith(
        '"@signature-params": ("@method" "@target-uri" "content-type" "content-digest" '
    )
    assert lines[-1].endswith(f';created=1795269900;nonce="{"A" * 22}";keyid="{DAMIR.key_id}";tag="mostovi"')
    assert "accept" not in made.base


# The museum of broken requests: each is named after what is wrong with it.

BROKEN_REQUESTS: dict[str, tuple[type[ProtocolRefusal], Any]] = {
    "wrong_signature": (
        WrongSignature,
        lambda h: replaced(h, "signature", "mostovi=:" + base64.b64encode(b"\x01" * 64).decode() + ":"),
    ),
    "signature_of_zeros": (
        WrongSignature,
        lambda h: replaced(h, "signature", "mostovi=:" + base64.b64encode(bytes(64)).decode() + ":"),
    ),
    "no_signature": (UnsignedMessage, lambda h: without(h, "signature")),
    "no_signature_input": (UnsignedMessage, lambda h: without(h, "signature-input")),
    "two_signatures": (DuplicateHeader, lambda h: [*h, h[-1]]),
    "duplicate_client_header": (DuplicateHeader, lambda h: [*h, ("x-road-client", "BA/GOV/stranger/portal")]),
    "duplicate_digest": (DuplicateHeader, lambda h: [("content-digest", content_digest(b"")), *h]),
    "case_taken_away": (MissingComponent, lambda h: without(h, "x-road-issue")),
    "case_replaced": (WrongSignature, lambda h: replaced(h, "x-road-issue", "EEEEEEEEE")),
    "client_replaced": (WrongSignature, lambda h: replaced(h, "x-road-client", "BA/GOV/stranger/portal")),
    "contract_replaced": (WrongSignature, lambda h: replaced(h, "mostovi-contract", "other")),
    "header_added_unsigned": (MissingComponent, lambda h: [*h, ("x-road-represented-party", "COM/1")]),
    "own_header_added_unsigned": (MissingComponent, lambda h: [*h, ("mostovi-purpose", "curiosity")]),
    "encoding_added_unsigned": (MissingComponent, lambda h: [*h, ("content-encoding", "gzip")]),
    "digest_of_another_body": (AlteredBody, lambda h: replaced(h, "content-digest", content_digest(b"{}"))),
    "digest_with_another_algorithm": (AlteredBody, lambda h: replaced(h, "content-digest", "md5=:AAAA:")),
    "no_digest": (MissingComponent, lambda h: without(h, "content-digest")),
    "another_label": (
        MalformedSignature,
        lambda h: replaced(h, "signature", h[-1][1].replace("mostovi=", "sig1=")),
    ),
    "two_labels": (MalformedSignature, lambda h: replaced(h, "signature", h[-1][1] + ", " + h[-1][1])),
    "signature_too_short": (
        MalformedSignature,
        lambda h: replaced(h, "signature", "mostovi=:" + base64.b64encode(bytes(63)).decode() + ":"),
    ),
    "signature_in_der": (
        MalformedSignature,
        lambda h: replaced(h, "signature", "mostovi=:" + base64.b64encode(bytes(71)).decode() + ":"),
    ),
    "signature_with_loose_bits": (
        MalformedSignature,
        lambda h: replaced(h, "signature", re.sub(r".==:$", "B==:", h[-1][1])),
    ),
    "line_break_in_a_signed_value": (
        MalformedSignature,
        lambda h: replaced(h, "x-road-issue", 'K4T92M7AE\n"@method": GET'),
    ),
    "cyrillic_in_a_signed_value": (MalformedSignature, lambda h: replaced(h, "x-road-issue", "К4Т92М7АЕ")),
}


@pytest.mark.parametrize("name", BROKEN_REQUESTS)
def test_a_broken_request_is_refused_with_its_own_error(name: str) -> None:
    refusal, break_it = BROKEN_REQUESTS[name]
    headers, _ = signed_request()
    with pytest.raises(refusal):
        verify(break_it(headers))


BROKEN_INPUTS = {
    "unknown_parameter": lambda v: v + ";expires=1",
    "repeated_parameter": lambda v: v + ";created=1795269900",
    "another_algorithm": lambda v: v + ';alg="rsa-pss-sha512"',
    "another_tag": lambda v: v.replace('tag="mostovi"', 'tag="other"'),
    "no_nonce": lambda v: re.sub(r';nonce="[^"]*"', "", v),
    "short_nonce": lambda v: re.sub(r';nonce="[^"]*"', ';nonce="abc"', v),
    "created_as_text": lambda v: re.sub(r"created=(\d+)", r'created="\1"', v),
    "created_negative": lambda v: re.sub(r"created=", r"created=-", v),
    "nonce_as_number": lambda v: re.sub(r';nonce="[^"]*"', ";nonce=1234567890", v),
    "keyid_too_short": lambda v: re.sub(r'keyid="[^"]*"', 'keyid="x"', v),
    "component_twice": lambda v: v.replace('("@method"', '("@method" "@method"'),
    "component_in_capitals": lambda v: v.replace('"x-road-id"', '"X-Road-Id"'),
    "component_with_parameter": lambda v: v.replace('"x-road-id"', '"x-road-id";bs'),
    "double_space": lambda v: v.replace('"@method" ', '"@method"  '),
    "no_parameters": lambda v: v.partition(";")[0],
    "empty": lambda _: "",
    "rubbish_behind": lambda v: v + " ",
}


@pytest.mark.parametrize("name", BROKEN_INPUTS)
def test_a_signature_input_outside_the_profile_is_refused(name: str) -> None:
    headers, made = signed_request()
    with pytest.raises(MalformedSignature):
        verify(replaced(headers, "signature-input", BROKEN_INPUTS[name](made.signature_input)))


@pytest.mark.parametrize("name", ["@method", "@target-uri", "content-digest", "x-road-client", "x-road-id"])
def test_a_signature_that_leaves_out_a_required_part_is_refused(name: str) -> None:
    headers, made = signed_request()
    declared = made.signature_input.replace(f'"{name}" ', "")
    with pytest.raises(MissingComponent):
        verify(replaced(headers, "signature-input", declared))


def test_a_signature_over_a_part_that_is_not_there_is_refused() -> None:
    headers, made = signed_request()
    declared = made.signature_input.replace('"@method"', '"@method" "x-road-service"')
    with pytest.raises(MissingComponent):
        verify(replaced(headers, "signature-input", declared))


def test_a_body_altered_in_transit_is_refused() -> None:
    headers, _ = signed_request()
    with pytest.raises(AlteredBody):
        verify(headers, body=BODY + b" ")


@pytest.mark.parametrize(
    "change", [{"method": "GET"}, {"target_uri": TARGET_URI + "?all=1"}, {"target_uri": TARGET_URI[:-1]}]
)
def test_another_method_or_target_is_refused(change: dict[str, str]) -> None:
    headers, _ = signed_request()
    with pytest.raises(WrongSignature):
        verify(headers, **change)


@pytest.mark.parametrize("seconds", [-61, 61, 3600, -86400])
def test_a_request_created_too_long_ago_or_in_the_future_is_refused(seconds: int) -> None:
    headers, _ = signed_request(now=NOW + timedelta(seconds=seconds))
    with pytest.raises(StaleMessage):
        verify(headers)


@pytest.mark.parametrize("seconds", [-60, 0, 60])
def test_a_request_within_the_window_is_accepted(seconds: int) -> None:
    headers, _ = signed_request(now=NOW + timedelta(seconds=seconds))
    verify(headers)


def test_a_key_outside_the_directory_is_refused() -> None:
    headers, _ = signed_request(STRANGERS_KEY)
    with pytest.raises(UnknownKey):
        verify(headers)


def test_another_members_key_does_not_speak_for_the_client() -> None:
    headers, _ = signed_request(MINISTRY)
    verified = verify(headers)
    with pytest.raises(UnknownKey):
        DIRECTORY.check_speaks_for(verified.key_id, PORTAL)


def test_another_key_under_the_name_of_ours_is_refused() -> None:
    headers, made = signed_request(STRANGERS_KEY)
    forged = made.signature_input.replace(STRANGERS_KEY.key_id, DAMIR.key_id)
    with pytest.raises(WrongSignature):
        verify(replaced(headers, "signature-input", forged))


def test_a_replayed_request_is_refused() -> None:
    headers, _ = signed_request()
    window = ReplayWindow()
    window.admit(verify(headers), NOW)
    with pytest.raises(ReplayedRequest):
        window.admit(verify(headers), NOW + timedelta(seconds=59))


def test_a_replay_is_refused_after_a_restart_that_read_the_log() -> None:
    headers, made = signed_request()
    window = ReplayWindow([(made.key_id, made.nonce, made.created)])
    with pytest.raises(ReplayedRequest):
        window.admit(verify(headers), NOW)


def test_the_replay_window_forgets_only_what_is_stale() -> None:
    window = ReplayWindow()
    for second in range(0, 600, 10):
        moment = NOW + timedelta(seconds=second)
        headers, _ = signed_request(now=moment + timedelta(seconds=60))
        window.admit(verify(headers, now=moment), moment)
    assert len(window) == 13
    with pytest.raises(ReplayedRequest):
        window.admit(verify(headers, now=moment), moment + timedelta(seconds=119))


def test_the_same_nonce_from_another_member_is_no_replay() -> None:
    window = ReplayWindow()
    for signer in (DAMIR, MINISTRY):
        headers, _ = signed_request(signer, nonce="A" * 22)
        window.admit(verify(headers), NOW)


def test_a_response_to_another_request_is_refused() -> None:
    _, request = signed_request()
    other_lines = replaced(request_headers(), "x-road-request-id", "another")
    _, other = signed_request(headers=other_lines)
    headers, _ = signed_response(other, headers=response_headers(request_id="another"))
    with pytest.raises(SwappedResponse):
        verify_answer(headers, request)


def test_a_response_to_the_same_question_asked_before_is_refused() -> None:
    _, earlier = signed_request()
    _, request = signed_request()
    headers, _ = signed_response(earlier)
    with pytest.raises(WrongSignature):
        verify_answer(headers, request)


def test_a_response_with_another_status_or_body_is_refused() -> None:
    _, request = signed_request()
    headers, _ = signed_response(request)
    with pytest.raises(WrongSignature):
        verify_answer(headers, request, status=404)
    with pytest.raises(AlteredBody):
        verify_answer(headers, request, body=b"{}")


def test_a_response_that_is_not_bound_to_its_request_is_refused() -> None:
    _, request = signed_request()
    headers, made = signed_response(request)
    declared = made.signature_input.replace(' "signature";req', "")
    with pytest.raises(MissingComponent):
        verify_answer(replaced(headers, "signature-input", declared), request)


def test_an_unsigned_response_and_one_without_request_id_are_refused() -> None:
    _, request = signed_request()
    headers, _ = signed_response(request)
    with pytest.raises(UnsignedMessage):
        verify_answer(response_headers(), request)
    with pytest.raises(MissingComponent):
        verify_answer(without(headers, "x-road-request-id"), request)


def test_a_message_that_cannot_be_signed_in_our_profile_is_not_signed() -> None:
    with pytest.raises(MissingComponent):
        signed_request(headers=without(request_headers(), "x-road-id"))
    with pytest.raises(MalformedSignature):
        signed_request(target_uri=TARGET_URI + "\n")
    with pytest.raises(DuplicateHeader):
        signed_request(headers=[*request_headers(), ("x-road-id", "2")])


def test_a_signer_needs_a_p256_key_that_fits_its_certificate() -> None:
    with pytest.raises(UnusableKey):
        Signer(ec.generate_private_key(ec.SECP256R1()), DAMIR.certificate)
    with pytest.raises(UnusableKey):
        Signer(ec.generate_private_key(ec.SECP384R1()), DAMIR.certificate)
    with pytest.raises(UnusableKey):
        load_signer(b"nothing", DAMIR.certificate)


def test_two_certificates_have_two_key_ids() -> None:
    assert make_signer(ROOT, REGISTER.member).key_id != MINISTRY.key_id
    assert key_id_of(MINISTRY.certificate) == MINISTRY.key_id


def test_rfc_9421_b_2_4_ecdsa_p256_vector() -> None:
    public_key = load_pem_public_key(
        b"-----BEGIN PUBLIC KEY-----\n"
        b"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf\n"
        b"w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==\n"
        b"-----END PUBLIC KEY-----\n"
    )
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    digest = "mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ=="
    base = (
        '"@status": 200\n"content-type": application/json\n'
        f'"content-digest": sha-512=:{digest}:\n"content-length": 23\n'
        '"@signature-params": ("@status" "content-type" "content-digest" "content-length")'
        ';created=1618884473;keyid="test-key-ecc-p256"'
    )
    signature = base64.b64decode(
        "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw=="
    )
    verify_signature(public_key, signature, base.encode())
    with pytest.raises(WrongSignature):
        verify_signature(public_key, signature, base.encode() + b" ")


class Keys(HTTPSignatureKeyResolver):
    """The library's view of the directory."""

    def resolve_public_key(self, key_id: str) -> Any:
        return DIRECTORY.signing_key(key_id)

    def resolve_private_key(self, key_id: str) -> Any:
        return DAMIR._key


def as_library_message(headers: list[tuple[str, str]], **fields: Any) -> SimpleNamespace:
    return SimpleNamespace(headers=dict(headers), **fields)


issues = st.text("AEJKMT23456789-. ", min_size=1, max_size=30).map(str.strip).filter(bool)


@given(
    issue=issues,
    path=st.from_regex(r"(/[a-z0-9%A-F.~-]{1,8}){0,3}", fullmatch=True).filter(lambda p: "%" not in p),
)
def test_the_library_verifies_what_we_sign(issue: str, path: str) -> None:
    target = TARGET_URI + path
    headers, _ = signed_request(headers=replaced(request_headers(), "x-road-issue", issue), target_uri=target)
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=Keys())
    message = as_library_message(headers, method="POST", url=target)
    results = verifier.verify(message, max_age=timedelta(days=36500), body=BODY)
    assert [result.label for result in results] == ["mostovi"]
    verify(headers, target_uri=target)


def test_the_library_verifies_our_response_with_its_request() -> None:
    asked, request = signed_request()
    headers, _ = signed_response(request)
    question = as_library_message(asked, method="POST", url=TARGET_URI)
    answer = as_library_message(headers, status_code=200, request=question)
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=Keys())
    results = verifier.verify(answer, max_age=timedelta(days=36500), body=ANSWER)
    assert '"signature";req' in results[0].covered_components


@given(issue=issues)
def test_we_verify_what_the_library_signs(issue: str) -> None:
    headers = replaced(request_headers(), "x-road-issue", issue)
    message = as_library_message(headers, method="POST", url=TARGET_URI)
    names = ["@method", "@target-uri", *(name for name, _ in headers if name != "accept")]
    HTTPMessageSigner(signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=Keys()).sign(
        message,
        key_id=DAMIR.key_id,
        created=NOW,
        nonce=signatures.new_nonce(),
        label="mostovi",
        tag="mostovi",
        covered_component_ids=names,
        use_existing_digest=True,
    )
    lines = [(name.lower(), value) for name, value in message.headers.items()]
    verified = verify(lines)
    ours = sign_request(
        DAMIR, method="POST", target_uri=TARGET_URI, headers=headers, now=NOW, nonce=verified.nonce
    )
    assert sorted(verified.base.split("\n")[:-1]) == sorted(ours.base.split("\n")[:-1])


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_signature_headers_are_verified_or_refused(signature_input: str, signature: str) -> None:
    headers = [*request_headers(), ("signature-input", signature_input), ("signature", signature)]
    with pytest.raises(ProtocolRefusal):
        verify(headers)


@given(st.integers(0, 63), st.integers(1, 255))
def test_no_byte_of_a_signature_can_be_changed(position: int, change: int) -> None:
    headers, made = signed_request()
    raw = bytearray(made.raw)
    raw[position] ^= change
    value = f"mostovi=:{base64.b64encode(bytes(raw)).decode()}:"
    with pytest.raises(WrongSignature):
        verify(replaced(headers, "signature", value))
