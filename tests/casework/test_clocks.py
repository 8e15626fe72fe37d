"""The table from what happens to the time limits that run: each row is a limit of the law or of the centre."""

import pytest

from dispatch.casework.clocks import CLEARS, CLEARS_SEAT, RULES
from dispatch.domain.chain import Mark
from dispatch.domain.law.deadlines import DEADLINES, NOT_OURS, Obliged
from dispatch.domain.lifecycle import Event
from dispatch.domain.states import Milestone
from dispatch.domain.webhooks import RECEIVE

ELSEWHERE = {"T1", "T7", "T9", "T17a", "T19a", "T19b", "T19c"}
"""Over before the centre hears of the case, no length of time, or begun by complaints."""

NAMED = {"T9b"}
"""Run to a day that somebody names: no act alone begins them."""


def test_every_limit_a_centre_can_know_has_a_row_that_begins_and_meets_it():
    assert {rule.code for rule in RULES} == DEADLINES.keys() - ELSEWHERE
    assert {rule.code for rule in RULES if not rule.starts} == NAMED
    assert all(rule.met for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_row_names_acts_there_are(rule):
    known = {*Event, *Mark, *Milestone, RECEIVE}

    assert {*rule.starts, *rule.met, *rule.ends} <= known
    assert rule.after is None or rule.after in DEADLINES


def test_every_milestone_is_asked_for_by_a_row():
    asked = {act for rule in RULES for act in (*rule.starts, *rule.met, *rule.ends)}

    assert set(Milestone) <= asked


def test_acts_that_clear_are_events():
    assert set(Event) >= CLEARS | CLEARS_SEAT


def test_limits_of_organs_and_recipients_are_not_the_centres():
    assert {code for code, row in DEADLINES.items() if row.whose in NOT_OURS} == {
        "T1", "T7", "T8", "T9b", "T12", "T14", "T15", "T16", "T17a",
    }  # fmt: skip
    assert DEADLINES["T10"].whose is Obliged.BUREAU
