"""Branch schools and the central schools they belong to."""

from collections import defaultdict

from mostovi.connectivity.models import Site


def join_branches(*, authority: str) -> None:
    """A branch school names its central school by the identifier their authority gave it; empty joins all.

    Part of an action, never one alone: the caller's transaction and audit line say why.
    """
    sites = Site.objects.filter(authority=authority) if authority else Site.objects.all()
    told = list(sites.only("pk", "authority", "government_id", "more", "parent"))
    pk_of = {(site.authority, site.government_id): site.pk for site in told if site.government_id}
    moved: dict[int | None, list[int]] = defaultdict(list)
    for site in told:
        parent = pk_of.get((site.authority, str(site.more.get("parent_school_id_govt", ""))))
        if parent not in {site.parent_id, site.pk}:
            moved[parent].append(site.pk)
    for parent, branches in moved.items():
        Site.objects.filter(pk__in=branches).update(parent_id=parent)
