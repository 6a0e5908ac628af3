"""The story with real gateways: real processes, real signatures, real outages."""

import pytest

from exchange.bridge_fixture import Country
from mostovi.exchange import public as exchange
from mostovi.services.actions.desk import take_case
from mostovi.services.actions.seeing import see_answers
from mostovi.services.catalogue import find_definition
from mostovi.services.models import Case, Document, Fact
from mostovi.services.queries.case_sheets import find_case_sheet
from mostovi.services.queries.cases import find_document
from mostovi.services.values import CaseState, FactState, Outcome
from services.cast import AMRA_NUMBER, an_official, sign_in
from services.gateways import BRCKO, TUZLA, TimeStamps, built, country, stamps, work
from services.story import a_draft, a_sent_case, answer_all, decide, send

pytestmark = [pytest.mark.django_db, pytest.mark.programs]
__all__ = ["built", "country", "stamps"]
REASONS = "Amra lives in Tuzla, Dino lives with her, and the income is below the limit."


def test_the_whole_story_of_amra(country: Country, stamps: TimeStamps) -> None:
    country.stop(BRCKO)
    amra, damir = sign_in("Amra Kovač", AMRA_NUMBER), an_official("Damir Babić", TUZLA, "caseworker")

    code = a_draft(amra)
    assert Fact.objects.filter(state=FactState.ANSWERED).count() == 3
    waiting = Fact.objects.get(state=FactState.WAITING)
    assert (waiting.provider, waiting.contract["in_force"]) == (BRCKO, False)
    answer_all(amra, code)
    assert send(amra, code) == CaseState.WAITING_FOR_FACTS

    country.start(BRCKO)
    work()
    assert Case.objects.get().state == CaseState.TO_DECIDE

    see_answers(actor=amra, code=code, shown=[card.answer_key for card in find_case_sheet(amra, code).unseen])
    take_case(actor=damir, code=code)
    decide(damir, code, Outcome.APPROVED, REASONS)
    work()
    assert Case.objects.get().state == CaseState.DECIDED, "the time-stamp authority is down"
    assert find_case_sheet(amra, code).documents == ()

    stamps.start()
    country.kill(TUZLA)
    work()
    assert Case.objects.get().state == CaseState.DECIDED, "the gateway was killed"

    country.start(TUZLA, registers=False)
    work()
    sheet = find_case_sheet(amra, code)
    assert sheet.state == CaseState.DELIVERED
    (document,) = sheet.documents
    assert b"/ByteRange" in find_document(amra, code, document.code).pdf
    status = exchange.document_status(institution=TUZLA, code=document.code)
    assert (status.state, status.sealed_sha256) == ("valid", document.sha256)


def test_every_question_to_a_register_names_the_case_and_is_seen(country: Country) -> None:
    amra = sign_in("Amra Kovač", AMRA_NUMBER)
    code = a_sent_case(amra)
    report = exchange.find_usages(institution=TUZLA, subject_jmb=AMRA_NUMBER, user="amra")
    asked = {(usage.institution, usage.service) for usage in report.usages if usage.case == code}
    for request in find_definition("child-allowance").requests:
        assert (request.provider, request.service) in asked


def test_a_stranger_to_the_registers_goes_on_with_an_official(country: Country) -> None:
    ivan = sign_in("Ivan Jurić", "0101980570003")
    code = a_draft(ivan)
    assert set(Fact.objects.values_list("state", flat=True)) == {FactState.NOT_FOUND}
    answer_all(ivan, code)
    assert send(ivan, code) == CaseState.TO_DECIDE
    assert not Document.objects.exists()


def test_without_its_gateway_nothing_is_lost(country: Country) -> None:
    country.kill(TUZLA)
    amra = sign_in("Amra Kovač", AMRA_NUMBER)
    code = a_draft(amra)
    assert set(Fact.objects.values_list("state", flat=True)) == {FactState.WAITING}
    answer_all(amra, code)
    assert send(amra, code) == CaseState.WAITING_FOR_FACTS
    country.start(TUZLA, registers=False)
    work()
    assert Case.objects.get().state == CaseState.TO_DECIDE
