"""People of the cast who use the running country through its one address, by its forms, as browsers do.

Whatever gets no answer is done again, as people do; what was answered is remembered as acknowledged.
"""

import http.client
import random
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from html import unescape

_LOST = (urllib.error.URLError, http.client.HTTPException, OSError)
_SHOWN = re.compile(r'name="shown" value="([^"]+)"')
_READ = re.compile(r'name="decision" value="([0-9a-f]{64})"')
_ASKED = re.compile(r'name="request" value="([^"]+)"')
REASONS = "Read against the registers' answers; the income of the household is above the limit."


Form = dict[str, str | list[str]]


class Stopped(Exception):
    """The test is over; what was begun stays where it is."""


@dataclass
class Page:
    status: int
    address: str
    html: str

    @property
    def path(self) -> str:
        return urllib.parse.urlsplit(self.address).path


@dataclass
class Browser:
    base: str
    who: str
    form_page: str = "/usluge/child-allowance/"
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self.opener.addheaders = [("Accept-Language", "en")]

    def open(self, path: str, form: Form | None = None) -> Page:
        """One try. Raises one of _LOST when no page came."""
        data = None if form is None else urllib.parse.urlencode(form, doseq=True).encode()
        try:
            with self.opener.open(self.base + path, data, timeout=40) as response:
                return Page(response.status, response.url, response.read().decode(errors="replace"))
        except urllib.error.HTTPError as error:
            with error:
                return Page(error.code, error.url or "", error.read().decode(errors="replace"))

    def done(self) -> bool:
        """Whether something was acknowledged."""
        return True

    def insist(self, step: Callable[[], Page]) -> Page:
        """Until there is an answer that is not a failure of ours."""
        while True:
            if self.stop.is_set():
                raise Stopped
            try:
                page = step()
            except _LOST:
                time.sleep(0.2)
                continue
            if "/demo-idp/" in page.path or page.status >= 500:
                time.sleep(0.2)
                continue
            return page

    def get(self, path: str) -> Page:
        return self.insist(lambda: self.open(path))

    def post(self, path: str, form: Form | None = None) -> Page:
        return self.insist(lambda: self.open(path, self._with_token(form or {})))

    def _with_token(self, form: Form) -> Form:
        return {**form, "csrfmiddlewaretoken": self.token}

    def sign_in(self) -> None:
        def once() -> Page:
            page = self.open(f"/prijava/?next=/o/pomoc/&login_hint={self.who}")
            if page.path == "/o/pomoc/" and page.status == 200:
                return page
            self.forget()
            raise OSError("not signed in yet")

        self.insist(once)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(self.form_page).html)
        assert found
        self.token = found[1]


@dataclass
class Citizen(Browser):
    """Applies again and again, pressing the last button twice at the same moment."""

    service: str = "child-allowance"
    acknowledged: list[str] = field(default_factory=list)
    answers: dict[tuple[str, str], str] = field(default_factory=dict)

    def done(self) -> bool:
        return bool(self.acknowledged)

    FORMS = {
        "which_child": {"answer": "1"},
        "lives_with_you": {"answer": "all"},
        "lives_since": {"day": "1", "month": "5", "year": "2023"},
        "account": {"answer": "BA390000000000000001"},
        "tell_by": {"answer": "here"},
        "registrar": {"answer": "zenica-registrar"},
        "language": {"answer": "bs"},
    }

    def live(self) -> None:
        try:
            self.sign_in()
            while True:
                self.apply()
        except Stopped:
            return

    def begin(self) -> Page:
        return self.post(f"/usluge/{self.service}/")

    def apply(self) -> None:
        page = self.begin()
        code = page.path.split("/")[2]
        while "/pitanje/" in page.path or page.path.endswith("/podaci"):
            if page.path.endswith("/podaci"):
                page = self.post(page.path)
                continue
            key = page.path.rsplit("/", 1)[1]
            page = self.post(page.path, self.FORMS[key])
            assert page.status == 200, (key, page.status, page.html[:3000])
            self.answers[code, key] = self.FORMS[key].get("answer", "")
        token = re.search(r'name="token" value="([^"]+)"', page.html)
        assert token, (page.status, page.address)
        # They apply for the same child again and again, and say that they mean it.
        sent = {"token": unescape(token[1]), "deliberate": "yes", "shown": _SHOWN.findall(page.html)}
        self._press_twice(code, sent)
        self.see_what_came_late()

    def see_what_came_late(self) -> None:
        for code in self.acknowledged[-3:]:
            late = self.get(f"/zahtjevi/{code}/")
            if shown := _SHOWN.findall(late.html):
                self.post(f"/zahtjevi/{code}/uvid", {"shown": shown})

    def _press_twice(self, code: str, form: Form) -> None:
        with ThreadPoolExecutor(2) as fingers:
            presses = [fingers.submit(self.post, f"/zahtjevi/{code}/pregled", form) for _ in range(2)]
            pages = [press.result() for press in presses]
        for page in pages:
            assert page.path == f"/zahtjevi/{code}/potvrda", (page.status, page.address)
        self.acknowledged.append(code)


@dataclass
class Official(Browser):
    """Decides whatever lies on the desk of the office."""

    decided: list[str] = field(default_factory=list)

    def done(self) -> bool:
        return bool(self.decided)

    def live(self) -> None:
        try:
            self.sign_in()
            while True:
                self._decide_what_lies_there()
                self.stop.wait(0.2)
        except Stopped:
            return

    def _decide_what_lies_there(self) -> None:
        queue = self.get("/predmeti/?pile=office")
        found = re.findall(r'href="/predmeti/([A-Z0-9]{9})/', queue.html)
        # What its applicant has not seen yet must not keep the others from being decided.
        for code in random.sample(found, min(3, len(found))):
            self.post(f"/predmeti/{code}/preuzimanje")
            self.post(
                f"/predmeti/{code}/odluka", {"outcome": "refused", "reasons": REASONS, "then": "preview"}
            )
            page = self.insist(partial(self._sign_in_once_more_and_seal, code))
            if page.status == 200 and page.path == f"/predmeti/{code}/":
                self.decided.append(code)

    def _sign_in_once_more_and_seal(self, code: str) -> Page:
        """From reading the decision to its seal; whatever fails on the way, it is read anew."""
        page = self.open(f"/predmeti/{code}/pregled")
        if not (read := _READ.search(page.html)):
            return page
        decision = self._with_token({"decision": read[1]})
        confirm = self.open(f"/predmeti/{code}/prijava", decision)
        if asked := _ASKED.search(confirm.html):
            self.open("/demo-idp/sign-in", {"request": asked[1], "person": self.who})
        return self.open(f"/predmeti/{code}/pregled", decision)


@dataclass
class Clerk(Citizen):
    """Applies for somebody who stands at the counter, and each time looks up somebody else without a case."""

    customer: str = ""
    name: str = ""
    neighbour: str = ""

    def begin(self) -> Page:
        looked = self.post("/predmeti/upit", {"personal_number": self.neighbour})
        assert looked.status == 403, looked.status
        form = {
            "service": self.service,
            "name": self.name,
            "personal_number": self.customer,
            "identity_document": "identity_card",
        }
        page = self.post("/salter/", form)
        assert self.neighbour not in looked.html
        assert self.customer not in page.html
        return page
