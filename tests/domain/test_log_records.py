"""What the log seals has one spelling, whichever database and release wrote it."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from dispatch.domain.log.records import canonical
from dispatch.domain.vocabulary import Role


def test_values_are_spelled_in_one_order_one_zone_and_without_blanks():
    noon = datetime(2026, 3, 9, 12, tzinfo=timezone(timedelta(hours=8)))

    spelled = canonical({"role": Role.CLERK, "on": date(2026, 3, 9), "at": noon, "名": "甲"})

    assert spelled.decode() == '{"at":"2026-03-09T04:00:00.000000Z","on":"2026-03-09","role":"clerk","名":"甲"}'
    assert spelled == canonical({"名": "甲", "at": noon.astimezone(UTC), "on": date(2026, 3, 9), "role": "clerk"})


def test_value_without_a_spelling_is_a_fault_of_ours():
    with pytest.raises(TypeError, match="bytes has no spelling"):
        canonical({"sealed": b"x"})
