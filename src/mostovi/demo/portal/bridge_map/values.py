"""The words of the map. All lengths are units of the drawing; y grows downwards, as in SVG."""

from dataclasses import dataclass
from typing import NamedTuple


class Point(NamedTuple):
    x: float
    y: float


Ring = tuple[Point, ...]  # closed without repeating its first point
Line = tuple[Point, ...]


@dataclass(frozen=True)
class Unit:
    """A unit of government as it is drawn: one or more closed rings."""

    id: str
    rings: tuple[Ring, ...]


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, point: Point) -> bool:
        return self.left <= point.x <= self.right and self.top <= point.y <= self.bottom


FRAME = Box(-4, 20, 676, 660)
