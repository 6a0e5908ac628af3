"""What is shown of schools and imports, in words; each finding with what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mostovi.connectivity.rules import FileUnreadable
from mostovi.connectivity.values import FoundRow, ImportState
from mostovi.kernel.errors import NotFound, Refusal
from mostovi.kernel.institutions import find_institution
from mostovi.kernel.territory import Government

Words = str | Promise

# The fields somebody chooses a column for. Giga's other fields are taken when a column has their very name.
FIELDS: Mapping[str, Words] = {
    "school_name": gettext_lazy("Name of the school"),
    "school_id_govt": gettext_lazy("Identifier your authority gave the school"),
    "school_id_giga": gettext_lazy("Giga’s identifier of the school"),
    "latitude": gettext_lazy("Latitude (north, for example 43.8563)"),
    "longitude": gettext_lazy("Longitude (east, for example 18.4131)"),
    "admin2": gettext_lazy("Municipality or city"),
    "parent_school_id_govt": gettext_lazy("Identifier of the central school, for a branch school"),
    "education_level": gettext_lazy("Level of education"),
    "num_students": gettext_lazy("Number of pupils"),
    "num_computers": gettext_lazy("Number of computers"),
    "connectivity_govt": gettext_lazy("Has internet (yes or no)"),
    "connectivity_type_govt": gettext_lazy("Kind of connection"),
    "download_speed_contracted": gettext_lazy("Contracted download speed (Mbit/s)"),
}
STATES: Mapping[str, Words] = {
    ImportState.UPLOADED: gettext_lazy("not confirmed"),
    ImportState.CONFIRMED: gettext_lazy("taken"),
    ImportState.UNDONE: gettext_lazy("undone"),
}
FILE_PROBLEMS: Mapping[str, Words] = {
    "empty": gettext_lazy("This file is empty. Choose the file with the list of schools."),
    "not_a_table": gettext_lazy(
        "This file is not a table. Save the list as a spreadsheet (xlsx, ods) or as CSV and bring that file."
    ),
    "no_rows": gettext_lazy(
        "This file has no rows under its header. Look whether the list is on the first sheet."
    ),
    "too_many_rows": gettext_lazy(
        "This file has more than 20 000 rows. Divide it and bring the parts one by one."
    ),
    "too_many_columns": gettext_lazy(
        "This file has more than 300 columns. Keep those that describe schools."
    ),
    "too_large": gettext_lazy(
        "This spreadsheet is too large to open. Save the sheet with the schools as CSV."
    ),
    "has_a_password": gettext_lazy(
        "This file is locked with a password. Save it without one and bring it again."
    ),
    "spreadsheet_unreadable": gettext_lazy(
        "This spreadsheet cannot be opened. Open it in your program, save it again and bring that file."
    ),
}
_FINDINGS: Mapping[str, tuple[Words, Words]] = {
    "missing_name": (
        gettext_lazy("The name of the school is missing."),
        gettext_lazy("Write the name in this row."),
    ),
    "missing_place": (
        gettext_lazy("The place of the school is missing."),
        gettext_lazy("Write latitude and longitude in degrees, for example 43.8563 and 18.4131."),
    ),
    "missing_id": (
        gettext_lazy("The school has no identifier."),
        gettext_lazy("Write the identifier your authority gave the school, or Giga’s."),
    ),
    "not_a_giga_id": (
        gettext_lazy("This is not one of Giga’s identifiers."),
        gettext_lazy("They have 32 signs in five groups. Leave the cell empty if you do not know it."),
    ),
    "not_yes_or_no": (
        gettext_lazy("This is neither yes nor no."),
        gettext_lazy("Write yes, no or unknown."),
    ),
    "not_a_number": (
        gettext_lazy("This is not a number."),
        gettext_lazy("Write digits alone, for example 120 or 12,5."),
    ),
    "negative": (
        gettext_lazy("A number below zero cannot be right here."),
        gettext_lazy("Write the right number, or leave the cell empty."),
    ),
    "not_whole": (
        gettext_lazy("This must be a whole number."),
        gettext_lazy("Write the right number, or leave the cell empty."),
    ),
    "too_much": (
        gettext_lazy("This number is too large to be right."),
        gettext_lazy("Write the right number, or leave the cell empty."),
    ),
    "not_a_year": (
        gettext_lazy("This is not a year."),
        gettext_lazy("Write four digits, for example 2026."),
    ),
    "not_degrees": (
        gettext_lazy("This is not a latitude or longitude in degrees."),
        gettext_lazy("Write one number with decimals, for example 43.8563, without minutes and seconds."),
    ),
    "too_long": (
        gettext_lazy("This text is too long."),
        gettext_lazy("Shorten it to 255 signs."),
    ),
    "merged_cell": (
        gettext_lazy("This cell is merged with another, so it is not clear whose value it holds."),
        gettext_lazy("Split the cells and write the value of each school in its own row."),
    ),
    "duplicate_id": (
        gettext_lazy("Row {other_row} has the same identifier."),
        gettext_lazy("Give each school its own identifier, or remove one of the rows."),
    ),
    "duplicate_school": (
        gettext_lazy("Row {other_row} is the same school at the same place."),
        gettext_lazy("Remove one of the rows."),
    ),
    "same_spot": (
        gettext_lazy("Row {other_row} lies at exactly the same place."),
        gettext_lazy("Two schools in one building are right. Otherwise correct the place of one."),
    ),
    "outside_country": (
        gettext_lazy("This place lies outside the country."),
        gettext_lazy("Look at latitude and longitude once more."),
    ),
    "swapped": (
        gettext_lazy("Latitude and longitude seem to be swapped."),
        gettext_lazy("Swap them in the file, or choose the two columns the other way round."),
    ),
    "other_authority": (
        gettext_lazy("Another authority answers for this school: {place}."),
        gettext_lazy("Leave the school out, or correct its place if it is yours."),
    ),
    "two_schools": (
        gettext_lazy("The two identifiers of this row belong to two different schools."),
        gettext_lazy("Find out which school is meant and correct the other identifier."),
    ),
    "unknown_municipality": (
        gettext_lazy("We know no municipality of this name. By its place the school lies in {place}."),
        gettext_lazy("Nothing to do if that is right. Otherwise correct the place."),
    ),
    "other_municipality": (
        gettext_lazy("By its place the school lies in {place}."),
        gettext_lazy("Nothing to do if that is right. Otherwise correct the place or the municipality."),
    ),
}


@dataclass(frozen=True)
class FindingLine:
    """A finding for a page, a file or the terminal."""

    row: int
    column: str
    value: str
    what: str
    remedy: str
    fatal: bool


def describe_finding(found: FoundRow, governments: Mapping[str, Government]) -> FindingLine:
    """``governments`` by code, for the names of municipalities."""
    what, remedy = _FINDINGS[found.code]
    said = str(what).format(other_row=found.other_row, place=_name_of(found.place, governments))
    return FindingLine(found.row, found.column, found.value, said, str(remedy), found.fatal)


def _name_of(place: str, governments: Mapping[str, Government]) -> str:
    if place in governments:
        return governments[place].name_in()
    try:
        return find_institution(place).name_in()
    except NotFound:
        return _("nobody yet")


def sentence_of(refusal: Refusal) -> str:
    """What to put right, in the page's language."""
    if isinstance(refusal, FileUnreadable):
        return str(FILE_PROBLEMS[refusal.code])
    return refusal.sentence(_(refusal.message))
