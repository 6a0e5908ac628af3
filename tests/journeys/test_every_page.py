"""Every page that can be reached by links, as each person of the cast sees it."""

import gzip
import re
import urllib.request
from collections import Counter, deque
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from journeys import applying
from journeys.conftest import OpenWindow
from journeys.inspecting import shape_of
from journeys.visiting import Visitor

PEOPLE = {
    "nobody": "/usluge/",
    "amra": "/zahtjevi/",
    "milan": "/zahtjevi/",
    "damir": "/predmeti/",
    "sanja": "/salter/",
    "tea": "/skole/uvoz/",
    "zlata": "/revizija/",
}
LARGEST_QUESTION_PAGE = 25_000
_OTHER_LANGUAGE, _FILES = re.compile(r"[?&](lang|ui_locales)="), (".pdf", ".json")
# Pages of one kind differ only by what stands in them; these many of each are read.
_OF_ONE_KIND = 8
_SIGNING = ("/prijava/", "/odjava/")


class Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.resources: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = dict(attributes)
        if tag == "a" and known.get("href") and "download" not in known:
            self.addresses.append(str(known["href"]))
        if tag == "link" and known.get("rel") in {"stylesheet", "icon"}:
            self.resources.append(str(known["href"]))
        if tag in {"script", "img", "source"} and known.get("src"):
            self.resources.append(str(known["src"]))


def walk(person: Visitor, start: str) -> set[str]:
    """Open every page that links lead to, in the person's own session; give the kinds of pages seen."""
    waiting, known = deque([("/", ""), (start, "")]), {"/", start}
    kinds: Counter[str] = Counter()
    while waiting:
        path, found_on = waiting.popleft()
        answer = person.context.request.get(person.country.base_url + path)
        # What is told to everybody may name a page that is not for an office.
        allowed = {200, 403} if found_on.startswith("/o/") else {200}
        assert answer.status in allowed, f"{path}, linked on {found_on}, answers {answer.status}"
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        html = answer.text()
        kinds[shape_of(answer.url)] += 1
        person.inspector.inspect(answer.url, html, person.variant, thorough=person.variant == "bs")
        for link in Links(html).addresses:
            next_path = path_of(person, answer.url, link)
            if next_path and next_path not in known and kinds[shape_of(next_path)] < _OF_ONE_KIND:
                known.add(next_path)
                waiting.append((next_path, path))
    return set(kinds)


def path_of(person: Visitor, page: str, link: str) -> str:
    """The path of a page of ours that a link leads to, or nothing."""
    parts = urlsplit(urljoin(page, link))
    ours = f"{parts.scheme}://{parts.netloc}" == person.country.base_url
    other = _OTHER_LANGUAGE.search(f"?{parts.query}") or parts.path.endswith(_FILES)
    if not ours or other or parts.path.startswith(_SIGNING):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_is_accessible_fits_a_phone_and_speaks_one_language(window: OpenWindow, who: str) -> None:
    person = window()
    if who != "nobody":
        person.sign_in(who, PEOPLE[who])
    if who in {"amra", "milan"}:
        leave_an_application_open(person, who)
    kinds = walk(person, PEOPLE[who])
    assert len(kinds) >= 10, kinds
    assert kinds >= {"/", "/provjera", "/stanje/", "/o/pomoc/", "/usluge/child-allowance/", PEOPLE[who]}


def leave_an_application_open(person: Visitor, who: str) -> None:
    """So that the pages of a draft are among those that links lead to."""
    person.go(applying.CHILD_ALLOWANCE if who == "amra" else applying.BIRTH_EXTRACT)
    applying.begin(person)
    person.go(person.path + "?pazi=1")


def test_the_pages_of_signing_in_and_out_are_no_worse(window: OpenWindow) -> None:
    person = window()
    person.go("/prijava/")
    assert "/demo-idp/" in person.path
    person.submit("main form[action='cancel'] button")
    assert person.path == "/prijava/odustajanje"
    person.go("/prijava/?reauthentication=nothing&login_hint=milan")
    person.submit("main form[action='sign-in'] button.btn")
    person.go("/odjava/")
    person.follow("Sign in")
    person.sign_in("milan", "/odjava/")
    person.submit("main form button.btn")
    person.go("/no-such-page/")
    assert person.status == 404


def test_what_is_looked_for_and_what_is_not_found_read_as_well(window: OpenWindow) -> None:
    person = window()
    for address in ("/usluge/?q=Tuzla", "/usluge/?q=xyz", "/mjesto?place=Tuzla", "/mjesto?place=xyz"):
        person.go(address)
        assert person.status == 200, address
    person.go("/pracenje?code=K4T")
    assert person.status == 422
    person.go("/prijava/povratak?state=nobody")
    assert person.status == 403
    person.go("/prevelika-datoteka")
    assert person.status == 413


def test_a_question_page_weighs_at_most_25_kilobytes(window: OpenWindow) -> None:
    person = window()
    asked_for: list[str] = []
    person.page.on("request", lambda request: asked_for.append(request.url))
    person.sign_in("milan", applying.BIRTH_EXTRACT)
    applying.begin(person)
    person.go(f"/zahtjevi/{applying.code_of(person)}/pitanje/registrar")
    assert person.status == 200
    asked_for.clear()
    person.page.reload()
    loaded = {urlsplit(address).path for address in asked_for}

    html = person.context.request.get(person.page.url).text()
    resources = Links(html).resources
    assert loaded <= {person.path, *resources}, "the browser fetches nothing else"
    weights = {person.path: len(gzip.compress(html.encode(), 6))}
    weights |= {path: transferred(person.country.base_url + path) for path in resources}
    assert sum(weights.values()) <= LARGEST_QUESTION_PAGE, weights
    assert len(weights) == 3


def transferred(address: str) -> int:
    """Bytes of the body as it travels to a browser that understands gzip."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return len(answer.read())
