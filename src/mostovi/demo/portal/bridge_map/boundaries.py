"""Reads boundaries (GeoJSON, RFC 7946) and writes them as paths (SVG 2, section 9.3)."""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from mostovi.demo.portal.bridge_map.projection import Projection, fit_projection
from mostovi.demo.portal.bridge_map.values import Point, Ring, Unit

Degrees = tuple[float, float]


def read_boundaries(path: Path) -> dict[str, list[list[Degrees]]]:
    """Outer rings in degrees by unit id, without the repeated last point. Holes are not drawn."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return {feature["properties"]["id"]: list(_outer_rings(feature["geometry"])) for feature in features}


def _outer_rings(geometry: dict[str, Any]) -> Iterator[list[Degrees]]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        yield [(longitude, latitude) for longitude, latitude, *_ in polygon[0][:-1]]


def fit_country(boundaries: dict[str, list[list[Degrees]]]) -> Projection:
    """The projection that fits the country into the frame of the live bridge."""
    everywhere = (pair for rings in boundaries.values() for ring in rings for pair in ring)
    return fit_projection(everywhere, left=18, top=24, width=646)


def project_units(boundaries: dict[str, list[list[Degrees]]], projection: Projection) -> tuple[Unit, ...]:
    return tuple(
        Unit(name, tuple(tuple(projection.place(*pair) for pair in ring) for ring in rings))
        for name, rings in boundaries.items()
    )


def draw_unit(unit: Unit) -> str:
    """The ``d`` of a path in whole units: absolute start, relative steps."""
    return "".join(draw_ring(ring) for ring in unit.rings)


def draw_ring(ring: Sequence[Point]) -> str:
    corners = [(round(point.x), round(point.y)) for point in ring]
    steps = [(x - before_x, y - before_y) for (before_x, before_y), (x, y) in pairwise(corners)]
    walked = " ".join(f"{step_x} {step_y}" for step_x, step_y in steps if (step_x, step_y) != (0, 0))
    return f"M{corners[0][0]} {corners[0][1]}l{walked}z"


def is_inside(point: Point, ring: Ring) -> bool:
    """Even-odd rule: a ray to the right crosses the ring an odd number of times."""
    inside = False
    for start, end in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (start.y > point.y) != (end.y > point.y):
            crossing = start.x + (point.y - start.y) * (end.x - start.x) / (end.y - start.y)
            inside ^= point.x < crossing
    return inside


def is_on_land(point: Point, units: Sequence[Unit]) -> bool:
    return any(is_inside(point, ring) for unit in units for ring in unit.rings)
