"""The country pack as the plain values that a definition is checked against; no web framework, no tables."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from mostovi.services.definition import Agreement, Country


class NoPack(Exception):
    """There is no country pack in this folder, or it cannot be read. The text says why."""


def read_country(folder: Path) -> Country:
    """Raises NoPack."""
    try:
        return Country(
            institutions=tuple(row["code"] for row in _rows(folder / "institutions.yaml")),
            units=tuple(_units(folder / "territory" / "admin_units.csv")),
            agreements=tuple(_agreements(folder / "contracts.yaml")),
        )
    except OSError as error:
        raise NoPack(f"{error.filename} cannot be read: {error.strerror}.") from error
    except (YAMLError, ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise NoPack(f"{folder} holds institutions, contracts or units not written as expected.") from error


def _rows(path: Path) -> list[dict[str, Any]]:
    return list(YAML(typ="safe").load(path.read_bytes()) or [])


def _units(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from (row["id"] for row in csv.DictReader(file))


def _agreements(path: Path) -> Iterator[Agreement]:
    """Without those that every pair has: no service asks for facts under them."""
    for row in _rows(path):
        if not row.get("every_pair"):
            yield Agreement(row["id"], row["consumer"], row["provider"], row["service"], tuple(row["fields"]))
