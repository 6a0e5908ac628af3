"""The status page's viaduct: one arch for each institution, its reflection as long as its answers today."""

from collections.abc import Sequence
from dataclasses import dataclass

from mostovi.front.drawing.arches import Cut, Ring, course, mirrored, right_bank, voussoir

WIDTH, BAY_RADIUS, SPRING_LINE, WATER = 1152, 52, 133, 196
PIER_WIDTH, PIER_STONES = 18, (133, 154, 175)
LONGEST_REFLECTION = 9


@dataclass(frozen=True)
class Bay:
    """One institution: does it answer, and its answers as a share (0 to 1) of the busiest one's."""

    answering: bool
    share: float


@dataclass(frozen=True)
class ViaductBay:
    stones: str
    keystone: str
    reflection: str
    answering: bool


def draw_viaduct(bays: Sequence[Bay]) -> list[ViaductBay]:
    pitch = WIDTH / max(len(bays), 1)
    return [_draw_bay(bay, pitch * (number + 0.5)) for number, bay in enumerate(bays)]


def _draw_bay(bay: Bay, centre: float) -> ViaductBay:
    ring = Ring(x=centre, y=SPRING_LINE, inner=BAY_RADIUS, outer=70)
    right = right_bank(5, springing=86.4, key=10.6, joint=2.9)
    return ViaductBay(
        stones=course(ring, [*mirrored(right), *right]) + _piers(centre),
        keystone=voussoir(ring, Cut(-7.5, 7.5, rise=4)),
        reflection=_reflection(bay, centre),
        answering=bay.answering,
    )


def _piers(centre: float) -> str:
    lefts = (round(centre - 70), round(centre + BAY_RADIUS))
    return "".join(f"M{left} {top}h{PIER_WIDTH}v19h-{PIER_WIDTH}z" for left in lefts for top in PIER_STONES)


def _reflection(bay: Bay, centre: float) -> str:
    lines = round(LONGEST_REFLECTION * bay.share) if bay.answering else 0
    half_widths = (45 - 3.5 * number for number in range(lines))
    return "".join(
        f"M{centre - half:.0f} {WATER + 11 + 8.5 * number:.0f}h{2 * half:.0f}"
        for number, half in enumerate(half_widths)
    )
