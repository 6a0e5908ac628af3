"""The hand-written script in a real browser: lines light, the feed grows, messages can be held."""

import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from demo.portal.conftest import BRCKO
from mostovi.kernel.languages import VARIANTS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def stream():
    """The frames that live sends next; each time the browser asks it gets them and the stream ends."""
    return []


@pytest.fixture
def open_page(live_server, live, stream, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's loop runs in this thread
    troubles = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def visit(**context):
            page = browser.new_context(locale="en-GB", **context).new_page()
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on(
                "console", lambda said: troubles.append(said.text) if "Security Policy" in said.text else None
            )
            page.route("**/live/events*", lambda route: route.fulfill(
                content_type="text/event-stream", body="retry: 100\n\n" + "".join(stream)
            ))  # fmt: skip
            page.goto(live_server.url)
            return page

        yield visit
        browser.close()
    assert troubles == []


def told(number, name="message"):
    return f"id: {number}\nevent: {name}\ndata: {{}}\n\n"


def test_a_message_that_arrives_lights_its_line_and_joins_the_feed(open_page, live, stream):
    live()
    page = open_page()
    expect(page.locator(".feed > li")).to_have_count(1)
    stream.append(told(live(provider=BRCKO, consumer="tuzla-social-work")))
    expect(page.locator(".now strong")).to_have_text(
        "Registrar of Brčko answered Centre for Social Work Tuzla"
    )
    expect(page.locator(".feed > li")).to_have_count(2)
    expect(page.locator(".feed > li").first.locator("strong")).to_have_text(
        "Registrar of Brčko answered Centre for Social Work Tuzla"
    )
    expect(page.locator("svg .h")).to_have_count(1)
    expect(page.locator("[role=status]")).to_have_text(
        "Registrar of Brčko answered Centre for Social Work Tuzla"
    )


def test_messages_come_one_after_the_other_and_each_once(open_page, live, stream):
    page = open_page()
    stream.extend(told(live(provider=provider)) for provider in (BRCKO, "bijeljina-registrar"))
    expect(page.locator(".now strong")).to_have_text(
        "Registrar of Brčko answered City Administration of Banja Luka"
    )
    expect(page.locator(".now strong")).to_have_text(
        "Registrar of Bijeljina answered City Administration of Banja Luka"
    )
    expect(page.locator(".feed > li")).to_have_count(2)
    expect(page.locator("#quiet")).to_have_count(0)


def test_messages_can_be_held_and_go_on_where_they_are(open_page, live, stream):
    live()
    page = open_page()
    page.get_by_role("button", name="Hold the messages").click()
    expect(page.get_by_role("button", name="Hold the messages")).to_have_attribute("aria-pressed", "true")
    stream.append(told(live(provider=BRCKO)))
    page.wait_for_timeout(1500)
    expect(page.locator(".now strong")).to_have_text(
        "Registrar of Zenica answered City Administration of Banja Luka"
    )
    page.get_by_role("button", name="Hold the messages").click()
    expect(page.locator(".now strong")).to_have_text(
        "Registrar of Brčko answered City Administration of Banja Luka"
    )


def test_open_it_opens_the_message(open_page, live):
    live()
    last = live(provider=BRCKO)
    page = open_page()
    page.locator(".feed details").first.evaluate("details => details.open = false")
    page.get_by_role("link", name="Open it").click()
    expect(page).to_have_url(re.compile(f"#message-{last}$"))
    expect(page.locator(".feed details").first).to_have_attribute("open", "")


def test_nothing_moves_for_who_wants_no_motion(open_page, live):
    live()
    still = (
        open_page(reduced_motion="reduce")
        .locator("svg .h")
        .evaluate("line => getComputedStyle(line).animationName")
    )
    moving = open_page().locator("svg .h").evaluate("line => getComputedStyle(line).animationName")
    assert (still, moving) == ("none", "go")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_is_accessible_and_fits(open_page, live, stand, width, scheme):
    live()
    stand(unplugged={BRCKO})
    page = open_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_without_scripts_the_page_says_the_same_and_offers_no_dead_button(open_page, live):
    live()
    page = open_page(java_script_enabled=False)
    expect(page.locator(".feed > li")).to_have_count(1)
    expect(page.get_by_role("link", name="Show what travelled since")).to_be_visible()
    expect(page.locator("[data-hold]")).to_be_hidden()
    page.get_by_text("Assumptions").click()
    expect(page.get_by_text("replaces one paper")).to_be_visible()


# The box of a text is as high as its font allows; letters fill less of it.
TOUCHING = """() => {
  const seen = selector => [...document.querySelectorAll(selector)]
    .map(each => [each.textContent, each.getBoundingClientRect()]).filter(([, box]) => box.width);
  const arches = seen(".live svg .e");
  return seen(".live svg text").filter(([, name]) => arches.some(([, arch]) => name.left < arch.right
    && arch.left < name.right && name.top + name.height / 5 < arch.bottom
    && arch.top < name.bottom - name.height / 20)).map(([name]) => name);
}"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("variant", VARIANTS)
def test_no_name_on_the_map_touches_an_arch(open_page, live, variant, width):
    live()
    page = open_page(viewport={"width": width, "height": 900})
    page.goto(f"{page.url}?lang={variant}")
    assert page.locator(".live svg .e").count() == 7
    assert page.evaluate(TOUCHING) == []
