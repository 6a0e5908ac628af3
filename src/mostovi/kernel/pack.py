"""Where the country pack lies: data only, chosen by MOSTOVI_PACK."""

from pathlib import Path

from mostovi.kernel import environment

_PACKS = Path(__file__).resolve().parent.parent / "packs"


def pack_directory() -> Path:
    """The folder of the country pack; MOSTOVI_PACK names one of ours or a folder anywhere."""
    return find_pack(environment.read("MOSTOVI_PACK", "bih"))


def find_pack(chosen: str) -> Path:
    """The folder of a pack, by the name of one of ours or by where it lies."""
    return _PACKS / chosen if (_PACKS / chosen).is_dir() else Path(chosen)
