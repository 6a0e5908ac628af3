"""The demonstration's authorities: their keys, their directory and their time stamps."""

import asyncio
import hashlib
import json
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import typst
from aiohttp.test_utils import TestClient, TestServer
from asn1crypto import tsp
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from mostovi.demo.authorities import time_stamps
from mostovi.demo.authorities.directory import DirectoryPublisher, read_addresses
from mostovi.demo.authorities.key_files import MemberName, make_keys, read_issued
from mostovi.demo.authorities.program import LARGEST_QUERY, make_application, open_authorities
from mostovi.demo.members import list_members
from mostovi.exchange.protocol.certificates import Purpose, load_certificate, verify_certificate
from mostovi.exchange.protocol.directory import verify_directory
from mostovi.exchange.protocol.identifiers import MemberId
from mostovi.exchange.sealing.credentials import read_credential
from mostovi.exchange.sealing.demonstration import is_demonstration_root
from mostovi.exchange.sealing.seal import seal_document
from mostovi.exchange.sealing.time_stamps import HttpTimeStampAuthority, NoTimeStamp
from mostovi.exchange.verification import chains, containers
from mostovi.exchange.verification.documents import verify_document
from mostovi.exchange.verification.encoding import split_elements

NOW = datetime(2026, 12, 9, 10, 5, tzinfo=UTC)
DIGEST = hashlib.sha256(b"a signature").digest()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    members = [MemberName(member.code, member.names["en"]) for member in list_members()]
    return make_keys(tmp_path_factory.mktemp("demo"), members, NOW)


def query(digest: bytes = DIGEST, algorithm: str = "sha256", nonce: int = 7) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest}
    request = {"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    encoded: bytes = tsp.TimeStampReq(request).dump()
    return encoded


def test_keys_lie_where_the_programs_look_for_them_and_only_their_owner_reads_them(keys: Path) -> None:
    files = [path for path in keys.rglob("*") if path.is_file()]
    assert len(files) == 2 * (3 + 4 * len(list_members())) + 1
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


@pytest.mark.parametrize(
    ("name", "purpose"),
    [("tls", Purpose.TLS), ("signing", Purpose.MESSAGES), ("sealing", Purpose.DOCUMENTS)],
)
def test_each_members_certificates_serve_their_purpose(keys: Path, name: str, purpose: Purpose) -> None:
    root = load_certificate((keys / "root.pem").read_bytes())
    for member in list_members():
        issued = read_issued(keys / member.code / name)
        holder = MemberId("BA", "GOV", member.code)
        verify_certificate(issued.certificate, root=root, now=NOW, purpose=purpose, member=holder)
        assert issued.key.public_key() == issued.certificate.public_key()


def test_a_tls_certificate_names_this_machine(keys: Path) -> None:
    certificate = read_issued(keys / "zenica-registrar" / "tls").certificate
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert "127.0.0.1" in map(str, names.get_values_for_type(x509.IPAddress))


def test_the_time_stamp_certificate_has_one_critical_purpose(keys: Path) -> None:
    certificate = read_issued(keys / "tsa").certificate
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert purposes.critical
    assert list(purposes.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def test_every_certificate_says_that_it_is_a_demonstration(keys: Path) -> None:
    assert all(
        is_demonstration_root(path.read_bytes()) for path in keys.rglob("*.pem") if "revo" not in path.name
    )


def test_a_second_start_keeps_the_keys_and_renews_the_revocation_list(tmp_path: Path) -> None:
    members = [MemberName("zenica-registrar", "Registrar of Zenica")]
    first = make_keys(tmp_path, members, NOW)
    before = {path: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    make_keys(tmp_path, members, NOW + timedelta(hours=1))
    changed = {path.name for path, content in before.items() if path.read_bytes() != content}
    assert changed == {"revocations.pem"}


def test_a_start_that_was_interrupted_is_completed(tmp_path: Path) -> None:
    members = [MemberName("zenica-registrar", "Registrar of Zenica")]
    keys = make_keys(tmp_path, members, NOW)
    (keys / "zenica-registrar" / "sealing.pem").unlink()
    (keys / "zenica-registrar" / "sealing.pem.draft").write_text("half a fil")
    make_keys(tmp_path, members, NOW)
    issued = read_issued(keys / "zenica-registrar" / "sealing")
    assert issued.key.public_key() == issued.certificate.public_key()


def test_a_stamp_holds_the_imprint_and_the_nonce_that_were_asked_for(keys: Path) -> None:
    authority = read_issued(keys / "tsa")
    reply = tsp.TimeStampResp.load(
        time_stamps.answer(query(nonce=99), authority=authority, now=NOW), strict=True
    )
    assert reply["status"]["status"].native == "granted"
    token = reply["time_stamp_token"].dump()
    stamp = containers.read_time_stamp(token)
    assert stamp.stamped_at == NOW
    assert stamp.imprint == DIGEST
    assert reply["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed["nonce"].native == 99
    containers.check_stamps(stamp, b"a signature")
    containers.check_every_byte(token, stamp.container)
    chains.check_may_stamp(stamp.container.certificate)


@pytest.mark.parametrize(
    "bad",
    [b"", b"hello", query(digest=b"short"), query(digest=bytes(20), algorithm="sha1"), query() + b"x"],
    ids=["nothing", "words", "short imprint", "SHA-1", "more behind it"],
)
def test_a_bad_query_gets_a_stated_rejection(keys: Path, bad: bytes) -> None:
    reply = time_stamps.answer(bad, authority=read_issued(keys / "tsa"), now=NOW)
    assert status_of(reply) == "rejection"


@given(junk=st.binary(max_size=300))
def test_no_query_crashes_the_authority(junk: bytes, keys: Path) -> None:
    assert status_of(time_stamps.answer(junk, authority=read_issued(keys / "tsa"), now=NOW)) == "rejection"


def status_of(reply: bytes) -> object:
    """asn1crypto wants a token in every reply; RFC 3161 leaves it out of a rejection."""
    status, *_ = split_elements(tsp.TimeStampResp.load(reply, strict=True).contents)
    return tsp.PKIStatusInfo.load(status)["status"].native


def test_the_directory_is_verified_by_the_root_alone(keys: Path) -> None:
    addresses = {member.code: f"127.0.0.1:{9000 + n}" for n, member in enumerate(list_members())}
    data = DirectoryPublisher(keys, addresses).publish(NOW)
    root = load_certificate((keys / "root.pem").read_bytes())
    directory = verify_directory(data, root=root, now=NOW)
    assert [member.code for member in directory.members] == [member.code for member in list_members()]
    assert directory.distrusted == ()
    assert directory.expires_at - directory.issued_at == timedelta(minutes=10)
    zenica = directory.find_member_by_prefix("J8T4K92M7")
    assert zenica.code == "zenica-registrar"
    assert "gateway" in zenica.subsystems


def test_addresses_may_be_ports_and_other_programs_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    file.write_text(json.dumps({"zenica-registrar": 9001, "brcko-registrar": "10.0.0.1:5", "portal": 8801}))
    assert read_addresses(file) == {"zenica-registrar": "127.0.0.1:9001", "brcko-registrar": "10.0.0.1:5"}


def test_the_program_serves_stamps_and_the_directory(tmp_path: Path) -> None:
    addresses = tmp_path / "addresses.json"
    addresses.write_text(json.dumps({"zenica-registrar": 9001}))

    async def story() -> None:
        application = make_application(open_authorities(tmp_path, addresses))
        async with TestClient(TestServer(application, host="127.0.0.1")) as client:
            kind = {"Content-Type": "application/timestamp-query"}
            stamped = await client.post("/tsa", data=query(), headers=kind)
            assert stamped.content_type == "application/timestamp-reply"
            assert tsp.TimeStampResp.load(await stamped.read())["status"]["status"].native == "granted"
            assert (await client.post("/tsa", data=query())).status == 415
            assert (await client.post("/tsa", data=bytes(LARGEST_QUERY + 1), headers=kind)).status == 413
            assert (await client.get("/directory")).status == 200
            assert (await client.get("/directory.json")).status == 200
            assert (await client.get("/revocations.pem")).status == 200
            assert (await client.get("/health")).status == 200

    asyncio.run(story())


@pytest.mark.programs
def test_a_document_is_sealed_through_the_running_program_and_refused_once_it_is_stopped(
    tmp_path: Path,
) -> None:
    (tmp_path / "addresses.json").write_text("{}")
    socket = tmp_path / "authorities.sock"
    arguments = ["--directory", tmp_path, "--addresses", tmp_path / "addresses.json", "--socket", socket]
    program = subprocess.Popen(
        [sys.executable, "-m", "mostovi.demo.authorities.program", *map(str, arguments)],
        stderr=subprocess.DEVNULL,
    )
    authority = HttpTimeStampAuthority("http://localhost/tsa", str(socket))
    try:
        wait_for(socket)
        seal = partial(
            seal_document,
            typst.compile(b"Izvod", ignore_system_fonts=True),
            credential=read_credential(
                key=tmp_path / "keys/zenica-registrar/sealing.key",
                certificate=tmp_path / "keys/zenica-registrar/sealing.pem",
                root=tmp_path / "keys/root.pem",
                revocation_lists=tmp_path / "keys/revocations.pem",
            ),
            time_stamper=authority,
            reason="technical demonstration, not qualified",
            location="Zenica",
            sealed_at=datetime.now(UTC),
        )
        verdict = verify_document(
            seal(), trust_root=(tmp_path / "keys/root.pem").read_bytes(), now=datetime.now(UTC)
        )
        assert verdict.issuer == "Registrar of Zenica"
    finally:
        program.terminate()
        program.wait(10)
    with pytest.raises(NoTimeStamp):
        seal()


def wait_for(path: Path) -> None:
    for _ in range(300):
        if path.exists():
            return
        time.sleep(0.1)
    raise AssertionError(f"{path.name} did not appear")
