"""Exchanges per minute as bars of stone, and shares as courses of blocks."""

from collections.abc import Sequence
from dataclasses import dataclass

LEFT, RIGHT, TOP, BOTTOM = 52, 698, 10, 160
BLOCK, JOINT, MOST_BLOCKS = 21, 2, 10


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
    step = _round_step(max(values, default=0), 3)
    scale = (BOTTOM - TOP) / (3 * step)
    pitch = (RIGHT - LEFT) / max(len(values), 1)
    bars = "".join(
        f"M{LEFT + number * pitch + 2:.1f} {BOTTOM}v-{value * scale:.1f}h{pitch - 4:.1f}V{BOTTOM}z"
        for number, value in enumerate(values)
        if value
    )
    return BarDrawing(bars, tuple(GridLine(round(BOTTOM - n * step * scale), n * step) for n in range(4)))


def _round_step(highest: int, steps: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … of which ``steps`` reach the highest bar."""
    magnitude = 1
    while True:
        for leading in (1, 2, 5):
            if steps * leading * magnitude >= highest:
                return leading * magnitude
        magnitude *= 10


def count_per_block(highest: int) -> int:
    """How many one block stands for, so that the longest course has at most ten."""
    return _round_step(highest, MOST_BLOCKS)


def draw_course(count: int, per_block: int) -> str:
    """A row of blocks, 24 high, at most 230 units long: one per ``per_block``, the last cut to measure."""
    whole, rest = divmod(count, per_block)
    lengths = [float(BLOCK)] * whole + ([BLOCK * rest / per_block] if rest else [])
    return "".join(
        f"M{number * (BLOCK + JOINT)} 0h{length:g}v24h-{length:g}z" for number, length in enumerate(lengths)
    )
