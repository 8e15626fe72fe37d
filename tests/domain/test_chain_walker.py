"""A chain is walked to the first step that can begin; what is passed over is written down."""

from datetime import timedelta

import pytest

from dispatch.domain.chain import DIRECT, Because
from dispatch.domain.chain_walker import answer_by, chain_named, take_steps
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.schema import load_preset
from tests.builders import NOW

NATIONAL = load_preset("national")
OFFICE = OfficeHours.of(NATIONAL)
CIVIL = chain_named(NATIONAL, "civil")
WEEK, HOUR = timedelta(days=7), timedelta(hours=1)


class Diary:
    """A case that writes down what its chain does; nobody can be asked at some steps."""

    def __init__(self, *closed):
        self.closed = closed
        self.lines = []

    def enter(self, step, ends_at):
        self.lines.append(("enter", step) if ends_at else ("enter without time", step))

    def begin(self, step, ends_at):
        return Because.NOBODY_NAMED if step in self.closed else None

    def skip(self, step, because):
        self.lines.append(("skip", step, because))

    def call(self, because):
        self.lines.append(("call", because))


def walked(diary, first=0, time_left=WEEK):
    take_steps(diary, CIVIL, first, NOW, NOW + time_left, NATIONAL, OFFICE)
    return diary.lines


def test_walk_ends_where_a_step_has_begun():
    assert walked(Diary()) == [("enter", 0)]
    assert walked(Diary(), first=1) == [("enter", 1)]


def test_step_at_which_nobody_can_be_asked_is_passed_over_with_its_reason():
    assert walked(Diary(0)) == [("enter", 0), ("skip", 0, Because.NOBODY_NAMED), ("enter", 1)]


def test_step_without_time_is_entered_and_passed_over_at_once():
    assert walked(Diary(), time_left=23 * HOUR) == [
        ("enter without time", 0), ("skip", 0, Because.SHORT_OF_TIME),
        ("enter without time", 1), ("skip", 1, Because.SHORT_OF_TIME),
        ("enter", 2),
    ]  # fmt: skip


def test_manager_is_called_when_the_last_step_cannot_help():
    assert walked(Diary(2), first=2) == [("enter", 2), ("call", Because.NOBODY_NAMED)]


def test_case_already_past_its_last_step_stays_where_it_is():
    assert walked(Diary(), first=3) == []


def test_chain_is_found_by_its_code_and_one_no_longer_in_the_policy_goes_direct():
    assert chain_named(NATIONAL, "criminal").code == "criminal"
    assert chain_named(NATIONAL, "abolished") is DIRECT


@pytest.mark.parametrize(
    ("step_ends_at", "expires_at"),
    [
        (None, NOW + 8 * HOUR),
        (NOW + 30 * HOUR, NOW + 8 * HOUR),
        (NOW + 2 * HOUR, NOW + 2 * HOUR),
        (NOW - HOUR, NOW + 8 * HOUR),
    ],
)
def test_offer_expires_in_office_hours_and_never_after_its_step(step_ends_at, expires_at):
    assert answer_by(NOW, step_ends_at, NATIONAL, OFFICE) == expires_at
