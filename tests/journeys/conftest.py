"""One country and one browser for all journeys; every person gets a window of their own."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from journeys import opened
from journeys.country import Country
from journeys.inspecting import Inspector
from journeys.reading import VARIANTS
from journeys.visiting import Visitor
from requirements_check import require_program

CHROMIUM_OPTIONS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
# Bosnian in every run, the others when everything is tested; pictures are taken of English pages.
PLAYED = (
    [pytest.param("en")]
    if os.environ.get("MOSTOVI_SCREENSHOTS")
    else [pytest.param(each, marks=[] if each == "bs" else [pytest.mark.slow]) for each in VARIANTS]
)
# Stories beside the main one are played in both scripts, the main one in all five variants: so that all tests
# together stay under half an hour. What their pages say is rendered in all five by the tests of each module.
SIDE_STORIES = {
    "test_a_register_holds_nothing.py",
    "test_a_register_returns_late.py",
    "test_damir_asks_a_register_again.py",
    "test_damir_asks_amra.py",
    "test_damir_takes_a_decision_back.py",
    "test_tea_brings_a_list.py",
}
LEFT_OUT_OF_SIDE_STORIES = {"hr", "sr-Latn"} | (set() if os.environ.get("MOSTOVI_SCREENSHOTS") else {"en"})
OpenWindow = Callable[..., Visitor]


def _is_left_out(item: pytest.Item) -> bool:
    played = getattr(item, "callspec", None)
    variant = played.params.get("variant") if played else None
    return item.path.name in SIDE_STORIES and variant in LEFT_OUT_OF_SIDE_STORIES


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if _is_left_out(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.timeout(420))


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    running = Country(tmp_path_factory.mktemp("demonstration") / "country")
    try:
        running.wait_until_open()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=require_program("chromium"), args=CHROMIUM_OPTIONS
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def inspector(browser: Browser) -> Iterator[Inspector]:
    watching = Inspector(browser)
    yield watching
    watching.close()
    opened.note(watching.played, watching.paths)


@pytest.fixture(params=PLAYED)
def variant(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def window(
    request: pytest.FixtureRequest, browser: Browser, country: Country, variant: str, inspector: Inspector
) -> Iterator[OpenWindow]:
    """Opens a window for one person. What was wrong on the pages they saw fails the journey at its end."""
    inspector.played.add(request.path.name)
    with contextlib.ExitStack() as closing:

        def open_window(*, scripts: bool = True, **options: Any) -> Visitor:
            context = browser.new_context(
                java_script_enabled=scripts,
                viewport=options.pop("viewport", {"width": 1280, "height": 900}),
                locale="en-GB",
                accept_downloads=True,
                **options,
            )
            closing.callback(context.close)
            context.set_default_timeout(30_000)
            return Visitor(context, country, variant, inspector)

        yield open_window
    faults = inspector.take_faults()
    assert faults == [], "\n".join(["on the pages of this journey:", *faults])
