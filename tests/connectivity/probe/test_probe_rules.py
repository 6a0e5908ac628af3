"""What is believed of a client's report, and why something is put aside."""

import json
import math
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectivity.probe import giga
from connectivity.probe.giga import OTHER_SCHOOL, SCHOOL
from mostovi.connectivity.probe import rules
from mostovi.connectivity.probe.arrivals import Door, shift_of
from mostovi.connectivity.probe.claims import fault_named
from mostovi.connectivity.probe.ndt7.values import Direction, Ending, Summary
from mostovi.connectivity.probe.privacy import (
    KEEPABLE,
    PERSONAL,
    NotKeepable,
    Treatment,
    keep,
    pseudonym,
    read_keeping,
)
from mostovi.connectivity.probe.rules import DAY, HOUR, MINUTE
from mostovi.connectivity.probe.values import Aside, Flag, Kind, Reason, Record, School

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1_000)
SCHOOLS = {name: School(name, "BA") for name in (SCHOOL, OTHER_SCHOOL)}
DOOR = Door(b"k" * 32, (), SCHOOLS.get)


def read(**other: Any) -> Record | Aside:
    return DOOR.measurement(giga.measurement(NOW, **other), NOW_MS).item


def kept(**other: Any) -> Record:
    item = read(**other)
    assert isinstance(item, Record)
    return item


def reason(**other: Any) -> Reason:
    item = read(**other)
    assert isinstance(item, Aside)
    return item.reason


def test_giga_meters_payload_is_read_in_its_own_units() -> None:
    record = kept(mbps=25.0)
    assert record.kind is Kind.MEASUREMENT
    assert record.school == SCHOOL
    assert (record.download_kbps, record.upload_kbps, record.latency_ms) == (25_000, 5_000, 31)
    assert record.jitter_ms == 1.2
    assert record.loss == pytest.approx(0.005)
    assert (record.measured_at, record.received_at) == (NOW_MS, NOW_MS)
    assert record.provider == "AS9146"
    assert record.source == "DailyCheckApp 2.0.3"
    assert record.flags == ""


def test_latency_is_the_mean_of_both_smallest_round_trips_when_the_client_leaves_it_out() -> None:
    assert kept(Latency=None).latency_ms == 31


def test_an_identifier_is_compared_without_case_and_spaces() -> None:
    assert kept(giga_id_school=f"  {SCHOOL.upper()} ").school == SCHOOL


def test_numbers_written_as_text_are_numbers() -> None:
    assert kept(Download="25000", Upload="", Latency="31").download_kbps == 25_000


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"giga_id_school": "nobody"}, Reason.UNKNOWN_SCHOOL),
        ({"giga_id_school": None}, Reason.UNKNOWN_SCHOOL),
        ({"giga_id_school": {"x": 1}}, Reason.UNKNOWN_SCHOOL),
        ({"country_code": "RS"}, Reason.WRONG_COUNTRY),
        ({"Timestamp": None}, Reason.NO_TIME),
        ({"Timestamp": "yesterday"}, Reason.NO_TIME),
        ({"Timestamp": 1_700_000_000}, Reason.NO_TIME),
        ({"Timestamp": "0001-01-01T00:00:00+14:00"}, Reason.TOO_OLD),
        ({"Timestamp": "1970-01-01T00:00:00Z"}, Reason.TOO_OLD),
        ({"Timestamp": "2026-11-29T10:00:01Z"}, Reason.CLOCK_WRONG),
        ({"Timestamp": "9999-12-31T23:59:59-14:00"}, Reason.CLOCK_WRONG),
        ({"Download": -1}, Reason.NEGATIVE_SPEED),
        ({"Upload": -0.001}, Reason.NEGATIVE_SPEED),
        ({"Download": 10_000_001}, Reason.ABSURD_SPEED),
        ({"Download": 25_000_000_000, "Upload": 1}, Reason.ABSURD_SPEED),
        ({"Download": "quick"}, Reason.NOT_A_NUMBER),
        ({"Download": "NaN"}, Reason.NOT_A_NUMBER),
        ({"Download": "1e999"}, Reason.NOT_A_NUMBER),
        ({"Download": True}, Reason.NOT_A_NUMBER),
        ({"Download": None, "Upload": None}, Reason.NO_SPEED),
        ({"Download": [], "Upload": None}, Reason.NO_SPEED),
    ],
)  # fmt: skip
def test_what_cannot_be_true_is_put_aside_with_the_reason(change: dict[str, Any], expected: Reason) -> None:
    payload = {**giga.measurement(NOW), **change}
    item = DOOR.measurement(payload, NOW_MS).item
    assert isinstance(item, Aside)
    assert item.reason is expected


def test_every_reason_is_reached_by_some_input() -> None:
    elsewhere = {Reason.NO_STATE, Reason.NOT_AN_OBJECT, Reason.DIFFERS}
    listed = test_what_cannot_be_true_is_put_aside_with_the_reason.pytestmark[0].args[1]
    assert {expected for _, expected in listed} | elsewhere == set(Reason)


def test_a_client_without_a_country_is_believed_by_its_school() -> None:
    payload = giga.measurement(NOW, country_code="")
    payload["ClientInfo"]["Country"] = ""
    assert isinstance(DOOR.measurement(payload, NOW_MS).item, Record)


@given(st.integers(-5 * 365 * DAY, 5 * 365 * DAY))
def test_a_believed_time_is_never_later_than_five_minutes_after_arrival(ahead: int) -> None:
    try:
        measured_at, flag = rules.check_clock(NOW_MS + ahead, NOW_MS)
    except rules.Unfit as unfit:
        expected = Reason.CLOCK_WRONG if ahead > 0 else Reason.TOO_OLD
        assert unfit.reason is expected  # noqa: PT017
        assert ahead > 2 * DAY or ahead < -100 * DAY
    else:
        assert measured_at <= NOW_MS + 5 * MINUTE
        assert (flag is Flag.CLOCK_AHEAD) == (ahead > 5 * MINUTE)
        assert (flag is Flag.LATE) == (ahead < -8 * DAY)


@given(st.lists(st.integers(-7 * DAY, 2 * DAY), min_size=1, max_size=30))
def test_a_batch_of_a_clock_that_runs_ahead_keeps_its_order_and_distances(offsets: list[int]) -> None:
    times = [NOW_MS + offset for offset in offsets]
    shift = rules.clock_shift(times, NOW_MS)
    assert 0 <= shift <= 2 * DAY
    assert max(time - shift for time in times) <= NOW_MS + 5 * MINUTE


def test_one_impossible_time_does_not_move_the_others() -> None:
    checks = [giga.check(NOW - timedelta(hours=1)), giga.check(NOW + timedelta(days=900))]
    shift = shift_of([*checks, "no object", {"timestamp": 3}], NOW_MS)
    assert shift == 0
    first, second = (each.item for each in DOOR.checks(checks, SCHOOL, shift, NOW_MS))
    assert isinstance(first, Record)
    assert first.measured_at == NOW_MS - HOUR
    assert isinstance(second, Aside)


def test_checks_say_whether_there_was_a_connection() -> None:
    good, bad, odd, no_object = DOOR.checks(
        [
            giga.check(NOW),
            giga.check(NOW, isConnected=False, errorMessage="getaddrinfo ENOTFOUND google.com"),
            giga.check(NOW, isConnected="yes"), 7,
        ],
        SCHOOL, 0, NOW_MS,
    )  # fmt: skip
    assert isinstance(good.item, Record)
    assert good.item.connected is True
    assert isinstance(bad.item, Record)
    assert (bad.item.connected, bad.item.fault) == (False, "name_not_found")
    assert isinstance(odd.item, Aside)
    assert odd.item.reason is Reason.NO_STATE
    assert isinstance(no_object.item, Aside)
    assert no_object.item.reason is Reason.NOT_AN_OBJECT


@pytest.mark.parametrize(
    ("message", "word"),
    [
        (None, None), ("", None), (7, None), ("connect ETIMEDOUT 203.0.113.7:443", "timed_out"),
        ("ECONNREFUSED 10.0.0.1", "refused"), ("net::ERR_INTERNET_DISCONNECTED", "unreachable"),
        ("socket hang up", "broken_off"), ("C:\\Users\\amra\\x.js failed", "other"),
    ],
)  # fmt: skip
def test_an_errors_text_becomes_one_word(message: Any, word: str | None) -> None:
    assert fault_named(message) == word


def test_the_same_measurement_has_the_same_key_and_digest_whenever_it_comes() -> None:
    payload = giga.measurement(NOW)
    first = DOOR.measurement(payload, NOW_MS).item
    again = DOOR.measurement(json.loads(json.dumps(payload)), NOW_MS + 3 * DAY).item
    assert isinstance(first, Record)
    assert isinstance(again, Record)
    assert (first.key, rules.digest_of(first)) == (again.key, rules.digest_of(again))


def test_other_schools_and_kinds_never_share_a_key() -> None:
    mine, theirs = kept(UUID="u1"), kept(UUID="u1", school=OTHER_SCHOOL)
    (check,) = DOOR.checks([giga.check(NOW, app_local_uuid="u1")], SCHOOL, 0, NOW_MS)
    assert len({mine.key, theirs.key, check.item.key}) == 3


def test_without_a_uuid_all_that_is_said_makes_the_key() -> None:
    assert kept(UUID="").key == kept(UUID=None).key
    assert kept(UUID="").key != kept(UUID="", Download=1).key


def test_a_latency_that_cannot_be_is_dropped_and_flagged() -> None:
    assert (kept(Latency=-5).latency_ms, kept(Latency=-5).flags) == (None, "latency_dropped")


def test_a_speed_in_the_wrong_unit_is_flagged() -> None:
    assert kept(Download=25.0).flags == "speed_disagrees"


def summary(**other: Any) -> Summary:
    facts: dict[str, Any] = {
        "uuid": "u", "direction": Direction.DOWNLOAD, "started_at": NOW, "seconds": 10.0, "bytes": 1,
        "megabits_per_second": 12.5, "min_rtt_milliseconds": 30.0, "jitter_milliseconds": 1.0,
        "retransmitted": 0.01, "ending": Ending.COMPLETE, "metadata": {"school": SCHOOL.upper()},
    }  # fmt: skip
    return Summary(**(facts | other))


def test_our_own_tests_become_records_of_the_school_that_they_name() -> None:
    record = rules.read_test(summary(), NOW_MS, SCHOOLS.get)
    assert (record.school, record.download_kbps, record.upload_kbps) == (SCHOOL, 12_500, None)
    unknown = rules.read_test(
        summary(metadata={"school": "x"}, direction=Direction.UPLOAD), NOW_MS, SCHOOLS.get
    )
    assert (unknown.school, unknown.upload_kbps) == (None, 12_500)


def test_a_test_that_was_cut_short_is_flagged() -> None:
    short = rules.read_test(summary(seconds=1.0, ending=Ending.VANISHED), NOW_MS, SCHOOLS.get)
    assert (short.flags, short.fault) == ("cut_short", "vanished")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
def test_whatever_stands_in_a_field_the_record_is_kept_or_aside(data: st.DataObject) -> None:
    payload = giga.measurement(NOW)
    for name in data.draw(st.lists(st.sampled_from(sorted(payload)), max_size=6)):
        payload[name] = data.draw(json_values)
    item = DOOR.measurement(payload, NOW_MS).item
    if isinstance(item, Record):
        speeds = [speed for speed in (item.download_kbps, item.upload_kbps) if speed is not None]
        assert speeds
        assert all(0 <= speed <= 10_000_000 for speed in speeds)
        assert item.latency_ms is None or 0 <= item.latency_ms <= 60_000
        assert item.loss is None or 0 <= item.loss <= 1
    else:
        json.dumps(item.claims)


@given(st.dictionaries(st.text(max_size=20), json_values, max_size=8))
def test_any_object_is_kept_or_aside(payload: dict[str, Any]) -> None:
    assert DOOR.measurement(payload, NOW_MS).item.kind is Kind.MEASUREMENT
    assert DOOR.checks([payload], SCHOOL, shift_of([payload], NOW_MS), NOW_MS)[0].item.kind is Kind.CHECK


def everything_said(item: Record | Aside) -> str:
    return repr(item)


def test_nothing_personal_passes_the_door() -> None:
    items = [read(), read(giga_id_school="unknown"), read(Download=-1)]
    message = f"connect ECONNREFUSED {giga.SECRETS['ip_address']}"
    items += [each.item for each in DOOR.checks([giga.check(NOW, errorMessage=message)], SCHOOL, 0, NOW_MS)]
    for item in items:
        assert [secret for secret in giga.SECRETS.values() if secret in everything_said(item)] == []


def test_the_list_of_what_is_personal_names_every_secret_field_of_the_payload() -> None:
    paths = {each.path for each in PERSONAL}
    assert {"ip_address", "windows_username", "installed_path", "wifi_connections", "BrowserID"} <= paths
    assert all(each.why for each in PERSONAL)
    assert {each.treatment for each in PERSONAL} == set(Treatment)


def test_a_devices_pseudonym_differs_from_school_to_school_and_from_key_to_key() -> None:
    names = {pseudonym(key, school, "d") for key in (b"1" * 32, b"2" * 32) for school in ("a", "b")}
    assert len(names) == 4
    assert all(len(name) == 12 for name in names)


def test_a_setting_keeps_what_it_names_for_its_period() -> None:
    keeping = read_keeping({"ip_address": {"purpose": "finding a broken line in May", "days": 3}})
    found = keep(giga.measurement(NOW), keeping, NOW_MS)
    assert found == (("ip_address", giga.SECRETS["ip_address"], NOW_MS + 3 * DAY),)


@pytest.mark.parametrize(
    "setting",
    [
        {"Download": {"purpose": "a long enough purpose", "days": 3}},
        {"ip_address": {"purpose": "", "days": 3}},
        {"ip_address": {"purpose": "a long enough purpose"}},
        {"ip_address": {"purpose": "a long enough purpose", "days": 366}},
        {"ip_address": {"purpose": "a long enough purpose", "days": True}},
        {"ip_address": "yes"},
    ],
)
def test_nothing_is_kept_without_purpose_and_period(setting: dict[str, Any]) -> None:
    with pytest.raises(NotKeepable):
        read_keeping(setting)


def test_what_can_be_kept_is_a_part_of_what_is_personal() -> None:
    assert {each.path for each in PERSONAL} > KEEPABLE


def test_flooding_begins_at_a_thousand_records_of_one_hour() -> None:
    assert not rules.is_flood(999, 999)
    assert rules.is_flood(1_000, 0)
    assert rules.is_flood(0, 150_000)


def test_a_share_is_none_rather_than_nonsense() -> None:
    payload = giga.measurement(NOW, random_with=random.Random(1))
    payload["Results"]["NDTResult.S2C"]["LastServerMeasurement"]["TCPInfo"] = {
        "BytesSent": 0, "BytesRetrans": math.inf, "RTTVar": -1
    }  # fmt: skip
    item = DOOR.measurement(payload, NOW_MS).item
    assert isinstance(item, Record)
    assert (item.loss, item.jitter_ms) == (None, None)
