"""The small arch beside a verdict: whole, outlined, with a fallen stone, dashed."""

from dataclasses import dataclass
from typing import Literal

from mostovi.front.drawing.arches import Cut, Ring, course, mirrored, right_bank, voussoir

Look = Literal["whole", "outlined", "fallen", "dashed"]
RING = Ring(x=50, y=50.6, inner=32.2, outer=48)
KEYSTONE = Cut(-8.3, 8.3, rise=3)
FALLEN = 3


@dataclass(frozen=True)
class VerdictArch:
    """Path data: stones drawn solid, stones drawn as outline, stones drawn dashed, and one that fell."""

    solid: str = ""
    outlined: str = ""
    dashed: str = ""
    fallen: str = ""


def draw_verdict(look: Look) -> VerdictArch:
    right = right_bank(4, springing=86, key=11, joint=2.8)
    left = list(mirrored(right))
    whole = course(RING, [*right, KEYSTONE, *left])
    if look == "whole":
        return VerdictArch(solid=whole)
    if look == "outlined":
        return VerdictArch(outlined=whole)
    if look == "dashed":
        return VerdictArch(dashed=whole)
    standing = course(RING, [*right, *left[:FALLEN]])
    return VerdictArch(
        solid=standing, fallen=voussoir(RING, KEYSTONE), dashed=course(RING, [KEYSTONE, *left[FALLEN:]])
    )
