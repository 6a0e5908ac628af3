"""Between fields of Giga's school master and columns of a site; what has no column is kept as it is."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Value = str | int | float
_KBPS_PER_MBPS = 1000


@dataclass(frozen=True)
class _Column:
    name: str
    empty: Any
    read: Callable[[Any], Any] = lambda value: value
    write: Callable[[Any], Value] = lambda value: value


def _kbps(mbps: float) -> int:
    return round(mbps * _KBPS_PER_MBPS)


def _mbps(kbps: int) -> Value:
    return kbps / _KBPS_PER_MBPS


_COLUMNS = {
    "school_id_giga": _Column("giga_id", None, uuid.UUID, str),
    "school_id_govt": _Column("government_id", ""),
    "school_name": _Column("name", ""),
    "latitude": _Column("latitude", None),
    "longitude": _Column("longitude", None),
    "education_level": _Column("education_level", ""),
    "school_area_type": _Column("area_type", ""),
    "school_funding_type": _Column("funding_type", ""),
    "num_students": _Column("students", None),
    "num_teachers": _Column("teachers", None),
    "num_classrooms": _Column("classrooms", None),
    "num_computers": _Column("computers", None),
    "electricity_availability": _Column("electricity", ""),
    "connectivity_govt": _Column("connected", ""),
    "connectivity_type_govt": _Column("connection_type", ""),
    "download_speed_contracted": _Column("contracted_download_kbps", None, _kbps, _mbps),
    "cellular_coverage_type": _Column("cellular_coverage", ""),
    "fiber_node_distance": _Column("fibre_node_km", None),
    "microwave_node_distance": _Column("microwave_node_km", None),
    "nearest_LTE_distance": _Column("lte_node_km", None),
}
COLUMN_NAMES = tuple(column.name for column in _COLUMNS.values())


def columns_of(
    values: Mapping[str, Value], fields: Iterable[str], more: Mapping[str, Value] | None = None
) -> dict[str, Any]:
    """The columns that a row speaks of. A field it names and leaves empty is emptied; others stay.

    ``more`` is what the site has beside its columns so far.
    """
    columns: dict[str, Any] = {}
    rest = dict(more or {})
    for field in fields:
        column = _COLUMNS.get(field)
        if column is not None:
            columns[column.name] = column.read(values[field]) if field in values else column.empty
        elif field in values:
            rest[field] = values[field]
        else:
            rest.pop(field, None)
    return {**columns, "more": rest}


def values_of(site: Any) -> dict[str, Value]:
    """What a site says in the words of the school master; COLUMN_NAMES and ``more`` are its attributes."""
    told = {
        field: column.write(getattr(site, column.name))
        for field, column in _COLUMNS.items()
        if getattr(site, column.name) != column.empty
    }
    return {**told, **site.more}
