"""Every program of the demonstration, with what it is told and how one sees that it answers."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from mostovi.demo.members import Member, list_members
from mostovi.demo.supervisor.layout import Layout
from mostovi.demo.supervisor.ports import port_for_systems
from mostovi.demo.supervisor.values import Probe, Program

OIDC_CLIENT_ID = "mostovi-portal"
HOME_INSTITUTION = "tuzla-social-work"
IDENTITY_PROVIDER_PATH = "/demo-idp"
DIRECTORY_PUBLISHER = "authorities"


@dataclass(frozen=True)
class Site:
    """Where the demonstration lies and at which address browsers find it."""

    layout: Layout
    port: int
    ports: Mapping[str, int]

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def issuer(self) -> str:
        return self.base_url + IDENTITY_PROVIDER_PATH

    @property
    def portal_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['portal']}"


def list_programs(site: Site) -> tuple[Program, ...]:
    """The door first: whoever comes early reads a sentence instead of an error."""
    members = list_members()
    return (
        _door(site),
        _portal(site),
        _worker(site),
        _authorities(site),
        *(_gateway(site, member) for member in members),
        *(_register(site, member) for member in members if member.registers),
        _identity_provider(site),
        _live(site),
    )


def needed_ports() -> list[str]:
    members = [member.code for member in list_members()]
    return ["portal", *members, *map(port_for_systems, members)]


def _python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *arguments)


def _mostovi(*arguments: str) -> tuple[str, ...]:
    return _python("mostovi.config.command_line", *arguments)


def _door(site: Site) -> Program:
    sockets = site.layout.socket
    return Program(
        "door",
        _python(
            "mostovi.demo.door",
            *("--port", str(site.port), "--base-url", site.base_url, "--portal", site.portal_url),
            *("--identity-provider", str(sockets("identity-provider")), "--live", str(sockets("live"))),
        ),
        Probe(f"{site.base_url}/o/pomoc/"),
    )


def _portal(site: Site) -> Program:
    return Program(
        "portal",
        _mostovi("portal", "--listen", f"127.0.0.1:{site.ports['portal']}"),
        Probe(f"{site.portal_url}/o/pomoc/"),
        environment=portal_environment(site),
    )


def _worker(site: Site) -> Program:
    return Program("worker", _mostovi("worker"), environment=portal_environment(site))


def _authorities(site: Site) -> Program:
    socket = site.layout.socket("authorities")
    return Program(
        DIRECTORY_PUBLISHER,
        _python(
            "mostovi.demo.authorities.program",
            *("--directory", str(site.layout.root), "--addresses", str(site.layout.ports)),
            *("--socket", str(socket)),
        ),
        Probe("http://localhost/health", socket),
    )


def _gateway(site: Site, member: Member) -> Program:
    configuration = site.layout.gateways / member.code / "gateway.json"
    return Program(
        f"gateway-{member.code}",
        _mostovi("gateway", "--config", str(configuration)),
        Probe("http://localhost/v1/directory", site.layout.socket(member.code, "portal")),
        member=member.code,
    )


def _register(site: Site, member: Member) -> Program:
    socket = site.layout.socket(member.code, "provider")
    return Program(
        f"register-{member.code}",
        _python(
            "mostovi.demo.registers.program",
            *("--institution", member.code, "--socket", str(socket)),
            *("--database", str(site.layout.register_database(member.code))),
            *("--gateway", str(site.layout.socket(member.code, "register"))),
            *("--verify-base-url", site.base_url),
        ),
        Probe("http://localhost/health", socket),
    )


def _identity_provider(site: Site) -> Program:
    socket = site.layout.socket("identity-provider")
    return Program(
        "identity-provider",
        _python(
            "mostovi.demo.identity_provider.program",
            *("--socket", str(socket), "--issuer", site.issuer),
            *("--key", str(site.layout.secret("identity-provider-key.json"))),
            *("--client-id", OIDC_CLIENT_ID, "--redirect-uri", f"{site.base_url}/prijava/povratak"),
            *(
                "--after-sign-out-uri",
                f"{site.base_url}/",
                "--after-sign-out-uri",
                f"{site.base_url}/usluge/",
            ),
        ),
        Probe(f"http://localhost{IDENTITY_PROVIDER_PATH}/health", socket),
        environment={
            "MOSTOVI_OIDC_CLIENT_SECRET_FILE": str(site.layout.secret("oidc-client-secret")),
            "MOSTOVI_DEMO_SUBJECT_KEY_FILE": str(site.layout.secret("subject-key")),
        },
    )


def _live(site: Site) -> Program:
    socket = site.layout.socket("live")
    return Program(
        "live",
        _mostovi(
            "live",
            *("--listen", f"unix:{socket}", "--publish", str(site.layout.socket("live-publish"))),
            *("--state", str(site.layout.root / "live.sqlite3")),
        ),
        Probe("http://localhost/live/health", socket),
        environment={"MOSTOVI_LIVE_SECRET_FILE": str(site.layout.secret("live-secret"))},
    )


def portal_environment(site: Site) -> dict[str, str]:
    """docs/reference/settings.md explains each."""
    layout = site.layout
    gateways = {
        member.code: {"socket": str(layout.socket(member.code, "portal"))} for member in list_members()
    }
    return {
        "DJANGO_SETTINGS_MODULE": "mostovi.demo.settings",
        "MOSTOVI_BASE_URL": site.base_url,
        "MOSTOVI_BEHIND_PROXY": "on",
        "MOSTOVI_DATABASE_URL": f"sqlite:///{layout.database}",
        "MOSTOVI_DEMO_CONTROL": str(layout.control),
        "MOSTOVI_DEMO_DIRECTORY": str(layout.root),
        "MOSTOVI_GATEWAYS": json.dumps(gateways),
        "MOSTOVI_HOME_INSTITUTION": HOME_INSTITUTION,
        "MOSTOVI_LIVE_LISTEN": f"unix:{layout.socket('live')}",
        "MOSTOVI_LIVE_SECRET_FILE": str(layout.secret("live-secret")),
        "MOSTOVI_OIDC_CLIENT_ID": OIDC_CLIENT_ID,
        "MOSTOVI_OIDC_CLIENT_SECRET_FILE": str(layout.secret("oidc-client-secret")),
        "MOSTOVI_OIDC_ISSUER": site.issuer,
        "MOSTOVI_PERSONAL_NUMBER_KEY_FILE": str(layout.secret("personal-number-key")),
        "MOSTOVI_PROBE_SCHOOLS": str(layout.root / "schools.csv"),
        "MOSTOVI_SECRET_KEY_FILE": str(layout.secret("secret-key")),
        "MOSTOVI_STATIC_DIRECTORY": str(layout.static),
        "MOSTOVI_TRUST_ROOT": str(layout.keys / "root.pem"),
    }
