"""A seat counts as long as it is carried through."""

from datetime import UTC, datetime

import pytest

from dispatch.domain.report_data import SeatLine
from dispatch.domain.states import EndReason
from dispatch.domain.vocabulary import ModeName

AT = datetime(2026, 3, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ended_at", "end_reason", "stands"),
    [
        (None, None, True),
        (AT, EndReason.CLOSED, True),
        (AT, EndReason.DECLINED, False),
        (AT, EndReason.ABANDONED, False),
    ],
)
def test_seat_stands_while_it_is_held_and_once_it_is_carried_through(ended_at, end_reason, stands):
    seat = SeatLine("c1", 0, "p1", ModeName.GRAB, AT, AT, ended_at, end_reason)

    assert seat.stands is stands
