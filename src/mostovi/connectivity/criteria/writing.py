"""Criteria as YAML for people and JSON for programs; both are read back as the same criteria."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from enum import StrEnum
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from mostovi.connectivity.criteria.values import Criteria


def write_yaml(criteria: Criteria) -> str:
    """The document as a person edits it."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.allow_unicode = True
    yaml.width = 100
    written = StringIO()
    yaml.dump(as_mapping(criteria), written)
    return written.getvalue()


def write_json(criteria: Criteria) -> str:
    """The document as a program exchanges it."""
    return json.dumps(as_mapping(criteria), ensure_ascii=False, indent=1)


def as_mapping(criteria: Criteria) -> dict[str, Any]:
    """Nothing but texts, numbers and mappings, without what a scale does not use."""
    return {key: _plain(value) for key, value in asdict(criteria).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value
