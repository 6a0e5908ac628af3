"""What is made before the programs start: contracts, configurations, ports."""

import json
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostovi.demo.agreements import list_contracts, write_contracts
from mostovi.demo.authorities.directory import DirectoryPublisher
from mostovi.demo.authorities.key_files import MemberName, make_keys
from mostovi.demo.members import find_member, list_members
from mostovi.demo.registers.values import SERVICES, services_of
from mostovi.demo.stories import list_stories, synthetic_account
from mostovi.demo.supervisor.gateways import write_gateways
from mostovi.demo.supervisor.layout import Layout, lay_out, make_secrets
from mostovi.demo.supervisor.ports import PortTaken, check_is_free, choose_ports, port_for_systems
from mostovi.demo.supervisor.preparing import fingerprint, wipe
from mostovi.demo.supervisor.programs import Site, list_programs, needed_ports, portal_environment
from mostovi.exchange.gateway.configuration import load
from mostovi.exchange.protocol.certificates import key_id_of, load_certificate
from mostovi.exchange.protocol.contracts import parse_contract, verify_contract
from mostovi.exchange.protocol.directory import verify_directory

CODES = [member.code for member in list_members()]
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    layout = lay_out(tmp_path / "demo")
    make_secrets(layout)
    make_keys(layout.root, [MemberName(code, code) for code in CODES], NOW)
    yield layout
    shutil.rmtree(layout.sockets)


@pytest.fixture
def site(layout: Layout) -> Site:
    return Site(layout, 8800, choose_ports(layout.ports, needed_ports()))


def test_every_contract_is_signed_by_both_parties(layout: Layout) -> None:
    write_contracts(layout.keys, layout.gateways)
    root = load_certificate((layout.keys / "root.pem").read_text())
    published = DirectoryPublisher(layout.keys, dict.fromkeys(CODES, "127.0.0.1:1")).publish(NOW)
    directory = verify_directory(published, root=root, now=NOW)
    files = list(layout.gateways.rglob("contracts/*.json"))
    assert {path.stem for path in files} == {contract.id for contract in list_contracts()}
    for path in files:
        verify_contract(parse_contract(path.read_bytes()), directory.find_signer)


def test_a_member_gets_only_the_contracts_it_is_a_party_to(layout: Layout) -> None:
    write_contracts(layout.keys, layout.gateways)
    for path in (layout.gateways / "brcko-registrar" / "contracts").iterdir():
        parties = parse_contract(path.read_bytes()).contract.parties
        assert "brcko-registrar" in {party.member_code for party in parties}


def test_every_pair_may_show_a_person_who_looked() -> None:
    pairs = {
        (contract.consumer.member.member_code, contract.provider.member.member_code)
        for contract in list_contracts()
        if contract.service_code == "findUsage"
    }
    assert pairs == {(asker, asked) for asker in CODES for asked in CODES}


def test_a_contract_asks_only_for_what_its_provider_keeps() -> None:
    for contract in list_contracts():
        if contract.provider.subsystem_code == "register":
            provider = find_member(contract.provider.member.member_code)
            assert contract.service_code in services_of(provider.registers), contract.id
            assert set(contract.fields) <= set(SERVICES[contract.service_code]), contract.id


def test_a_contract_without_an_act_says_so() -> None:
    for contract in list_contracts():
        if contract.crosses_entities or not contract.legal_basis.gazette:
            assert not contract.in_force, contract.id


def test_the_registers_of_banja_luka_and_of_the_centre_may_be_asked() -> None:
    asked = {contract.id: contract for contract in list_contracts()}
    births, rights = asked["csw-banja-luka-birth-record-01"], asked["bl-csw-entitlements-01"]
    assert births.provider.member == rights.consumer.member
    assert births.consumer.member == rights.provider.member
    assert births.crosses_entities
    assert rights.crosses_entities
    assert rights.fields == ("rights",)


def test_each_gateway_reads_the_configuration_written_for_it(site: Site) -> None:
    write_gateways(site.layout, site.ports)
    for member in list_members():
        configuration = load(site.layout.gateways / member.code / "gateway.json")
        assert configuration.member.member_code == member.code
        assert configuration.peer_port == site.ports[member.code]
        assert {edge.subsystem for edge in configuration.sockets} == set(member.subsystems)
        edge = configuration.tls_edge
        assert edge is not None
        assert (edge.host, edge.port) == ("127.0.0.1", site.ports[port_for_systems(member.code)])
        client = load_certificate((site.layout.keys / member.code / "client.pem").read_bytes())
        assert edge.subsystems == {key_id_of(client): "portal"}
        sealed = {kind.kind: kind.needs_official for kind in configuration.document_kinds}
        assert sealed["decision"]
        assert sealed.get("birth-extract", False) is False


def test_a_pseudonym_key_stays_the_same(site: Site) -> None:
    write_gateways(site.layout, site.ports)
    path = site.layout.gateways / "zenica-registrar" / "pseudonym.key"
    first = path.read_text()
    write_gateways(site.layout, site.ports)
    assert path.read_text() == first
    assert len(bytes.fromhex(first)) == 32
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_secret_stands_on_a_command_line_or_in_an_environment(site: Site) -> None:
    secrets = [path.read_text() for path in site.layout.secrets.iterdir()]
    told = json.dumps(
        [[*program.arguments, *program.environment.values()] for program in list_programs(site)]
    )
    assert secrets
    assert not [secret for secret in secrets if secret in told]
    assert "MOSTOVI_SECRET_KEY_FILE" in portal_environment(site)


def test_each_program_has_a_name_of_its_own_and_only_gateways_can_be_unplugged(site: Site) -> None:
    programs = list_programs(site)
    assert len({program.name for program in programs}) == len(programs) == 20
    assert {program.member for program in programs if program.member} == set(CODES)
    assert all(program.name.startswith("gateway-") for program in programs if program.member)


def test_ports_are_kept_until_somebody_else_takes_one(tmp_path: Path) -> None:
    first = choose_ports(tmp_path / "ports.json", ["one", "two"])
    assert choose_ports(tmp_path / "ports.json", ["one", "two"]) == first
    with socket.create_server(("127.0.0.1", first["one"])):
        second = choose_ports(tmp_path / "ports.json", ["one", "two"])
    assert second["one"] != first["one"]
    assert second["two"] == first["two"]


def test_a_taken_port_stops_with_a_sentence_that_helps() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"mostovi demo --port {port + 1}"):
            check_is_free(port)


def test_a_reset_keeps_what_the_supervisor_holds_in_its_hands(layout: Layout) -> None:
    for name in ("lock", "ports.json", "portal.sqlite3", "seeded"):
        (layout.root / name).touch()
    wipe(layout)
    assert {path.name for path in layout.root.iterdir()} - {"run"} == {"lock", "ports.json", "logs"}


def test_a_changed_source_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("1")
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    (tmp_path / "one.py").write_text("22")
    assert fingerprint(tmp_path) != before


@given(st.integers(0, 10**13 - 1))
def test_a_synthetic_account_has_right_check_digits_and_no_bank(number: int) -> None:
    account = synthetic_account(number)
    digits = "".join(str(int(sign, 36)) for sign in account[4:] + account[:4])
    assert int(digits) % 97 == 1
    assert len(account) == 20
    assert account[4:7] == "000"


def test_the_desk_sees_cases_in_different_states() -> None:
    assert len(list_stories()) == 6
    assert len({story.decide for story in list_stories()}) == 4
