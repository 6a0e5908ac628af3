import sqlite3

from hypothesis import given, settings
from hypothesis import strategies as st

from live.events import line
from mostovi.live.ring import Ring
from mostovi.live.rules import read_event


def an_event(**changes):
    return read_event(line(**changes))


def test_a_restart_keeps_the_feed(tmp_path):
    ring = Ring(tmp_path / "ring")
    told = ring.add([an_event(), an_event()])
    ring.close()
    again = Ring(tmp_path / "ring")
    assert again.recent(10, "bridge") == told[::-1]
    again.close()


def test_what_was_kept_survives_a_program_that_never_closed(tmp_path):
    ring = Ring(tmp_path / "ring")
    told = ring.add([an_event()])
    assert Ring(tmp_path / "ring").recent(10, "bridge") == told
    ring.close()


def test_numbers_are_never_given_twice(tmp_path):
    ring = Ring(tmp_path / "ring", capacity=2)
    ring.add([an_event() for _ in range(5)])
    ring.close()
    sqlite3.connect(tmp_path / "ring").execute("DELETE FROM event").connection.commit()
    again = Ring(tmp_path / "ring", capacity=2)
    assert [held.number for held in again.add([an_event()])] == [6]
    again.close()


def test_an_event_that_both_gateways_tell_is_kept_once(tmp_path):
    ring = Ring(tmp_path / "ring")
    one = an_event()
    assert len(ring.add([one, one])) == 1
    assert ring.add([one]) == []
    assert ring.newest == 1
    ring.close()


def test_an_unreadable_row_of_another_version_is_passed_over(tmp_path):
    ring = Ring(tmp_path / "ring")
    ring.add([an_event()])
    ring.close()
    sqlite3.connect(tmp_path / "ring").execute("INSERT INTO event (line) VALUES ('{}')").connection.commit()
    again = Ring(tmp_path / "ring")
    assert [held.number for held in again.recent(10, "bridge")] == [1]
    assert again.newest == 2
    again.close()


@given(st.integers(1, 8), st.lists(st.integers(1, 5), max_size=8), st.integers(-3, 40))
@settings(deadline=None)
def test_resuming_gives_all_that_was_missed_or_says_that_it_cannot(capacity, batches, last):
    ring = Ring(":memory:", capacity=capacity)
    told = [held for size in batches for held in ring.add([an_event() for _ in range(size)])]
    missed = ring.since(last, "bridge")
    oldest = max(1, len(told) - capacity + 1)
    if missed is None:
        assert last > ring.newest or last < oldest - 1
    else:
        assert missed == [held for held in told if held.number > last]
    ring.close()


def test_the_feed_of_one_member_leaves_the_others_out():
    ring = Ring(":memory:")
    ring.add([an_event(provider="brcko-registrar"), an_event()])
    assert [held.number for held in ring.recent(10, "bridge/brcko-registrar")] == [1]
    assert [held.number for held in ring.since(0, "bridge/zenica-registrar")] == [2]
    ring.close()
