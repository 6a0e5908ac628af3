"""Which pages the journeys opened, noted by each process that plays some of them.

``PAGES_OPENED`` names the folder; without it nothing is noted.
"""

import json
import os
from pathlib import Path

FOLDER = "PAGES_OPENED"


def note(played: set[str], paths: set[str]) -> None:
    if folder := os.environ.get(FOLDER):
        noted = {"played": sorted(played), "paths": sorted(paths)}
        Path(folder, f"{os.getpid()}.json").write_text(json.dumps(noted), encoding="utf-8")


def read() -> tuple[set[str], set[str]]:
    """The files that were played, and the paths that were opened in them."""
    played, paths = set[str](), set[str]()
    for file in Path(os.environ[FOLDER]).glob("*.json"):
        noted = json.loads(file.read_text(encoding="utf-8"))
        played.update(noted["played"])
        paths.update(noted["paths"])
    return played, paths
