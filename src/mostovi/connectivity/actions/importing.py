"""A file with schools: brought, its columns chosen, confirmed as it was previewed, and undone as a whole."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from mostovi.connectivity import rules
from mostovi.connectivity.actions.branches import join_branches
from mostovi.connectivity.models import ImportChange, ImportFinding, SchoolImport, Site
from mostovi.connectivity.queries.imports import plan_import
from mostovi.connectivity.school_master import TableUnreadable, field_named, read_table, suggest_columns
from mostovi.connectivity.values import FoundRow, ImportState, Plan
from mostovi.kernel import audit, clock
from mostovi.kernel.access import Actor

_BATCH = 200
# What an import may write; a site is restored from these.
_FIELDS = {
    field.name: field
    for field in Site._meta.concrete_fields
    if field.name not in {"id", "parent", "added_at", "changed_at", "changed_by"}
}


@transaction.atomic
def upload_schools(*, actor: Actor, authority: str, file_name: str, content: bytes) -> UUID:
    """Keep a file until it is confirmed, at most a day. Raises FileUnreadable with the code of the reason."""
    rules.check_can_import(actor, authority)
    try:
        table = read_table(content)
    except TableUnreadable as reason:
        raise rules.FileUnreadable(code=reason.code) from reason
    now = clock.now()
    forgotten = SchoolImport.objects.filter(authority=authority, state=ImportState.UPLOADED)
    forgotten.filter(uploaded_at__lt=now - rules.KEPT_UNCONFIRMED).delete()
    held = SchoolImport.objects.create(
        authority=authority,
        file_name=file_name[:255],
        content=content,
        columns=suggest_columns(table.header),
        by_id=actor.person_id,
        by_name=actor.name,
        uploaded_at=now,
    )
    _note("schools_uploaded", held, actor)
    return held.key


@transaction.atomic
def choose_columns(*, actor: Actor, key: UUID, columns: Mapping[str, int]) -> None:
    """Say which column of the file holds which field."""
    held = _hold(actor, key, ImportState.UPLOADED)
    chosen = {field: number for field, number in columns.items() if field_named(field)}
    rules.check_columns(chosen)
    held.columns = chosen
    held.save(update_fields=["columns"])
    _note("school_columns_chosen", held, actor)


@transaction.atomic
def confirm_import(*, actor: Actor, key: UUID, reviewed: str) -> None:
    """Take what was previewed, and nothing else; ``reviewed`` is the digest of the plan that was seen."""
    held = _hold(actor, key, ImportState.UPLOADED)
    plan = plan_import(actor, key)
    rules.check_reviewed(reviewed, plan.digest)
    if not plan.taken:
        raise rules.NothingToTake
    now = clock.now()
    try:
        _add(held, plan, now)
        _change(held, plan, now)
    except IntegrityError as error:  # somebody else confirmed the same school a moment before
        raise rules.PreviewChanged from error
    join_branches(authority=held.authority)
    _keep_findings(held, plan.findings)
    held.state, held.confirmed_at, held.content = ImportState.CONFIRMED, now, b""
    held.new, held.changed = len(plan.new), len(plan.changed)
    held.unchanged, held.rejected = plan.unchanged, plan.rejected
    held.save()
    _note("schools_imported", held, actor, plan)


@transaction.atomic
def forget_upload(*, actor: Actor, key: UUID) -> None:
    """Throw a file away that was never confirmed; nothing where it was."""
    held = SchoolImport.objects.filter(key=key, state=ImportState.UPLOADED).first()
    if held is None:
        return
    rules.check_can_import(actor, held.authority)
    _note("school_upload_forgotten", held, actor)
    held.delete()


@transaction.atomic
def undo_import(*, actor: Actor, key: UUID) -> None:
    """Make every school what it was before. Raises ChangedSince when a later import changed one of them."""
    held = _hold(actor, key, ImportState.CONFIRMED)
    changes = list(held.changes.select_related("site"))
    rules.check_untouched(sum(1 for each in changes if not each.site or each.site.changed_by_id != held.pk))
    now = clock.now()
    sites = [_restored(each.site, each.before, now) for each in changes if each.site and each.before]
    _rewrite(sites)
    added = [each.site_id for each in changes if each.before is None and each.site_id]
    _delete(added)
    join_branches(authority=held.authority)
    held.state, held.undone_at = ImportState.UNDONE, now
    held.save(update_fields=["state", "undone_at"])
    _note("school_import_undone", held, actor)


def _hold(actor: Actor, key: UUID, state: ImportState) -> SchoolImport:
    """The row, held until the transaction ends: a second press of the same button waits for the first."""
    held = SchoolImport.objects.select_for_update().filter(key=key).first()
    if held is None:
        raise rules.ImportNotFound
    rules.check_can_import(actor, held.authority)
    rules.check_state(ImportState(held.state), state)
    return held


def _add(held: SchoolImport, plan: Plan, now: datetime) -> None:
    sites = [Site(**row.columns, added_at=now, changed_at=now, changed_by=held) for row in plan.new]
    Site.objects.bulk_create(sites, batch_size=_BATCH)
    # Not every database tells the keys of rows made in bulk.
    added = Site.objects.filter(changed_by=held).values_list("pk", flat=True)
    ImportChange.objects.bulk_create(
        [ImportChange(imported=held, site_id=pk) for pk in added], batch_size=_BATCH
    )


def _change(held: SchoolImport, plan: Plan, now: datetime) -> None:
    wanted = {row.site: row.columns for row in plan.changed}
    sites = [site for site in Site.objects.select_for_update() if site.pk in wanted]
    changes = [ImportChange(imported=held, site=site, before=_as_it_is(site)) for site in sites]
    ImportChange.objects.bulk_create(changes, batch_size=_BATCH)
    for site in sites:
        for name, value in wanted[site.pk].items():
            setattr(site, name, value)
        site.changed_at, site.changed_by = now, held
    _rewrite(sites)


def _rewrite(sites: Sequence[Site]) -> None:
    """All columns of known rows at once: `bulk_update` takes minutes for a whole country."""
    Site.objects.bulk_create(
        sites,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*_FIELDS, "changed_at", "changed_by"],
    )


def _as_it_is(site: Site) -> dict[str, Any]:
    told = {name: getattr(site, name) for name in _FIELDS}
    plain = {name: str(value) if isinstance(value, UUID) else value for name, value in told.items()}
    return {**plain, "changed_by": site.changed_by_id}


def _restored(site: Site, before: Mapping[str, Any], now: datetime) -> Site:
    for name, field in _FIELDS.items():
        setattr(site, name, field.to_python(before[name]))
    site.changed_by_id, site.changed_at = before["changed_by"], now
    return site


def _delete(added: Sequence[int]) -> None:
    try:
        Site.objects.filter(pk__in=added).delete()
    except ProtectedError as error:
        raise rules.StillNeeded from error


def _keep_findings(held: SchoolImport, findings: Sequence[FoundRow]) -> None:
    rows = [
        ImportFinding(
            imported=held,
            row=each.row,
            column=each.column[:255],
            code=each.code,
            value=each.value[:120],
            fatal=each.fatal,
            other_row=each.other_row,
            place=each.place,
        )
        for each in findings
    ]
    ImportFinding.objects.bulk_create(rows, batch_size=_BATCH)


def _note(event: str, held: SchoolImport, actor: Actor, plan: Plan | None = None) -> None:
    counts = {} if plan is None else {"new": str(len(plan.new)), "changed": str(len(plan.changed))}
    audit.record(
        actor=actor,
        action=event,
        institution=held.authority or settings.HOME_INSTITUTION,
        purpose="keep the list of schools",
        detail={"import": str(held.key), **counts},
    )
