from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostovi.kernel.tickets import TicketRefused, check_ticket, sign_ticket

NOW = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
TICKET = sign_ticket("secret", "bridge", NOW + timedelta(minutes=1))


def test_a_ticket_admits_until_it_is_over() -> None:
    check_ticket("secret", TICKET, "bridge", NOW)
    with pytest.raises(TicketRefused):
        check_ticket("secret", TICKET, "bridge", NOW + timedelta(minutes=2))


def test_a_ticket_for_another_topic_or_by_another_hand_is_refused() -> None:
    with pytest.raises(TicketRefused):
        check_ticket("secret", TICKET, "room", NOW)
    with pytest.raises(TicketRefused):
        check_ticket("other secret", TICKET, "bridge", NOW)


@given(st.text(max_size=60))
def test_no_text_is_a_ticket_by_chance(text: str) -> None:
    with pytest.raises(TicketRefused):
        check_ticket("secret", text, "bridge", NOW)
