"""The door of connectivity for other modules."""

from mostovi.connectivity.actions.adding import add_sites
from mostovi.connectivity.actions.importing import (
    choose_columns,
    confirm_import,
    forget_upload,
    undo_import,
    upload_schools,
)
from mostovi.connectivity.describing import FindingLine, describe_finding, sentence_of
from mostovi.connectivity.queries.imports import (
    ColumnSheet,
    ImportSheet,
    find_import,
    list_columns,
    list_findings,
    list_imports,
    plan_import,
)
from mostovi.connectivity.queries.sites import (
    count_schools,
    find_site,
    has_synthetic_schools,
    list_master_values,
    list_sites,
)
from mostovi.connectivity.school_master import write_schools
from mostovi.connectivity.tasks import write_list_for_probe
from mostovi.connectivity.values import (
    Connected,
    FoundRow,
    ImportState,
    ImportSummary,
    NewSite,
    Plan,
    SiteKind,
    SiteSummary,
    Source,
)

__all__ = [
    "ColumnSheet",
    "Connected",
    "FindingLine",
    "FoundRow",
    "ImportSheet",
    "ImportState",
    "ImportSummary",
    "NewSite",
    "Plan",
    "SiteKind",
    "SiteSummary",
    "Source",
    "add_sites",
    "choose_columns",
    "confirm_import",
    "count_schools",
    "describe_finding",
    "find_import",
    "find_site",
    "forget_upload",
    "has_synthetic_schools",
    "list_columns",
    "list_findings",
    "list_imports",
    "list_master_values",
    "list_sites",
    "plan_import",
    "sentence_of",
    "undo_import",
    "upload_schools",
    "write_list_for_probe",
    "write_schools",
]
