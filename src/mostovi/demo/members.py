"""The members of the demonstration, as the country pack describes them. Read without Django."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Member:
    """An institution; ``names`` holds a text per language (bs, hr, sr, en), ``unit`` its territorial unit."""

    code: str
    unit: str
    names: Mapping[str, str]
    prefix: str
    registers: tuple[str, ...]
    subsystems: tuple[str, ...]


@cache
def list_members() -> tuple[Member, ...]:
    """Who is on the bridge, alphabetically by code."""
    path = resources.files("mostovi") / "packs" / "bih" / "institutions.yaml"
    rows = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return tuple(
        Member(
            code=row["code"],
            unit=row["unit"],
            names=row["names"],
            prefix=row["prefix"],
            registers=tuple(row["registers"]),
            subsystems=tuple(row["subsystems"]),
        )
        for row in rows
        if row["subsystems"]
    )


def find_member(code: str) -> Member:
    return next(member for member in list_members() if member.code == code)
