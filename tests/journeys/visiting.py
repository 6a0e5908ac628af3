"""A person at a browser: opens pages, follows links, presses buttons, reads in the language they chose."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.utils import translation
from django.utils.translation import gettext, pgettext
from PIL import Image
from playwright.sync_api import BrowserContext, Download, Locator, Page, Response, expect

from journeys.country import Country
from journeys.inspecting import Inspector
from journeys.reading import Reading

_LARGEST_PICTURE = 150_000
_TALLEST = 1500


class Visitor:
    def __init__(self, context: BrowserContext, country: Country, variant: str, inspector: Inspector) -> None:
        self.context = context
        self.country = country
        self.variant = variant
        self.inspector = inspector
        self.page: Page = context.new_page()
        self.last: Response | None = None
        self.page.on("response", self._remember)
        self.go(f"/o/pomoc/?lang={variant}")

    def _remember(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.request.frame == self.page.main_frame:
            self.last = response

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def status(self) -> int:
        assert self.last is not None
        return self.last.status

    @property
    def reading(self) -> str:
        return Reading(self.page.content()).text

    def say(self, sentence: str, context: str | None = None, **gaps: Any) -> str:
        """A sentence of the product in this person's language."""
        with translation.override(self.variant):
            said = pgettext(context, sentence) if context else gettext(sentence)
        return " ".join(re.sub(r"<[^>]+>", "", said % gaps if gaps else said).split())

    def go(self, address: str) -> None:
        self.page.goto(self.country.base_url + address)
        self.arrive()

    def sign_in(self, key: str, then: str) -> None:
        """As the cards of the first page do."""
        self.go(f"/prijava/?{urlencode({'login_hint': key, 'next': then})}")

    def follow(self, link: str, **gaps: Any) -> None:
        self.page.get_by_role("link", name=self.say(link, **gaps)).first.click()
        self.arrive()

    def press(self, button: str, **gaps: Any) -> None:
        self.page.get_by_role("button", name=self.say(button, **gaps)).first.click()
        self.arrive()

    def submit(self, selector: str) -> None:
        """A button without words of its own in the catalogues."""
        self.page.locator(selector).first.click()
        self.arrive()

    def arrive(self) -> None:
        """Whatever page somebody reaches is read and looked at."""
        self.page.wait_for_load_state("load")
        html = self.page.content()
        self.inspector.inspect(self.page.url, html, self.variant, thorough=self.variant == "bs")

    def find(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def reads(self, sentence: str, context: str | None = None, **gaps: Any) -> bool:
        return self.say(sentence, context, **gaps) in self.reading

    def sees(self, selector: str, number: int = 1) -> None:
        expect(self.page.locator(selector)).to_have_count(number)

    def download(self, selector: str, folder: Path) -> Path:
        with self.page.expect_download() as waiting:
            self.page.locator(selector).first.click()
        taken: Download = waiting.value
        file = folder / taken.suggested_filename
        taken.save_as(file)
        return file

    def picture(self, name: str) -> None:
        """One picture for the tutorial, when MOSTOVI_SCREENSHOTS names a folder for them."""
        folder = os.environ.get("MOSTOVI_SCREENSHOTS")
        if not folder:
            return
        with Image.open(io.BytesIO(self.page.screenshot(full_page=True, animations="disabled"))) as shot:
            part = shot.convert("RGB").crop((0, 0, shot.width, min(shot.height, _TALLEST)))
        small = part.quantize(256, dither=Image.Dither.NONE)
        target = Path(folder) / f"{name}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        small.save(target, optimize=True)
        assert target.stat().st_size <= _LARGEST_PICTURE, f"{target} is too large"
