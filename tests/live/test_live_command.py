import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from live.events import line
from mostovi.kernel.environment import MissingSetting
from mostovi.live import command


def test_help_says_what_a_newcomer_needs(capsys):
    with pytest.raises(SystemExit):
        command.main(["--help"])
    said = capsys.readouterr().out
    for word in ("MOSTOVI_LIVE_SECRET", "--publish", "--listen", "/live/events"):
        assert word in said


def test_without_its_secret_it_stops_and_says_how_to_set_it(monkeypatch):
    monkeypatch.delenv("MOSTOVI_LIVE_SECRET", raising=False)
    with pytest.raises(MissingSetting, match="MOSTOVI_LIVE_SECRET_FILE"):
        command.main([])


def test_a_secret_that_can_be_guessed_is_refused(monkeypatch):
    monkeypatch.setenv("MOSTOVI_LIVE_SECRET", "abc")
    with pytest.raises(MissingSetting, match="MOSTOVI_LIVE_SECRET can be guessed"):
        command.main([])


@pytest.mark.programs
def test_it_starts_takes_events_and_stops_when_asked(tmp_path):
    started = [sys.executable, "-c", "import sys; from mostovi.live.command import main; sys.exit(main())"]
    given = ["--listen", f"unix:{tmp_path}/l", "--publish", f"{tmp_path}/p", "--state", f"{tmp_path}/s"]
    environment = {**os.environ, "MOSTOVI_LIVE_SECRET": "0123456789abcdef" * 4}
    with (
        subprocess.Popen([*started, *given], env=environment, stderr=subprocess.PIPE, text=True) as program,
        _connected(socket.socket(socket.AF_UNIX), f"{tmp_path}/p") as gateway,
    ):
        gateway.sendall(line())
        time.sleep(0.3)
        program.send_signal(signal.SIGTERM)
        _, said = program.communicate(timeout=10)
        assert program.returncode == 0
        assert "Traceback" not in said, "a gateway that is still connected is no error"


def _connected(end, path):
    for _ in range(200):
        try:
            end.connect(path)
        except OSError:
            time.sleep(0.05)
        else:
            return end
    raise AssertionError("live did not open its socket")


def test_live_runs_without_django():
    code = "import mostovi.live.command, sys; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
