"""The system now, for everyone; every log, for the auditor. Neither shows a person."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import translation

from front.bridge import log_entry
from mostovi.exchange import public as exchange
from mostovi.front.words import log_deed
from mostovi.kernel import clock
from mostovi.kernel.languages import VARIANTS

pytestmark = pytest.mark.django_db


def read(client, address: str) -> str:
    return client.get(address, {"lang": "en"}).content.decode()


@pytest.fixture
def zlata(signed_in):
    return signed_in("Zlata Begić", None, "auditor")


def test_the_status_page_draws_one_arch_for_each_institution(client, bridge):
    page = read(client, "/stanje/")
    assert page.partition('class="via"')[2].count('<path class="k"') == 3
    assert "<dd>36</dd>" in page.replace("\n", "")
    assert "41 <small>ms</small>" in page


def test_a_silent_institution_is_named_and_dashed(client, bridge):
    read(client, "/stanje/")
    bridge.silent = ("brcko-registrar",)
    cache.delete("status")
    page = read(client, "/stanje/")
    assert "1 institution does not answer" in page
    assert re.search(
        r"The Registrar of Brčko District does not answer\. Its last answer to this page: \d\d:\d\d\.", page
    )
    assert "Institutions are asked when somebody opens this page" in page
    assert page.count('<path class="o"') == 1


def row_of(page: str, institution: str) -> str:
    row = page.rpartition(f'<tr><th scope="row">{institution}</th>')[2].partition("</tr>")[0]
    return " ".join(re.sub("<[^>]+>", " ", row).split())


def test_what_a_silent_gateway_had_answered_today_stays_known_with_its_time(client, bridge):
    read(client, "/stanje/")
    bridge.silent = ("brcko-registrar",)
    cache.delete("status")
    page = read(client, "/stanje/")
    assert re.search(
        r"silent – 12 as of \d\d:\d\d 1 as of \d\d:\d\d", row_of(page, "Registrar of Brčko District")
    )
    assert "<dd>36</dd>" in page.replace("\n", "")
    assert "the last known figures count" in page


def test_what_a_gateway_that_was_never_seen_answered_is_not_known_and_not_zero(client, bridge):
    bridge.silent = ("brcko-registrar",)
    page = read(client, "/stanje/")
    assert "silent – not known not known" in row_of(page, "Registrar of Brčko District")
    assert "<dd>24</dd>" in page.replace("\n", "")


def test_what_it_answered_yesterday_is_not_of_today(client, bridge):
    status = exchange.GatewayStatus("brcko-registrar", answering=True, answers_today=20)
    cache.set("gateway-seen/brcko-registrar", (clock.now() - timedelta(days=1), status))
    bridge.silent = ("brcko-registrar",)
    page = read(client, "/stanje/")
    assert "silent – not known not known" in row_of(page, "Registrar of Brčko District")
    assert re.search(r"Its last answer to this page: \d+ \w+ \d{4} \d\d:\d\d\.", page)


def test_the_last_half_hour_of_a_silent_gateway_passes_minute_by_minute(client, bridge):
    status = exchange.GatewayStatus(
        "brcko-registrar", answering=True, exchanges_per_minute=(*[0] * 19, 5, *[0] * 10)
    )
    bridge.silent = ("brcko-registrar",)
    for minutes, exchanges in ((0, 9), (19, 9), (20, 4), (40, 4)):
        cache.set("gateway-seen/brcko-registrar", (clock.now() - timedelta(minutes=minutes), status))
        cache.delete("status")
        said = read(client, "/stanje/").partition("Exchanges in the last 30 minutes")[2]
        assert f"<dd>{exchanges}</dd>" in said.partition("</div>")[0]


def test_the_status_is_asked_at_most_every_few_seconds(client, bridge):
    first = read(client, "/stanje/")
    bridge.silent = ("brcko-registrar",)
    assert read(client, "/stanje/") == first


def test_figures_are_also_a_table(client, bridge):
    assert read(client, "/stanje/").count("<tr>") > 30


def test_without_gateways_the_page_still_stands(client, settings):
    settings.GATEWAYS = {}
    assert "No gateway is connected to this portal." in read(client, "/stanje/")


def test_the_first_visit_has_nothing_to_compare_with_and_the_second_has(zlata, bridge):
    assert read(zlata, "/revizija/").count("first visit") == 3
    page = read(zlata, "/revizija/")
    assert page.count("only added to") == 3
    assert {asked["old_size"] for asked in bridge.asked} == {20}


def test_what_was_seen_outlives_the_session(zlata, bridge, signed_in):
    read(zlata, "/revizija/")
    later = signed_in("Zlata Begić", None, "auditor")
    later.cookies["mostovi_logs_seen"] = zlata.cookies["mostovi_logs_seen"].value
    assert read(later, "/revizija/").count("only added to") == 3


def test_a_log_that_lost_something_is_said_loudly_and_not_trusted_next_time(zlata, bridge):
    read(zlata, "/revizija/")
    bridge.consistent = False
    assert read(zlata, "/revizija/").count("The proof failed.") == 3
    read(zlata, "/revizija/")
    assert {asked["old_size"] for asked in bridge.asked} == {20}


def test_entries_are_shown_without_a_name(zlata, bridge):
    bridge.entries = [log_entry(number) for number in range(50, 0, -1)]
    page = read(zlata, "/revizija/tuzla-social-work/")
    assert "childrenOfParent" in page
    assert "p-19" in page
    assert "Amra" not in page
    assert 'href="?before=1"' in page
    assert "p-19" in read(zlata, f"/revizija/tuzla-social-work/?before={'9' * 5000}")


def test_a_log_is_read_by_kind_without_a_script(zlata, bridge):
    bridge.entries = [
        log_entry(3),
        replace(log_entry(2), service="findUsage", case="own-request"),
        replace(log_entry(1), action="read", service="case_read"),
    ]
    everything = read(zlata, "/revizija/tuzla-social-work/")
    assert "own question" in everything
    assert "own--re" not in everything
    looks = zlata.get("/revizija/tuzla-social-work/", {"lang": "en", "kind": "looks"}).content.decode()
    assert "An application was opened" in looks
    assert "The person asked who looked" not in looks
    assert '<option value="looks" selected>' in looks
    assert "The person asked who looked" in read(zlata, "/revizija/tuzla-social-work/?kind=nothing-we-know")


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_entry_of_the_portal_shows_the_name_of_a_step(zlata, bridge, variant):
    steps = ("case_read", "desk_read", "findUsage", "registers_asked", "look_questioned")
    bridge.entries = [replace(log_entry(n), action="read", service=step) for n, step in enumerate(steps)]
    page = zlata.get("/revizija/tuzla-social-work/", {"lang": variant}).content.decode()
    assert not [step for step in steps if step in page]


def test_a_log_this_portal_does_not_know_is_not_found(zlata, bridge):
    assert zlata.get("/revizija/somewhere-else/").status_code == 404


def test_only_auditors_read_logs(signed_in, bridge):
    client = signed_in("Damir Babić", "tuzla-social-work", "caseworker")
    assert client.get("/revizija/").status_code == 403
    assert client.get("/revizija/tuzla-social-work/").status_code == 403


@pytest.mark.parametrize(
    ("service", "actor_kind", "words"),
    [
        ("case_read", "official", "read by an official"),
        ("taken", "official", "done by an official"),
        ("received", "person", "done by the person"),
        ("complete", "system", "done by the portal"),
    ],
)
def test_an_entry_says_whose_deed_it_was(service: str, actor_kind: str, words: str) -> None:
    entry = replace(log_entry(1), action="read", service=service, detail={"actor_kind": actor_kind})
    with translation.override("en"):
        assert log_deed(entry) == words
