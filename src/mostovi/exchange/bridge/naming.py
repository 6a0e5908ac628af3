"""What registers answer and what institutions seal, in the words of the country pack."""

from collections.abc import Mapping
from functools import lru_cache

from ruamel.yaml import YAML

from mostovi.kernel.pack import pack_directory

Texts = Mapping[str, str]


@lru_cache(maxsize=2)
def _names(file: str) -> Mapping[str, Texts]:
    names: Mapping[str, Texts] = YAML(typ="safe").load(pack_directory() / file)
    return names


def find_service_name(service: str) -> Texts | None:
    """What a register's service tells about a person, as said to that person, per language."""
    return _names("exchange_services.yaml").get(service)


def find_document_kind_name(kind: str) -> Texts | None:
    return _names("document_kinds.yaml").get(kind)
