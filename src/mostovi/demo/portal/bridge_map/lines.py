"""Lines between arches: each bends upwards like the arch of a bridge (quadratic Bézier curves)."""

import math
from dataclasses import dataclass

from mostovi.demo.portal.bridge_map.values import Point

_RISE = 0.28
_LEAST_RISE = 38.0


@dataclass(frozen=True)
class Curve:
    start: Point
    control: Point
    end: Point

    def at(self, part: float) -> Point:
        """The point after ``part`` (0 to 1) of the parameter."""
        return _between(
            _between(self.start, self.control, part), _between(self.control, self.end, part), part
        )

    def until(self, part: float) -> "Curve":
        """The first ``part`` of the curve (de Casteljau)."""
        return Curve(self.start, _between(self.start, self.control, part), self.at(part))

    def turned(self) -> "Curve":
        return Curve(self.end, self.control, self.start)

    def draw(self) -> str:
        start, control, end = (
            (round(point.x), round(point.y)) for point in (self.start, self.control, self.end)
        )
        return f"M{start[0]} {start[1]}Q{control[0]} {control[1]} {end[0]} {end[1]}"


def span(start: Point, end: Point) -> Curve:
    """The curve from one arch to another: the same line in both directions, bent upwards."""
    run, rise = end.x - start.x, end.y - start.y
    length = math.hypot(run, rise)
    if length == 0:
        return Curve(start, start, end)
    normal = Point(rise / length, -run / length)
    if (normal.y, normal.x) > (0, 0):
        normal = Point(-normal.x, -normal.y)
    height = max(_RISE * length, _LEAST_RISE)
    middle = _between(start, end, 0.5)
    return Curve(start, Point(middle.x + normal.x * height, middle.y + normal.y * height), end)


def draw_broken(curve: Curve) -> str:
    """The curve with a gap in its middle, where it is cut."""
    return curve.until(0.42).draw() + curve.turned().until(0.42).draw()


def draw_cut(curve: Curve) -> str:
    """A cross in the gap."""
    middle = curve.at(0.5)
    return f"M{round(middle.x) - 6} {round(middle.y) - 6}l12 12m0-12l-12 12"


def _between(start: Point, end: Point, part: float) -> Point:
    return Point(start.x + (end.x - start.x) * part, start.y + (end.y - start.y) * part)
