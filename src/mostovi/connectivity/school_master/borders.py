"""In which area a point lies: polygons from GeoJSON, tried by their boxes first."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

Ring = tuple[tuple[float, float], ...]
_KM_PER_DEGREE = 111.32


@dataclass(frozen=True)
class Area:
    """An area with its rings of (longitude, latitude), holes among them, and the box around them."""

    code: str
    rings: tuple[Ring, ...]
    west: float
    south: float
    east: float
    north: float


@lru_cache(maxsize=4)
def read_areas(path: Path) -> tuple[Area, ...]:
    """The areas of a GeoJSON FeatureCollection; each feature's property ``id`` is its code."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return tuple(_area(feature["properties"]["id"], feature["geometry"]) for feature in features)


def _area(code: str, geometry: dict[str, object]) -> Area:
    rings = tuple(_rings(geometry))
    points = [point for ring in rings for point in ring]
    longitudes, latitudes = [x for x, _ in points], [y for _, y in points]
    return Area(code, rings, min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def _rings(geometry: dict[str, object]) -> Iterator[Ring]:
    coordinates = geometry["coordinates"]
    assert isinstance(coordinates, list)
    polygons = coordinates if geometry["type"] == "MultiPolygon" else [coordinates]
    for polygon in polygons:
        for ring in polygon:
            yield tuple((x, y) for x, y, *_ in ring)


def find_area(areas: Sequence[Area], latitude: float, longitude: float, *, within_km: float = 0.0) -> str:
    """The code of the area that holds the point, else of the nearest within ``within_km``, else nothing.

    Simplified borders run some hundred metres beside the true ones: a school on a bank may lie outside.
    """
    near = [area for area in areas if _is_near(area, latitude, longitude, within_km)]
    for area in near:
        if holds(area, latitude, longitude):
            return area.code
    distances = [(distance_km(area, latitude, longitude), area.code) for area in near]
    nearest = min(distances, default=(math.inf, ""))
    return nearest[1] if nearest[0] <= within_km else ""


def _is_near(area: Area, latitude: float, longitude: float, within_km: float) -> bool:
    up = within_km / _KM_PER_DEGREE
    aside = up / max(0.01, math.cos(math.radians(latitude)))
    return (
        area.south - up <= latitude <= area.north + up and area.west - aside <= longitude <= area.east + aside
    )


def holds(area: Area, latitude: float, longitude: float) -> bool:
    """A ray to the east crosses the rings an odd number of times."""
    inside = False
    for ring in area.rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > latitude) != (y2 > latitude):
                inside ^= longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1
    return inside


def distance_km(area: Area, latitude: float, longitude: float) -> float:
    """From the point to the area's border, on a plane that touches the earth at the point."""
    shrink = math.cos(math.radians(latitude))

    def on_plane(point: tuple[float, float]) -> tuple[float, float]:
        return (point[0] - longitude) * shrink * _KM_PER_DEGREE, (point[1] - latitude) * _KM_PER_DEGREE

    nearest = math.inf
    for ring in area.rings:
        points = [on_plane(point) for point in ring]
        for start, end in pairwise(points):
            nearest = min(nearest, _from_origin(start, end))
    return nearest


def _from_origin(start: tuple[float, float], end: tuple[float, float]) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else max(0.0, min(1.0, -(start[0] * dx + start[1] * dy) / length))
    return math.hypot(start[0] + along * dx, start[1] + along * dy)
