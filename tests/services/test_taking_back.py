"""A sealed decision is withdrawn or decided anew: the gateway says so, and so does her page."""

from datetime import timedelta

import pytest

from mostovi.exchange import public as exchange
from mostovi.kernel.access import Actor
from mostovi.kernel.errors import NotAllowed, NotFound
from mostovi.kernel.models import AuditLine, Message
from mostovi.services import rules, tasks
from mostovi.services.actions.applying import withdraw_case
from mostovi.services.actions.desk import take_case
from mostovi.services.actions.reauthenticating import (
    ask_to_reauthenticate_to_take_back,
    fail_reauthentication,
    reauthenticate,
)
from mostovi.services.actions.taking_back import decide_anew, revoke_decision
from mostovi.services.models import Case, Decision, Document
from mostovi.services.values import CaseState, PaperState
from services.cast import Bridge, Clock, an_official
from services.story import a_sent_case, decide, seen_again
from services.test_citizen_pages import browser

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
REASON = "The amount was computed with last year's wage."


@pytest.fixture
def sealed(amra: Actor, damir: Actor, bridge: Bridge, time: Clock) -> str:
    code = a_sent_case(amra)
    decide_and_seal(damir, code, time)
    return code


def decide_and_seal(damir: Actor, code: str, time: Clock) -> None:
    take_case(actor=damir, code=code)
    decide(damir, code)
    tasks.seal_decided_cases(time.now)


def sign_in(damir: Actor, code: str, time: Clock) -> None:
    key = ask_to_reauthenticate_to_take_back(actor=damir, code=code)
    reauthenticate(actor=damir, key=key, person_id=damir.person_id, authenticated_at=time.now)


def withdraw(damir: Actor, code: str, time: Clock) -> None:
    sign_in(damir, code, time)
    revoke_decision(actor=seen_again(damir), code=code, reason=REASON)


def reopen(damir: Actor, code: str, time: Clock) -> None:
    sign_in(damir, code, time)
    decide_anew(actor=seen_again(damir), code=code, reason=REASON)


def test_a_withdrawn_decision_is_no_longer_valid_and_she_reads_why(
    sealed: str, amra: Actor, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    withdraw(damir, sealed, time)
    (told,) = bridge.revoked
    assert (told["reason"], told["replaced_by"]) == (REASON, None)
    assert Case.objects.get().state == CaseState.REVOKED
    assert Message.objects.get(template="services.revoked").context["reason"] == REASON
    assert AuditLine.objects.filter(action="revoked", case=sealed).count() == 1
    page = browser(amra).get(f"/zahtjevi/{sealed}/?lang=en").content.decode()
    assert "The decision was withdrawn" in page
    assert "last year&#x27;s wage" in page
    assert "Your application is approved" not in page


def test_decided_anew_the_old_one_is_valid_until_the_new_one_replaces_it(
    sealed: str, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    old = Document.objects.get()
    reopen(damir, sealed, time)
    assert not bridge.revoked
    assert Document.objects.get().state == PaperState.BEING_REPLACED
    decide_and_seal(damir, sealed, time)
    new = Document.objects.exclude(pk=old.pk).get()
    (told,) = bridge.revoked
    assert (told["code"], told["replaced_by"]) == (old.code, new.code)
    assert Document.objects.get(pk=old.pk).state == PaperState.REPLACED
    assert Case.objects.get().state == CaseState.DELIVERED
    assert Decision.objects.filter(superseded_at=None).count() == 1
    assert Decision.objects.count() == 2


def test_the_replacement_waits_for_the_gateway_and_is_said_once(
    sealed: str, damir: Actor, bridge: Bridge, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reopen(damir, sealed, time)
    bridge.sealing_down = True
    decide_and_seal(damir, sealed, time)
    assert Case.objects.get().state == CaseState.DECIDED
    bridge.sealing_down = False
    time.now += timedelta(minutes=2)
    tasks.seal_decided_cases(time.now)
    assert Case.objects.get().state == CaseState.DELIVERED
    assert len(bridge.revoked) == 1


def test_a_withdrawn_decision_can_be_decided_anew(
    sealed: str, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    withdraw(damir, sealed, time)
    reopen(damir, sealed, time)
    decide_and_seal(damir, sealed, time)
    assert len(bridge.revoked) == 1
    states = Document.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [PaperState.REVOKED, PaperState.VALID]


def test_nothing_is_withdrawn_while_the_gateway_is_away(
    sealed: str, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    bridge.sealing_down = True
    with pytest.raises(exchange.NoAnswer):
        withdraw(damir, sealed, time)
    assert Case.objects.get().state == CaseState.DELIVERED


def test_a_repeated_withdrawal_of_which_the_reply_was_lost_goes_through(
    sealed: str, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    bridge.revoke_document(code=Document.objects.get().code, reason=REASON, replaced_by=None)
    withdraw(damir, sealed, time)
    assert Case.objects.get().state == CaseState.REVOKED


def test_only_the_office_that_sealed_it_and_only_after_signing_in_again(
    sealed: str, amra: Actor, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    stranger = an_official("Jelena Ilić", "zenica-registrar", "caseworker")
    for actor, refusal in ((stranger, NotFound), (amra, NotAllowed)):
        with pytest.raises(refusal):
            revoke_decision(actor=actor, code=sealed, reason=REASON)
    with pytest.raises(rules.ReauthenticationMissing):
        revoke_decision(actor=damir, code=sealed, reason=REASON)
    sign_in(damir, sealed, time)
    time.now += timedelta(minutes=6)
    with pytest.raises(rules.ReauthenticationTooOld):
        revoke_decision(actor=damir, code=sealed, reason=REASON)
    assert not bridge.revoked


def test_a_sign_in_to_decide_does_not_serve_to_take_back(
    sealed: str, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    reopen(damir, sealed, time)
    take_case(actor=damir, code=sealed)
    decide(damir, sealed)
    tasks.seal_decided_cases(time.now)
    with pytest.raises(rules.ReauthenticationMissing):
        revoke_decision(actor=damir, code=sealed, reason=REASON)
    assert len(bridge.revoked) == 1


def test_one_word_is_no_reason_and_what_was_typed_stays(
    sealed: str, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    sign_in(damir, sealed, time)
    with pytest.raises(rules.ReasonsTooShort):
        revoke_decision(actor=damir, code=sealed, reason="Wrong.")
    page = browser(damir).post(
        f"/predmeti/{sealed}/povlacenje?lang=en", {"what": "revoke", "reason": "Wrong."}
    )
    assert page.status_code == 422
    assert "at least 20 characters" in page.content.decode()
    assert ">Wrong.</textarea>" in page.content.decode()


def test_while_an_old_paper_stands_the_applicant_cannot_take_the_case_away(
    sealed: str, amra: Actor, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    reopen(damir, sealed, time)
    with pytest.raises(rules.WrongState):
        withdraw_case(actor=amra, code=sealed)
    assert "odustajanje" not in browser(amra).get(f"/zahtjevi/{sealed}/").content.decode()
    assert Case.objects.get().state == CaseState.TO_DECIDE


def test_without_a_sign_in_what_was_typed_is_shown_again(sealed: str, damir: Actor, bridge: Bridge) -> None:
    page = (
        browser(damir)
        .post(f"/predmeti/{sealed}/povlacenje?lang=en", {"what": "revoke", "reason": REASON})
        .content.decode()
    )
    assert "Sign in once more" in page
    assert "last year&#x27;s wage" in page
    assert Case.objects.get().state == CaseState.DELIVERED


def test_the_desk_leads_there(sealed: str, damir: Actor, bridge: Bridge, time: Clock) -> None:
    desk = browser(damir)
    assert f'href="/predmeti/{sealed}/povlacenje"' in desk.get(f"/predmeti/{sealed}/").content.decode()
    page = desk.get(f"/predmeti/{sealed}/povlacenje?lang=en").content.decode()
    assert f'action="/predmeti/{sealed}/povlacenje/prijava"' in page
    assert "<textarea" not in page
    asked = desk.post(f"/predmeti/{sealed}/povlacenje/prijava")
    assert asked["Location"].startswith("/prijava/?reauthentication=")
    sign_in(damir, sealed, time)
    assert "<textarea" in desk.get(f"/predmeti/{sealed}/povlacenje").content.decode()
    done = desk.post(f"/predmeti/{sealed}/povlacenje", {"what": "anew", "reason": REASON})
    assert done["Location"] == f"/predmeti/{sealed}/"
    assert Case.objects.get().state == CaseState.TO_DECIDE


def test_while_it_is_decided_anew_the_old_one_may_still_be_withdrawn(
    sealed: str, amra: Actor, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    reopen(damir, sealed, time)
    desk = browser(damir)
    assert "Withdraw the old decision now" in desk.get(f"/predmeti/{sealed}/?lang=en").content.decode()
    sign_in(damir, sealed, time)
    page = desk.get(f"/predmeti/{sealed}/povlacenje").content.decode()
    assert "The case stays on the desk." in page
    assert 'value="anew"' not in page
    done = desk.post(f"/predmeti/{sealed}/povlacenje", {"what": "revoke", "reason": REASON})
    assert done["Location"] == f"/predmeti/{sealed}/"
    assert (Case.objects.get().state, Document.objects.get().state) == (
        CaseState.TO_DECIDE,
        PaperState.REVOKED,
    )
    decide_and_seal(damir, sealed, time)
    (told,) = bridge.revoked
    assert told["replaced_by"] is None, "said once: withdrawn"
    assert Document.objects.filter(state=PaperState.VALID).count() == 1


def test_of_a_withdrawn_decision_the_page_speaks_of_deciding_anew_alone(
    sealed: str, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    withdraw(damir, sealed, time)
    page = browser(damir).get(f"/predmeti/{sealed}/povlacenje?lang=en").content.decode()
    assert "<h1>Decide anew after the withdrawal</h1>" in page
    assert "until a new decision is sealed" in page
    assert "It can be withdrawn" not in page


def test_once_it_is_withdrawn_there_is_nothing_more_to_withdraw(
    sealed: str, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    withdraw(damir, sealed, time)
    reopen(damir, sealed, time)
    assert browser(damir).get(f"/predmeti/{sealed}/povlacenje").status_code == 409
    with pytest.raises(rules.WrongState):
        revoke_decision(actor=damir, code=sealed, reason=REASON)


def test_a_case_without_a_paper_has_nothing_to_withdraw(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    code = a_sent_case(amra)
    with pytest.raises(rules.WrongState):
        revoke_decision(actor=damir, code=code, reason=REASON)


def test_the_old_paper_never_stands_as_the_new_decision(
    sealed: str, amra: Actor, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    old, address = Document.objects.get(), f"/zahtjevi/{sealed}/?lang=en"
    client = browser(amra)
    reopen(damir, sealed, time)
    page = client.get(address).content.decode()
    assert "<h1>The office decides anew" in page
    assert "Decision of 21 November 2026, valid until the new one is sealed" in page
    assert "Download the d" not in page
    take_case(actor=damir, code=sealed)
    decide(damir, sealed)
    page = client.get(address).content.decode()
    assert "Your application is approved" in page
    assert "Download the decision" not in page, "the new one is not sealed yet"
    assert old.sha256 not in page
    tasks.seal_decided_cases(time.now)
    page = client.get(address).content.decode()
    new = Document.objects.exclude(pk=old.pk).get()
    assert f'/dokumenti/{new.code}.pdf"><span>Download the decision' in page
    assert f'/dokumenti/{old.code}.pdf">Decision of 21 November 2026, replaced on 21 November 2026' in page


def test_the_desk_says_what_each_paper_is(sealed: str, damir: Actor, bridge: Bridge, time: Clock) -> None:
    withdraw(damir, sealed, time)
    reopen(damir, sealed, time)
    decide_and_seal(damir, sealed, time)
    page = browser(damir).get(f"/predmeti/{sealed}/?lang=en").content.decode()
    papers = page.partition("Papers of this case")[2].partition("History")[0]
    assert "Decision of 21 November 2026, valid" in papers
    assert "Decision of 21 November 2026, withdrawn on 21 November 2026" in papers
    assert "last year&#x27;s wage" in papers
    assert page.count(".pdf") == 2


def test_after_the_withdrawal_of_a_decision_she_may_withdraw_the_application_and_reads_so(
    sealed: str, amra: Actor, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    withdraw(damir, sealed, time)
    reopen(damir, sealed, time)
    withdraw_case(actor=amra, code=sealed)
    page = browser(amra).get(f"/zahtjevi/{sealed}/?lang=en").content.decode()
    assert "<h1>You withdrew this application" in page
    assert "Your document is ready" not in page


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        ("sign_in_cancelled", "You went back before signing in."),
        ("identity_provider_silent", "does not answer at the moment."),
        ("another_person_signed_in", "Somebody else signed in"),
        ("access_denied", "did not confirm who you are."),
    ],
)
def test_whoever_comes_back_without_a_sign_in_reads_that_nothing_was_withdrawn(
    failure: str, told: str, sealed: str, damir: Actor, bridge: Bridge
) -> None:
    key = ask_to_reauthenticate_to_take_back(actor=damir, code=sealed)
    fail_reauthentication(actor=damir, key=key, failure=failure)
    page = browser(damir).get(f"/predmeti/{sealed}/povlacenje?lang=en").content.decode()
    assert told in page
    assert "othing was withdrawn or decided anew" in page
    assert "your decision is kept" not in page.lower()


def test_the_buttons_name_the_act_and_the_hint_both_lengths(
    sealed: str, damir: Actor, bridge: Bridge, time: Clock
) -> None:
    sign_in(damir, sealed, time)
    page = browser(damir).get(f"/predmeti/{sealed}/povlacenje?lang=en").content.decode()
    assert 'name="what" value="revoke">Withdraw the decision</button>' in page
    assert 'name="what" value="anew">Decide anew</button>' in page
    assert "At least 20 characters. At most 2,000 characters." in page
