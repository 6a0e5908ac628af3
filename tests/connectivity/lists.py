"""Lists of schools as an office sends them, and how a test brings one."""

import csv
import io
from uuid import UUID

from mostovi.connectivity.public import confirm_import, plan_import, upload_schools
from mostovi.kernel.access import Actor

HEADER = ["Šifra", "Naziv škole", "Geo. širina", "Geo. dužina", "Općina", "Broj učenika", "Internet"]
LIPA = ["101", "OŠ Lipa", "44.54", "18.67", "Tuzla", "120", "da"]
BREZA = ["102", "OŠ Breza", "44.5345", "18.69", "Tuzla", "88", "ne"]
GRADACAC = ["103", "OŠ Jela", "44.879", "18.427", "Gradačac", "230", "da"]


def a_list(*rows: list[str], header: list[str] | None = None) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([header or HEADER, *rows])
    return text.getvalue().encode("cp1250")


def bring(actor: Actor, content: bytes, authority: str | None = None) -> UUID:
    """Upload and confirm what the preview says."""
    key = upload_schools(
        actor=actor,
        authority=authority if authority is not None else actor.institution or "",
        file_name="skole.csv",
        content=content,
    )
    confirm_import(actor=actor, key=key, reviewed=plan_import(actor, key).digest)
    return key
