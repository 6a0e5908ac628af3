"""In place of a file that is not in order: nothing, so that the others can still be looked at."""

from collections.abc import Mapping
from typing import Any

from mostovi.services.definition.reading import Document

_NOTHING: Mapping[str, Any] = {
    "service.yaml": {
        "owner": "",
        "level": "",
        "unit": "",
        "law": {"gazette": "", "illustrative": True},
        "output": {"kind": "", "template": ""},
        "cost": {"feninga": 0, "article": "", "illustrative": True},
        "deadline": {"days": 0, "article": "", "illustrative": True},
        "channels": [],
    },
    "questions.yaml": {"facts": {}, "questions": {}},
    "rules.yaml": {"values": {}},
    "steps.yaml": {"start": "", "steps": {}},
    "texts.yaml": {},
    "examples.yaml": {},
}


def stand_in(file: str) -> Document:
    """A file that says nothing. No check may read it: what is not there is not wrong."""
    return Document(file, _NOTHING[file], {(): 1})
