"""The members as X-Road lists them (protocol for service metadata): clients, verification configuration."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from mostovi.exchange.gateway.exchange import BUILT_IN_SUBSYSTEM
from mostovi.exchange.protocol.directory import Directory, Member

_XROAD = "http://x-road.eu/xsd/xroad.xsd"
_IDENTIFIERS = "http://x-road.eu/xsd/identifiers"
_NAME_LANGUAGE = "en"

register_namespace("xroad", _XROAD)
register_namespace("id", _IDENTIFIERS)


def name_of(member: Member) -> str:
    """X-Road has one name for each member."""
    return member.names.get(_NAME_LANGUAGE) or next(iter(member.names.values()), member.code)


def subsystems_of(member: Member) -> list[str]:
    """Those of the directory, and the one every gateway has built in."""
    return sorted({*member.subsystems, BUILT_IN_SUBSYSTEM})


def _clients(directory: Directory) -> Iterator[tuple[Member, str | None]]:
    for member in directory.members:
        yield member, None
        for subsystem in subsystems_of(member):
            yield member, subsystem


def clients_as_json(directory: Directory) -> bytes:
    listed: list[dict[str, Any]] = []
    for member, subsystem in _clients(directory):
        identifier = {
            "object_type": "MEMBER" if subsystem is None else "SUBSYSTEM",
            "xroad_instance": member.id.instance,
            "member_class": member.id.member_class,
            "member_code": member.id.member_code,
        }
        if subsystem is not None:
            identifier["subsystem_code"] = subsystem
        listed.append({"id": identifier, "name": name_of(member)})
    return json.dumps({"member": listed}, ensure_ascii=False).encode()


def clients_as_xml(directory: Directory) -> bytes:
    root = Element(f"{{{_XROAD}}}clientList")
    for member, subsystem in _clients(directory):
        entry = SubElement(root, f"{{{_XROAD}}}member")
        kind = "MEMBER" if subsystem is None else "SUBSYSTEM"
        identifier = SubElement(entry, f"{{{_XROAD}}}id", {f"{{{_IDENTIFIERS}}}objectType": kind})
        _add(identifier, f"{{{_IDENTIFIERS}}}xRoadInstance", member.id.instance)
        _add(identifier, f"{{{_IDENTIFIERS}}}memberClass", member.id.member_class)
        _add(identifier, f"{{{_IDENTIFIERS}}}memberCode", member.id.member_code)
        if subsystem is not None:
            _add(identifier, f"{{{_IDENTIFIERS}}}subsystemCode", subsystem)
        _add(entry, f"{{{_XROAD}}}name", name_of(member))
    return _to_bytes(root)


def verification_configuration(directory: Directory) -> bytes:
    """A zip with the instance's name and its shared parameters, as RIA's ``xrdinfo`` reads them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("verificationconf/instance-identifier", directory.instance)
        archive.writestr(
            f"verificationconf/{directory.instance}/shared-params.xml", _shared_parameters(directory)
        )
    return buffer.getvalue()


def _shared_parameters(directory: Directory) -> bytes:
    root = Element("conf")
    _add(root, "instanceIdentifier", directory.instance)
    for member in directory.members:
        _add_member(root, member)
    for member in directory.members:
        _add_server(root, member)
    classes = SubElement(root, "globalSettings")
    for member_class in sorted({member.id.member_class for member in directory.members}):
        _add_class(classes, member_class)
    return _to_bytes(root)


def _add_member(root: Element, member: Member) -> None:
    element = SubElement(root, "member", {"id": str(member.id)})
    _add_class(element, member.id.member_class)
    _add(element, "memberCode", member.id.member_code)
    _add(element, "name", name_of(member))
    for code in subsystems_of(member):
        subsystem = SubElement(element, "subsystem", {"id": f"{member.id}/{code}"})
        _add(subsystem, "subsystemCode", code)


def _add_server(root: Element, member: Member) -> None:
    server = SubElement(root, "securityServer")
    _add(server, "owner", str(member.id))
    _add(server, "serverCode", BUILT_IN_SUBSYSTEM)
    _add(server, "address", member.address.rpartition(":")[0].strip("[]"))
    for code in subsystems_of(member):
        _add(server, "client", f"{member.id}/{code}")


def _add_class(parent: Element, code: str) -> None:
    element = SubElement(parent, "memberClass")
    _add(element, "code", code)
    _add(element, "description", code)


def _add(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text


def _to_bytes(root: Element) -> bytes:
    text: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return text
