"""A birth extract on paper: the facts of the entry, in the words and the script it was written in."""

from datetime import date
from pathlib import Path
from typing import Any

import mostovi.packs.bih
from mostovi.demo.members import Member
from mostovi.demo.population.places import find_place
from mostovi.demo.registers.own_gateway import Reservation
from mostovi.demo.registers.values import BIRTH_FIELDS
from mostovi.kernel import codes
from mostovi.kernel.script import to_latin
from mostovi.services.documents import render_document

LANGUAGES = ("bs", "en", "hr", "sr-Cyrl", "sr-Latn")
_TEMPLATE = Path(mostovi.packs.bih.__path__[0]) / "services" / "birth-extract" / "extract.typ"


def compose_extract(
    member: Member, birth: dict[str, Any], reserved: Reservation, language: str, case: str
) -> bytes:
    """The unsealed PDF/A. The same entry, code and day give the same bytes."""
    place = find_place(member.unit)
    facts = {field: birth[field] for field in BIRTH_FIELDS if birth[field] is not None}
    data = facts | {
        "born_on": date.fromisoformat(birth["born_on"]),
        "institution": _institution_name(member, language),
        "place": place.name_cyrillic if language == "sr-Cyrl" else place.name,
        "issued_on": reserved.issued_on,
        "number": codes.display(case),
    }
    return render_document(_TEMPLATE, data, language=language, qr_url=reserved.verify_url, code=reserved.code)


def _institution_name(member: Member, language: str) -> str:
    if language == "sr-Latn":
        return to_latin(member.names["sr"])
    return member.names["sr" if language == "sr-Cyrl" else language]
