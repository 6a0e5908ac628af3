"""A small country with real gateways, for any test that needs the bridge.

``Country(folder)`` makes a root, a directory, keys and contracts for three institutions, and starts gateways
as real processes::

    from exchange.bridge_fixture import AMRA, BRCKO, TUZLA, country  # noqa: F401  (country is a fixture)

    def test_something(country):
        country.start(TUZLA, BRCKO)
        status, headers, answer = country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])

Each institution has a register (a thread of the test, on a unix socket) whose answers a test sets and whose
questions it sees. ``country.gateways_setting()`` is what the portal's setting GATEWAYS would be.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from free_ports import free_port
from mostovi.demo.authorities import issuing
from mostovi.demo.authorities.issuing import Issued
from mostovi.exchange.protocol.certificates import key_id_of
from mostovi.exchange.protocol.contracts import Contract, LegalBasis, SignedContract, sign_contract
from mostovi.exchange.protocol.directory import Directory, Member, sign_directory
from mostovi.exchange.protocol.identifiers import MemberId, SubsystemId
from mostovi.exchange.protocol.keys import Signer
from mostovi.exchange.protocol.questions import fresh_salt

TUZLA, BRCKO, ZENICA = "tuzla-social-work", "brcko-registrar", "zenica-registrar"
PREFIXES = {TUZLA: "J7", BRCKO: "J4", ZENICA: "J8"}
AMRA = "1203991565010"  # region 56 was never issued
CASE = "K4T92M7AE"
OFFICIAL = "BAofficial-pseudonym"
LANGUAGES = ("bs", "hr", "sr", "en")
SOURCE = Path(__file__).resolve().parents[2] / "src"

Reply = tuple[int, dict[str, str], Any]


def member_id(code: str) -> MemberId:
    return MemberId("BA", "GOV", code)


def question_about(jmb: str, fields: list[str], **more: Any) -> dict[str, Any]:
    """The body of a question, with its salt."""
    return {"subject": {"jmb": jmb}, "fields": fields, "salt": fresh_salt(), **more}


class _RegisterServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@dataclass
class Register:
    """A register on a unix socket: ``answer`` makes the reply, ``questions`` are what arrived."""

    path: Path
    answer: Callable[[str, dict[str, str], bytes], tuple[int, bytes]] = field(default=None)  # type: ignore[assignment]
    questions: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    connections: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answer = self.answer or self.answer_facts
        self.server: _RegisterServer | None = None

    @staticmethod
    def answer_facts(path: str, _headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Whatever is asked is known: each field's value is its own name."""
        if path == "/openapi.json":
            description = {
                "openapi": "3.0.3",
                "servers": [{"url": "http://10.1.2.3:8080"}],
                "paths": {"/childrenOfParent": {"post": {"summary": "Children"}}},
            }
            return 200, json.dumps(description).encode()
        asked = json.loads(body)["fields"]
        facts = {name: f"value of {name}" for name in asked}
        answer = {"facts": facts, "as_of": "2026-11-21T14:05:00Z", "salt": fresh_salt()}
        return 200, json.dumps(answer).encode()

    def forget(self) -> None:
        """As at the beginning."""
        self.answer = self.answer_facts
        self.questions.clear()
        self.headers.clear()

    def start(self) -> None:
        register = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                register.connections.append(self.connection)

            def handle_one(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                register.questions.append((self.path, headers, body))
                status, answer = register.answer(self.path, headers, body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                for name, value in register.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            do_POST = do_GET = do_PUT = handle_one  # noqa: N815 - the library's names

            def log_message(self, *_arguments: Any) -> None:
                pass

            def address_string(self) -> str:
                return "gateway"

        class Quiet(_RegisterServer):
            def handle_error(self, *_arguments: Any) -> None:
                pass

        self.path.unlink(missing_ok=True)
        self.server = Quiet(str(self.path), Handler)
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            for connection in self.connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self.connections.clear()
            self.path.unlink(missing_ok=True)
            self.server = None


@dataclass
class Institution:
    code: str
    folder: Path
    tls: Issued
    signing: Issued
    sealing: Issued
    port: int
    register: Register
    process: subprocess.Popen[bytes] | None = None

    @property
    def signer(self) -> Signer:
        return Signer(self.signing.key, self.signing.certificate)

    @property
    def portal_socket(self) -> Path:
        return self.folder / "portal.sock"

    @property
    def store(self) -> Path:
        return self.folder / "gateway.sqlite3"

    def journal(self) -> list[dict[str, Any]]:
        """What the gateway said on standard error."""
        lines = (self.folder / "journal").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


class Country:
    def __init__(self, folder: Path, codes: tuple[str, ...] = (TUZLA, BRCKO, ZENICA)) -> None:
        self.folder = folder
        self.now = datetime.now(UTC)
        self.root = issuing.issue_root(self.now)
        self.directory_authority = self._issue(issuing.DIRECTORY, "directory", "")
        (folder / "root.pem").write_bytes(_pem(self.root))
        self.institutions = {code: self._make_institution(code) for code in codes}
        self.serial = 0
        self.publish()
        self.make_contracts()

    # Making

    def _issue(self, purpose: issuing.Purpose, name: str, identifier: str) -> Issued:
        return issuing.issue(
            self.root, purpose, common_name=name, organization=name, identifier=identifier, now=self.now
        )

    def _make_institution(self, code: str) -> Institution:
        folder = self.folder / code[:8]
        (folder / "contracts").mkdir(parents=True)
        made = {
            name: self._issue(purpose, code, f"BA/GOV/{code}")
            for name, purpose in (
                ("tls", issuing.TLS),
                ("signing", issuing.SIGNING),
                ("sealing", issuing.SEALING),
            )
        }
        for name, issued in made.items():
            (folder / f"{name}.pem").write_bytes(_pem(issued))
            write_private(folder / f"{name}.key", _key(issued))
        write_private(folder / "pseudonym.key", os.urandom(32).hex().encode())
        institution = Institution(
            code=code, folder=folder, port=free_port(), register=Register(folder / "register.sock"), **made
        )
        self.configure(institution)
        return institution

    def configure(self, institution: Institution, **changes: Any) -> None:
        """Write the gateway's configuration; ``changes`` replace whole keys."""
        services = ("childrenOfParent", "birthRecord", "residence")
        configuration = {
            "member": f"BA/GOV/{institution.code}",
            "listen": f"127.0.0.1:{institution.port}",
            "store": "gateway.sqlite3",
            "contracts": "contracts",
            "demonstration": True,
            "provider_timeout_seconds": 3,
            "stop_seconds": 2,
            "keys": {
                "root": "../root.pem",
                "tls_certificate": "tls.pem",
                "tls_key": "tls.key",
                "signing_certificate": "signing.pem",
                "signing_key": "signing.key",
                "sealing_certificate": "sealing.pem",
                "sealing_key": "sealing.key",
                "pseudonym": "pseudonym.key",
            },
            "directory": {"source": "../directory.json", "cache": "directory.json", "refresh_seconds": 0.2},
            "sockets": [
                {"subsystem": "portal", "path": "portal.sock"},
                {"subsystem": "register", "path": "register-edge.sock"},
            ],
            "services": [
                {
                    "code": code,
                    "address": f"unix:{institution.register.path}",
                    "timeout_seconds": 1,
                    "openapi": "/openapi.json",
                }
                for code in services
            ],
            "documents": [
                {"kind": "decision"},
                {"kind": "birth-extract", "subsystems": ["register"], "needs_official": False},
            ],
            **changes,
        }
        (institution.folder / "gateway.json").write_text(json.dumps(configuration), encoding="utf-8")

    # Directory and contracts

    def members(self) -> tuple[Member, ...]:
        return tuple(
            Member(
                id=member_id(each.code),
                names=dict.fromkeys(LANGUAGES, each.code.title()),
                level="city",
                unit="ba",
                subsystems=("portal", "register"),
                address=f"127.0.0.1:{each.port}",
                tls=(key_id_of(each.tls.certificate),),
                signing=(each.signing.certificate,),
                sealing=(each.sealing.certificate,),
                document_prefix=PREFIXES.get(each.code, ""),
            )
            for each in self.institutions.values()
        )

    def publish(
        self,
        *,
        members: tuple[Member, ...] | None = None,
        valid: timedelta = timedelta(minutes=10),
        since: timedelta = timedelta(minutes=10),
        serial: int | None = None,
        signer: Issued | None = None,
    ) -> None:
        """Sign a new directory and put it where the gateways look."""
        self.serial = serial or self.serial + 1
        now = datetime.now(UTC)
        directory = Directory("BA", self.serial, now - since, now + valid, members or self.members())
        authority = signer or self.directory_authority
        signed = sign_directory(directory, Signer(authority.key, authority.certificate))
        draft = self.folder / "directory.draft"
        draft.write_bytes(signed)
        draft.replace(self.folder / "directory.json")

    def wait_for_directory(self, *codes: str, seconds: float = 10) -> None:
        """Until the gateways know the directory that was published last."""
        deadline = time.monotonic() + seconds
        while any(self._known_serial(code) != self.serial for code in codes or self.institutions):
            assert time.monotonic() < deadline, "the directory was not taken"
            time.sleep(0.05)

    def _known_serial(self, code: str) -> int:
        return int(self.native(code, "GET", "/v1/status")[2]["directory_serial"] or 0)

    def log_entries(self, code: str, limit: int = 100) -> list[dict[str, Any]]:
        """The newest entries of an institution's log, as its auditors read them."""
        return list(self.native(code, "GET", f"/v1/log/entries?limit={limit}")[2]["entries"])

    def make_contracts(self) -> None:
        """Tuzla may ask Brčko for children; everybody may ask everybody who looked."""
        asked = [(TUZLA, BRCKO, "register", "childrenOfParent", ("children", "born_on"))]
        asked += [(TUZLA, TUZLA, "register", "residence", ("name", "address"))]
        for consumer in self.institutions:
            for provider in self.institutions:
                asked.append((consumer, provider, "gateway", "findUsage", ("totalUsages", "usages")))
                asked.append((consumer, provider, "gateway", "usageReceipt", ("receipt",)))
        for consumer, provider, subsystem, service, fields in asked:
            if {consumer, provider} <= self.institutions.keys():
                self.add_contract(make_contract(consumer, provider, subsystem, service, fields))

    def add_contract(self, contract: Contract, *, only_at: tuple[str, ...] | None = None) -> None:
        parties = {contract.consumer.member.member_code, contract.provider.member.member_code}
        signatures = tuple(
            sign_contract(contract, member_id(code), self.institutions[code].signer)
            for code in sorted(parties)
        )
        text = json.dumps(SignedContract(contract, signatures).to_json(), ensure_ascii=False)
        for code in only_at or parties:
            (self.institutions[code].folder / "contracts" / f"{contract.id}.json").write_text(text, "utf-8")

    # Running

    def start(self, *codes: str, registers: bool = True) -> None:
        for code in codes or self.institutions:
            institution = self.institutions[code]
            if registers and institution.register.server is None:
                institution.register.start()
            launch(institution)
        for code in codes or self.institutions:
            wait_until_answering(self.institutions[code])

    def stop(self, *codes: str) -> None:
        running = [self.institutions[code] for code in codes or self.institutions]
        for institution in running:
            if institution.process is not None:
                institution.process.terminate()
        for institution in running:
            if institution.process is not None:
                institution.process.wait(timeout=10)
                institution.process = None

    def kill(self, code: str) -> None:
        process = self.institutions[code].process
        assert process is not None
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
        self.institutions[code].process = None

    def end(self) -> None:
        for institution in self.institutions.values():
            if institution.process is not None:
                institution.process.kill()
                institution.process.wait(timeout=10)
            institution.register.stop()

    # Asking

    def ask(
        self,
        consumer: str,
        provider: str,
        service: str,
        fields: list[str],
        *,
        jmb: str = AMRA,
        case: str | None = CASE,
        subsystem: str = "register",
        parameters: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """One question of ``consumer``'s portal."""
        sent = {"X-Road-Client": f"BA/GOV/{consumer}/portal", "X-Road-UserId": OFFICIAL}
        if case is not None:
            sent["X-Road-Issue"] = case
        body = question_about(jmb, fields, parameters=parameters or {})
        target = f"/r1/BA/GOV/{provider}/{subsystem}/{service}"
        return call(
            self.institutions[consumer].portal_socket, "POST", target, body, {**sent, **(headers or {})}
        )

    def native(
        self, code: str, method: str, target: str, body: Any = None, *, subsystem: str = "portal"
    ) -> Reply:
        path = self.institutions[code].folder / (
            "portal.sock" if subsystem == "portal" else "register-edge.sock"
        )
        return call(path, method, target, body, {})

    def usages(self, consumer: str, provider: str, jmb: str = AMRA) -> list[dict[str, Any]]:
        status, _, answer = self.ask(
            consumer,
            provider,
            "findUsage",
            ["totalUsages", "usages"],
            jmb=jmb,
            case="own-request",
            subsystem="gateway",
            headers={"X-Road-UserId": "BAamra"},
        )
        assert status == 200, answer
        return list(answer["facts"]["usages"])

    def gateways_setting(self) -> dict[str, dict[str, str]]:
        return {code: {"socket": str(each.portal_socket)} for code, each in self.institutions.items()}


def make_contract(
    consumer: str, provider: str, subsystem: str, service: str, fields: tuple[str, ...], **changes: Any
) -> Contract:
    now = datetime.now(UTC).replace(microsecond=0)
    contract = Contract(
        id=f"{consumer[:6]}-{provider[:6]}-{service.lower()}",
        consumer=SubsystemId(member_id(consumer), "portal"),
        provider=SubsystemId(member_id(provider), subsystem),
        service_code=service,
        purpose_code="child-allowance",
        purpose=dict.fromkeys(LANGUAGES, "Decide on child allowance"),
        legal_basis=LegalBasis(dict.fromkeys(LANGUAGES, "Law on support"), "52/22", "9"),
        in_force=False,
        crosses_entities=True,
        fields=fields,
        valid_from=now - timedelta(days=1),
        valid_until=now + timedelta(days=365),
    )
    return replace(contract, **changes)


_START = "import sys; from mostovi.config.command_line import main; sys.exit(main())"
_WITH_A_WRONG_CLOCK = """
from datetime import timedelta
from mostovi.kernel import clock
right = clock.now
clock.now = lambda: right() + timedelta(seconds={seconds})
"""


def launch(institution: Institution, *more: str, clock_off_by_seconds: int = 0) -> None:
    """Start the gateway's process; ``wait_until_answering`` says when it is ready."""
    wrong = _WITH_A_WRONG_CLOCK.format(seconds=clock_off_by_seconds) if clock_off_by_seconds else ""
    with (institution.folder / "journal").open("ab") as journal:
        institution.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                wrong + _START,
                "gateway",
                "--config",
                str(institution.folder / "gateway.json"),
                *more,
            ],
            stderr=journal,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)},
        )


def wait_until_answering(institution: Institution, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if institution.process is not None and institution.process.poll() is not None:
            raise AssertionError((institution.folder / "journal").read_text("utf-8")[-2000:])
        with contextlib.suppress(OSError):
            if call(institution.portal_socket, "GET", "/v1/health", None, {})[0] == 200:
                return
        time.sleep(0.02)
    raise AssertionError(f"the gateway of {institution.code} does not answer")


class SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=10)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


def call(path: Path, method: str, target: str, body: Any, headers: dict[str, str]) -> Reply:
    """Status, headers (lower-case names) and the JSON, or text, of one call over a unix socket."""
    connection = SocketConnection(path)
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    try:
        connection.request(method, target, data, headers)
        response = connection.getresponse()
        content = response.read()
        found = {name.lower(): value for name, value in response.getheaders()}
    finally:
        connection.close()
    if "json" in found.get("content-type", ""):
        return response.status, found, json.loads(content)
    return response.status, found, content


def write_private(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)


def _pem(issued: Issued) -> bytes:
    return issued.certificate.public_bytes(Encoding.PEM)


def _key(issued: Issued) -> bytes:
    return issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def country(tmp_path: Path) -> Iterator[Country]:
    """A country whose gateways are not started yet."""
    made = Country(tmp_path)
    yield made
    made.end()


@pytest.fixture(scope="module")
def running_country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    """A country that runs for all tests of a file."""
    made = Country(tmp_path_factory.mktemp("country"))
    made.start()
    yield made
    made.end()
