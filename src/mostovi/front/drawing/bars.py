"""Exchanges per minute as bars of stone, and shares as courses of blocks."""

from collections.abc import Sequence
from dataclasses import dataclass

LEFT, RIGHT, TOP, BOTTOM = 52, 698, 10, 160
BLOCK, JOINT, LONGEST = 21, 2, 230


@dataclass(frozen=True)
class GridLine:
    y: int
    value: int


@dataclass(frozen=True)
class BarDrawing:
    """Path data for a drawing of 700 by 192 units: the bars, and where the lines of the scale lie."""

    bars: str
    lines: tuple[GridLine, ...]


def draw_bars(values: Sequence[int]) -> BarDrawing:
    step = _round_step(max(values, default=0))
    scale = (BOTTOM - TOP) / (3 * step)
    pitch = (RIGHT - LEFT) / max(len(values), 1)
    bars = "".join(
        f"M{LEFT + number * pitch + 2:.1f} {BOTTOM}v-{value * scale:.1f}h{pitch - 4:.1f}V{BOTTOM}z"
        for number, value in enumerate(values)
        if value
    )
    return BarDrawing(bars, tuple(GridLine(round(BOTTOM - n * step * scale), n * step) for n in range(4)))


def _round_step(highest: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … of which three reach the highest bar."""
    magnitude = 1
    while True:
        for leading in (1, 2, 5):
            if 3 * leading * magnitude >= highest:
                return leading * magnitude
        magnitude *= 10


def draw_course(share: float) -> str:
    """A row of blocks, ``share`` (0 to 1) of 230 units long and 24 high."""
    length = round(LONGEST * min(max(share, 0), 1))
    starts = range(0, length, BLOCK + JOINT)
    return "".join(
        f"M{start} 0h{min(BLOCK, length - start)}v24h-{min(BLOCK, length - start)}z" for start in starts
    )
