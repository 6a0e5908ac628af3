"""Every page that anybody reaches: right language, no violation of accessibility, no wider than a phone."""

import json
import re
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import Browser, Page, Route

from journeys.reading import faults_of_language

PHONE, DESK = 360, 1280
_AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
_CHANGING = (
    (re.compile(r"(?<=/)[AEJKMT2-9]{9}(?=[/.?]|$)"), "CODE"),
    (re.compile(r"(?<=/)(moji-podaci|revizija)/[a-z-]+(?=/)"), r"\1/MEMBER"),
    (re.compile(r"(?<=/)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=/|$)"), "KEY"),
    (re.compile(r"(?<=/)\d+(?=/|$)"), "NUMBER"),
)
_TELLING = ("class", "type", "role", "aria-invalid", "aria-current", "open", "disabled")


def shape_of(address: str) -> str:
    """The path without what differs from case to case: the same page of the program."""
    path = urlsplit(address).path
    for pattern, name in _CHANGING:
        path = pattern.sub(name, path)
    return path


class Skeleton(HTMLParser):
    """The kinds of elements a page is made of, without its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = [f"{name}={value}" for name, value in attributes if name in _TELLING]
        self.elements.add(" ".join([tag, *told]))


class Inspector:
    """Remembers what it has seen: a page made of nothing new is only read, not measured again."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.faults: list[str] = []
        self.played: set[str] = set()
        self.paths: set[str] = set()
        self.pages_read = 0
        self.pages_measured = 0
        self._seen: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._page: Page | None = None
        self._html = ""

    def inspect(self, address: str, html: str, variant: str, *, thorough: bool) -> None:
        """Read the page in its language; look at it in a browser if it shows anything not seen before.

        ``thorough``: at both widths, light and dark; otherwise on a phone alone, where words break first.
        """
        self.paths.add(urlsplit(address).path)
        self.pages_read += 1
        where = f"{shape_of(address)} in {variant}"
        self.faults += [f"{where}: {fault}" for fault in faults_of_language(html, variant)]
        shown = Skeleton(html).elements
        seen = self._seen[shape_of(address), variant]
        if not shown <= seen:
            seen |= shown
            self.pages_measured += 1
            self._measure(address, html, where, thorough=thorough)

    def take_faults(self) -> list[str]:
        found, self.faults = sorted(set(self.faults)), []
        return found

    def close(self) -> None:
        if self._page is not None:
            self._page.context.close()

    def _measure(self, address: str, html: str, where: str, *, thorough: bool) -> None:
        page = self._show(address, html)
        looks = [(width, scheme) for width in (PHONE, DESK) for scheme in ("light", "dark")]
        for number, (width, scheme) in enumerate(looks if thorough else looks[:1]):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
            if width == PHONE and (wide := page.evaluate("document.documentElement.scrollWidth")) > PHONE:
                self.faults.append(f"{where}: {wide} px wide on a phone of {PHONE} px")
            # Colours differ between light and dark, everything else only with the width.
            rules = ["color-contrast"] if number and looks[number - 1][0] == width else None
            self.faults += [
                f"{where}, {width} px, {scheme}: {fault}" for fault in self._violations(page, rules)
            ]

    def _show(self, address: str, html: str) -> Page:
        """The very same page in a browser of our own: also what came of a form or needs no script."""
        self._html = html
        if self._page is None:
            self._page = self.browser.new_context(locale="en-GB").new_page()
            self._page.route("**/*", self._answer)
        self._page.goto(address.partition("#")[0], wait_until="load")
        self._page.evaluate(_AXE)
        return self._page

    def _answer(self, route: Route) -> None:
        if route.request.is_navigation_request():
            route.fulfill(body=self._html, content_type="text/html; charset=utf-8")
        elif "/live/" in route.request.url or route.request.url.endswith(".js"):
            route.abort()
        else:
            route.continue_()

    @staticmethod
    def _violations(page: Page, rules: list[str] | None) -> list[str]:
        options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
        found = page.evaluate(f"axe.run(document, {json.dumps(options)}).then(told => told.violations)")
        return [
            f"{violation['id']} ({violation['help']}): {node['html'][:200]} {_measured(node)}"
            for violation in found
            for node in violation["nodes"]
        ]


def _measured(node: dict[str, object]) -> str:
    return " ".join(str(node.get("failureSummary", "")).split())[:200]
