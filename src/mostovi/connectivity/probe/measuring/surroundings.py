"""Where this machine is: its gateway, and whether it goes there by radio. Linux."""

import socket
import struct
from dataclasses import dataclass
from pathlib import Path

_ROUTES = Path("/proc/net/route")
_INTERFACES = Path("/sys/class/net")
_UP_AND_GATEWAY = 0x3


@dataclass(frozen=True, slots=True)
class Gateway:
    interface: str
    address: str


def find_gateway(routes: Path = _ROUTES) -> Gateway | None:
    """None without a default route, or where there is no such file."""
    try:
        return read_routes(routes.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def read_routes(text: str) -> Gateway | None:
    """The default route of lowest metric in the kernel's table."""
    found: list[tuple[int, Gateway]] = []
    for line in text.splitlines()[1:]:
        fields = line.split()
        if (
            len(fields) >= 8
            and fields[1] == fields[7] == "00000000"
            and int(fields[3], 16) & 3 == _UP_AND_GATEWAY
        ):
            address = socket.inet_ntoa(struct.pack("<I", int(fields[2], 16)))
            found.append((int(fields[6]), Gateway(fields[0], address)))
    return min(found, key=lambda each: each[0])[1] if found else None


def is_wireless(interface: str, interfaces: Path = _INTERFACES) -> bool | None:
    folder = interfaces / interface
    return (folder / "wireless").exists() if folder.exists() else None
