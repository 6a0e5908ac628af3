"""A table of sketches to which a little is added often and much seldom."""

from mostovi.connectivity.sketches.buckets import Integers
from mostovi.connectivity.sketches.table import SketchTable

_FEW = 8192


class GrowingTable:
    """Two layers, merged when the upper has more than a few thousand rows: exact in any order."""

    def __init__(self) -> None:
        self._settled = SketchTable.empty()
        self._recent = SketchTable.empty()

    def change(self, difference: SketchTable) -> None:
        """Merge what was added; a difference may count negatively what it takes away."""
        self._recent = self._recent.merge(difference)
        if len(self._recent.keys) > _FEW:
            self.whole()

    def select(self, cells: Integers) -> SketchTable:
        """The sketches of these cells (ascending, unique)."""
        return self._settled.select(cells).merge(self._recent.select(cells))

    def whole(self) -> SketchTable:
        """All of it."""
        self._settled, self._recent = self._settled.merge(self._recent), SketchTable.empty()
        return self._settled
