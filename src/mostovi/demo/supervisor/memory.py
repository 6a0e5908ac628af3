"""How much memory programs take together, pages they share counted once (PSS, proc(5) smaps_rollup)."""

from collections.abc import Iterable
from pathlib import Path


def proportional_set_size(process: int) -> int:
    """Bytes; 0 if the process is gone or the system does not say."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def total_memory(processes: Iterable[int]) -> int:
    return sum(map(proportional_set_size, processes))
