"""The desk as Damir uses it: queue, case, decision, a fresh sign-in, and no look without a case."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from mostovi.exchange import public as exchange
from mostovi.kernel.access import Actor
from mostovi.kernel.access_views import remember_actor
from mostovi.kernel.models import AuditLine, Person
from mostovi.services import catalogue, rules, tasks
from mostovi.services.actions.applying import agree_to_facts, record_answer, withdraw_case
from mostovi.services.actions.desk import take_case
from mostovi.services.actions.disputing import dispute_fact
from mostovi.services.models import Case, Decision
from mostovi.services.values import CaseState, Outcome
from services.cast import Bridge, Clock, an_official
from services.story import a_draft, a_sent_case, answer_all, decide, send

pytestmark = pytest.mark.django_db
REASONS = "One salary ended in August, so the three months from September count."


def seat(actor: Actor) -> Client:
    """A browser in which the actor is signed in."""
    client = Client()
    session = client.session
    remember_actor(type("Request", (), {"session": session})(), actor)
    session.save()
    client.cookies["mostovi_session"] = session.session_key
    client.cookies["mostovi_language"] = "en"
    return client


@pytest.fixture
def case(amra: Actor, bridge: Bridge) -> str:
    return a_sent_case(amra)


@pytest.fixture
def desk(damir: Actor) -> Client:
    return seat(damir)


def prepare(
    desk: Client, case: str, outcome: str = "approved", reasons: str = REASONS, then: str = "preview"
):
    desk.post(f"/predmeti/{case}/preuzimanje")
    return desk.post(f"/predmeti/{case}/odluka", {"outcome": outcome, "reasons": reasons, "then": then})


def test_the_queue_shows_the_case_and_how_many_days_are_left(desk: Client, case: str) -> None:
    page = desk.get("/predmeti/").content.decode()
    assert "Amra Kovač" in page
    assert "30 days left" in page
    assert "Office 1" in page


def test_a_case_that_nobody_decided_in_time_lies_under_late(desk: Client, case: str) -> None:
    Case.objects.update(due_on="2020-01-01")
    assert desk.get(f"/predmeti/?page={'9' * 5000}").status_code == 200
    page = desk.get("/predmeti/?pile=late").content.decode()
    assert "Late 1" in page
    assert '<span class="tag no">late</span>' in page


@pytest.mark.parametrize("asked", ["amra", "kovač am", "code"])
def test_a_case_is_found_by_name_or_code(desk: Client, case: str, asked: str) -> None:
    text = f"{case[:3]}-{case[3:6]} {case[6:]}".lower() if asked == "code" else asked
    assert "Amra Kovač" in desk.get("/predmeti/", {"q": text}).content.decode()
    assert AuditLine.objects.filter(action="cases_searched").count() == 1


def test_nothing_found_is_said_in_words(desk: Client, case: str) -> None:
    assert "No case of your office" in desk.get("/predmeti/", {"q": "Nobody"}).content.decode()


def test_the_case_shows_each_fact_with_its_source_its_basis_and_its_evidence(desk: Client, case: str) -> None:
    page = desk.get(f"/predmeti/{case}/").content.decode()
    for words in (
        "Ulica lipa 14",
        "Ministry of the Interior",
        "no: demonstration agreement",
        "Evidence",
        "Dino",
    ):
        assert words in page


def test_of_a_withdrawn_case_only_what_happened_is_shown(desk: Client, amra: Actor, case: str) -> None:
    assert stages(desk, case) == ["Received", "Facts complete", "*Decide", "Seal", "Deliver"]
    withdraw_case(actor=amra, code=case)
    assert stages(desk, case) == ["Received", "*Withdrawn"]


def test_of_a_withdrawn_decision_each_step_was_done(desk: Client, case: str) -> None:
    Case.objects.update(state=CaseState.REVOKED)
    assert stages(desk, case) == ["Received", "Facts complete", "Decide", "Seal", "*Decision withdrawn"]


def stages(desk: Client, case: str) -> list[str]:
    """The stages that the page shows, with a star before the one where the case is."""
    page = desk.get(f"/predmeti/{case}/").content.decode()
    shown = page.partition('<ol class="stage"')[2].partition("</ol>")[0]
    found = re.findall(r"<li( aria-current)?[^>]*>([^<]+)", shown)
    return [("*" if here else "") + name for here, name in found]


def test_only_the_fact_that_the_applicant_named_is_marked_with_what_she_says(
    desk: Client, amra: Actor, case: str
) -> None:
    said = "I live at number 16 since May."
    dispute_fact(actor=amra, code=case, key="residence", text=said, named=["address"])
    page = desk.get(f"/predmeti/{case}/").content.decode()
    assert page.count(">called wrong<") == 1
    assert re.search(r"Ulica lipa 14 <span class=\"tag wait\">called wrong", page)
    note = page.partition("The applicant says that this is wrong")[2].partition("</div>")[0]
    assert "Ulica lipa 14" in note
    assert said in note
    assert "2019" not in note, "the other facts of the same register are not named"


def test_each_fact_leads_to_the_receipt_of_its_exchange(
    desk: Client, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(*, institution: str, log_entry: str) -> dict[str, str]:
        return {"entry": log_entry, "log": institution}

    monkeypatch.setattr(exchange, "fetch_own_receipt", fetch)
    page = desk.get(f"/predmeti/{case}/").content.decode()
    address = re.search(rf"/predmeti/{case}/dokaz/\S+?(?=\")", page)
    assert address is not None
    receipt = desk.get(address[0]).json()
    assert receipt["log"] == "tuzla-social-work"
    assert receipt["entry"].startswith("tuzla-social-work/")


def test_a_fact_that_is_not_there_has_no_receipt(desk: Client, case: str) -> None:
    assert desk.get(f"/predmeti/{case}/dokaz/nothing").status_code == 404


def test_the_rules_name_the_article_of_each_step(desk: Client, case: str) -> None:
    page = desk.get(f"/predmeti/{case}/").content.decode()
    rules = page.partition("What the rules say")[2].partition("History")[0]
    assert len(re.findall(r"Article \d", rules)) >= 3
    assert "Result if you agree: 118" in rules


def test_a_case_is_taken_before_it_is_decided(desk: Client, case: str) -> None:
    assert "Take this case" in desk.get(f"/predmeti/{case}/").content.decode()
    desk.post(f"/predmeti/{case}/preuzimanje")
    page = desk.get(f"/predmeti/{case}/").content.decode()
    assert "Your decision" in page
    assert "Mine 1" in page


def test_a_decision_is_read_before_it_is_sealed(desk: Client, case: str) -> None:
    response = prepare(desk, case)
    assert response["Location"] == f"/predmeti/{case}/pregled"
    page = desk.get(response["Location"]).content.decode()
    assert REASONS in page
    assert Case.objects.get(code=case).state == CaseState.TO_DECIDE


def test_all_that_is_sealed_is_read_before_and_stays_readable(
    desk: Client, damir: Actor, amra: Actor, case: str
) -> None:
    prepare(desk, case)
    page = desk.get(f"/predmeti/{case}/pregled").content.decode()
    pages = [page.partition("<article")[2]]
    decide(damir, case, reasons=REASONS)
    pages += [desk.get(f"/predmeti/{case}/").content.decode()]
    pages += [seat(amra).get(f"/zahtjevi/{case}/").content.decode()]
    article = "(član\N{NO-BREAK SPACE}11)"
    said = (
        *("ima pravo na dječiji dodatak", "Obrazloženje", article, REASONS, "Ako se ne slažete"),
        *("u roku od 15 dana", "Damir Babić", "broj 52/22", "Tehnička demonstracija"),
    )
    assert [[words for words in said if words not in shown] for shown in pages] == [[], [], []]


def test_what_the_applicant_reads_in_is_kept_with_the_decision(
    desk: Client, damir: Actor, amra: Actor, case: str
) -> None:
    prepare(desk, case)
    read = re.search(r'name="decision" value="(\w+)"', desk.get(f"/predmeti/{case}/pregled").content.decode())
    Person.objects.filter(pk=amra.person_id).update(language="sr-Cyrl")
    refused = desk.post(f"/predmeti/{case}/prijava", {"decision": read[1] if read else ""})
    assert "no longer the one you read" in refused.content.decode()
    decide(damir, case, reasons=REASONS)
    Person.objects.filter(pk=amra.person_id).update(language="en")
    assert Decision.objects.get().language == "sr-Cyrl"
    assert "Ако се не слажете" in seat(amra).get(f"/zahtjevi/{case}/").content.decode()


def test_a_decision_without_reasons_is_not_taken(desk: Client, case: str) -> None:
    response = prepare(desk, case, outcome="refused", reasons="no")
    assert response.status_code == 422
    page = response.content.decode()
    assert page.count("Write the reasons in your own words") == 2
    assert 'aria-invalid="true"' in page


def test_approving_what_the_rules_propose_needs_no_words_and_repeats_none(
    desk: Client, damir: Actor, case: str
) -> None:
    prepare(desk, case, reasons="")
    shown = desk.get(f"/predmeti/{case}/").content.decode()
    assert re.search(r'<textarea id="reasons"[^>]*></textarea>', shown)
    page = desk.get(f"/predmeti/{case}/pregled").content.decode()
    assert page.count("Prihod domaćinstva je") == 1, "in the applicant's language, once"
    decide(damir, case)
    assert Decision.objects.get(case__code=case).reasons == ""
    assert "above the limit" not in (decided := desk.get(f"/predmeti/{case}/").content.decode())
    assert "ne prelazi granicu" in decided.partition("Read the decision")[2]


def test_the_desk_shows_what_else_there_is_for_the_same_child(
    desk: Client, damir: Actor, amra: Actor, case: str
) -> None:
    hint = "For this child there is more from the same applicant"
    assert hint not in desk.get(f"/predmeti/{case}/").content.decode()
    second = a_sent_case(amra)
    page = desk.get(f"/predmeti/{second}/").content.decode()
    assert hint in page
    assert "not decided yet" in page
    assert f'href="/predmeti/{case}/"' in page.partition(hint)[2].partition("</ul>")[0]
    take_case(actor=damir, code=case)
    decide(damir, case)
    assert "granted by a valid decision of" in desk.get(f"/predmeti/{second}/").content.decode()


def test_the_desk_learns_of_the_same_child_when_a_late_register_names_it(
    desk: Client, amra: Actor, bridge: Bridge, case: str, time: Clock
) -> None:
    bridge.silent = {"brcko-registrar"}
    late = a_draft(amra)
    answer_all(amra, late)
    send(amra, late)
    assert not catalogue.list_other_cases(Case.objects.get(code=late))
    bridge.silent = set()
    time.now += timedelta(seconds=20)
    tasks.retry_waiting_facts(time.now)
    assert [other.code for other in catalogue.list_other_cases(Case.objects.get(code=late))] == [case]


def test_who_refuses_what_the_rules_would_grant_is_warned_before_sealing(
    desk: Client, damir: Actor, amra: Actor, case: str
) -> None:
    warning = "You decide otherwise than the rules propose"
    desk.post(f"/predmeti/{case}/preuzimanje")
    form = desk.get(f"/predmeti/{case}/").content.decode()
    assert "If you refuse, you decide otherwise than the rules propose" in form
    assert warning not in form
    prepare(desk, case, outcome="refused")
    shown = [desk.get(f"/predmeti/{case}/{page}").content.decode() for page in ("", "pregled")]
    assert [page.count(warning) for page in shown] == [1, 1]
    decide(damir, case, Outcome.REFUSED, REASONS)
    paper = seat(amra).get(f"/zahtjevi/{case}/").content.decode().partition('id="decision"')[2]
    parts = ("Obrazloženje", REASONS, "Šta po ovim činjenicama kažu pravila", "ne prelazi granicu")
    places = [paper.index(words) for words in (*parts, "odlučila drugačije nego što predlažu pravila")]
    assert places == sorted(places)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_where_the_rules_leave_it_to_the_official_no_outcome_departs_and_the_reasons_are_their_own(
    desk: Client, damir: Actor, amra: Actor, bridge: Bridge, outcome: Outcome
) -> None:
    case = a_draft(amra)
    agree_to_facts(actor=amra, code=case)
    record_answer(actor=amra, code=case, question="lives_with_you", answer="part")
    answer_all(amra, case)
    send(amra, case)
    assert "Write the reasons" in prepare(desk, case, outcome=outcome, reasons="").content.decode()
    prepare(desk, case, outcome=outcome)
    for page in ("", "pregled"):
        shown = desk.get(f"/predmeti/{case}/{page}").content.decode()
        assert "The rules leave this to you" in shown
        assert "You decide otherwise" not in shown
    decide(damir, case, outcome, REASONS)
    paper = seat(amra).get(f"/zahtjevi/{case}/").content.decode().partition('id="decision"')[2]
    parts = (
        "Obrazloženje",
        REASONS,
        "Šta po ovim činjenicama kažu pravila",
        "Pravila ovdje ništa ne predlažu",
    )
    places = [paper.index(words) for words in parts]
    assert places == sorted(places)


def test_who_decides_while_a_fact_is_missing_is_warned_before_sealing(
    desk: Client, damir: Actor, amra: Actor, bridge: Bridge
) -> None:
    bridge.unknown = {"fbih-tax-administration"}
    case = a_sent_case(amra)
    prepare(desk, case, outcome="refused")
    for page in ("", "pregled"):
        shown = desk.get(f"/predmeti/{case}/{page}").content.decode()
        note = shown.partition("A fact is missing</h")[2].partition("</div>")[0]
        assert "Ask the applicant, or say in your own words why you decide without it." in note
        assert note.count("<li>") == 1, "the income, and nothing else"
        assert "Approving is not possible" in note
        assert "You decide otherwise" not in shown
    with pytest.raises(rules.AmountUnknown):
        decide(damir, case, Outcome.APPROVED, REASONS)
    decide(damir, case, Outcome.REFUSED, REASONS)


def test_who_approves_what_the_rules_propose_is_not_warned(desk: Client, case: str) -> None:
    prepare(desk, case)
    for page in ("", "pregled"):
        assert "You decide otherwise" not in desk.get(f"/predmeti/{case}/{page}").content.decode()


def test_a_preview_of_what_is_not_ones_own_says_so(desk: Client, case: str) -> None:
    prepare(desk, case)
    colleague = seat(an_official("Nina Tomić", "tuzla-social-work", "caseworker"))
    page = colleague.get(f"/predmeti/{case}/pregled").content.decode()
    assert "A decision is prepared, but this case is not yours to decide at the moment." in page
    assert "No decision has been prepared." not in page


def test_the_applicant_is_asked(desk: Client, case: str) -> None:
    prepare(desk, case, outcome="ask", reasons="Which of the two salaries ended in August?")
    assert Case.objects.get(code=case).state == CaseState.WAITING_FOR_APPLICANT
    assert "waits for applicant" in desk.get("/predmeti/").content.decode()


def test_what_was_prepared_is_kept(desk: Client, case: str) -> None:
    response = prepare(desk, case, then="save")
    assert response["Location"] == f"/predmeti/{case}/"
    page = desk.get(response["Location"]).content.decode()
    assert REASONS in page
    assert re.search(r'value="approved" checked', page)


@pytest.mark.parametrize("then", ["save", "preview"])
def test_an_unknown_outcome_is_refused_and_the_draft_stays(desk: Client, case: str, then: str) -> None:
    prepare(desk, case, then="save")
    response = prepare(desk, case, outcome="granted", reasons="", then=then)
    assert response.status_code == 422
    assert response.content.decode().count("Choose what you decide") == 2
    kept = Case.objects.get(code=case)
    assert (kept.draft_outcome, kept.draft_reasons) == ("approved", REASONS)


def test_a_decision_is_chosen_before_it_is_previewed(desk: Client, case: str) -> None:
    response = prepare(desk, case, outcome="")
    assert response.status_code == 422
    assert REASONS in response.content.decode(), "what was typed is not lost"


def test_words_may_be_saved_before_a_decision_is_chosen(desk: Client, case: str) -> None:
    response = prepare(desk, case, outcome="", then="save")
    assert REASONS in desk.get(response["Location"]).content.decode()


def test_a_case_is_given_back_so_that_a_colleague_takes_it(desk: Client, case: str) -> None:
    prepare(desk, case, then="save")
    desk.post(f"/predmeti/{case}/predaja")
    assert Case.objects.get(code=case).assigned_to_id is None
    colleague = seat(an_official("Nina Tomić", "tuzla-social-work", "caseworker"))
    assert "Take this case" in colleague.get(f"/predmeti/{case}/").content.decode()


def test_another_office_does_not_see_the_case(case: str) -> None:
    stranger = seat(an_official("Luka Ilić", "zenica-registrar", "caseworker"))
    assert stranger.get(f"/predmeti/{case}/").status_code == 404
    assert "Amra" not in stranger.get("/predmeti/").content.decode()


@pytest.mark.parametrize("page", ["", "potvrda"])
def test_who_decides_is_led_from_the_applicants_page_to_the_desk(desk: Client, case: str, page: str) -> None:
    answer = desk.get(f"/zahtjevi/{case}/{page}")
    assert answer["Location"] == f"/predmeti/{case}/"
    assert desk.get(answer["Location"]).status_code == 200


def test_the_desk_is_for_officials_who_decide(amra: Actor, sanja: Actor, case: str) -> None:
    assert seat(amra).get("/predmeti/").status_code == 403
    assert seat(sanja).get("/predmeti/").status_code == 403


@pytest.mark.parametrize("who", ["damir", "sanja"])
def test_a_look_without_a_case_is_refused_and_stays_written(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, amra: Actor, who: str
) -> None:
    asked = []

    def refuse(**question: object) -> None:
        asked.append(question)
        raise exchange.BridgeRefused("Server.ClientProxy.CaseReferenceMissing")

    monkeypatch.setattr(exchange, "ask_register", refuse)
    response = seat(request.getfixturevalue(who)).post("/predmeti/upit", {"personal_number": "1503990554515"})
    page = response.content.decode()
    assert response.status_code == 403
    assert "Refused. Nothing was shown." in page
    assert "1503990554515" not in page
    assert asked[0]["case"] is None
    assert AuditLine.objects.filter(action="look_without_case").count() == 1


def test_a_number_that_cannot_be_is_said_at_its_field(damir: Actor) -> None:
    response = seat(damir).post("/predmeti/upit", {"personal_number": "123"})
    assert response.status_code == 422
    assert response.content.decode().count("A personal number has 13 digits") == 2
