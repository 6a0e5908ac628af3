"""The words of connectivity: places that should have internet, where their data come from, and imports."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class SiteKind(StrEnum):
    """What a site is; schools come first."""

    SCHOOL = "school"
    CLINIC = "clinic"
    LIBRARY = "library"
    MJESNA_ZAJEDNICA = "mjesna_zajednica"
    TOWN_HALL = "town_hall"


class Source(StrEnum):
    """Where a site's name and place come from."""

    OPENSTREETMAP = "openstreetmap"
    GENERATED = "generated"
    IMPORTED = "imported"


class Connected(StrEnum):
    """What the authority says of internet at a site; empty while nobody said anything."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class ImportState(StrEnum):
    """Where an import stands."""

    UPLOADED = "uploaded"
    CONFIRMED = "confirmed"
    UNDONE = "undone"


@dataclass(frozen=True)
class NewSite:
    """A site to add: ``values`` are fields of Giga's school master, also for what is no school."""

    kind: SiteKind
    municipality: str
    values: Mapping[str, str | int | float]
    source: Source
    synthetic: bool


@dataclass(frozen=True)
class SiteSummary:
    """A site as lists and maps show it. Speeds are kbit/s, distances kilometres."""

    uid: UUID
    kind: SiteKind
    name: str
    authority: str
    municipality: str
    latitude: float
    longitude: float
    education_level: str
    students: int | None
    connected: str
    connection_type: str
    contracted_download_kbps: int | None
    cellular_coverage: str
    fibre_node_km: float | None
    parent: UUID | None
    source: Source
    synthetic: bool


@dataclass(frozen=True)
class FoundRow:
    """What an import found about one row; a fatal finding means that the row was not taken."""

    row: int
    column: str
    code: str
    value: str = ""
    fatal: bool = True
    other_row: int = 0
    place: str = ""


@dataclass(frozen=True)
class ImportSummary:
    """One import: a file, who brought it, and what became of it."""

    key: UUID
    authority: str
    file_name: str
    by: str
    state: ImportState
    uploaded_at: datetime
    confirmed_at: datetime | None
    undone_at: datetime | None
    new: int
    changed: int
    unchanged: int
    rejected: int


@dataclass(frozen=True)
class PlannedRow:
    """A row that would be taken. ``columns`` are all of a new site, of a known one those that change."""

    row: int
    site: int | None
    columns: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """What an import would do. ``digest`` names exactly this, so that nothing else is confirmed."""

    new: tuple[PlannedRow, ...]
    changed: tuple[PlannedRow, ...]
    unchanged: int
    findings: tuple[FoundRow, ...]
    unused: tuple[str, ...]
    digest: str

    @property
    def rejected(self) -> int:
        return len({finding.row for finding in self.findings if finding.fatal})

    @property
    def taken(self) -> int:
        return len(self.new) + len(self.changed) + self.unchanged
