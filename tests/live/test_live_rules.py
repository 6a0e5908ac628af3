import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from live.events import event, line
from mostovi.live.rules import EventRefused, UnknownTopic, check_topic, read_event
from mostovi.live.values import belongs_to

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_an_event_of_a_gateway_is_read_whole():
    told = event()
    assert read_event(json.dumps(told).encode()).to_json() == told


def test_a_refusal_without_case_and_law_is_an_event_too():
    refused = {"kind": "refusal", "outcome": "refused", "error": "Server.ClientProxy.CaseReferenceMissing"}
    unknown = {"mark": None, "purpose": {}, "legal_basis": {}, "fields": [], "log_entry": None}
    read = read_event(line(**refused, **unknown, signatures="one"))
    assert read.mark is None


@given(st.text(min_size=1), ANY_JSON)
def test_an_unknown_key_drops_the_whole_event(key, value):
    assume(key not in event())
    with pytest.raises(EventRefused):
        read_event(line(**{key: value}))


@given(st.sampled_from(sorted(event())))
def test_a_missing_key_drops_the_whole_event(key):
    told = event()
    del told[key]
    with pytest.raises(EventRefused):
        read_event(json.dumps(told).encode())


@given(
    st.sampled_from(["id", "at", "consumer", "provider", "service", "mark", "error", "log_entry"]),
    st.text(alphabet="0123456789", min_size=13, max_size=13),
    st.text(max_size=20),
    st.text(max_size=20),
)
def test_no_key_takes_thirteen_digits(key, digits, before, after):
    with pytest.raises(EventRefused):
        read_event(line(**{key: before + digits + after}))


@given(
    st.sampled_from(["purpose", "legal_basis"]),
    st.integers(0, 10**13 - 1),
    st.sampled_from(["", " ", "-", "."]),
)
def test_no_text_takes_thirteen_digits_however_they_are_written(key, number, separator):
    with pytest.raises(EventRefused):
        read_event(line(**{key: {"en": f"For {separator.join(f'{number:013}')}, as asked"}}))


def test_a_personal_number_in_other_digits_is_refused_too():
    with pytest.raises(EventRefused):
        read_event(line(purpose={"en": "٠١٠١٩٩٠٥٠٠٠٠٦"}))


@given(st.dictionaries(st.sampled_from(sorted(event())), ANY_JSON, min_size=1, max_size=3))
def test_whatever_passes_comes_out_as_it_went_in_and_holds_no_personal_number(changes):
    told = event(**changes)
    try:
        read = read_event(json.dumps(told).encode())
    except EventRefused:
        return
    assert read.to_json() == told


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    with pytest.raises(EventRefused):
        read_event(data)


def test_a_key_told_twice_is_refused():
    with pytest.raises(EventRefused):
        read_event(line().replace(b'"kind"', b'"id": "x", "kind"'))


@pytest.mark.parametrize(
    "broken",
    [
        {"mark": "Amra Kovac"},
        {"mark": "K4T92M7AE"},
        {"at": "2026-13-41T99:00:00Z"},
        {"at": "2026-11-21T14:32:07+01:00"},
        {"outcome": "lost"},
        {"fields": ["Amra Kovač"]},
        {"fields": ["name"] * 65},
        {"purpose": {"de": "Kindergeld"}},
        {"purpose": {"en": "x" * 401}},
        {"purpose": {"en": "two\nlines"}},
        {"in_force": 1},
        {"consumer": "Amra Kovač"},
    ],
)
def test_each_key_has_its_own_shape(broken):
    with pytest.raises(EventRefused):
        read_event(line(**broken))


def test_an_event_that_is_too_long_is_refused():
    with pytest.raises(EventRefused):
        read_event(line() + b" " * 20_000)


def test_deep_nesting_is_refused():
    with pytest.raises(EventRefused):
        read_event(b"[" * 16_000)


@pytest.mark.parametrize("topic", ["", "rooms", "bridge/", "bridge/Amra Kovač", "bridge/../x", "bridge\n"])
def test_only_topics_that_exist_can_be_listened_to(topic):
    with pytest.raises(UnknownTopic):
        check_topic(topic)


def test_the_topic_of_a_member_carries_what_it_asks_and_answers():
    read = read_event(line())
    assert belongs_to(read, "bridge")
    assert belongs_to(read, "bridge/zenica-registrar")
    assert belongs_to(read, "bridge/banja-luka-administration")
    assert not belongs_to(read, "bridge/brcko-registrar")
