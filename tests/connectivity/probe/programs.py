"""A real `mostovi probe serve`, on free ports of this machine."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

from connectivity.probe.giga import OTHER_SCHOOL, SCHOOL
from free_ports import free_port


class ProbeProgram:
    """Starts in the ``with`` block; ``kill`` ends it as a power cut would, ``start`` starts it again."""

    def __init__(
        self, folder: Path, *, database: str | None = None, schools: Path | None = None, **settings: str
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.database = database or f"sqlite:///{folder}/probe.sqlite3"
        self.port, self.ndt7_port = free_port(), free_port()
        self.settings = settings
        self.schools = schools or folder / "schools.csv"
        if schools is None:
            self.schools.write_text(f"giga_id_school,country_code\n{SCHOOL},BA\n{OTHER_SCHOOL},BA\n")

    @property
    def pid(self) -> int:
        return self.process.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=20)
        self.log.close()

    def start(self) -> None:
        settings = {
            "MOSTOVI_PROBE_DATABASE_URL": self.database,
            "MOSTOVI_PROBE_LISTEN": f"127.0.0.1:{self.port}",
            "MOSTOVI_PROBE_NDT7_LISTEN": f"127.0.0.1:{self.ndt7_port}",
            "MOSTOVI_PROBE_SCHOOLS": str(self.schools),
            **self.settings,
        }
        self.log = (self.folder / "log").open("ab")
        command = [sys.executable, "-m", "mostovi.config.command_line", "probe", "serve"]
        self.process = subprocess.Popen(command, env={**os.environ, **settings}, stderr=self.log)
        self._wait()

    def _wait(self) -> None:
        for _ in range(400):
            try:
                if self.get("/health")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
            if self.process.poll() is not None:
                break
        raise AssertionError((self.folder / "log").read_text())

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.log.close()

    def get(self, path: str) -> tuple[int, Any]:
        return self._ask("GET", path, None)

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        return self._ask("POST", path, json.dumps(body))

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()
