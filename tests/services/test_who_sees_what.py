"""Who may open which page: every address of the portal and everybody of the cast, written down as a table.

Behind each address stands a real case of Amra's; Damir is of the office that decides it, Luka of another one.
``open``: the page answers; ``sign in``: sent to sign in; ``no``: refused in words (403); ``none``: for this
person it does not exist (404); ``*``: allowed, and not tried because it would change the case.
"""

import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from front.bridge import MEMBERS
from front.bridge import Bridge as FrontBridge
from mostovi.exchange import public as exchange
from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from mostovi.kernel.models import AuditLine, Message
from mostovi.services.actions.desk import take_case
from mostovi.services.actions.sealing import seal_decision
from mostovi.services.models import Document, HistoryEntry
from mostovi.services.values import Outcome
from services.cast import AMRA_NUMBER, MILAN_NUMBER, Bridge, an_official
from services.story import a_draft, a_sent_case, decide
from services.test_citizen_pages import browser

pytestmark = [pytest.mark.django_db]
CAST = ("anonymous", "amra", "milan", "damir", "sanja", "zlata", "luka")
TABLE = """
                                                              anonymous amra  milan damir sanja zlata luka
GET  usluge/<slug:service>/                                   open      open  open  open  open  open  open
GET  zahtjevi/                                                sign-in   open  open  no    no    no    no
GET  zahtjevi/<case_code:code>/                               sign-in   open  none  open  none  none  none
GET  zahtjevi/<case_code:code>/podaci                         sign-in   open  none  none  none  none  none
POST zahtjevi/<case_code:code>/podaci                         sign-in   *     none  none  none  none  none
GET  zahtjevi/<case_code:code>/podaci/<slug:key>/primjedba    sign-in   open  none  no    none  none  none
POST zahtjevi/<case_code:code>/podaci/<slug:key>/primjedba    sign-in   *     none  no    none  none  none
GET  zahtjevi/<case_code:code>/pitanje/<slug:key>             sign-in   open  none  none  none  none  none
POST zahtjevi/<case_code:code>/pitanje/<slug:key>             sign-in   *     none  none  none  none  none
GET  zahtjevi/<case_code:code>/zastoj                         sign-in   open  none  no    none  none  none
GET  zahtjevi/<case_code:code>/nastavak                       sign-in   open  none  none  none  none  none
GET  zahtjevi/<case_code:code>/pregled                        sign-in   open  none  none  none  none  none
POST zahtjevi/<case_code:code>/pregled                        sign-in   *     none  none  none  none  none
GET  zahtjevi/<case_code:code>/potvrda                        sign-in   open  none  open  none  none  none
GET  zahtjevi/<case_code:code>/odustajanje                    sign-in   open  none  no    no    no    no
POST zahtjevi/<case_code:code>/odustajanje                    sign-in   *     none  no    no    no    no
POST zahtjevi/<case_code:code>/obnova                         sign-in   *     none  no    no    no    no
POST zahtjevi/<case_code:code>/ponovo                         sign-in   *     none  no    none  none  none
GET  zahtjevi/<case_code:code>/odgovor                        sign-in   open  none  no    no    no    no
POST zahtjevi/<case_code:code>/odgovor                        sign-in   *     none  no    no    no    no
POST zahtjevi/<case_code:code>/uvid                           sign-in   *     none  no    no    no    no
GET  zahtjevi/<case_code:code>/dokumenti/<case_code:document>.pdf  sign-in open none open none none none
GET  salter/                                                  sign-in   no    no    no    open  no    no
POST salter/                                                  sign-in   no    no    no    *     no    no
GET  predmeti/                                                sign-in   no    no    open  no    no    open
GET  predmeti/upit                                            sign-in   no    no    open  open  no    open
POST predmeti/upit                                            sign-in   no    no    *     *     no    *
GET  predmeti/<str:code>/                                     sign-in   no    no    open  no    no    none
POST predmeti/<str:code>/preuzimanje                          sign-in   no    no    *     no    no    none
POST predmeti/<str:code>/predaja                              sign-in   no    no    *     no    no    none
POST predmeti/<str:code>/odluka                               sign-in   no    no    *     no    no    none
GET  predmeti/<str:code>/povlacenje                           sign-in   no    no    open  no    no    none
POST predmeti/<str:code>/povlacenje                           sign-in   no    no    *     no    no    none
POST predmeti/<str:code>/povlacenje/prijava                   sign-in   no    no    *     no    no    none
GET  predmeti/<str:code>/pregled                              sign-in   no    no    open  no    no    none
POST predmeti/<str:code>/pregled                              sign-in   no    no    *     no    no    none
POST predmeti/<str:code>/prijava                              sign-in   no    no    *     no    no    none
POST predmeti/<str:code>/ponovni-upit/<str:fact>              sign-in   no    no    *     no    no    none
GET  predmeti/<str:code>/dokaz/<str:fact>                     sign-in   no    no    open  no    no    none
GET  /                                                        open      open  open  open  open  open  open
GET  mjesto                                                   open      open  open  open  open  open  open
GET  pracenje                                                 open      open  open  open  open  open  open
GET  prijava/                                                 open      open  open  open  open  open  open
GET  prijava/povratak                                         no        no    no    no    no    no    no
GET  prijava/odustajanje                                      open      open  open  open  open  open  open
GET  odjava/                                                  open      open  open  open  open  open  open
GET  moji-podaci/                                             sign-in   open  open  no    no    no    no
POST moji-podaci/                                             sign-in   *     *     no    no    no    no
GET  moji-podaci/<slug:institution>/<int:number>/potvrda.json sign-in   open  open  no    no    no    no
GET  moji-podaci/<slug:institution>/<int:number>/pitanje      sign-in   open  open  no    no    no    no
POST moji-podaci/<slug:institution>/<int:number>/pitanje      sign-in   *     *     no    no    no    no
GET  provjera                                                 open      open  open  open  open  open  open
POST provjera/dokument                                        open      open  open  open  open  open  open
POST provjera/potvrda                                         open      open  open  open  open  open  open
GET  provjera/<str:typed>                                     open      open  open  open  open  open  open
GET  prevelika-datoteka                                       *         *     *     *     *     *     *
GET  favicon.ico                                              open      open  open  open  open  open  open
GET  stanje/                                                  open      open  open  open  open  open  open
GET  revizija/                                                sign-in   no    no    no    no    open  no
GET  revizija/<slug:institution>/                             sign-in   no    no    no    no    open  no
GET  o/pomoc/                                                 open      open  open  open  open  open  open
GET  o/pristupacnost/                                         open      open  open  open  open  open  open
GET  o/privatnost/                                            open      open  open  open  open  open  open
GET  skole/izvoz.csv                                          open      open  open  open  open  open  open
GET  skole/uvoz/                                              sign-in   no    no    no    no    no    no
POST skole/uvoz/                                              sign-in   no    no    no    no    no    no
GET  skole/uvoz/<uuid:key>/                                   sign-in   no    no    no    no    no    no
GET  skole/uvoz/<uuid:key>/polja                              sign-in   no    no    no    no    no    no
POST skole/uvoz/<uuid:key>/polja                              sign-in   no    no    no    no    no    no
GET  skole/uvoz/<uuid:key>/pregled                            sign-in   no    no    no    no    no    no
POST skole/uvoz/<uuid:key>/pregled                            sign-in   no    no    no    no    no    no
GET  skole/uvoz/<uuid:key>/nalazi.csv                         sign-in   no    no    no    no    no    no
POST skole/uvoz/<uuid:key>/povlacenje                         sign-in   no    no    no    no    no    no
GET  o/izvori/                                                open      open  open  open  open  open  open
"""


def rows() -> list[tuple[str, str, list[str]]]:
    lines = [line.split() for line in TABLE.strip().splitlines()[1:]]
    return [(method, route.removeprefix("/"), who) for method, route, *who in lines]


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver("mostovi.config.urls")).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        else:
            assert isinstance(entry, URLPattern)
            yield route


@pytest.fixture
def everything(
    amra: Actor, damir: Actor, bridge: Bridge, monkeypatch: pytest.MonkeyPatch, settings: object
) -> dict[str, str]:
    """A draft and a decided case of Amra's, with its sealed document; all gateways answer."""
    settings.GATEWAYS = {member: {} for member in MEMBERS}  # type: ignore[attr-defined]
    settings.HOME_INSTITUTION = "tuzla-social-work"  # type: ignore[attr-defined]
    front = FrontBridge()
    for name in (
        *("find_usages", "fetch_receipt", "document_status", "check_statement"),
        *("gateway_status", "list_log_entries", "check_log_consistency"),
    ):
        monkeypatch.setattr(exchange, name, getattr(front, name))
    monkeypatch.setattr(exchange, "fetch_own_receipt", lambda **_: {"format": "mostovi-receipt/1"})
    sent = a_sent_case(amra)
    take_case(actor=damir, code=sent)
    decide(damir, sent, Outcome.APPROVED, "Amra lives in Tuzla with her son Dino.")
    seal_decision(code=sent, now=clock.now())
    desk = a_sent_case(amra)
    return {"sent": sent, "draft": a_draft(amra), "desk": desk, "document": Document.objects.get().code}


def clients(**signed_in: Actor) -> dict[str, Client]:
    luka = an_official("Luka Ilić", "zenica-registrar", "caseworker")
    return {
        "anonymous": Client(),
        **{who: browser(actor) for who, actor in signed_in.items()},
        "luka": browser(luka),
    }


def outcome(response: object) -> str:
    status = response.status_code  # type: ignore[attr-defined]
    if status == 302 and response.headers["Location"].startswith("/prijava/"):  # type: ignore[attr-defined]
        return "sign-in"
    return {403: "no", 404: "none"}.get(status, "open")


def address(route: str, known: dict[str, str]) -> str:
    code = known["draft"] if re.search(r"podaci$|pitanje|nastavak|pregled$", route) else known["sent"]
    if route.startswith("predmeti/"):
        code = known["desk"]
    for pattern, value in (
        (r"<case_code:document>", known["document"]),
        (r"<(case_code|str):code>", code),
        (r"<slug:key>", "residence" if "primjedba" in route else "lives_with_you"),
        (r"<str:fact>", "residence"),
        (r"<slug:service>", "child-allowance"),
        (r"<slug:institution>", "brcko-registrar"),
        (r"<int:number>", "9"),
        (r"<str:typed>", known["document"]),
        (r"<uuid:key>", "5b0a3c1e-9f7d-4c57-8a3e-0d1f2a4b6c8e"),
    ):
        route = re.sub(pattern, value, route)
    return "/" + route


def test_the_table_names_every_address_of_the_portal() -> None:
    assert {route for _, route, _ in rows()} == set(addresses())
    assert all(len(who) == len(CAST) for _, _, who in rows())


def test_nobody_sees_what_is_not_theirs(
    everything: dict[str, str], request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    people = clients(**{who: request.getfixturevalue(who) for who in CAST[1:-1]})
    wrong = []
    for method, route, expected in rows():
        for who, allowed in zip(CAST, expected, strict=True):
            if allowed == "*":
                continue
            response = people[who].generic(method, address(route, everything))
            if outcome(response) != allowed:
                wrong.append(f"{method} {route}: {who} gets {response.status_code}, not {allowed}")
            _check_tells_nothing(response, who, allowed, route)
    assert wrong == []
    _check_no_personal_number(caplog.text)


def _check_tells_nothing(response: HttpResponse, who: str, allowed: str, route: str) -> None:
    """No number for anybody, and Amra's name only for herself and for those who work on her case."""
    content = b"".join(response) if response.streaming else response.content
    told = content.decode(errors="replace") + str(response.headers)
    assert AMRA_NUMBER not in told
    assert MILAN_NUMBER not in told
    if who not in {"amra", "damir"} or allowed != "open":
        assert "Kovač" not in told or who == "amra", f"{route} names her to {who}"


def _check_no_personal_number(logged: str) -> None:
    kept = [str(row) for table in (AuditLine, Message, HistoryEntry) for row in table.objects.values()]
    for number in (AMRA_NUMBER, MILAN_NUMBER):
        assert number not in logged
        assert not [row for row in kept if number in row]


def test_codes_of_others_and_codes_of_nobody_look_the_same(
    everything: dict[str, str], milan: Actor, damir: Actor
) -> None:
    """Whoever tries codes learns nothing from the answers."""
    luka = browser(an_official("Luka Ilić", "zenica-registrar", "caseworker"))
    for client, path in ((browser(milan), "zahtjevi"), (luka, "predmeti")):
        theirs, nobodys = (client.get(f"/{path}/{code}/") for code in (everything["desk"], "AAAAAAAAA"))
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        pages = [
            re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
            for response in (theirs, nobodys)
        ]
        assert pages[0].replace(everything["desk"], "") == pages[1].replace("AAAAAAAAA", "")
