"""Reading imports: an official sees those of their authority, the operator all."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from mostovi.connectivity import rules
from mostovi.connectivity.import_plans import KnownSites, make_plan
from mostovi.connectivity.models import ImportFinding, SchoolImport, Site
from mostovi.connectivity.placing import read_country
from mostovi.connectivity.school_master import Table, read_schools, read_table, suggest_columns
from mostovi.connectivity.values import FoundRow, ImportState, ImportSummary, Plan
from mostovi.kernel.access import Actor

SHOWN = 50


@dataclass(frozen=True)
class ColumnSheet:
    """One column of a file, with some of what stands in it and the field it holds or seems to hold."""

    number: int
    title: str
    samples: tuple[str, ...]
    field: str


@dataclass(frozen=True)
class ImportSheet:
    """An import for its page: what became of it and the first of what it found."""

    summary: ImportSummary
    findings: tuple[FoundRow, ...]
    findings_total: int
    may_undo: bool


def list_imports(actor: Actor) -> list[ImportSummary]:
    """Newest first; what was uploaded and never confirmed is left out."""
    confirmed = _visible(actor).exclude(state=ImportState.UPLOADED)
    return [each.summary() for each in confirmed.defer("content")[:SHOWN]]


def find_import(actor: Actor, key: UUID) -> ImportSheet:
    held = _find(actor, key)
    findings = [finding.found() for finding in held.findings.order_by("-fatal", "row", "id")[:SHOWN]]
    touched_later = held.changes.exclude(site__changed_by=held).exists()
    return ImportSheet(
        summary=held.summary(),
        findings=tuple(findings),
        findings_total=held.findings.count(),
        may_undo=held.state == ImportState.CONFIRMED and held.changes.exists() and not touched_later,
    )


def list_findings(actor: Actor, key: UUID) -> list[FoundRow]:
    """All of them, for a file that somebody works through."""
    return [finding.found() for finding in ImportFinding.objects.filter(imported=_find(actor, key))]


def list_columns(actor: Actor, key: UUID) -> list[ColumnSheet]:
    """The columns of an uploaded file; suggested until somebody chose."""
    held = _find(actor, key)
    rules.check_state(ImportState(held.state), ImportState.UPLOADED)
    table = _table(bytes(held.content))
    chosen = held.columns or suggest_columns(table.header)
    field_of = {column: field for field, column in chosen.items()}
    return [
        ColumnSheet(number, title, _samples(table, number), field_of.get(number, ""))
        for number, title in enumerate(table.header)
    ]


def _samples(table: Table, number: int) -> tuple[str, ...]:
    filled = (cells[number] for _, cells in table.rows if cells[number])
    return tuple(text for _, text in zip(range(3), filled, strict=False))


def plan_import(actor: Actor, key: UUID) -> Plan:
    """What confirming would do, against the list as it is now. Raises ColumnsIncomplete."""
    held = _find(actor, key)
    rules.check_state(ImportState(held.state), ImportState.UPLOADED)
    rules.check_columns(held.columns)
    reading = read_schools(_table(bytes(held.content)), held.columns)
    return make_plan(reading, read_country(), KnownSites.of(Site.objects.all()), held.authority)


@lru_cache(maxsize=2)
def _table(content: bytes) -> Table:
    """Kept, since one file is looked at on several pages one after the other."""
    return read_table(content)


def _find(actor: Actor, key: UUID) -> SchoolImport:
    held = _visible(actor).filter(key=key).first()
    if held is None:
        raise rules.ImportNotFound
    return held


def _visible(actor: Actor) -> QuerySet[SchoolImport]:
    if actor.kind == "system":
        return SchoolImport.objects.all()
    rules.check_can_import(actor, actor.institution or "")
    return SchoolImport.objects.filter(authority=actor.institution)
