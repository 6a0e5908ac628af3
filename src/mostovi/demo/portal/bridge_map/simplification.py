"""Fewer points, same shape. A border that two units share is simplified once, so that no gap opens."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from mostovi.demo.portal.bridge_map.values import Line, Point, Ring, Unit


def simplify_units(units: Sequence[Unit], *, tolerance: float) -> tuple[Unit, ...]:
    """Every unit with fewer points, none off by more than ``tolerance``; rings that vanish are left out."""
    junctions = find_junctions(ring for unit in units for ring in unit.rings)
    return tuple(Unit(unit.id, tuple(_simplify_rings(unit.rings, junctions, tolerance))) for unit in units)


def find_junctions(rings: Iterable[Ring]) -> frozenset[Point]:
    """Points where borders part: those with more than two different neighbours over all rings."""
    neighbours: dict[Point, set[Point]] = defaultdict(set)
    for ring in rings:
        for before, point, after in zip((ring[-1], *ring), ring, (*ring[1:], ring[0]), strict=False):
            neighbours[point] |= {before, after}
    return frozenset(point for point, known in neighbours.items() if len(known) > 2)


def simplify_line(line: Line, tolerance: float) -> Line:
    """Douglas and Peucker (1973): keeps both ends and each point further than ``tolerance`` from the rest."""
    if len(line) < 3:
        return line
    distances = [_distance(point, line[0], line[-1]) for point in line[1:-1]]
    furthest = max(range(len(distances)), key=distances.__getitem__)
    if distances[furthest] <= tolerance:
        return line[0], line[-1]
    cut = furthest + 1
    return simplify_line(line[: cut + 1], tolerance)[:-1] + simplify_line(line[cut:], tolerance)


def _simplify_rings(rings: Iterable[Ring], junctions: frozenset[Point], tolerance: float) -> Iterator[Ring]:
    for ring in rings:
        arcs = [_simplify_arc(arc, tolerance) for arc in split_ring(ring, junctions)]
        kept = tuple(point for arc in arcs for point in arc[:-1])
        if len(kept) >= 3:
            yield kept


def split_ring(ring: Ring, junctions: frozenset[Point]) -> list[Line]:
    """The ring as lines from junction to junction; a ring without any begins and ends at its least point."""
    stops = [index for index, point in enumerate(ring) if point in junctions]
    if len(stops) < 2:
        stops = [_least(ring), _opposite(ring)] if not stops else [stops[0], _opposite(ring, stops[0])]
        stops.sort()
    turned = ring[stops[0] :] + ring[: stops[0]] + (ring[stops[0]],)
    ends = [stop - stops[0] for stop in stops] + [len(ring)]
    return [turned[start : end + 1] for start, end in pairwise(ends)]


def _simplify_arc(arc: Line, tolerance: float) -> Line:
    """The same whichever way round a ring runs along it."""
    if arc[0] <= arc[-1]:
        return simplify_line(arc, tolerance)
    return simplify_line(arc[::-1], tolerance)[::-1]


def _least(ring: Ring) -> int:
    return min(range(len(ring)), key=ring.__getitem__)


def _opposite(ring: Ring, start: int | None = None) -> int:
    """The point furthest from the first stop, so that a ring never folds to a line by chance."""
    origin = ring[_least(ring) if start is None else start]
    return max(range(len(ring)), key=lambda index: (math.dist(ring[index], origin), ring[index]))


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to the segment between two others."""
    run, rise = end.x - start.x, end.y - start.y
    squared = run * run + rise * rise
    if squared == 0:
        return math.dist(point, start)
    along = ((point.x - start.x) * run + (point.y - start.y) * rise) / squared
    along = min(1.0, max(0.0, along))
    return math.dist(point, (start.x + along * run, start.y + along * rise))
