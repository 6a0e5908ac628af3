"""What an import would do: each row beside the site it means. Pure: preview and confirmation agree."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

from mostovi.connectivity.master_columns import columns_of
from mostovi.connectivity.placing import Country, place
from mostovi.connectivity.rules import site_uid
from mostovi.connectivity.school_master.values import Reading, SchoolRow
from mostovi.connectivity.values import FoundRow, Plan, PlannedRow, SiteKind, Source

_SHOWN = 80


class KnownSite(Protocol):
    """A site as it is now: the attributes are those of the table's row."""

    pk: int
    uid: UUID
    authority: str
    government_id: str
    giga_id: UUID | None
    synthetic: bool
    source: str
    more: dict[str, Any]


@dataclass(frozen=True)
class KnownSites:
    """Sites by each of their identifiers."""

    by_giga_id: Mapping[UUID, KnownSite]
    by_government_id: Mapping[tuple[str, str], KnownSite]

    @classmethod
    def of(cls, sites: Iterable[KnownSite]) -> "KnownSites":
        all_sites = list(sites)
        return cls(
            {site.giga_id: site for site in all_sites if site.giga_id},
            {(site.authority, site.government_id): site for site in all_sites if site.government_id},
        )

    def meant_by(self, row: SchoolRow, authority: str) -> list[KnownSite]:
        """None for a new school, two when the identifiers of the row belong to different ones."""
        giga_id = row.values.get("school_id_giga")
        by_giga = self.by_giga_id.get(UUID(str(giga_id))) if giga_id else None
        by_government = self.by_government_id.get((authority, str(row.values.get("school_id_govt", ""))))
        return list({site.pk: site for site in (by_giga, by_government) if site is not None}.values())


@dataclass(frozen=True)
class _Answer:
    """What becomes of one row."""

    planned: PlannedRow | None
    findings: tuple[FoundRow, ...] = ()


def make_plan(reading: Reading, country: Country, known: KnownSites, authority: str) -> Plan:
    """``authority`` is whose schools may be touched; empty for the operator, who may touch all."""
    judge = _Judge(reading.fields, country, known, authority)
    answers = [judge.answer(row) for row in reading.rows]
    planned = [answer.planned for answer in answers if answer.planned is not None]
    new = tuple(row for row in planned if row.site is None)
    changed = tuple(row for row in planned if row.site is not None and row.columns)
    found = [FoundRow(**asdict(finding)) for finding in reading.findings]
    found += [finding for answer in answers for finding in answer.findings]
    findings = tuple(sorted(found, key=lambda finding: finding.row))
    unchanged = len(planned) - len(new) - len(changed)
    digest = _digest([*new, *changed], unchanged, findings)
    return Plan(new, changed, unchanged, findings, reading.unused, digest)


class _Judge:
    """Answers row by row; remembers identifiers, since one authority gives each only once."""

    def __init__(self, fields: frozenset[str], country: Country, known: KnownSites, authority: str) -> None:
        self.fields, self.country, self.known, self.authority = fields, country, known, authority
        self.row_with: dict[tuple[str, str], int] = {}

    def answer(self, row: SchoolRow) -> _Answer:
        placed = place(row, self.country)
        if not placed.municipality:
            return _Answer(None, placed.findings)
        authority = self.country.authority_of(placed.municipality)
        meant = self.known.meant_by(row, authority)
        refused = self._refusal(row, authority, meant)
        if refused:
            return _Answer(None, (refused,))
        site = meant[0] if meant else None
        wanted = _wanted(row, self.fields, site)
        wanted |= {"municipality": placed.municipality, "authority": authority}
        return _Answer(_planned(row, wanted, site), placed.findings)

    def _refusal(self, row: SchoolRow, authority: str, meant: Sequence[KnownSite]) -> FoundRow | None:
        name = str(row.values["school_name"])[:_SHOWN]
        if len(meant) > 1:
            return FoundRow(row.row, "", "two_schools", name)
        others = {authority, *(site.authority for site in meant)} - {self.authority}
        if self.authority and others:
            return FoundRow(row.row, "", "other_authority", name, place=min(others))
        return self._doubled(row, authority)

    def _doubled(self, row: SchoolRow, authority: str) -> FoundRow | None:
        government_id = str(row.values.get("school_id_govt", ""))
        first = self.row_with.setdefault((authority, government_id), row.row) if government_id else row.row
        if first == row.row:
            return None
        return FoundRow(row.row, "", "duplicate_id", government_id[:_SHOWN], other_row=first)


def _wanted(row: SchoolRow, fields: frozenset[str], site: KnownSite | None) -> dict[str, Any]:
    """What the row says becomes the site's; a list that says of itself that it is synthetic stays so."""
    columns = columns_of(row.values, fields, site.more if site else None)
    synthetic = "synthetic" in str(row.values.get("school_data_source", "")).lower()
    source = site.source if site is not None and site.synthetic and synthetic else Source.IMPORTED
    return {**columns, "synthetic": synthetic, "source": source}


def _planned(row: SchoolRow, wanted: dict[str, Any], site: KnownSite | None) -> PlannedRow:
    giga_id: UUID | None = wanted.get("giga_id")
    if site is None:
        uid = site_uid(giga_id, wanted["authority"], wanted.get("government_id", ""))
        return PlannedRow(row.row, None, {**wanted, "uid": uid, "kind": SiteKind.SCHOOL})
    wanted["uid"] = giga_id or site.uid
    changes = {name: value for name, value in wanted.items() if getattr(site, name) != value}
    return PlannedRow(row.row, site.pk, changes)


def _digest(rows: Sequence[PlannedRow], unchanged: int, findings: Sequence[FoundRow]) -> str:
    told = [[row.row, row.site, dict(row.columns)] for row in rows]
    found = [str(finding) for finding in findings]
    return sha256(json.dumps([told, unchanged, found], sort_keys=True, default=str).encode()).hexdigest()
