"""From degrees to the drawing: the spherical Mercator projection (Snyder, USGS PP 1395, eq. 7-1 and 7-2)."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from mostovi.demo.portal.bridge_map.values import Point


@dataclass(frozen=True)
class Projection:
    """``scale`` is units of the drawing per radian; ``west`` and ``north`` lie at ``left`` and ``top``."""

    scale: float
    west: float
    north: float
    left: float
    top: float

    def place(self, longitude: float, latitude: float) -> Point:
        """Degrees to a point of the drawing."""
        x = self.left + self.scale * (math.radians(longitude) - self.west)
        return Point(x, self.top + self.scale * (self.north - _mercator(latitude)))


def fit_projection(
    degrees: Iterable[tuple[float, float]], *, left: float, top: float, width: float
) -> Projection:
    """The projection that puts all (longitude, latitude) pairs into ``width`` from ``left``, ``top``."""
    pairs = list(degrees)
    longitudes = [math.radians(longitude) for longitude, _ in pairs]
    west, east = min(longitudes), max(longitudes)
    north = max(_mercator(latitude) for _, latitude in pairs)
    return Projection(scale=width / (east - west), west=west, north=north, left=left, top=top)


def _mercator(latitude: float) -> float:
    return math.asinh(math.tan(math.radians(latitude)))
