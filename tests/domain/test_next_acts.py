"""What may be written down of a case in somebody's hands follows from how far they are, and from who would write it."""

from typing import NamedTuple

import pytest

from dispatch.domain.next_acts import NextAct, seat_acts
from dispatch.domain.vocabulary import Role
from tests.rows import NOW


class Work(NamedTuple):
    accepted_at: object = None
    signed_at: object = None
    begun_at: object = None


ASSIGNED, ACCEPTED, SIGNED, BEGUN = (Work(*(NOW,) * steps) for steps in range(4))
ANSWER, SIGN, BEGIN, REPORT, CLOSE, GIVE_BACK = (
    NextAct.ANSWER_ASSIGNMENT, NextAct.SIGN, NextAct.BEGIN, NextAct.REPORT, NextAct.CLOSE, NextAct.GIVE_BACK,
)  # fmt: skip


@pytest.mark.parametrize(
    ("work", "told"),
    [
        (ASSIGNED, [ANSWER]),
        (ACCEPTED, [SIGN, BEGIN, REPORT, GIVE_BACK]),
        (SIGNED, [BEGIN, REPORT, GIVE_BACK]),
        (BEGUN, [CLOSE, REPORT, GIVE_BACK]),
    ],
)
def test_officer_writes_down_what_a_practitioner_tells_the_next_first(work, told):
    found = seat_acts(work, Role.CLERK)

    assert [act for act in found if act is not NextAct.ASK_REPLACEMENT] == told


@pytest.mark.parametrize("work", [ASSIGNED, ACCEPTED, SIGNED, BEGUN])
def test_auditor_writes_nothing_down(work):
    assert seat_acts(work, Role.AUDITOR) == ()
