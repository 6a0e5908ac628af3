"""Giga's school master, field by field, in its order.

Names and kinds after ``SchoolMasterData`` of Giga Maps (unicef/giga-maps-backend,
proco/data_sources/models.py, June 2025), without what Giga keeps for itself. Speeds are Mbit/s, distances
kilometres, coordinates WGS 84 degrees.
"""

from mostovi.connectivity.school_master.values import Field, Kind


def _field(name: str, kind: Kind = Kind.TEXT, also: str = "", longest: int = 255) -> Field:
    return Field(name, kind, frozenset(word.strip() for word in also.split(",") if word), longest)


FIELDS = (
    _field("school_id_giga", Kind.GIGA_ID, "giga id school, giga id"),
    _field(
        "school_id_govt",
        also="id skole, sifra skole, sifra, sifra ustanove, maticni broj skole, evidencijski broj, "
        "kod skole, school id, id",
    ),
    _field(
        "school_name",
        also="naziv skole, ime skole, naziv, naziv ustanove, skola, ustanova, ime, school, name, "
        "naziv objekta",
        longest=1000,
    ),
    _field("admin1", also="kanton, zupanija, entitet, kanton zupanija, regija, canton, region"),
    _field("admin1_id_giga"),
    _field("admin2", also="opcina, opstina, opcina grad, opstina grad, grad, grad opcina, municipality"),
    _field("admin2_id_giga"),
    _field(
        "latitude",
        Kind.DEGREES,
        "lat, geografska sirina, geo sirina, sirina, g sirina, y, koordinata y, sjeverna sirina",
    ),
    _field(
        "longitude",
        Kind.DEGREES,
        "lon, long, lng, geografska duzina, geo duzina, duzina, g duzina, x, koordinata x, istocna duzina",
    ),
    _field(
        "education_level", also="nivo obrazovanja, razina obrazovanja, vrsta skole, tip skole, stepen, nivo"
    ),
    _field("education_level_govt"),
    _field("school_area_type", also="podrucje, urbano ruralno, vrsta podrucja, sredina"),
    _field("school_funding_type", also="vlasnistvo, osnivac, javna privatna, vrsta vlasnistva"),
    _field("school_establishment_year", Kind.YEAR, "godina osnivanja, osnovana"),
    _field(
        "download_speed_contracted",
        Kind.NUMBER,
        "ugovorena brzina, ugovorena brzina preuzimanja, brzina interneta, brzina mbit s, brzina mbps, "
        "brzina",
    ),
    _field("num_computers_desired", Kind.COUNT),
    _field("electricity_type", also="vrsta napajanja"),
    _field("num_adm_personnel", Kind.COUNT, "administrativno osoblje, broj administrativnog osoblja"),
    _field("num_students", Kind.COUNT, "broj ucenika, ucenika, ucenici, ukupno ucenika, broj djece, pupils"),
    _field("num_teachers", Kind.COUNT, "broj nastavnika, nastavnika, nastavnici, broj nastavnog osoblja"),
    _field("num_classrooms", Kind.COUNT, "broj ucionica, ucionica, ucionice, broj odjeljenja"),
    _field("num_latrines", Kind.COUNT),
    _field("water_availability", also="voda, vodovod, tekuca voda"),
    _field("electricity_availability", also="struja, elektricna energija, napajanje"),
    _field("computer_lab", also="informaticka ucionica, kabinet informatike, informaticki kabinet"),
    _field("num_computers", Kind.COUNT, "broj racunara, broj racunala, racunara, racunala, racunari"),
    _field(
        "connectivity_govt", Kind.YES_NO, "internet, ima internet, pristup internetu, internetska veza, veza"
    ),
    _field(
        "connectivity_type_govt",
        also="vrsta veze, tip veze, vrsta internetske veze, tehnologija, vrsta prikljucka, tip prikljucka",
    ),
    _field("cellular_coverage_availability"),
    _field("cellular_coverage_type", also="mobilna mreza, pokrivenost mobilnom mrezom, mobilni signal"),
    _field(
        "fiber_node_distance",
        Kind.NUMBER,
        "udaljenost od optike, udaljenost optike, udaljenost optickog cvora",
    ),
    _field("microwave_node_distance", Kind.NUMBER),
    _field("schools_within_1km", Kind.COUNT),
    _field("schools_within_2km", Kind.COUNT),
    _field("schools_within_3km", Kind.COUNT),
    _field("nearest_LTE_distance", Kind.NUMBER),
    _field("nearest_UMTS_distance", Kind.NUMBER),
    _field("nearest_GSM_distance", Kind.NUMBER),
    _field("nearest_NR_distance", Kind.NUMBER),
    _field("pop_within_1km", Kind.COUNT),
    _field("pop_within_2km", Kind.COUNT),
    _field("pop_within_3km", Kind.COUNT),
    _field("school_data_source", also="izvor, izvor podataka"),
    _field("school_data_collection_year", Kind.YEAR, "godina, godina prikupljanja"),
    _field("school_data_collection_modality"),
    _field("school_location_ingestion_timestamp"),
    _field("connectivity_govt_ingestion_timestamp"),
    _field("connectivity_govt_collection_year", Kind.YEAR),
    _field("disputed_region"),
    _field("connectivity_RT"),
    _field("connectivity_RT_datasource"),
    _field("connectivity_RT_ingestion_timestamp"),
    _field("download_speed_benchmark", Kind.NUMBER),
    _field("computer_availability"),
    _field("num_students_girls", Kind.COUNT, "ucenica, broj ucenica, djevojcice, broj djevojcica"),
    _field("num_students_boys", Kind.COUNT, "djecaci, broj djecaka"),
    _field("num_students_other", Kind.COUNT),
    _field("num_teachers_female", Kind.COUNT),
    _field("num_teachers_male", Kind.COUNT),
    _field("teachers_trained"),
    _field("sustainable_business_model"),
    _field("device_availability"),
    _field("num_tablets", Kind.COUNT, "broj tableta, tableti"),
    _field("num_robotic_equipment", Kind.COUNT),
    _field("building_id_govt", also="sifra zgrade, id zgrade"),
    _field("num_schools_per_building", Kind.COUNT),
)

# Giga knows no branch schools. The identifier of the central school may stand beside Giga's fields.
PARENT = _field(
    "parent_school_id_govt",
    also="maticna skola, sifra maticne skole, centralna skola, id maticne skole, podrucna skola od",
)
_BY_NAME = {each.name: each for each in (*FIELDS, PARENT)}


def field_named(name: str) -> Field | None:
    """The field of this name, or nothing."""
    return _BY_NAME.get(name)
