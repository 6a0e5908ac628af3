"""What every test gets: no network beyond this machine, and a way to run only the tests of tables."""

import ipaddress
import socket
from typing import Any

import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings

# How long an example takes on a busy machine says nothing about the code.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only-tables", action="store_true", help="only tests that touch the portal's tables")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--only-tables"):
        return
    with_tables = [item for item in items if touches_tables(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in with_tables])
    items[:] = with_tables


def touches_tables(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return (
        item.get_closest_marker("django_db") is not None or "db" in fixtures or "transactional_db" in fixtures
    )


_connect = socket.socket.connect


def _connect_only_here(self: socket.socket, address: Any) -> None:
    if self.family in {socket.AF_INET, socket.AF_INET6}:
        host = address[0]
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise AssertionError(f"a test tried to reach {host}; tests use this machine alone")
    _connect(self, address)


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _connect_only_here)


@pytest.fixture
def uses_postgresql() -> bool:
    return settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
