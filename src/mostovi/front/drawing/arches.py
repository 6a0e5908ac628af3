"""The voussoirs of an arch: stones between two circles, cut along radii, as SVG path data."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import cos, radians, sin


@dataclass(frozen=True)
class Ring:
    """Two circles about one centre, in the units of the drawing; y grows downwards."""

    x: float
    y: float
    inner: float
    outer: float

    def point(self, radius: float, angle: float) -> str:
        """The point at ``angle`` degrees from the crown, clockwise, on a circle of ``radius``."""
        turn = radians(angle)
        return f"{_short(self.x + radius * sin(turn))} {_short(self.y - radius * cos(turn))}"


@dataclass(frozen=True)
class Cut:
    """One stone: ``start`` to ``end`` in degrees from the crown, clockwise; ``rise`` lifts its outer face."""

    start: float
    end: float
    rise: float = 0


def _short(number: float) -> str:
    return f"{round(number, 1):g}"


def voussoir(ring: Ring, cut: Cut) -> str:
    """The closed outline of a stone. Its faces are curves through the point where the tangents meet."""
    middle, half = (cut.start + cut.end) / 2, radians(cut.end - cut.start) / 2
    outer = ring.outer + cut.rise
    return (
        f"M{ring.point(ring.inner, cut.start)}L{ring.point(outer, cut.start)}"
        f"Q{ring.point(outer / cos(half), middle)} {ring.point(outer, cut.end)}"
        f"L{ring.point(ring.inner, cut.end)}Q{ring.point(ring.inner / cos(half), middle)} "
        f"{ring.point(ring.inner, cut.start)}Z"
    )


def course(ring: Ring, cuts: Iterable[Cut]) -> str:
    """Several stones as one path."""
    return "".join(voussoir(ring, cut) for cut in cuts)


def right_bank(stones: int, *, springing: float, key: float, joint: float) -> list[Cut]:
    """Equal stones from the springing up to the keystone, bottom first.

    ``springing`` is where the arch leaves the bank, ``key`` where the room of the keystone begins and
    ``joint`` the gap between stones, all in degrees from the crown.
    """
    if stones == 0:
        return []
    width = (springing - key - joint * (stones - 1)) / stones
    return [
        Cut(springing - i * (width + joint) - width, springing - i * (width + joint)) for i in range(stones)
    ]


def mirrored(cuts: Iterable[Cut]) -> Iterator[Cut]:
    """The same stones on the left bank."""
    return (Cut(-cut.end, -cut.start, cut.rise) for cut in cuts)
