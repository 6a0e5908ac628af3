"""X-Road clients find members and services unmodified. They ask and read as RIA's xrdinfo 1.4 does."""

import http.client
import io
import json
import ssl
import zipfile
from xml.etree import ElementTree

import pytest

from exchange.bridge_fixture import BRCKO, TUZLA, Country, call, country, running_country
from free_ports import free_port
from mostovi.exchange.protocol.certificates import key_id_of

pytestmark = pytest.mark.programs
__all__ = ["country", "running_country"]

XROAD = "{http://x-road.eu/xsd/xroad.xsd}"
ID = "{http://x-road.eu/xsd/identifiers}"
CLIENT = {"X-Road-Client": "BA/GOV/tuzla-social-work/portal", "accept": "application/json"}


def get(country: Country, target: str, headers: dict[str, str] | None = None):
    return call(country.institutions[TUZLA].portal_socket, "GET", target, None, headers or {})


def test_clients_are_listed_as_json(running_country: Country) -> None:
    status, headers, listed = get(running_country, "/listClients", {"Accept": "application/json"})
    assert status == 200
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert {
        "id": {
            "object_type": "SUBSYSTEM",
            "xroad_instance": "BA",
            "member_class": "GOV",
            "member_code": "brcko-registrar",
            "subsystem_code": "register",
        },
        "name": "Brcko-Registrar",
    } in listed["member"]
    members = [each for each in listed["member"] if each["id"]["object_type"] == "MEMBER"]
    assert len(members) == 3
    assert all("subsystem_code" not in each["id"] for each in members)


def test_clients_are_listed_as_xml_by_default(running_country: Country) -> None:
    _, headers, body = get(running_country, "/listClients?xRoadInstance=BA")
    assert headers["content-type"] == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(body)
    assert root.tag == f"{XROAD}clientList"
    identifiers = root.findall(f"{XROAD}member/{XROAD}id")
    assert {each.get(f"{ID}objectType") for each in identifiers} == {"MEMBER", "SUBSYSTEM"}
    assert identifiers[0].findtext(f"{ID}xRoadInstance") == "BA"


def test_another_instance_is_not_known(running_country: Country) -> None:
    _, headers, _ = get(running_country, "/listClients?xRoadInstance=EE")
    assert headers["x-road-error"] == "Server.ClientProxy.UnknownMember"


def test_the_verification_configuration_is_read_as_xrdinfo_reads_it(running_country: Country) -> None:
    status, headers, body = get(running_country, "/verificationconf")
    assert (status, headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        instance = archive.read("verificationconf/instance-identifier").decode()
        root = ElementTree.fromstring(archive.read(f"verificationconf/{instance}/shared-params.xml"))
    assert root.findtext("./instanceIdentifier") == "BA"
    subsystems = [
        (
            member.findtext("./memberClass/code"),
            member.findtext("./memberCode"),
            member.findtext("./name"),
            subsystem.findtext("./subsystemCode"),
            [
                server.findtext("./serverCode")
                for server in root.findall(f'./securityServer[client="{subsystem.get("id")}"]')
            ],
        )
        for member in root.findall("./member")
        for subsystem in member.findall("./subsystem")
    ]
    assert ("GOV", "brcko-registrar", "Brcko-Registrar", "register", ["gateway"]) in subsystems
    owners = {server.findtext("./owner") for server in root.findall("./securityServer")}
    assert owners == {member.get("id") for member in root.findall("./member")}
    assert all(server.findtext("./address") for server in root.findall("./securityServer"))


def test_methods_of_another_institution_are_listed_over_the_bridge(running_country: Country) -> None:
    status, headers, answer = get(running_country, "/r1/BA/GOV/brcko-registrar/register/listMethods", CLIENT)
    assert status == 200
    assert headers["x-road-request-id"]
    codes = [each["service_code"] for each in answer["service"]]
    assert codes == ["birthRecord", "childrenOfParent", "residence"]
    assert answer["service"][1] == {
        "object_type": "SERVICE",
        "service_type": "OPENAPI",
        "xroad_instance": "BA",
        "member_class": "GOV",
        "member_code": "brcko-registrar",
        "subsystem_code": "register",
        "service_code": "childrenOfParent",
        "endpoint_list": [{"method": "POST", "path": "/"}],
    }


def test_allowed_methods_are_those_with_a_contract(running_country: Country) -> None:
    for subsystem, expected in (
        ("register", ["childrenOfParent"]),
        ("gateway", ["documentStatus", "findUsage", "usageReceipt"]),
        ("portal", []),
    ):
        _, _, answer = get(running_country, f"/r1/BA/GOV/brcko-registrar/{subsystem}/allowedMethods", CLIENT)
        assert [each["service_code"] for each in answer["service"]] == expected


def test_a_description_hides_where_the_register_is(running_country: Country) -> None:
    target = "/r1/BA/GOV/brcko-registrar/register/getOpenAPI?serviceCode=childrenOfParent"
    status, _, answer = get(running_country, target, CLIENT)
    assert status == 200
    assert answer["paths"]["/childrenOfParent"]["post"]["summary"] == "Children"
    assert "10.1.2.3" not in json.dumps(answer)


@pytest.mark.parametrize(
    ("subsystem", "query", "error", "message"),
    [
        ("register", "?serviceCode=invented", "Server.ServerProxy.UnknownService", "offer"),
        ("register", "", "Server.ServerProxy.UnknownService", "offer"),
        ("gateway", "?serviceCode=findUsage", "Server.ServerProxy.ServiceType", "Invalid service type: REST"),
    ],
)
def test_a_description_that_is_not_there_is_refused_in_xroads_words(
    running_country: Country, subsystem: str, query: str, error: str, message: str
) -> None:
    target = f"/r1/BA/GOV/brcko-registrar/{subsystem}/getOpenAPI{query}"
    _, headers, answer = get(running_country, target, CLIENT)
    assert headers["x-road-error"] == error
    assert message in answer["message"]


def test_a_register_that_shows_no_description_is_told_in_xroads_words(running_country: Country) -> None:
    register = running_country.institutions[BRCKO].register
    register.answer = lambda *_: (500, b"broken")
    try:
        target = "/r1/BA/GOV/brcko-registrar/register/getOpenAPI?serviceCode=birthRecord"
        _, _, answer = get(running_country, target, CLIENT)
    finally:
        register.forget()
    assert answer["message"].startswith("Failed reading service description from")


def test_anything_else_is_a_soap_fault(running_country: Country) -> None:
    status, headers, body = get(running_country, "/")
    assert (status, headers["content-type"]) == (500, "text/xml; charset=utf-8")
    assert b"<faultcode>Client.InvalidHttpMethod</faultcode>" in body


def test_a_system_on_another_machine_proves_itself_by_certificate(country: Country) -> None:
    tuzla, brcko = country.institutions[TUZLA], country.institutions[BRCKO]
    port = free_port()
    edge = {
        "listen": f"127.0.0.1:{port}",
        "certificate": "tls.pem",
        "key": "tls.key",
        "client_roots": "../root.pem",
        "subsystems": {key_id_of(tuzla.tls.certificate): "portal"},
    }
    country.configure(tuzla, tls_edge=edge)
    country.start(TUZLA)

    def ask(certificate_of) -> tuple[int, dict[str, str]]:
        context = ssl.create_default_context(cafile=str(country.folder / "root.pem"))
        if certificate_of is not None:
            context.load_cert_chain(certificate_of.folder / "tls.pem", certificate_of.folder / "tls.key")
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=context)
        try:
            connection.request("GET", "/r1/BA/GOV/tuzla-social-work/register/listMethods", headers=CLIENT)
            response = connection.getresponse()
            response.read()
            return response.status, {name.lower(): value for name, value in response.getheaders()}
        finally:
            connection.close()

    assert ask(tuzla)[0] == 200
    for stranger in (None, brcko):
        status, headers = ask(stranger)
        assert (status, headers["x-road-error"]) == (500, "Server.ClientProxy.SslAuthenticationFailed")
