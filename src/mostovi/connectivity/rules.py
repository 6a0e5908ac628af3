"""Who may change the list of schools and how a site is known outside. No database, no clock, no network."""

import uuid
from datetime import timedelta

from mostovi.connectivity.values import ImportState
from mostovi.kernel.access import Actor, check_is_official
from mostovi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

ROLE = "schools"
REQUIRED_COLUMNS = ("school_name", "latitude", "longitude")
IDENTIFIERS = ("school_id_giga", "school_id_govt")
# How long a file waits for somebody to confirm it; the next that comes to the authority clears it away.
KEPT_UNCONFIRMED = timedelta(days=1)
# The namespace of identifiers of sites that Giga has given none.
_SITES = uuid.uuid5(uuid.NAMESPACE_URL, "https://mostovi.example/sites")


class ImportNotFound(NotFound):
    code = "import_not_found"
    message = "There is no such import, or it belongs to another authority."


class FileUnreadable(Invalid):
    code = "file_unreadable"
    message = "This file cannot be read as a table."


class ColumnsIncomplete(Invalid):
    code = "columns_incomplete"
    message = "Say which columns hold the name, the latitude, the longitude and an identifier of the school."


class ColumnTwice(Invalid):
    code = "column_twice"
    message = "One column is chosen for two things. Choose each column once."


class NothingToTake(Invalid):
    code = "nothing_to_take"
    message = "No row of this file can be taken. Put right what is listed, then bring the file again."


class PreviewChanged(Conflict):
    code = "preview_changed"
    message = "The list of schools changed since this preview. Look at it again before you confirm."


class WrongImportState(Conflict):
    code = "wrong_import_state"
    message = "This import was already confirmed or undone."


class ChangedSince(Conflict):
    code = "changed_since"
    message = "{count} of these schools were changed by a later import. Undo that one first."


class StillNeeded(Conflict):
    code = "still_needed"
    message = "Schools that this import added are in use elsewhere, so it cannot be undone."


def check_can_import(actor: Actor, authority: str) -> None:
    """An authority's official imports its own schools; the operator of the portal, from the terminal, any."""
    if actor.kind == "system":
        return
    check_is_official(actor, role=ROLE)
    if not authority or actor.institution != authority:
        raise NotAllowed("This belongs to another institution.", code="other_institution")


def check_is_system(actor: Actor) -> None:
    if actor.kind != "system":
        raise NotAllowed


def check_columns(columns: dict[str, int]) -> None:
    """Which column holds which field: what every school needs is there, and no column is taken twice."""
    if not set(REQUIRED_COLUMNS) <= columns.keys() or not set(IDENTIFIERS) & columns.keys():
        raise ColumnsIncomplete
    if len(set(columns.values())) < len(columns):
        raise ColumnTwice


def check_state(state: ImportState, wanted: ImportState) -> None:
    if state != wanted:
        raise WrongImportState


def check_reviewed(reviewed: str, digest: str) -> None:
    if reviewed != digest:
        raise PreviewChanged


def check_untouched(changed_since: int) -> None:
    if changed_since:
        raise ChangedSince(count=changed_since)


def site_uid(giga_id: uuid.UUID | None, authority: str, government_id: str) -> uuid.UUID:
    """How a site is known outside: Giga's identifier, else one made from the government's.

    The authority is part of it: two cantons may number their schools alike.
    """
    return giga_id or uuid.uuid5(_SITES, f"{authority}/{government_id}")
