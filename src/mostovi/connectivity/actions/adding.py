"""Sites that come from the country pack or a generator rather than from an authority's file."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from mostovi.connectivity.actions.branches import join_branches
from mostovi.connectivity.master_columns import columns_of
from mostovi.connectivity.models import Site
from mostovi.connectivity.placing import read_country
from mostovi.connectivity.rules import check_is_system, site_uid
from mostovi.connectivity.values import NewSite, SiteKind
from mostovi.kernel import audit, clock
from mostovi.kernel.access import Actor

_BATCH = 200


@transaction.atomic
def add_sites(*, actor: Actor, sites: Sequence[NewSite]) -> int:
    """Add those that are not there yet; give how many were. What is there already is left as it is."""
    check_is_system(actor)
    country, now = read_country(), clock.now()
    known = set(Site.objects.values_list("uid", flat=True))
    rows = []
    for new in sites:
        authority = country.authority_of(new.municipality) if new.kind == SiteKind.SCHOOL else ""
        columns = columns_of(new.values, new.values)
        uid = site_uid(columns.get("giga_id"), authority or new.kind, columns.get("government_id", ""))
        if uid not in known:
            rows.append(
                Site(
                    **columns,
                    uid=uid,
                    kind=new.kind,
                    authority=authority,
                    municipality=new.municipality,
                    source=new.source,
                    synthetic=new.synthetic,
                    added_at=now,
                    changed_at=now,
                )
            )
    Site.objects.bulk_create(rows, batch_size=_BATCH)
    join_branches(authority="")
    if rows:
        audit.record(
            actor=actor,
            action="sites_added",
            institution=settings.HOME_INSTITUTION,
            purpose="keep the list of schools",
            detail={"new": str(len(rows))},
        )
    return len(rows)
