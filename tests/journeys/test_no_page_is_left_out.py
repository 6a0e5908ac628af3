"""When all journeys have been played: every page of the portal was opened by somebody, and looked at."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from journeys import opened

ADDRESSES = "mostovi.demo.urls"
FILES = {"front:icon", "front:receipt", "front:keep_note", "services:document", "desk:evidence"}
FILES |= {"demo_portal:paper_file", "demo_portal:ticket", "demo_portal:bridge"}
FILES |= {"connectivity:school_master", "connectivity:findings"}
# What a button does, and then leads on to a page.
ACTS = {"demo_portal:alter", "demo_portal:unplug", "demo_portal:plug_in", "demo_portal:be_nosy"}
ACTS |= {"services:again", "services:restore", "services:resume", "desk:take", "desk:give_back"}
ACTS |= {
    "services:see",
    "desk:ask_anew",
    "desk:sign_in_once_more",
    "desk:sign_in_to_take_back",
    "front:sign_in",
    "connectivity:undo",
}


def names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{space}:{entry.name}"
        else:
            yield from names(entry, entry.namespace or space)


def name_of(path: str) -> str:
    try:
        return resolve(path, ADDRESSES).view_name
    except Resolver404:
        return ""


@pytest.mark.afterwards
def test_every_page_of_the_portal_was_opened_by_somebody() -> None:
    if opened.FOLDER not in os.environ:
        pytest.skip("`make test` plays the journeys first.")
    played, paths = opened.read()
    mine = Path(__file__)
    assert {path.name for path in mine.parent.glob("test_*.py")} - played == {mine.name}
    pages = set(names(get_resolver(ADDRESSES))) - FILES - ACTS
    assert pages - {name_of(path) for path in paths} == set()
