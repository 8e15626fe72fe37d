"""How each mode begins its step of a chain, and why it cannot."""

from datetime import timedelta

import pytest

from dispatch.domain.chain import Because
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.vocabulary import ModeName
from dispatch.modes.openings import OPENERS, Ask, AskWish, CallRun, Post, Question, Wait, opening_of
from tests.builders import NOW, a_case, a_docket, a_policy, a_practitioner

HOUR = timedelta(hours=1)
TWO = [a_practitioner("p1"), a_practitioner("p2", turns=1)]


def opening(mode, case=None, people=TWO, policy=None):
    docket = a_docket([case or a_case()], people, policy)
    return opening_of(Question(mode, docket, eligible(docket)))


def test_every_mode_has_its_way_to_begin():
    assert set(OPENERS) == set(ModeName)


@pytest.mark.parametrize("mode", ModeName)
def test_no_mode_begins_where_nobody_is_eligible(mode):
    assert opening(mode, people=[a_practitioner(on_leave=True)]) is Because.NOBODY_ELIGIBLE


def test_counsel_of_the_earlier_stage_is_asked_alone():
    assert opening(ModeName.CONTINUITY, a_case(earlier_counsel=("p2",))) == Ask(("p2",))
    assert opening(ModeName.CONTINUITY) is Because.NOBODY_NAMED


def test_counsel_who_follows_gives_way_to_whom_the_recipient_has_named_first():
    followed = {"earlier_counsel": ("p2",)}

    assert opening(ModeName.CONTINUITY, a_case(wishes=("p1", "p2"), **followed)) is Because.OTHER_NAMED
    assert opening(ModeName.CONTINUITY, a_case(wishes=("p2", "p1"), **followed)) == Ask(("p2",))


def test_wish_is_asked_and_without_one_the_recipient_has_the_time_to_name_somebody():
    assert opening(ModeName.POINT_SELECTION, a_case(wishes=("gone", "p2"))) == AskWish(("p2",))
    assert opening(ModeName.POINT_SELECTION, a_case(wishes=("p2", "gone", "p1"))) == AskWish(("p2", "p1"))
    assert opening(ModeName.POINT_SELECTION, a_case(wishes=("gone",))) is Because.NOBODY_NAMED
    assert opening(ModeName.POINT_SELECTION) == Wait()


def test_case_is_posted_unless_it_must_stay_out_of_an_open_board():
    assert opening(ModeName.GRAB) == Post()
    assert opening(ModeName.GRAB, a_case(secret=True)) is Because.NOT_OPEN


@pytest.mark.parametrize(("hours", "urgent"), [(23, True), (24, False)])
def test_run_is_called_at_once_for_a_case_that_cannot_wait_for_the_next(hours, urgent):
    assert opening(ModeName.OPTIMIZED, a_case(due_at=NOW + hours * HOUR)) == CallRun(urgent)


def test_officer_has_the_time_of_the_step():
    assert opening(ModeName.DESIGNATION) == Wait()


def test_next_in_turn_is_asked():
    assert opening(ModeName.ROTATION) == Ask(("p1",), {}, {})


def test_as_many_are_asked_in_turn_at_once_as_the_policy_says():
    several = a_policy(walk={"offers_at_once": 2})

    assert opening(ModeName.ROTATION, policy=several).practitioner_ids == ("p1", "p2")


def test_who_is_passed_over_in_turn_is_told_with_the_rules_and_who_is_not_listed_is_not():
    people = [
        a_practitioner("away", on_leave=True),
        a_practitioner("left", listed=False, on_leave=True),
        a_practitioner("here", turns=1),
        a_practitioner("behind", turns=2, on_leave=True),
    ]

    asked = opening(ModeName.ROTATION, people=people)

    assert asked.practitioner_ids == ("here",)
    assert list(asked.skipped) == ["away"]
    assert asked.skipped["away"]


def test_who_lacks_cases_to_the_floor_of_the_year_comes_first_and_is_told_with_how_many():
    people = [a_practitioner("p1", year_count=9), a_practitioner("p2", turns=1, year_count=0)]
    floor = a_policy(fairness={"floor_cases_per_year": 12})

    assert opening(ModeName.ROTATION, people=people, policy=floor) == Ask(("p2",), {}, {"p2": 2})
