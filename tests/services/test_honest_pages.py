"""Pages say what is so: what is missing, what is too long, what is sent already, and where one goes on."""

import pytest
from django.test import Client

from mostovi.kernel.access import Actor
from mostovi.services import rules
from mostovi.services.actions.applying import record_answer, start_case, submit_case
from mostovi.services.actions.asking import ask_facts
from mostovi.services.actions.desk import take_case
from mostovi.services.definition.outcomes import Proposal
from mostovi.services.documents import render_template
from mostovi.services.models import Case, Decision, Fact
from mostovi.services.papers import decision_data
from mostovi.services.values import CaseState, Outcome
from services.cast import NOW, Bridge
from services.definitions import service
from services.story import a_draft, a_sent_case, answer_all, decide, send
from services.test_citizen_pages import browser

pytestmark = pytest.mark.django_db


def read(client: Client, path: str) -> str:
    return client.get(path, {"lang": "en"}, follow=True).content.decode()


def test_a_remark_that_is_too_long_is_refused_and_kept(amra: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    address = f"/zahtjevi/{code}/podaci/householdIncome/primjedba"
    client = browser(amra)
    assert "maxlength" not in read(client, address).partition("<textarea")[2].partition(">")[0]
    shown = Fact.objects.get(key="householdIncome").answer_key
    typed = {"text": "a" * 5000, "named": "monthly_income", "shown": shown}
    answer = client.post(f"{address}?lang=en", typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "At most 2,000 characters; yours has 5,000." in page
    page = client.post(f"{address}?lang=bs", typed).content.decode()
    assert "Najviše 2.000 znakova; vaš tekst ima 5.000." in page
    assert "a" * 5000 in page
    assert not Fact.objects.exclude(dispute_text="").exists()


def test_the_keystone_is_not_all_that_is_missing_while_a_register_is_silent(
    amra: Actor, bridge: Bridge
) -> None:
    bridge.silent = {"brcko-registrar"}
    code = a_draft(amra)
    answer_all(amra, code)
    page = read(browser(amra), f"/zahtjevi/{code}/pregled")
    assert "Only the keystone is missing" not in page
    assert "Everything is in place" not in page
    assert "Your answers are in place" in page
    assert "A register has not answered yet" in page


def test_a_register_that_does_not_know_her_is_not_counted_as_an_answer(amra: Actor, bridge: Bridge) -> None:
    bridge.unknown = {"brcko-registrar"}
    code = a_draft(amra)
    answer_all(amra, code)
    page = read(browser(amra), f"/zahtjevi/{code}/pregled")
    assert "Only the keystone is missing" not in page
    assert "3 of 4 registers have answered, 1 does not know you or refused." in page


def test_nobody_is_on_the_way_before_anybody_was_asked(milan: Actor, bridge: Bridge) -> None:
    code = start_case(actor=milan, service="birth-extract")
    page = read(browser(milan), f"/zahtjevi/{code}/pitanje/registrar")
    assert "No register has been asked yet." in page
    assert "on its way" not in page


def test_short_reasons_are_told_how_many_signs_are_needed() -> None:
    with pytest.raises(rules.ReasonsMissing) as refused:
        rules.check_reasons(Outcome.REFUSED, Proposal.GRANT, "Too much.")
    assert "at least 20 characters" in refused.value.sentence()
    assert "Yours have 9." in refused.value.sentence()


@pytest.mark.parametrize(
    ("service", "until"),
    [
        ("child-allowance", "at any time before the decision"),
        ("birth-extract", "until it has, you can withdraw the application"),
    ],
)
def test_until_when_one_can_withdraw_is_said_as_it_is(
    amra: Actor, bridge: Bridge, service: str, until: str
) -> None:
    code = a_draft(amra, service)
    answer_all(amra, code)
    page = read(browser(amra), f"/zahtjevi/{code}/pregled")
    assert until in page
    assert ("before the decision" in page) == (service == "child-allowance")


def test_a_second_application_for_the_same_child_is_sent_only_on_purpose(amra: Actor, bridge: Bridge) -> None:
    first = a_sent_case(amra)
    second = a_draft(amra)
    answer_all(amra, second)
    client = browser(amra)
    page = read(client, f"/zahtjevi/{second}/pregled")
    assert "You already have an open application for this child" in page
    assert f'href="/zahtjevi/{first}/"' in page
    token = Case.objects.get(code=second).submission_token
    assert client.post(f"/zahtjevi/{second}/pregled", {"token": token}).status_code == 422
    with pytest.raises(rules.AlreadyOpen):
        submit_case(actor=amra, code=second, token=token)
    sent = client.post(f"/zahtjevi/{second}/pregled", {"token": token, "deliberate": "1"})
    assert sent["Location"] == f"/zahtjevi/{second}/potvrda"


def test_who_has_a_decision_for_the_child_is_told_so_before_sending(
    amra: Actor, damir: Actor, bridge: Bridge
) -> None:
    first = a_sent_case(amra)
    take_case(actor=damir, code=first)
    decide(damir, first)
    second = a_draft(amra)
    answer_all(amra, second)
    page = read(browser(amra), f"/zahtjevi/{second}/pregled")
    assert "You already have a valid decision for this child" in page
    assert f'href="/zahtjevi/{first}/"' in page
    with pytest.raises(rules.AlreadyOpen):
        submit_case(actor=amra, code=second, token=Case.objects.get(code=second).submission_token)


def test_after_a_refusal_one_applies_again_without_a_question(
    amra: Actor, damir: Actor, bridge: Bridge
) -> None:
    first = a_sent_case(amra)
    take_case(actor=damir, code=first)
    decide(damir, first, Outcome.REFUSED, "Dino does not live with her since October.")
    second = a_draft(amra)
    answer_all(amra, second)
    assert "already have" not in read(browser(amra), f"/zahtjevi/{second}/pregled")
    submit_case(actor=amra, code=second, token=Case.objects.get(code=second).submission_token)


def test_the_first_application_is_sent_without_a_question(amra: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    answer_all(amra, code)
    assert "already have" not in read(browser(amra), f"/zahtjevi/{code}/pregled")
    submit_case(actor=amra, code=code, token=Case.objects.get().submission_token)


def test_two_lines_of_one_applicant_can_be_told_apart(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    code = a_sent_case(amra)
    page = read(browser(damir), "/predmeti/")
    assert "Child allowance: Dino, 2019" in page
    assert f"{code[:3]}-{code[3:6]}-{code[6:]}" in page


@pytest.mark.parametrize("page", ["potvrda", "odgovor"])
def test_whoever_comes_too_early_is_led_to_what_is_open(page: str, amra: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    client = browser(amra)
    assert client.get(f"/zahtjevi/{code}/{page}")["Location"] == f"/zahtjevi/{code}/nastavak"
    assert client.get(f"/zahtjevi/{code}/nastavak")["Location"] == f"/zahtjevi/{code}/podaci"


@pytest.mark.parametrize("page", ["pitanje/lives_since", "pregled", "podaci", "zastoj", "odgovor"])
def test_whoever_comes_too_late_is_led_to_the_application(page: str, amra: Actor, bridge: Bridge) -> None:
    code = a_sent_case(amra)
    client = browser(amra)
    assert client.get(f"/zahtjevi/{code}/{page}")["Location"] == f"/zahtjevi/{code}/nastavak"
    assert client.get(f"/zahtjevi/{code}/nastavak")["Location"] == f"/zahtjevi/{code}/"


def test_what_is_sent_to_an_application_that_moved_on_is_refused_with_the_way_to_it(
    amra: Actor, bridge: Bridge
) -> None:
    code = a_sent_case(amra)
    refused = browser(amra).post(f"/zahtjevi/{code}/pitanje/account?lang=en", {"answer": "BA39"})
    assert refused.status_code == 409
    assert f'href="/zahtjevi/{code}/nastavak"' in refused.content.decode()


def test_following_a_code_does_not_speak_of_yours(client: Client) -> None:
    page = client.get("/pracenje?code=AAAAAAAAA&lang=en").content.decode()
    assert "among yours" not in page
    assert "No application that was sent has this code." in page


def test_what_the_extract_prints_is_shown_before(milan: Actor, bridge: Bridge) -> None:
    printed = service("birth-extract").files["extract.typ"]
    for fact in service("birth-extract").facts:
        assert f'"{fact.key}"' in printed
    code = start_case(actor=milan, service="birth-extract")
    record_answer(actor=milan, code=code, question="registrar", answer="zenica-registrar")
    ask_facts(actor=milan, code=code)
    assert "Citizenship" in read(browser(milan), f"/zahtjevi/{code}/podaci")


def test_an_extract_is_not_said_to_be_made_while_the_register_is_silent(milan: Actor, bridge: Bridge) -> None:
    bridge.silent = {"zenica-registrar"}
    code = a_sent_case(milan, "birth-extract")
    for page in (f"/zahtjevi/{code}/", f"/zahtjevi/{code}/potvrda"):
        told = read(browser(milan), page)
        assert "One register is not answering." in told
        assert "being made" not in told


def test_the_decision_promises_no_appeal_online() -> None:
    for language in ("bs", "hr", "sr", "en"):
        text = service("child-allowance").texts["document.appeal"][language]
        assert "{institution}" in text
    assert "cannot be made online" in service("child-allowance").texts["document.appeal"]["en"]


def test_a_refusal_gives_first_what_is_not_met(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    answer_all(amra, code)
    record_answer(actor=amra, code=code, question="lives_with_you", answer="none")
    send(amra, code)
    take_case(actor=damir, code=code)
    case = Case.objects.get(code=code)
    decision = Decision(case=case, outcome=Outcome.REFUSED, reasons="", decided_at=NOW, official_name="D")
    data = decision_data(case, decision, issued_on=NOW.date())
    assert "ne živi s podnosiocem" in data["conditions"][0]["sentence"]
    assert len(data["conditions"]) == 5
    definition = service("child-allowance")
    pdf = render_template(
        definition.files["decision.typ"],
        definition.texts,
        data,
        language="bs",
        qr_url="https://x",
        code="J7M4KE92A",
    )
    assert pdf.startswith(b"%PDF-")


def test_who_is_signed_in_is_not_told_to_sign_in(amra: Actor, client: Client) -> None:
    assert "You sign in first" not in read(browser(amra), "/usluge/child-allowance/")
    assert "You sign in first" in read(client, "/usluge/child-allowance/")


def test_the_case_is_open_no_more_when_it_is_decided(amra: Actor, bridge: Bridge) -> None:
    first = a_sent_case(amra)
    Case.objects.filter(code=first).update(state=CaseState.DELIVERED)
    second = a_draft(amra)
    answer_all(amra, second)
    submit_case(actor=amra, code=second, token=Case.objects.get(code=second).submission_token)
