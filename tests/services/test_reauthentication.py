"""Before sealing Damir signs in once more: he, anew, for exactly what he read, once, for five minutes."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from front.conftest import provider
from front.provider import Provider
from mostovi.kernel.access import Actor
from mostovi.kernel.models import AuditLine
from mostovi.services import rules
from mostovi.services.models import Case, Decision, Reauthentication
from mostovi.services.values import CaseState, Outcome, PaperPart, PreparedDecision, ReauthenticationView
from services.cast import NOW, Bridge, Clock, an_official
from services.story import a_sent_case
from services.test_desk_pages import seat

__all__ = ["provider"]
REASONS = "One salary ended in August, so the three months from September count."
OFFICES = [{"institution": "tuzla-social-work", "roles": ["caseworker"]}]

# The rules


DAMIR = Actor(kind="official", person_id=3, authenticated_at=NOW + timedelta(seconds=8))
SAID = (PaperPart("paragraph", ("So.",)),)
DECISION = PreparedDecision("K4T92M7AE", "v1", Outcome.APPROVED, 11800, "Reasons.", ("5",), "en", SAID)
ASKED = ReauthenticationView("K4T92M7AE", 3, DECISION.digest, asked_at=NOW)
SIGNED_IN = replace(ASKED, authenticated_at=NOW + timedelta(seconds=8))


def test_the_same_person_seen_after_the_request_is_believed() -> None:
    for seconds in (0, 1, 60):
        at = NOW + timedelta(seconds=seconds)
        rules.check_signed_in_anew(ASKED, person_id=3, authenticated_at=at, now=at)


def test_the_second_of_the_request_counts_as_after_it() -> None:
    """``auth_time`` has no fractions."""
    asked = replace(ASKED, asked_at=NOW + timedelta(milliseconds=700))
    rules.check_signed_in_anew(asked, person_id=3, authenticated_at=NOW, now=NOW)


@pytest.mark.parametrize("seconds", [-1, -30, -3600, 120])
def test_a_sign_in_from_before_the_request_or_from_the_future_is_refused(seconds: int) -> None:
    at = NOW + timedelta(seconds=seconds)
    with pytest.raises(rules.NotSignedInAnew):
        rules.check_signed_in_anew(ASKED, person_id=3, authenticated_at=at, now=NOW)


def test_a_provider_that_does_not_say_when_is_refused() -> None:
    with pytest.raises(rules.NotSignedInAnew):
        rules.check_signed_in_anew(ASKED, person_id=3, authenticated_at=None, now=NOW)


@pytest.mark.parametrize("person_id", [4, None])
def test_another_person_is_refused(person_id: int | None) -> None:
    with pytest.raises(rules.AnotherPersonSignedIn):
        rules.check_signed_in_anew(ASKED, person_id=person_id, authenticated_at=NOW, now=NOW)


@pytest.mark.parametrize("asked", [SIGNED_IN, replace(ASKED, failure="sign_in_cancelled")])
def test_a_request_is_answered_once(asked: ReauthenticationView) -> None:
    with pytest.raises(rules.ReauthenticationUsed):
        rules.check_signed_in_anew(asked, person_id=3, authenticated_at=NOW, now=NOW)


@pytest.mark.parametrize("minutes", [0, 4])
def test_a_sign_in_serves_the_decision_it_was_for(minutes: int) -> None:
    at = rules.check_signed_in_for(DECISION, DAMIR, SIGNED_IN, now=NOW + timedelta(minutes=minutes))
    assert at == SIGNED_IN.authenticated_at


@pytest.mark.parametrize(
    ("signed_in", "refusal"),
    [
        (None, rules.ReauthenticationMissing),
        (ASKED, rules.ReauthenticationMissing),
        (replace(SIGNED_IN, case="A4T92M7AE"), rules.ReauthenticationMissing),
        (replace(SIGNED_IN, official_id=4), rules.ReauthenticationMissing),
        (replace(SIGNED_IN, authenticated_at=NOW + timedelta(minutes=1)), rules.ReauthenticationMissing),
        (replace(SIGNED_IN, used_at=NOW), rules.ReauthenticationUsed),
        (replace(SIGNED_IN, decision="another"), rules.DecisionAltered),
        (replace(SIGNED_IN, authenticated_at=NOW - timedelta(minutes=6)), rules.ReauthenticationTooOld),
    ],
    ids=[
        "none",
        "not back yet",
        "other case",
        "a colleague's",
        "in another browser",
        "used",
        "altered",
        "too old",
    ],
)
def test_no_other_sign_in_serves(signed_in: ReauthenticationView | None, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        rules.check_signed_in_for(DECISION, DAMIR, signed_in, now=NOW)


@pytest.mark.parametrize(
    "altered",
    [
        {"case": "A4T92M7AE"},
        {"version": "v2"},
        {"outcome": Outcome.REFUSED},
        {"amount_feninga": 11801},
        {"reasons": "Reasons!"},
        {"articles": ("5", "9")},
        {"language": "bs"},
        {"text": (PaperPart("paragraph", ("Not so.",)),)},
    ],
    ids=lambda altered: next(iter(altered)),
)
def test_whatever_is_altered_makes_another_decision(altered: dict[str, Any]) -> None:
    assert replace(DECISION).digest == DECISION.digest
    other = replace(DECISION, **altered)
    assert other.digest != DECISION.digest
    with pytest.raises(rules.DecisionAltered):
        rules.check_reviewed(DECISION.digest, other)


# The pages


@dataclass
class Desk:
    """Damir's browser, and an identity provider that says what a test has it say."""

    client: Client
    provider: Provider
    clock: Clock

    def sign_in(self, subject: str = "damir", name: str = "Damir Babić") -> None:
        self.provider.claims = {"sub": subject, "name": name, "offices": OFFICES}
        started = self.client.get("/prijava/?lang=en")
        self.come_back(started["Location"])

    def come_back(self, location: str, **bent: Any) -> Any:
        self.provider.bend = {"auth_time": int(self.clock.now.timestamp()), **bent}
        return self.client.get("/prijava/povratak", self.provider.authorize(location))

    def prepare(self, case: str, outcome: str = "approved", reasons: str = REASONS) -> str:
        """Gives the page on which the decision is read."""
        self.client.post(f"/predmeti/{case}/preuzimanje")
        form = {"outcome": outcome, "reasons": reasons, "then": "preview"}
        return str(self.client.post(f"/predmeti/{case}/odluka", form, follow=True).content.decode())

    def ask(self, case: str, page: str) -> str:
        """Press "Sign in once more"; gives where the provider is asked."""
        response = self.client.post(f"/predmeti/{case}/prijava", {"decision": digest_on(page)})
        assert response.status_code == 302, response.content.decode()
        return str(self.client.get(response["Location"])["Location"])

    def read(self, case: str) -> str:
        return str(self.client.get(f"/predmeti/{case}/pregled").content.decode())

    def seal(self, case: str, page: str) -> Any:
        return self.client.post(f"/predmeti/{case}/pregled", {"decision": digest_on(page)})


def digest_on(page: str) -> str:
    found = re.search(r'name="decision" value="([0-9a-f]{64})"', page)
    assert found, page
    return found[1]


def state_of(case: str) -> CaseState:
    return CaseState(Case.objects.get(code=case).state)


def nothing_is_decided(case: str) -> bool:
    row = Case.objects.get(code=case)
    return (row.state, row.draft_outcome, row.draft_reasons) == (CaseState.TO_DECIDE, "approved", REASONS)


@pytest.fixture
def case(amra: Actor, bridge: Bridge) -> str:
    return a_sent_case(amra)


@pytest.fixture
def desk(db: None, provider: Provider, time: Clock) -> Desk:
    desk = Desk(Client(), provider, time)
    desk.sign_in()
    return desk


@pytest.mark.postgresql
def test_damir_reads_signs_in_once_more_and_seals(desk: Desk, case: str) -> None:
    page = desk.prepare(case)
    assert REASONS in page
    assert "Sign in once more" in page
    assert "Decide and seal" not in page
    desk.clock.now += timedelta(minutes=1)
    location = desk.ask(case, page)
    desk.clock.now += timedelta(seconds=10)
    back = desk.come_back(location)
    assert (desk.provider.asked["prompt"], desk.provider.asked["max_age"]) == ("login", "0")
    assert back["Location"] == f"/predmeti/{case}/pregled"
    page = desk.read(case)
    assert "You signed in once more" in page
    assert REASONS in page
    response = desk.seal(case, page)
    assert response["Location"] == f"/predmeti/{case}/"
    assert state_of(case) == CaseState.DECIDED
    decision = Decision.objects.get()
    assert decision.reasons == REASONS
    assert decision.authenticated_at == datetime.fromtimestamp(int(desk.clock.now.timestamp()), UTC)
    assert Reauthentication.objects.get().used_at == desk.clock.now
    lines = AuditLine.objects.filter(action__startswith="reauthentic").values_list("action", flat=True)
    assert list(lines) == ["reauthentication_asked", "reauthenticated"]


def test_a_sign_in_of_a_minute_ago_does_not_do(desk: Desk, case: str) -> None:
    page = desk.prepare(case)
    response = desk.seal(case, page)
    assert response.status_code == 409
    assert "Sign in once more for this decision, then seal it." in response.content.decode()
    assert nothing_is_decided(case)


def test_somebody_else_comes_back(desk: Desk, case: str) -> None:
    before = desk.client.session["actor"]
    location = desk.ask(case, desk.prepare(case))
    back = desk.come_back(location, sub="nina", name="Nina Tomić")
    assert back["Location"] == f"/predmeti/{case}/pregled"
    page = desk.read(case)
    assert "Somebody else signed in, so nothing was decided." in page
    assert "Decide and seal" not in page
    assert desk.client.session["actor"] == before, "the desk stays Damir's"
    assert nothing_is_decided(case)
    line = AuditLine.objects.get(action="reauthentication_failed")
    assert line.detail["failure"] == "another_person_signed_in"
    assert desk.seal(case, page).status_code == 409


@pytest.mark.parametrize("auth_time", [int(NOW.timestamp()) - 1, None], ids=["stale", "missing"])
def test_a_provider_that_did_not_look_anew(desk: Desk, case: str, auth_time: int | None) -> None:
    location = desk.ask(case, desk.prepare(case))
    desk.come_back(location, auth_time=auth_time)
    page = desk.read(case)
    assert "did not ask you to sign in once more" in page
    assert desk.seal(case, page).status_code == 409
    assert nothing_is_decided(case)


def test_he_goes_back_at_the_provider_and_tries_again(desk: Desk, case: str) -> None:
    location = desk.ask(case, desk.prepare(case))
    answer = desk.provider.authorize(location)
    desk.client.get("/prijava/povratak", {"error": "access_denied", "state": answer["state"]})
    page = desk.read(case)
    assert "You went back before signing in. Nothing was decided" in page
    assert REASONS in page
    assert nothing_is_decided(case)
    desk.come_back(desk.ask(case, page))
    page = desk.read(case)
    assert "You went back" not in page
    assert desk.seal(case, page).status_code == 302
    assert state_of(case) == CaseState.DECIDED


def test_a_provider_that_is_down_is_said_beside_the_decision(desk: Desk, case: str, settings: Any) -> None:
    page = desk.prepare(case)
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    response = desk.client.post(f"/predmeti/{case}/prijava", {"decision": digest_on(page)})
    back = desk.client.get(response["Location"])
    assert back["Location"] == f"/predmeti/{case}/pregled"
    assert "The identity provider does not answer at the moment. Nothing was decided" in desk.read(case)
    assert nothing_is_decided(case)


def test_an_answer_of_the_provider_serves_once(desk: Desk, case: str) -> None:
    location = desk.ask(case, desk.prepare(case))
    answer = desk.provider.authorize(location)
    desk.come_back(location)
    Reauthentication.objects.update(authenticated_at=None)
    assert desk.client.get("/prijava/povratak", answer).status_code == 403
    assert Reauthentication.objects.get().authenticated_at is None


def test_a_request_that_failed_is_not_answered_later(desk: Desk, case: str) -> None:
    """Whoever opens the address of an old request once more signs in for nothing."""
    desk.come_back(desk.ask(case, desk.prepare(case)), sub="nina")
    key = Reauthentication.objects.get().key
    again = desk.client.get(f"/prijava/?reauthentication={key}&next=/predmeti/{case}/pregled")
    desk.come_back(again["Location"])
    assert Reauthentication.objects.get().authenticated_at is None
    assert "Decide and seal" not in desk.read(case)


def test_a_sign_in_for_one_case_seals_no_other(desk: Desk, case: str, amra: Actor) -> None:
    other = a_sent_case(amra)
    desk.come_back(desk.ask(case, desk.prepare(case)))
    page = desk.prepare(other)
    assert "Decide and seal" not in page
    assert desk.seal(other, page).status_code == 409
    assert (
        desk.client.post(f"/predmeti/{other}/pregled", {"decision": digest_on(desk.read(case))}).status_code
        == 409
    )
    assert state_of(other) == CaseState.TO_DECIDE


def test_two_windows_sign_in_each_for_its_own_case(desk: Desk, case: str, amra: Actor) -> None:
    other = a_sent_case(amra)
    first, second = desk.ask(case, desk.prepare(case)), desk.ask(other, desk.prepare(other))
    assert desk.come_back(second)["Location"] == f"/predmeti/{other}/pregled"
    assert "Decide and seal" not in desk.read(case)
    assert desk.come_back(first)["Location"] == f"/predmeti/{case}/pregled"
    assert "Decide and seal" in desk.read(case)


def test_an_altered_decision_needs_a_sign_in_of_its_own(desk: Desk, case: str) -> None:
    desk.come_back(desk.ask(case, desk.prepare(case)))
    read = desk.read(case)
    page = desk.prepare(case, "refused", "The income is above the limit after all.")
    assert "The decision is no longer the one you read." in page
    assert "Decide and seal" not in page
    for shown in (read, page):
        response = desk.seal(case, shown)
        assert response.status_code == 409
        assert "The decision is no longer the one you read." in response.content.decode()
    assert state_of(case) == CaseState.TO_DECIDE
    desk.come_back(desk.ask(case, page))
    desk.seal(case, desk.read(case))
    assert Decision.objects.get().outcome == Outcome.REFUSED


def test_a_page_older_than_the_decision_asks_for_no_sign_in(desk: Desk, case: str) -> None:
    old = desk.prepare(case)
    desk.prepare(case, reasons=REASONS + " And September.")
    response = desk.client.post(f"/predmeti/{case}/prijava", {"decision": digest_on(old)})
    assert response.status_code == 409
    assert "And September." in response.content.decode()
    assert not Reauthentication.objects.exists()


def test_after_five_minutes_he_signs_in_again(desk: Desk, case: str) -> None:
    desk.come_back(desk.ask(case, desk.prepare(case)))
    page = desk.read(case)
    desk.clock.now += timedelta(minutes=5, seconds=2)
    for told in (desk.seal(case, page).content.decode(), desk.read(case)):
        assert "More than five minutes have passed" in told
        assert "Decide and seal" not in told
    assert nothing_is_decided(case)


def test_pressing_twice_decides_once_and_leads_to_the_same_page(desk: Desk, case: str) -> None:
    desk.come_back(desk.ask(case, desk.prepare(case)))
    page = desk.read(case)
    presses = [desk.seal(case, page) for _ in range(2)]
    assert {response["Location"] for response in presses} == {f"/predmeti/{case}/"}
    assert Decision.objects.count() == 1
    assert AuditLine.objects.filter(action="decided").count() == 1


def test_the_browser_goes_back_after_sealing(desk: Desk, case: str) -> None:
    desk.come_back(desk.ask(case, desk.prepare(case)))
    page = desk.read(case)
    desk.seal(case, page)
    assert "This case is decided already." in desk.read(case)
    assert "No decision has been prepared." not in desk.read(case)
    response = desk.client.post(f"/predmeti/{case}/prijava", {"decision": digest_on(page)})
    assert response.status_code == 409
    assert "moved on" in response.content.decode()


def test_a_colleague_does_not_seal_with_his_sign_in(desk: Desk, case: str) -> None:
    desk.come_back(desk.ask(case, desk.prepare(case)))
    page = desk.read(case)
    nina = seat(an_official("Nina Tomić", "tuzla-social-work", "caseworker"))
    assert nina.post(f"/predmeti/{case}/pregled", {"decision": digest_on(page)}).status_code == 409
    nina.post(f"/predmeti/{case}/preuzimanje")
    assert nina.post(f"/predmeti/{case}/pregled", {"decision": digest_on(page)}).status_code == 409
    response = desk.seal(case, page)
    assert response.status_code == 409
    assert "A colleague works on this case." in response.content.decode()
    assert nothing_is_decided(case)


def test_another_browser_in_which_he_was_signed_in_before_does_not_seal_with_it(
    desk: Desk, case: str
) -> None:
    other = Desk(Client(), desk.provider, desk.clock)
    other.sign_in()
    desk.clock.now += timedelta(minutes=1)
    desk.come_back(desk.ask(case, desk.prepare(case)))
    page = desk.read(case)
    assert "You signed in once more" in page
    assert "You signed in once more" not in other.read(case)
    assert other.seal(case, page).status_code == 409
    assert nothing_is_decided(case)
    assert desk.seal(case, page).status_code == 302
    assert state_of(case) == CaseState.DECIDED


def test_who_lost_the_office_meanwhile_seals_nothing(desk: Desk, case: str) -> None:
    page = desk.prepare(case)
    desk.come_back(desk.ask(case, page), offices=[])
    assert desk.client.get(f"/predmeti/{case}/pregled").status_code == 403
    assert desk.seal(case, page).status_code == 403
    assert nothing_is_decided(case)


def test_without_a_prepared_decision_nobody_is_sent_to_sign_in(desk: Desk, case: str) -> None:
    desk.client.post(f"/predmeti/{case}/preuzimanje")
    response = desk.client.post(f"/predmeti/{case}/prijava", {"decision": ""})
    assert response.status_code == 409
    assert not Reauthentication.objects.exists()


def test_a_draft_saved_without_reasons_is_asked_for_them_first(desk: Desk, case: str) -> None:
    desk.client.post(f"/predmeti/{case}/preuzimanje")
    desk.client.post(f"/predmeti/{case}/odluka", {"outcome": "refused", "reasons": "", "then": "save"})
    response = desk.client.post(f"/predmeti/{case}/prijava", {"decision": digest_on(desk.read(case))})
    assert response.status_code == 422
    assert "Write the reasons in your own words" in response.content.decode()
