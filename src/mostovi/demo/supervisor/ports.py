"""Ports on this machine that programs keep from one start to the next, as long as nobody else takes them."""

import json
import secrets
import socket
from collections.abc import Iterable
from pathlib import Path

Ports = dict[str, int]


def port_for_systems(member: str) -> str:
    """The name of the port where a member's gateway listens to its own systems on other machines."""
    return f"{member}-systems"


class PortTaken(SystemExit):
    """Stops the command with a sentence that says which port to choose instead."""


def check_is_free(port: int) -> None:
    if not _is_free(port):
        raise PortTaken(
            f"Port {port} is used by another program. Choose another: mostovi demo --port {port + 1}"
        )


def choose_ports(path: Path, names: Iterable[str]) -> Ports:
    """A port for each name, remembered in ``path``; one that is taken by now is replaced."""
    known: Ports = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    chosen: Ports = {}
    for name in names:
        port = known.get(name, 0)
        while port in {0, *chosen.values()} or not _is_free(port):
            port = _find_free()
        chosen[name] = port
    path.write_text(json.dumps(chosen), encoding="utf-8")
    return chosen


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the programs themselves do: what lingers after the last stop is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _find_free() -> int:
    """Below the ports that systems give to outgoing connections (Linux: from 32768 on).

    Such a connection could else take the port of a gateway while it is stopped.
    """
    return next(port for port in (20_000 + secrets.randbelow(12_000) for _ in range(1_000)) if _is_free(port))
