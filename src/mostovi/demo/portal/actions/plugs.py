"""Takes a gateway off the bridge and puts it back, through the supervisor of the demonstration."""

import time

from mostovi.demo.portal.local_http import ask
from mostovi.demo.portal.queries.bridge import answers, forget_plugs
from mostovi.demo.portal.queries.supervisor import control_address
from mostovi.kernel.errors import Unavailable

BRCKO = "brcko-registrar"
_LONGEST_START_SECONDS = 8.0


class SupervisorRefused(Unavailable):
    code = "supervisor_refused"
    message = "The plug did not move. Try once more in a moment; nothing else has changed."


def unplug(*, member: str) -> None:
    _move("unplug", member)


def plug_in(*, member: str) -> None:
    """Returns when the gateway answers again, or after eight seconds at the latest."""
    _move("plug", member)
    until = time.monotonic() + _LONGEST_START_SECONDS
    while not answers(member) and time.monotonic() < until:
        time.sleep(0.2)
    forget_plugs()


def _move(verb: str, member: str) -> None:
    status, _reply = ask(control_address(), "POST", f"/{verb}/{member}", timeout_seconds=15)
    forget_plugs()
    if status >= 300:
        raise SupervisorRefused
