"""What every test gets: this machine alone, nothing left open; and a way to run only the tests of tables."""

import gc
import ipaddress
import socket
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings

from effort import examples

# How long an example takes on a busy machine says nothing about the code.
hypothesis_settings.register_profile("house", deadline=None, max_examples=examples(100))
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


def pytest_collection_finish() -> None:
    """What is loaded by now stays; sweeping it again after every file would cost more than the tests."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    gc.unfreeze()


@pytest.fixture(autouse=True, scope="module")
def nothing_left_open() -> Iterator[None]:
    """Fails the file of tests that left a socket open, not the test in which memory happens to be swept."""
    yield
    with warnings.catch_warnings(record=True) as left:
        warnings.simplefilter("always", ResourceWarning)
        gc.collect()
    assert [str(each.message) for each in left] == [], (
        "never closed; PYTHONTRACEMALLOC=25 shows where it began"
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
