"""What crossed the bridge last, as live keeps it."""

from datetime import timedelta
from urllib.parse import urlencode

from mostovi.demo.portal.local_http import ProgramSilent, ask
from mostovi.demo.portal.values import Told, read_told
from mostovi.kernel import clock, environment
from mostovi.kernel.tickets import sign_ticket

TOPIC = "bridge"


def live_address() -> str:
    return environment.read("MOSTOVI_LIVE_LISTEN", "127.0.0.1:8802")


def issue_ticket() -> str:
    """Admits whoever looks at the page to the stream of the bridge, for a minute."""
    secret = environment.secret("MOSTOVI_LIVE_SECRET")
    return sign_ticket(secret, TOPIC, clock.now() + timedelta(minutes=1))


def list_told(limit: int = 12) -> list[Told]:
    """Newest first; none while live does not answer, since the page shows more than the feed."""
    query = urlencode({"topic": TOPIC, "ticket": issue_ticket(), "limit": limit})
    try:
        status, recent = ask(live_address(), "GET", f"/live/recent?{query}")
    except ProgramSilent:
        return []
    return [read_told(row) for row in recent["events"]] if status == 200 else []
