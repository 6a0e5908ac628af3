"""What the demonstration's supervisor says about its programs."""

from mostovi.demo.portal.local_http import ProgramSilent, ask
from mostovi.kernel import environment


def control_address() -> str:
    return environment.read("MOSTOVI_DEMO_CONTROL")


def list_unplugged() -> list[str]:
    """Members whose gateway was taken off the bridge by the button; none while nobody supervises."""
    if not control_address():
        return []
    try:
        _status, answer = ask(control_address(), "GET", "/programs")
    except ProgramSilent:
        return []
    return [program["member"] for program in answer["programs"] if program["state"] == "unplugged"]
