"""Tables of connectivity and what must always hold in them."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from mostovi.connectivity.values import (
    Connected,
    FoundRow,
    ImportState,
    ImportSummary,
    SiteKind,
    SiteSummary,
    Source,
)


def _choices(words: type[SiteKind | Source | Connected | ImportState]) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


class SchoolImport(models.Model):
    """A file with schools: uploaded, confirmed once, perhaps undone. Its content is kept until then."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    authority = models.CharField(max_length=80, blank=True)
    file_name = models.CharField(max_length=255)
    content = models.BinaryField(default=b"", blank=True)
    columns = models.JSONField(default=dict, blank=True)
    by_id = models.BigIntegerField(null=True, blank=True)
    by_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=_choices(ImportState), default=ImportState.UPLOADED)
    uploaded_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-uploaded_at", "-id"]
        indexes = [models.Index(fields=["authority", "-uploaded_at"], name="imports_of_authority")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=list(ImportState)), name="import_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=ImportState.UPLOADED) | Q(confirmed_at__isnull=False),
                name="a_confirmed_import_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"

    def summary(self) -> ImportSummary:
        return ImportSummary(
            key=self.key,
            authority=self.authority,
            file_name=self.file_name,
            by=self.by_name,
            state=ImportState(self.state),
            uploaded_at=self.uploaded_at,
            confirmed_at=self.confirmed_at,
            undone_at=self.undone_at,
            new=self.new,
            changed=self.changed,
            unchanged=self.unchanged,
            rejected=self.rejected,
        )


class Site(models.Model):
    """A school or another public place. Outside it is known by ``uid``, never by its row.

    Fields of Giga's school master that nothing computes with lie in ``more``, under Giga's names.
    """

    uid = models.UUIDField(unique=True)
    kind = models.CharField(max_length=20, choices=_choices(SiteKind), default=SiteKind.SCHOOL)
    authority = models.CharField(max_length=80, blank=True)
    municipality = models.CharField(max_length=60, db_index=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="branches"
    )
    source = models.CharField(max_length=20, choices=_choices(Source))
    synthetic = models.BooleanField(default=False)

    giga_id = models.UUIDField(null=True, blank=True, unique=True)
    government_id = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=1000, blank=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    education_level = models.CharField(max_length=255, blank=True)
    area_type = models.CharField(max_length=255, blank=True)
    funding_type = models.CharField(max_length=255, blank=True)
    students = models.PositiveIntegerField(null=True, blank=True)
    teachers = models.PositiveIntegerField(null=True, blank=True)
    classrooms = models.PositiveIntegerField(null=True, blank=True)
    computers = models.PositiveIntegerField(null=True, blank=True)
    electricity = models.CharField(max_length=255, blank=True)
    connected = models.CharField(max_length=10, choices=_choices(Connected), blank=True)
    connection_type = models.CharField(max_length=255, blank=True)
    contracted_download_kbps = models.PositiveBigIntegerField(null=True, blank=True)
    cellular_coverage = models.CharField(max_length=255, blank=True)
    fibre_node_km = models.FloatField(null=True, blank=True)
    microwave_node_km = models.FloatField(null=True, blank=True)
    lte_node_km = models.FloatField(null=True, blank=True)
    more = models.JSONField(default=dict, blank=True)

    added_at = models.DateTimeField()
    changed_at = models.DateTimeField(db_index=True)
    changed_by = models.ForeignKey(
        SchoolImport, null=True, blank=True, on_delete=models.PROTECT, related_name="sites"
    )

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["authority", "kind"], name="sites_of_authority")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["authority", "government_id"],
                condition=~Q(government_id=""),
                name="one_site_per_government_id",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(SiteKind)), name="site_kind_is_known"),
            models.CheckConstraint(
                condition=~Q(kind=SiteKind.SCHOOL) | ~Q(name=""), name="a_school_has_a_name"
            ),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="a_site_is_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(connected__in=["", *Connected]), name="site_connected_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.uid)

    def summary(self, parent: uuid.UUID | None = None) -> SiteSummary:
        return SiteSummary(
            uid=self.uid,
            kind=SiteKind(self.kind),
            name=self.name,
            authority=self.authority,
            municipality=self.municipality,
            latitude=self.latitude,
            longitude=self.longitude,
            education_level=self.education_level,
            students=self.students,
            connected=self.connected,
            connection_type=self.connection_type,
            contracted_download_kbps=self.contracted_download_kbps,
            cellular_coverage=self.cellular_coverage,
            fibre_node_km=self.fibre_node_km,
            parent=parent,
            source=Source(self.source),
            synthetic=self.synthetic,
        )


class ImportChange(models.Model):
    """What one import did to one site; ``before`` is what it was, empty for a site that is new."""

    imported = models.ForeignKey(SchoolImport, on_delete=models.CASCADE, related_name="changes")
    site = models.ForeignKey(Site, null=True, on_delete=models.SET_NULL, related_name="changes")
    before = models.JSONField(null=True)

    class Meta:
        ordering = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["imported", "site"], name="one_change_per_site_and_import"),
        ]

    def __str__(self) -> str:
        return f"{self.imported_id}: {self.site_id}"


class ImportFinding(models.Model):
    """What an import found about one row of its file."""

    imported = models.ForeignKey(SchoolImport, on_delete=models.CASCADE, related_name="findings")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=255, blank=True)
    code = models.CharField(max_length=40)
    value = models.CharField(max_length=120, blank=True)
    fatal = models.BooleanField()
    other_row = models.PositiveIntegerField(default=0)
    place = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["row", "id"]

    def __str__(self) -> str:
        return f"row {self.row}: {self.code}"

    def found(self) -> FoundRow:
        return FoundRow(self.row, self.column, self.code, self.value, self.fatal, self.other_row, self.place)
