"""The bridge as it stands now: who answers, which contracts there are, and the map of it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from django.core.cache import cache
from django.utils.translation import gettext as _
from ruamel.yaml import YAML

from mostovi.demo.portal.bridge_map.drawing import BridgeMap, Standing, draw_bridge_map, load_country
from mostovi.demo.portal.queries.supervisor import list_unplugged
from mostovi.demo.portal.values import Plugs, Told
from mostovi.exchange import public as exchange
from mostovi.kernel.errors import Refusal
from mostovi.kernel.institutions import Institution, list_on_the_bridge
from mostovi.kernel.languages import current_variant, text_in
from mostovi.kernel.pack import pack_directory

_BOUNDARIES = "territory/boundaries/gb_adm2_simplified.geojson"
_FRESH_SECONDS = 2
_KEY = "demo_portal.plugs"


def find_plugs() -> Plugs:
    """Asked at most every two seconds, however many people watch."""
    kept: Plugs | None = cache.get(_KEY)
    if kept is None:
        kept = _ask_all()
        cache.set(_KEY, kept, _FRESH_SECONDS)
    return kept


def forget_plugs() -> None:
    cache.delete(_KEY)


def _ask_all() -> Plugs:
    codes = [institution.code for institution in list_on_the_bridge()]
    with ThreadPoolExecutor(len(codes)) as pool:
        answering = [code for code, replied in zip(codes, pool.map(answers, codes), strict=True) if replied]
    return Plugs(frozenset(answering), frozenset(list_unplugged()))


def answers(institution: str) -> bool:
    try:
        return exchange.gateway_status(institution=institution).answering
    except Refusal:
        return False


def draw_live_bridge(plugs: Plugs, lit: Told | None) -> BridgeMap:
    """The map with the line of ``lit`` alight, from who answered to who asked."""
    crossed = (lit.provider, lit.consumer) if lit and lit.crossed_the_bridge else None
    country = load_country(pack_directory() / _BOUNDARIES)
    standing = [_standing(institution, plugs) for institution in list_on_the_bridge()]
    return draw_bridge_map(country, standing, list_contract_pairs(), crossed)


def _standing(institution: Institution, plugs: Plugs) -> Standing:
    variant = current_variant()
    return Standing(
        code=institution.code,
        longitude=institution.longitude,
        latitude=institution.latitude,
        place=institution.place_in(variant),
        kind=_("unplugged") if institution.code in plugs.unplugged else text_in(institution.kind, variant),
        answers=institution.code in plugs.answering,
    )


@lru_cache(maxsize=1)
def list_contract_pairs() -> tuple[tuple[str, str], ...]:
    """Who may ask whom about a person, as drawn: what every pair agreed on would only hide the rest."""
    return tuple(sorted(set(_pairs())))


def _pairs() -> Iterator[tuple[str, str]]:
    for row in YAML(typ="safe").load(pack_directory() / "contracts.yaml"):
        if not row.get("every_pair") and row["consumer"] != row["provider"]:
            yield row["consumer"], row["provider"]
