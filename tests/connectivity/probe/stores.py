"""Both databases, each test with an empty one."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from connectivity.probe.real_postgresql import real_postgresql
from requirements_check import everything_is_required


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str | None]:
    with real_postgresql() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.programs)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/probe.sqlite3"
    server: str | None = request.getfixturevalue("postgresql")
    if server is None:
        (pytest.fail if everything_is_required() else pytest.skip)("PostgreSQL is not installed")
    assert server is not None
    name = f"probe_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    return server.replace("/probe?", f"/{name}?")
