"""The demonstration country as a person starts it: `mostovi demo`, one for all journeys of a test run."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from free_ports import free_port
from mostovi.demo.supervisor.layout import lay_out

READY_SECONDS = 150
STOP_SECONDS = 40


class Country:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.said = directory.with_suffix(".log")
        with self.said.open("w") as output:
            self.command = subprocess.Popen(
                [
                    *(sys.executable, "-m", "mostovi.config.command_line", "demo"),
                    *("--directory", str(directory), "--port", str(self.port)),
                ],
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def trust_root(self) -> Path:
        return self.directory / "keys" / "root.pem"

    def wait_until_open(self) -> None:
        until(
            lambda: self.base_url in self.said.read_text().split() or self.command.poll() is not None,
            seconds=READY_SECONDS,
        )
        assert self.command.poll() is None, self.said.read_text()

    def control(self, method: str, path: str) -> Any:
        connection = http.client.HTTPConnection("localhost", timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX)
        try:
            connection.sock.connect(str(lay_out(self.directory).control))
            connection.request(method, path)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def programs(self) -> dict[str, dict[str, Any]]:
        return {program["name"]: program for program in self.control("GET", "/programs")["programs"]}

    def kill(self, name: str) -> None:
        """SIGKILL, as a power cut or a full memory would; the supervisor starts it again."""
        process = self.programs()[name]["process"]
        os.kill(process, signal.SIGKILL)
        until(lambda: self.programs()[name]["process"] != process)

    def wait_until_running(self, name: str) -> None:
        until(lambda: self.programs()[name]["state"] == "running")

    def plug_in(self, member: str) -> None:
        self.control("POST", f"/plug/{member}")
        self.wait_until_running(f"gateway-{member}")

    def stop(self) -> None:
        """Ctrl-C; whoever is left after that would be an orphan, is ended and reported."""
        processes: list[int] = []
        if self.command.poll() is None:
            with contextlib.suppress(OSError):
                processes = [program["process"] for program in self.programs().values() if program["process"]]
            self.command.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.command.wait(timeout=STOP_SECONDS)
        orphans = [process for process in processes if is_alive(process)]
        for process in orphans:
            os.kill(process, signal.SIGKILL)
        self.command.kill()
        self.command.wait()
        shutil.rmtree(lay_out(self.directory).sockets)
        assert orphans == []


def is_alive(process: int) -> bool:
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):
        os.kill(process, 0)
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    return False


def until(condition: Callable[[], Any], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
