"""A database URL as Django's settings: SQLite where nothing is installed, PostgreSQL for a ministry."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from mostovi.kernel.environment import MissingSetting


def parse_database_url(url: str) -> dict[str, Any]:
    """``sqlite:///relative.sqlite3``, ``sqlite:////absolute.sqlite3`` or ``postgresql://user:password@host/name``."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path[1:]))
    if parts.scheme in {"postgresql", "postgres"}:
        return _postgresql(parts.path[1:], url)
    raise MissingSetting(
        "MOSTOVI_DATABASE_URL must begin with sqlite:/// or postgresql://, "
        "for example postgresql://mostovi:password@localhost/mostovi."
    )


def _sqlite(path: str) -> dict[str, Any]:
    folder = Path(path).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MissingSetting(
            f"MOSTOVI_DATABASE_URL names a file in {folder}, which cannot be made: {error.strerror}."
        ) from error
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        # Portal and worker share the file: readers never wait, writers take their turn, and what was
        # acknowledged is on disk.
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def _postgresql(name: str, url: str) -> dict[str, Any]:
    if find_spec("psycopg") is None:
        raise MissingSetting(
            "MOSTOVI_DATABASE_URL names a PostgreSQL database, but its driver is not installed. "
            "Install it with: .venv/bin/pip install --require-hashes -r requirements/postgresql.lock"
        )
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(name),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
