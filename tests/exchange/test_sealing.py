"""What an institution seals, and what it refuses to seal."""

import re
import subprocess
import sys
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import sealed_documents as made

from mostovi.exchange.sealing.credentials import CredentialNotValid
from mostovi.exchange.sealing.demonstration import is_demonstration_root
from mostovi.exchange.sealing.seal import AlreadySealed, CannotSeal, SealNotSound, seal_document
from mostovi.exchange.sealing.time_stamps import HttpTimeStampAuthority, NoTimeStamp, TimeStampAuthority
from requirements_check import require_program


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.made_keys(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def sealed(keys: Path) -> bytes:
    return made.sealed(keys)


def seal_with(keys: Path, *, time_stamper: TimeStampAuthority | None = None, **changes: object) -> bytes:
    arguments: dict[str, object] = {
        "pdf": made.plain_document(),
        "credential": made.credential_of(keys),
        "time_stamper": time_stamper or made.LocalAuthority(keys),
        "reason": made.REASON,
        "location": "Tuzla",
        "sealed_at": made.SEALED_AT,
        **changes,
    }
    pdf = arguments.pop("pdf")
    return seal_document(pdf, **arguments)  # type: ignore[arg-type]


def say_of(pdf: bytes, store: Path, directory: Path) -> str:
    """What Debian's pdfsig says of a PDF, trusting what is in the NSS store. It exits 0 whatever it finds."""
    file = directory / "document.pdf"
    file.write_bytes(pdf)
    command = [require_program("pdfsig", "poppler-utils"), "-nssdir", str(store), str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def nss_store(directory: Path, *roots: Path) -> Path:
    certutil = require_program("certutil", "libnss3-tools")
    directory.mkdir()
    subprocess.run([certutil, "-N", "-d", str(directory), "--empty-password"], check=True)
    for root in roots:
        subprocess.run(
            [certutil, "-A", "-d", str(directory), "-n", root.stem, "-t", "CT,C,C", "-i", str(root)],
            check=True,
        )
    return directory


def test_pdfsig_trusts_a_seal_with_only_the_demonstration_root_imported(
    keys: Path, sealed: bytes, tmp_path: Path
) -> None:
    said = say_of(sealed, nss_store(tmp_path / "nss", keys / "root.pem"), tmp_path)
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_pdfsig_does_not_trust_a_seal_with_an_empty_store(sealed: bytes, tmp_path: Path) -> None:
    said = say_of(sealed, nss_store(tmp_path / "nss"), tmp_path)
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" not in said


def test_pdfsig_sees_a_changed_byte(keys: Path, sealed: bytes, tmp_path: Path) -> None:
    changed = bytearray(sealed)
    changed[600] ^= 1
    said = say_of(bytes(changed), nss_store(tmp_path / "nss", keys / "root.pem"), tmp_path)
    assert "Digest Mismatch" in said
    assert "Signature is Valid" not in said


def test_the_seal_is_one_revision_with_its_revocation_evidence_inside(sealed: bytes) -> None:
    assert sealed.startswith(made.plain_document())
    assert sealed.count(b"%%EOF") == 2
    (numbers,) = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", sealed)
    zero, gap_start, gap_end, rest = map(int, numbers)
    assert zero == 0
    assert gap_end + rest == len(sealed)
    assert sealed.index(b"/DSS") < gap_start


def test_the_seal_says_that_it_is_a_demonstration(sealed: bytes) -> None:
    assert b"technical demonstration" in sealed
    assert b"not qualified" in sealed


def test_a_document_is_never_sealed_twice(keys: Path, sealed: bytes) -> None:
    with pytest.raises(AlreadySealed):
        seal_with(keys, pdf=sealed)


@pytest.mark.parametrize(
    "pdf",
    [
        b"",
        b"<html>",
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n999999\n%%EOF",
        b"%PDF-" + bytes(21 * 1024 * 1024) + b"%%EOF",
    ],
    ids=["nothing", "a page", "empty", "broken", "too large"],
)
def test_what_is_no_plain_pdf_is_not_sealed(keys: Path, pdf: bytes) -> None:
    with pytest.raises(CannotSeal):
        seal_with(keys, pdf=pdf)


def test_nothing_is_sealed_with_an_expired_certificate(keys: Path) -> None:
    with pytest.raises(CredentialNotValid):
        seal_with(keys, sealed_at=made.SEALED_AT + timedelta(days=2000))


def test_nothing_is_sealed_with_a_key_that_is_not_the_certificates(keys: Path) -> None:
    credential = made.credential_of(keys)
    other = made.credential_of(keys, member="zenica-registrar")
    mixed = type(credential)(other.key_pem, credential.certificate_pem, credential.root_pem)
    with pytest.raises(CredentialNotValid):
        seal_with(keys, credential=mixed)


@pytest.mark.parametrize("name", ["tls", "signing"])
def test_a_certificate_for_another_purpose_seals_nothing(keys: Path, name: str) -> None:
    with pytest.raises((CredentialNotValid, SealNotSound)):
        seal_with(keys, credential=made.credential_of(keys, name=name))


def test_nothing_is_sealed_when_no_authority_listens(keys: Path, tmp_path: Path) -> None:
    nobody = HttpTimeStampAuthority("http://localhost/tsa", socket_path=str(tmp_path / "nobody.socket"))
    with pytest.raises(NoTimeStamp, match="was not sealed"):
        seal_with(keys, time_stamper=nobody)


class _Replies:
    """An authority that replies with what it is given."""

    def __init__(self, reply: bytes) -> None:
        self.reply = reply

    def request(self, query: bytes) -> bytes:
        return self.reply


@pytest.mark.parametrize("reply", [b"", b"<html>", b"\x30\x03\x02\x01\x02", bytes(100)])
def test_nothing_is_sealed_when_the_authority_talks_nonsense(keys: Path, reply: bytes) -> None:
    with pytest.raises(NoTimeStamp):
        seal_with(keys, time_stamper=_Replies(reply))


def test_a_stamp_made_for_something_else_seals_nothing(keys: Path) -> None:
    authority = made.LocalAuthority(keys)

    class Confused:
        def request(self, query: bytes) -> bytes:
            changed = bytearray(query)
            changed[30] ^= 1  # a byte of the imprint
            return authority.request(bytes(changed))

    with pytest.raises((SealNotSound, NoTimeStamp)):
        seal_with(keys, time_stamper=Confused())


def test_a_stamp_under_a_foreign_root_seals_nothing(keys: Path, tmp_path: Path) -> None:
    foreign = made.made_keys(tmp_path)
    with pytest.raises(NoTimeStamp):
        seal_with(keys, time_stamper=made.LocalAuthority(foreign))


@pytest.mark.parametrize("status", [200, 503])
def test_the_http_time_stamper_asks_as_rfc_3161_says(keys: Path, status: int) -> None:
    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            good = self.headers["Content-Type"] == "application/timestamp-query" and self.path == "/tsa"
            self.send_response(status if good else 400)
            self.end_headers()
            self.wfile.write(made.LocalAuthority(keys).request(query))

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        authority = HttpTimeStampAuthority(f"http://127.0.0.1:{server.server_port}/tsa")
        if status == 200:
            assert seal_with(keys, time_stamper=authority).startswith(b"%PDF-")
        else:
            with pytest.raises(NoTimeStamp):
                seal_with(keys, time_stamper=authority)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_demonstration_root_is_recognised(keys: Path) -> None:
    assert is_demonstration_root((keys / "root.pem").read_bytes())
    assert is_demonstration_root((keys / "tuzla-social-work" / "tls.pem").read_bytes())


def test_the_engine_can_be_imported_without_pyhanko_and_django() -> None:
    program = (
        "import sys; import mostovi.exchange.sealing.seal, mostovi.exchange.verification.documents;"
        "sys.exit(any(name in sys.modules for name in ('pyhanko', 'django')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
