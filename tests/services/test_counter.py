"""At the counter: only the own services of the office, a document seen, and the person told of it all."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from mostovi.config import worker_rounds
from mostovi.exchange import public as exchange
from mostovi.kernel.access import Actor, system_actor
from mostovi.kernel.errors import Invalid, NotAllowed
from mostovi.kernel.models import AuditLine
from mostovi.services import catalogue, rules, tasks
from mostovi.services.actions.applying import (
    agree_to_facts,
    record_answer,
    restore_case,
    start_case,
    start_case_at_counter,
)
from mostovi.services.actions.asking import ask_facts
from mostovi.services.actions.disputing import dispute_fact
from mostovi.services.fact_tries import asker_for
from mostovi.services.models import Case
from mostovi.services.queries.case_sheets import find_case_sheet
from mostovi.services.queries.cases import list_own_codes
from mostovi.services.queries.draft_sheets import find_draft_sheet
from mostovi.services.queries.service_sheets import list_counter_services
from mostovi.services.values import Channel
from services.cast import AMRA_NUMBER, MILAN_NUMBER, NOW, Bridge, Clock, an_official, sign_in
from services.test_citizen_pages import browser

BANJA_LUKA, TUZLA = "banja-luka-administration", "tuzla-social-work"


pytestmark = pytest.mark.django_db


def at_the_counter(clerk: Actor, service: str = "birth-extract", shown: str = "identity_card") -> Case:
    code = start_case_at_counter(
        actor=clerk,
        service=service,
        personal_number=MILAN_NUMBER,
        name="Milan Savić",
        identity_document=shown,
    )
    return Case.objects.get(code=code)


def test_sanja_starts_only_what_banja_luka_answers_for(sanja: Actor) -> None:
    rules.check_can_start_at_counter(sanja, BANJA_LUKA)
    with pytest.raises(NotAllowed):
        rules.check_can_start_at_counter(sanja, TUZLA)
    assert {sheet.key for sheet in list_counter_services(sanja)} == {"birth-extract"}


@pytest.mark.parametrize("channel", list(Channel))
def test_what_is_not_offered_in_one_way_is_not_begun_in_it(
    amra: Actor, sanja: Actor, monkeypatch: pytest.MonkeyPatch, channel: Channel
) -> None:
    extract = replace(catalogue.find_definition("birth-extract"), channels=(channel,))
    monkeypatch.setattr(catalogue, "find_definition", lambda _service: extract)
    begin = {
        Channel.ONLINE: lambda: start_case(actor=amra, service="birth-extract"),
        Channel.COUNTER: lambda: at_the_counter(sanja).code,
    }
    assert begin.pop(channel)()
    for refused in begin.values():
        with pytest.raises(catalogue.ServiceUnknown):
            refused()


def test_a_service_of_another_office_is_refused_before_anybody_is_asked(sanja: Actor, bridge: Bridge) -> None:
    with pytest.raises(NotAllowed):
        at_the_counter(sanja, "child-allowance")
    assert not Case.objects.exists()
    assert not bridge.asked


@pytest.mark.parametrize("shown", ["", "library_card", "1503990554515"])
def test_nobody_is_typed_for_who_showed_no_identity_document(sanja: Actor, shown: str) -> None:
    with pytest.raises(Invalid) as refused:
        at_the_counter(sanja, shown=shown)
    assert refused.value.code == "identity_not_seen"
    assert not Case.objects.exists()


def test_the_page_asks_which_document_was_shown_and_offers_only_own_services(sanja: Actor) -> None:
    client: Client = browser(sanja)
    page = client.get("/salter/?lang=en").content.decode()
    assert page.count('name="identity_document"') == 3
    assert 'value="child-allowance"' not in page
    form = {"service": "birth-extract", "name": "Milan Savić", "personal_number": MILAN_NUMBER}
    answer = client.post("/salter/", form)
    assert answer.status_code == 422
    assert 'href="#identity_document"' in answer.content.decode()


def test_every_field_that_is_empty_is_named_at_once(sanja: Actor) -> None:
    answer = browser(sanja).post("/salter/?lang=en", {"service": "birth-extract"})
    page = answer.content.decode()
    assert answer.status_code == 422
    for field, sentence in (
        ("identity_document", "Ask for an identity document"),
        ("name", "Type the given name and the family name"),
        ("personal_number", "A personal number has 13 digits. Look at it once more."),
    ):
        assert f'<li><a href="#{field}">{sentence}' in page
        assert page.count(f'id="e_{field}"') == 1
        assert page.count(sentence) == 2


def test_the_line_says_which_document_was_shown_in_which_role_why_and_by_which_law(sanja: Actor) -> None:
    case = at_the_counter(sanja, shown="passport")
    line = AuditLine.objects.get(case=case.code, action="started")
    assert line.institution == BANJA_LUKA
    assert line.detail["identity_document"] == "passport"
    assert (line.detail["role"], line.detail["actor_institution"]) == ("clerk", BANJA_LUKA)
    assert line.detail["purpose"]["en"] == "Birth extract"
    for language in ("bs", "hr", "sr", "en"):
        assert "37/12" in line.detail["legal_basis"][language]


def test_going_on_with_a_draft_is_written_down_with_the_document_shown_this_time(sanja: Actor) -> None:
    case = at_the_counter(sanja)
    assert at_the_counter(sanja, shown="driving_licence").code == case.code
    colleague = an_official("Goran Ilić", BANJA_LUKA, "clerk")
    assert at_the_counter(colleague, shown="passport").code == case.code
    lines = AuditLine.objects.filter(case=case.code).order_by("at", "id")
    shown = {line.action: line.detail.get("identity_document") for line in lines}
    assert shown == {
        "started": "identity_card",
        "draft_resumed": "driving_licence",
        "draft_handed_over": "passport",
    }


def test_an_official_of_another_office_stands_in_the_log_of_both(amra: Actor, sanja: Actor) -> None:
    """Cases of before stay with the clerk who typed them."""
    code = start_case(actor=amra, service="child-allowance")
    Case.objects.filter(code=code).update(assisted_by_id=sanja.person_id)
    AuditLine.objects.all().delete()
    find_case_sheet(sanja, code)
    lines = AuditLine.objects.filter(case=code, action="case_read")
    assert {line.institution for line in lines} == {TUZLA, BANJA_LUKA}
    assert {line.detail["actor_institution"] for line in lines} == {BANJA_LUKA}
    assert len({line.at for line in lines}) == 1


def test_the_worker_seals_each_line_into_its_own_log(
    amra: Actor, sanja: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = start_case(actor=amra, service="child-allowance")
    Case.objects.filter(code=code).update(assisted_by_id=sanja.person_id)
    find_case_sheet(sanja, code)
    logs: dict[str, list[exchange.AuditEntry]] = {}

    def keep(*, institution: str, lines: list[exchange.AuditEntry]) -> list[str]:
        logs.setdefault(institution, []).extend(lines)
        return [f"{institution}/{number}" for number, _ in enumerate(lines)]

    monkeypatch.setattr(exchange, "append_audit_lines", keep)
    worker_rounds.seal_audit_lines()
    assert [line.action for line in logs[BANJA_LUKA]] == ["case_read"]
    assert [line.action for line in logs[TUZLA]] == ["started", "case_read"]
    assert logs[BANJA_LUKA][0].detail["role"] == "clerk"


def test_registers_are_asked_in_the_name_of_the_clerk_also_when_the_worker_asks_again(
    sanja: Actor, milan: Actor, amra: Actor
) -> None:
    case = at_the_counter(sanja)
    by_sanja, again = asker_for(case, sanja), asker_for(case, system_actor("worker"))
    assert (by_sanja.acting, again.acting) == ("clerk", "clerk")
    assert by_sanja.user == again.user
    assert asker_for(case, milan).acting == "person"
    own = Case.objects.get(code=start_case(actor=amra, service="child-allowance"))
    assert asker_for(own, system_actor("worker")).acting == "person"


def test_the_person_who_opens_what_was_typed_at_the_counter_is_not_sent_there(
    milan: Actor, sanja: Actor, bridge: Bridge
) -> None:
    draft = at_the_counter(sanja)
    address = f"/zahtjevi/{draft.code}/pitanje/registrar"
    answer = {"answer": "zenica-registrar", "later": "1"}
    assert browser(sanja).post(address, answer)["Location"] == "/salter/"
    assert browser(milan).post(address, answer)["Location"] == "/zahtjevi/"


def test_a_clerk_finds_no_link_to_pages_that_are_the_person_s(sanja: Actor, bridge: Bridge) -> None:
    draft = at_the_counter(sanja)
    Case.objects.filter(pk=draft.pk).update(
        state="received", received_at=draft.started_at, due_on=draft.started_at.date()
    )
    page = browser(sanja).get(f"/zahtjevi/{draft.code}/").content.decode()
    assert 'href="/salter/"' in page.partition("<main")[2]
    assert 'href="/zahtjevi/"' not in page
    assert 'href="/moji-podaci/"' not in page


@pytest.mark.parametrize(
    "typed",
    [
        "Milan Savić",
        "savic milan",
        "МИЛАН САВИЋ",
        "Savić, Milan",
        "Милан  Савић",
    ],
)
def test_the_name_may_be_written_in_either_script_in_any_order_and_without_marks(typed: str) -> None:
    rules.check_same_person(typed, "Milan Savić")


@pytest.mark.parametrize(
    ("typed", "known"),
    [("Djordje Kovac", "Đorđe Kovač"), ("Ђорђе Ковач", "Dorde Kovac"), ("Љиљана Џаја", "Ljiljana Džaja")],
)
def test_letters_that_a_keyboard_lacks_make_no_stranger(typed: str, known: str) -> None:
    rules.check_same_person(typed, known)


@pytest.mark.parametrize("typed", ["Pero Perić", "Milan", "Milan Milan", "", "214"])
def test_another_name_is_another_person(typed: str) -> None:
    with pytest.raises(rules.OtherPerson):
        rules.check_same_person(typed, "Milan Savić")


def test_a_family_name_that_changed_since_birth_is_no_other_person() -> None:
    rules.check_same_person("Gordana Savić", "Гордана")
    with pytest.raises(rules.OtherPerson):
        rules.check_same_person("Pero Savić", "Гордана")


@given(st.permutations(["Ana", "Marija", "Kovač", "Đurić"]))
def test_no_order_of_a_name_is_refused(parts: list[str]) -> None:
    rules.check_same_person(" ".join(parts), "Ana Marija Kovač-Đurić")


def as_pero(clerk: Actor) -> str:
    return start_case_at_counter(
        actor=clerk,
        service="birth-extract",
        personal_number=MILAN_NUMBER,
        name="Pero Perić",
        identity_document="passport",
    )


def test_milans_record_is_not_opened_for_pero(sanja: Actor, bridge: Bridge) -> None:
    """The register answers, the names differ: nothing of it is kept or shown, and Milan will see it."""
    code = as_pero(sanja)
    client = browser(sanja)
    answer = client.post(f"/zahtjevi/{code}/pitanje/registrar?lang=en", {"answer": "zenica-registrar"})
    assert answer.status_code == 403
    assert "name, personal number and register do not go together" in answer.content.decode()
    case = Case.objects.get(code=code)
    assert case.state == "withdrawn"
    assert not [fact.values for fact in case.facts.all() if fact.values]
    line = AuditLine.objects.get(case=code, action="other_person")
    assert (line.subject_id, line.detail["role"]) == (case.applicant_id, "clerk")
    assert line.detail["refusal"] == "other_person"
    for page in ("", "podaci", "pregled", "potvrda"):
        text = client.get(f"/zahtjevi/{code}/{page}", follow=True).content.decode()
        assert "Savić" not in text
        assert "214/1988" not in text


def text_of(page: str) -> str:
    """Without codes and tokens, and without the place that the clerk chose."""
    main = re.sub(r"Number of this answer.*|csrfmiddlewaretoken.*?>", "", page.partition("<main")[2])
    return re.sub(r"[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}|[A-Z0-9]{9}|Zenica|Brčko( District)?", "…", main)


def test_a_stranger_does_not_learn_which_register_knows_a_number(
    sanja: Actor, bridge: Bridge, time: Clock
) -> None:
    """Zenica has Milan's entry; Brčko has none."""
    bridge.unknown = {"brcko-registrar"}
    client, seen = browser(sanja), []
    for registrar in ("zenica-registrar", "brcko-registrar"):
        code = as_pero(sanja)
        answer = client.post(f"/zahtjevi/{code}/pitanje/registrar?lang=en", {"answer": registrar})
        pages = [client.get(f"/zahtjevi/{code}/{page}", follow=True) for page in ("", "podaci", "pregled")]
        told = [text_of(page.content.decode()) for page in (answer, *pages)]
        seen.append((answer.status_code, told))
    assert seen[0] == seen[1]
    assert seen[0][0] == 403
    assert AuditLine.objects.filter(action="other_person").count() == 2


def test_a_register_that_late_knows_nobody_ends_it_too(sanja: Actor, bridge: Bridge, time: Clock) -> None:
    bridge.silent = {"zenica-registrar"}
    code = as_pero(sanja)
    record_answer(actor=sanja, code=code, question="registrar", answer="zenica-registrar")
    ask_facts(actor=sanja, code=code)
    bridge.silent, bridge.unknown = set(), {"zenica-registrar"}
    time.now += timedelta(minutes=1)
    tasks.retry_waiting_facts(time.now)
    assert Case.objects.get(code=code).state == "withdrawn"


@pytest.mark.usefixtures("time")
def test_until_the_name_is_confirmed_other_registers_tell_a_clerk_nothing(bridge: Bridge) -> None:
    """Residence says who she is, and is silent; of the others some know her and some do not."""
    clerk = an_official("Goran Ilić", TUZLA, "clerk")
    bridge.silent = {"tuzla-canton-interior"}
    known = typed_in_tuzla(clerk, AMRA_NUMBER)
    bridge.unknown = {"brcko-registrar", "bijeljina-registrar"}
    unknown = typed_in_tuzla(clerk, MILAN_NUMBER)
    seen = [find_draft_sheet(clerk, code) for code in (known, unknown)]
    assert seen[0].cards == seen[1].cards
    assert seen[0].progress == seen[1].progress
    for page in ("pitanje/lives_with_you", "stop", "podaci/childrenOfParent"):
        assert "Dino" not in browser(clerk).get(f"/zahtjevi/{known}/{page}", follow=True).content.decode()
    with pytest.raises(rules.IdentityNotConfirmed):
        record_answer(actor=clerk, code=known, question="lives_with_you", answer="all")
    with pytest.raises(rules.IdentityNotConfirmed):
        dispute_fact(actor=clerk, code=known, key="childrenOfParent", text="She has none.")


def typed_in_tuzla(clerk: Actor, number: str) -> str:
    code = start_case_at_counter(
        actor=clerk,
        service="child-allowance",
        personal_number=number,
        name="Pero Perić",
        identity_document="passport",
    )
    ask_facts(actor=clerk, code=code)
    return code


def pero_tries(clerk: Actor) -> None:
    code = as_pero(clerk)
    record_answer(actor=clerk, code=code, question="registrar", answer="zenica-registrar")
    ask_facts(actor=clerk, code=code)


def test_a_counter_does_not_learn_whether_the_owner_of_a_number_uses_the_portal(
    sanja: Actor, bridge: Bridge, time: Clock
) -> None:
    client, seen = browser(sanja), []
    form = {"service": "birth-extract", "name": "Pero Perić", "personal_number": MILAN_NUMBER}
    for owner_signs_in in (False, True):
        if owner_signs_in:
            sign_in("Milan Savić", MILAN_NUMBER)
        began = client.post("/salter/?lang=en", {**form, "identity_document": "passport"}, follow=True)
        code = Case.objects.latest("id").code
        answer = client.post(f"/zahtjevi/{code}/pitanje/registrar", {"answer": "zenica-registrar"})
        told = [text_of(page.content.decode()) for page in (began, answer)]
        seen.append((began.status_code, answer.status_code, told))
    assert seen[0] == seen[1]
    assert seen[0][:2] == (200, 403)
    assert AuditLine.objects.filter(action="other_person").count() == 2


@given(st.lists(st.integers(0, 200)))
def test_five_wrong_tries_within_an_hour_are_the_last(minutes: list[int]) -> None:
    wrong = [NOW - timedelta(minutes=ago) for ago in minutes]
    if sum(ago < 60 for ago in minutes) < 5:
        rules.check_may_try(wrong, now=NOW)
    else:
        with pytest.raises(rules.TooManyTries):
            rules.check_may_try(wrong, now=NOW)


def test_nobody_guesses_names_for_long(sanja: Actor, milan: Actor, bridge: Bridge, time: Clock) -> None:
    colleague = an_official("Goran Ilić", BANJA_LUKA, "clerk")
    for clerk in (sanja, colleague, sanja, colleague, sanja):
        with pytest.raises(rules.OtherPerson):
            pero_tries(clerk)
        time.now += timedelta(minutes=1)
    for _ in range(2):
        with pytest.raises(rules.TooManyTries):
            at_the_counter(sanja)  # not even with the right name
    refused = AuditLine.objects.filter(action="too_many_tries", detail__refusal="too_many_tries")
    assert refused.filter(subject_id=milan.person_id).count() == 2
    form = {"service": "birth-extract", "name": "Milan Savić", "personal_number": MILAN_NUMBER}
    answer = browser(sanja).post("/salter/?lang=en", {**form, "identity_document": "passport"})
    assert answer.status_code == 429
    assert "Nothing more can be tried here for an hour" in answer.content.decode()
    time.now += timedelta(minutes=56)
    assert at_the_counter(sanja).applicant_name == "Milan Savić"


def test_what_registers_did_not_confirm_counts_too(sanja: Actor, bridge: Bridge, time: Clock) -> None:
    bridge.unknown = {"brcko-registrar"}
    for registrar in ["zenica-registrar", "brcko-registrar"] * 2 + ["brcko-registrar"]:
        code = as_pero(sanja)
        record_answer(actor=sanja, code=code, question="registrar", answer=registrar)
        with pytest.raises(rules.OtherPerson):
            ask_facts(actor=sanja, code=code)
    with pytest.raises(rules.TooManyTries):
        as_pero(sanja)


def test_another_counter_and_another_number_are_not_stopped(
    sanja: Actor, milan: Actor, bridge: Bridge, time: Clock
) -> None:
    for _ in range(5):
        with pytest.raises(rules.OtherPerson):
            pero_tries(sanja)
    with pytest.raises(rules.OtherPerson):
        typed_in_tuzla(an_official("Goran Ilić", TUZLA, "clerk"), MILAN_NUMBER)
    assert start_case_at_counter(
        actor=sanja,
        service="birth-extract",
        personal_number=AMRA_NUMBER,
        name="Amra Kovač",
        identity_document="passport",
    )


def test_after_a_refusal_the_right_name_goes_on(sanja: Actor, bridge: Bridge) -> None:
    code = as_pero(sanja)
    record_answer(actor=sanja, code=code, question="registrar", answer="zenica-registrar")
    with pytest.raises(rules.OtherPerson):
        ask_facts(actor=sanja, code=code)
    case = at_the_counter(sanja)
    assert case.code != code
    assert case.applicant_name == "Milan Savić"
    record_answer(actor=sanja, code=case.code, question="registrar", answer="zenica-registrar")
    ask_facts(actor=sanja, code=case.code)
    assert find_draft_sheet(sanja, case.code).cards[0].rows


def test_a_draft_that_is_confirmed_is_not_opened_under_another_name(sanja: Actor, bridge: Bridge) -> None:
    case = at_the_counter(sanja)
    record_answer(actor=sanja, code=case.code, question="registrar", answer="zenica-registrar")
    ask_facts(actor=sanja, code=case.code)
    with pytest.raises(rules.OtherPerson):
        as_pero(sanja)
    assert Case.objects.get(code=case.code).state == "draft"


def test_a_register_that_answers_late_is_compared_too(sanja: Actor, bridge: Bridge, time: Clock) -> None:
    bridge.silent = {"zenica-registrar"}
    code = as_pero(sanja)
    record_answer(actor=sanja, code=code, question="registrar", answer="zenica-registrar")
    ask_facts(actor=sanja, code=code)
    with pytest.raises(rules.IdentityNotConfirmed):
        agree_to_facts(actor=sanja, code=code)
    bridge.silent = set()
    time.now += timedelta(minutes=1)
    tasks.retry_waiting_facts(time.now)
    assert Case.objects.get(code=code).state == "withdrawn"
    assert AuditLine.objects.filter(action="other_person", detail__role="clerk").count() == 1


def test_nobody_takes_up_what_was_refused(sanja: Actor, bridge: Bridge) -> None:
    code = as_pero(sanja)
    record_answer(actor=sanja, code=code, question="registrar", answer="zenica-registrar")
    with pytest.raises(rules.OtherPerson):
        ask_facts(actor=sanja, code=code)
    milan = sign_in("Milan Savić", MILAN_NUMBER)
    with pytest.raises(rules.RestoreTooLate):
        restore_case(actor=milan, code=code)
    assert code not in list_own_codes(milan)
