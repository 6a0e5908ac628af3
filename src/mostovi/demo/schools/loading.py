"""Brings the schools and other places of the demonstration into the portal; needs Django ready."""

from collections.abc import Iterator

from mostovi.connectivity.public import NewSite, SiteKind, Source, add_sites
from mostovi.demo.schools.generating import generate_schools
from mostovi.demo.schools.places import pack_rows
from mostovi.kernel.access import system_actor


def load_sites() -> int:
    """Idempotent: adds what is missing and gives how many that were."""
    return add_sites(actor=system_actor("demo"), sites=[*_schools(), *_facilities()])


def _schools() -> Iterator[NewSite]:
    for draft, values in generate_schools():
        source = Source.OPENSTREETMAP if draft.real else Source.GENERATED
        yield NewSite(SiteKind.SCHOOL, draft.municipality.code, values, source, synthetic=True)


def _facilities() -> Iterator[NewSite]:
    """Names and places alone, as OpenStreetMap has them: nothing about them is invented."""
    for row in pack_rows("connectivity", "facilities_osm.csv"):
        values: dict[str, str | int | float] = {
            "school_id_govt": f"OSM-{row['osm_node_id']}",
            "latitude": float(row["latitude"]),
            "longitude": float(row["longitude"]),
            "school_data_source": "OpenStreetMap contributors, ODbL 1.0",
            **({"school_name": row["name"]} if row["name"] else {}),
        }
        yield NewSite(
            SiteKind(row["kind"]), row["municipality_id"], values, Source.OPENSTREETMAP, synthetic=False
        )
