"""Who looked at my data: complete, readable, and mine alone."""

from datetime import timedelta

import pytest

from front.bridge import NOW, usage
from mostovi.front import usages
from mostovi.kernel import clock
from mostovi.kernel.messages import list_messages
from mostovi.kernel.models import AuditLine
from mostovi.services import public as services

pytestmark = pytest.mark.django_db
AMRA = "1503990554515"


@pytest.fixture
def amra(signed_in, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(services, "list_own_codes", lambda _actor: frozenset({"K4T92M7AE"}))
    return signed_in("Amra Kovač", number=AMRA)


def read(client, query: str = "") -> str:
    return client.get(f"/moji-podaci/?lang=en{query}").content.decode()


def test_a_look_shows_who_when_why_and_by_which_law(amra, bridge):
    bridge.usages = [usage()]
    page = read(amra)
    for words in (
        "8 December 2026",
        "Registrar of Brčko District",
        "Answered: your children, with date and place of birth.",
        "Decide on child allowance",
        "K4T-92M-7AE",
        "no: demonstration agreement",
        "the institution that asked did not say by whom",
    ):
        assert words in page


def test_an_exchange_that_stands_in_two_logs_is_one_look(amra, bridge):
    bridge.usages = [
        usage(),
        usage(institution="tuzla-social-work", action="asked", log_entry="tuzla-social-work/60"),
    ]
    page = read(amra)
    assert page.count('<h3 class="pier">') == 1
    assert "tuzla-social-work/60" in page


def test_a_refused_attempt_is_shown(amra, bridge):
    bridge.usages = [
        usage(
            institution="banja-luka-administration",
            requester="banja-luka-administration",
            action="refused",
            service="residence",
            purpose={},
            case=None,
            refusal_code="Server.ClientProxy.CaseReferenceMissing",
            log_entry="banja-luka-administration/3",
        )
    ]
    page = read(amra)
    assert "Refused. Nothing was shown." in page
    assert "Somebody asked without a case for: your address." in page
    assert "none given" in page


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("Server.ClientProxy.CaseReferenceMissing", "Somebody asked without a case for: your address."),
        ("Server.ServerProxy.AccessDenied", "No contract allows it."),
        ("server.clientproxy.field_not_in_contract", "No contract allows it."),
        ("Server.ClientProxy.UnknownMember", "is not registered for it."),
        (
            "Server.ServerProxy.InvalidSignatureValue",
            "The gateway refused it: The signature of the message is wrong",
        ),
        ("Client.BadRequest", "The gateway refused it: The request is not written as the exchange requires."),
    ],
)
def test_why_an_attempt_was_refused_is_said_in_words(amra, bridge, code, words):
    bridge.usages = [usage(action="refused", service="residence", refusal_code=code)]
    assert words in read(amra)


@pytest.mark.parametrize(
    "code",
    [
        "Server.ServerProxy.NetworkError",
        "server.serverproxy.network_error",
        "Server.ServerProxy.ServiceFailed",
    ],
)
def test_a_register_that_did_not_answer_refused_nothing(amra, bridge, code):
    bridge.usages = [usage(action="asked", service="residence", refusal_code=code)]
    page = read(amra)
    assert "Asked for: your address. The institution did not answer." in page
    assert "Refused. Nothing was shown." not in page
    assert "<dt>Attempts refused</dt><dd>0</dd>" in page


def test_institutions_that_did_not_answer_are_named(amra, bridge):
    bridge.silent = ("zenica-registrar",)
    page = read(amra)
    assert "Did not answer" in page
    assert "Registrar of Zenica" in page


def test_nothing_is_said_or_counted_while_an_institution_is_silent(amra, bridge):
    bridge.silent = ("zenica-registrar",)
    page = read(amra)
    assert "Nothing can be said yet." in page
    assert "Nobody has looked at your data." not in page
    assert "<dl" not in page


def test_nobody_is_called_silent_who_was_not_asked(amra, bridge):
    bridge.silent, bridge.own_gateway_silent = ("tuzla-social-work", "zenica-registrar"), True
    page = read(amra)
    assert "No institution could be asked" in page
    assert "Did not answer" not in page
    assert "Nothing can be said yet." in page


def test_nobody_looked_is_said_in_words(amra, bridge):
    assert "Nobody has looked at your data." in read(amra)


def official_act(**changes):
    plain = {
        "institution": "tuzla-social-work",
        "action": "read",
        "service": "case_read",
        "purpose": dict.fromkeys(("bs", "hr", "sr", "en"), "child-allowance"),
        "legal_basis": {},
        "exchange_id": None,
        "log_entry": "tuzla-social-work/77",
        "seen_by": "official",
    }
    return usage(**{**plain, **changes})


def test_what_an_official_did_is_said_in_words(amra, bridge):
    bridge.usages = [official_act()]
    page = read(amra)
    for words in ("Opened your application.", "Child allowance", "an official"):
        assert words in page
    assert "demonstration agreement" not in page


def test_turning_the_pages_of_a_case_is_one_look(amra, bridge):
    bridge.usages = [
        official_act(at=NOW - timedelta(minutes=10 * n), log_entry=f"tuzla-social-work/{n}") for n in range(9)
    ]
    page = read(amra)
    assert page.count('<h3 class="pier">') == 2
    assert "And 6 more times within an hour." in page


@pytest.mark.parametrize("who", ["person", "system"])
def test_what_i_or_the_worker_did_is_no_look(amra, bridge, who):
    bridge.usages = [official_act(seen_by=who, service="received")]
    assert "Nobody has looked at your data." in read(amra)


def test_somebody_who_asked_for_this_very_list_is_in_it(amra, bridge):
    bridge.usages = [usage(service="findUsage", exchange_id="e-7")]
    assert "Answered: who looked at your data." in read(amra)


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", 2), ("&institution=zenica-registrar", 1), ("&purpose=mine", 1), ("&purpose=other", 1)],
)
def test_the_list_is_filtered(amra, bridge, query, shown):
    other = usage(institution="zenica-registrar", exchange_id="e-2", case=None, log_entry="zenica/4")
    bridge.usages = [usage(), other]
    assert read(amra, query).count('<h3 class="pier">') == shown


@pytest.mark.parametrize(
    ("period", "since"),
    [("30", NOW - timedelta(days=30)), ("all", None), ("nonsense", NOW - timedelta(days=30))],
)
def test_the_period_is_asked_of_the_institutions(amra, bridge, period, since):
    read(amra, f"&period={period}")
    assert bridge.asked[0]["since"] == since


def test_a_long_list_has_pages(amra, bridge):
    bridge.usages = [usage(exchange_id=f"e-{n}", log_entry=f"brcko-registrar/{n}") for n in range(45)]
    assert read(amra).count('<h3 class="pier">') == 10
    assert read(amra, "&page=5").count('<h3 class="pier">') == 5
    assert read(amra, "&page=99").count('<h3 class="pier">') == 5
    assert read(amra, f"&page={'9' * 5000}").count('<h3 class="pier">') == 10


def test_turning_pages_and_choosing_asks_nobody_again(amra, bridge):
    bridge.usages = [usage()]
    page = read(amra)
    assert "As the institutions answered at 13:00:00." in page
    for query in ("&page=2", "&institution=brcko-registrar", "&purpose=mine", ""):
        read(amra, query)
    assert len(bridge.asked) == 1
    read(amra, "&period=all")
    assert len(bridge.asked) == 2


def test_who_asks_again_is_answered_anew(amra, bridge):
    read(amra)
    bridge.usages = [usage()]
    assert "Nobody has looked" in read(amra)
    response = amra.post("/moji-podaci/?lang=en&period=30&page=1", follow=True)
    assert response.redirect_chain == [("/moji-podaci/?lang=en&period=30&page=1", 302)]
    assert "Registrar of Brčko District" in response.content.decode()


def test_what_is_missing_is_asked_for_again(amra, bridge):
    bridge.silent = ("zenica-registrar",)
    read(amra)
    bridge.silent = ()
    assert "Did not answer" not in read(amra)


def test_after_some_minutes_and_in_another_session_everybody_is_asked(amra, bridge, signed_in, monkeypatch):
    read(amra)
    read(signed_in("Amra Kovač", number=AMRA))
    assert len(bridge.asked) == 2
    monkeypatch.setattr(usages, "KEPT", timedelta(0))
    amra.post("/moji-podaci/")
    read(amra)
    read(amra)
    assert len(bridge.asked) == 4


def test_many_looks_in_cases_that_are_not_hers_are_folded(amra, bridge):
    bridge.usages = [
        usage(case="JJ2J3E687", exchange_id=f"e-{n}", log_entry=f"brcko-registrar/{n}") for n in range(12)
    ]
    page = read(amra)
    assert page.count('<h3 class="pier">') == 12
    assert "<summary>2 older looks</summary>" in page


def test_the_personal_number_goes_over_the_bridge_and_onto_no_page(amra, bridge):
    bridge.usages = [usage()]
    assert AMRA not in read(amra)
    assert bridge.asked[0]["subject_jmb"] == AMRA


def test_a_receipt_is_a_file_to_keep(amra, bridge):
    response = amra.get("/moji-podaci/brcko-registrar/9/potvrda.json")
    assert response["Content-Disposition"] == 'attachment; filename="receipt-brcko-registrar-9.json"'
    assert response.json()["log_entry"] == "brcko-registrar/9"


def test_a_look_i_do_not_recognise_is_written_down(amra, bridge):
    address = "/moji-podaci/brcko-registrar/9/pitanje"
    assert amra.get(address).status_code == 200
    response = amra.post(address, follow=True)
    assert response.status_code == 200
    line = AuditLine.objects.get(action="look_questioned")
    assert (line.institution, line.detail["log_entry"]) == ("brcko-registrar", "brcko-registrar/9")
    assert "brcko-registrar/9" in list_messages(amra.actor.person_id)[0].text


def test_without_a_personal_number_the_page_says_what_is_missing(signed_in, bridge):
    page = read(signed_in("Ivan Perić"))
    assert "We do not know your personal number" in page


def test_an_official_does_not_see_somebody_elses_list(signed_in, bridge):
    client = signed_in("Damir Babić", "tuzla-social-work", "caseworker")
    assert client.get("/moji-podaci/").status_code == 403


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        ({"seen_by": "clerk"}, "a clerk at a counter"),
        ({"seen_by": "clerk", "identity_shown": "passport"}, "a clerk at a counter, passport shown"),
        ({"seen_by": "caseworker"}, "a caseworker"),
        ({"seen_by": "official"}, "an official"),
        ({"seen_by": "person"}, "nobody but you: the register answered by itself"),
        ({"seen_by": None}, "the institution that asked did not say by whom"),
    ],
)
def test_whose_eyes_an_answer_reached_is_said_in_words(amra, bridge, seen, told):
    bridge.usages = [usage(**seen)]
    assert f"<dd>{told}</dd>" in read(amra)


def test_what_an_official_did_has_its_purpose_and_law_and_no_agreement(amra, bridge):
    bridge.usages = [official_act(purpose={"en": "Child allowance"}, legal_basis={"en": "The law (52/22)"})]
    page = read(amra)
    assert "The law (52/22)" in page
    assert "In force" not in page


def test_an_act_that_stands_in_two_logs_is_told_once_by_the_office_that_did_it(amra, bridge):
    act = {"service": "started", "seen_by": "clerk", "requester": "banja-luka-administration"}
    bridge.usages = [
        official_act(**act),
        official_act(**act, institution="banja-luka-administration", log_entry="banja-luka-administration/5"),
    ]
    page = read(amra)
    assert page.count('<h3 class="pier">') == 1
    assert '<h3 class="pier">City Administration of Banja Luka' in page
    assert "Began an application for you at the counter." in page
    assert "tuzla-social-work/77" in page


def test_a_clerk_s_look_stands_under_a_heading_of_its_own(amra, bridge):
    bridge.usages = [
        usage(seen_by="clerk", identity_shown="passport"),
        usage(log_entry="brcko-registrar/2", exchange_id="BA-2"),
    ]
    page = read(amra)
    counter, _, own = page.partition(">For your own applications</h2>")
    assert ">At a counter</h2>" in counter
    assert "a clerk at a counter, passport shown" in counter
    assert "a clerk at a counter" not in own
    assert "<dt>For your own applications</dt><dd>1</dd>" in page
    assert "<dt>At a counter</dt><dd>1</dd>" in page


def test_a_case_that_is_not_hers_is_not_called_her_own(amra, bridge):
    bridge.usages = [usage(case="JJ2J3E687")]
    page = read(amra)
    assert ">In cases that are not yours</h2>" in page
    assert "<dt>For your own applications</dt><dd>0</dd>" in page


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("other_person", "with a name or a register that does not go with it"),
        ("too_many_tries", "after five wrong tries within an hour"),
    ],
)
def test_an_attempt_at_a_counter_is_shown_as_refused(amra, bridge, action, words):
    bridge.usages = [
        usage(
            institution="banja-luka-administration",
            requester="banja-luka-administration",
            action="refused",
            service=action,
            seen_by="clerk",
            case=None,
        )
    ]
    page = read(amra)
    assert "Refused. Nothing was shown." in page
    assert words in page
    assert "<dt>Attempts refused</dt><dd>1</dd>" in page


def test_who_did_not_answer_stands_before_the_list(amra, bridge):
    bridge.usages, bridge.silent = [usage()], ("zenica-registrar",)
    page = read(amra)
    assert page.index("Did not answer") < page.index('<ol class="log">')


def test_what_a_register_answered_in_a_case_refused_at_a_counter_was_seen_by_nobody(amra, bridge):
    refused = usage(
        action="refused", service="other_person", seen_by="clerk", case="JJ2J3E687", log_entry="banja-luka/9"
    )
    bridge.usages = [refused, usage(seen_by="clerk", case="JJ2J3E687", exchange_id="BA-7")]
    page = read(amra)
    assert "a clerk at a counter" not in page
    assert page.count("<dt>Seen by</dt><dd>nobody</dd>") == 2
