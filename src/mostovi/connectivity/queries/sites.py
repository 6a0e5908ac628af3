"""Reading sites. Where they are and how they are connected is public; who keeps the list is not asked."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from mostovi.connectivity.master_columns import Value, values_of
from mostovi.connectivity.models import Site
from mostovi.connectivity.values import SiteKind, SiteSummary
from mostovi.kernel.access import Actor
from mostovi.kernel.errors import NotFound


def list_sites(
    actor: Actor,  # noqa: ARG001  the list is public; detail that is not has queries of its own
    *,
    kind: SiteKind | None = SiteKind.SCHOOL,
    authority: str = "",
) -> list[SiteSummary]:
    """By name."""
    sites = list(_chosen(kind, authority))
    uid_of = {site.pk: site.uid for site in sites}
    return [site.summary(uid_of.get(site.parent_id or 0)) for site in sites]


def find_site(actor: Actor, uid: UUID) -> SiteSummary:  # noqa: ARG001  public, as above
    site = Site.objects.select_related("parent").filter(uid=uid).first()
    if site is None:
        raise NotFound
    return site.summary(site.parent.uid if site.parent else None)


def list_master_values(
    actor: Actor,  # noqa: ARG001  public, as above
    *,
    authority: str = "",
) -> Iterator[dict[str, Value]]:
    """What schools say in the words of Giga's school master, in an order that stays."""
    for site in _chosen(SiteKind.SCHOOL, authority).order_by("authority", "government_id", "uid").iterator():
        yield values_of(site)


def has_synthetic_schools(actor: Actor, *, authority: str = "") -> bool:  # noqa: ARG001  public, as above
    return _chosen(SiteKind.SCHOOL, authority).filter(synthetic=True).exists()


def count_schools(actor: Actor, *, authority: str = "") -> dict[str, int]:  # noqa: ARG001  public, as above
    """By what authorities say of their internet: yes, no, unknown, or nothing said."""
    rows = _chosen(SiteKind.SCHOOL, authority).order_by().values_list("connected").annotate(Count("pk"))
    return dict(rows)


def list_uids(actor: Actor) -> list[UUID]:  # noqa: ARG001  for the probe
    """Every site that may measure, in an order that stays."""
    return list(Site.objects.order_by("uid").values_list("uid", flat=True))


def last_change(actor: Actor) -> tuple[int, datetime | None]:  # noqa: ARG001  for the probe
    """How many sites there are and when one last changed: differs whenever the list does."""
    told = Site.objects.aggregate(count=Count("pk"), at=Max("changed_at"))
    return told["count"], told["at"]


def _chosen(kind: SiteKind | None, authority: str) -> QuerySet[Site]:
    sites = Site.objects.all()
    if kind is not None:
        sites = sites.filter(kind=kind)
    return sites.filter(authority=authority) if authority else sites
