"""The quality level: grades and upheld complaints with their days, the latest most; nothing known is no penalty."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.docket.docket import docket_from_json, docket_to_json
from dispatch.domain.docket.facts import GradeFact
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.errors import PolicyInvalidError
from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.domain.quality import UNIT, CountedComplaint, quality_of, weight_on
from dispatch.domain.states import QualityGrade
from dispatch.modes.optimized import candidates
from tests.builders import a_case, a_docket, a_policy, a_practitioner, docket_facts

TODAY = date(2026, 3, 9)
NATIONAL = load_preset("national")
WITHOUT = Policy.from_document({**NATIONAL.to_document(), "quality": None})


def graded(*grades, ago=1):
    return tuple(GradeFact(grade=grade, on=TODAY - timedelta(days=ago)) for grade in grades)


def level(policy=NATIONAL, **facts):
    return quality_of(a_practitioner(**facts), policy, TODAY).level


def test_who_has_no_grade_keeps_the_registered_level_and_who_has_none_is_neutral():
    known, unknown = (
        quality_of(a_practitioner(), NATIONAL, TODAY),
        quality_of(a_practitioner(quality=None), NATIONAL, TODAY),
    )

    assert (known.level, known.before) == (70, 70)
    assert (unknown.level, unknown.before) == (None, NATIONAL.thresholds.unknown_quality)


@pytest.mark.parametrize(
    ("grades", "found"),
    [
        # two parts of 60 before, and one of the grade of a day ago, which weighs 0.9986
        ((QualityGrade.EXCELLENT,), 72),
        ((QualityGrade.GOOD,), 67),
        ((QualityGrade.PASS,), 62),
        ((QualityGrade.FAIL,), 50),
        ((QualityGrade.EXCELLENT,) * 8, 88),
        ((QualityGrade.EXCELLENT, QualityGrade.FAIL), 61),
    ],
)
def test_each_grade_moves_the_neutral_level_and_one_alone_moves_it_little(grades, found):
    assert level(quality=None, grades=graded(*grades)) == found


def test_grade_counts_half_after_a_half_life_and_not_at_all_after_the_window():
    rule = NATIONAL.quality

    weights = [weight_on(TODAY - timedelta(days=ago), TODAY, rule) for ago in (365, 730, 1095, 1096)]

    assert weights == [UNIT // 2, UNIT // 4, UNIT // 8, 0]
    assert level(grades=graded(QualityGrade.FAIL, ago=1096)) == 70


def test_what_happens_today_counts_from_tomorrow_on_and_what_is_to_come_not_yet():
    assert level(grades=graded(QualityGrade.FAIL, ago=0)) == 70
    assert level(grades=graded(QualityGrade.FAIL, ago=-30), complaints=(TODAY + timedelta(days=30),)) == 70
    assert level(grades=graded(QualityGrade.FAIL)) == 57


def test_upheld_complaint_takes_points_that_come_back_with_time():
    yesterday, last_year = TODAY - timedelta(days=1), TODAY - timedelta(days=365)

    assert [level(complaints=(on,)) for on in (yesterday, last_year)] == [55, 63]
    assert level(quality=5, complaints=(yesterday,)) == 0


def test_policy_without_the_part_counts_no_grade_and_has_no_place_for_it():
    assert level(WITHOUT, grades=graded(QualityGrade.FAIL), complaints=(date(2026, 3, 1),)) == 70
    assert "quality" not in WITHOUT.to_document()
    assert WITHOUT.digest() != NATIONAL.digest()


def test_basis_names_every_grade_that_counted_the_latest_first():
    grades = graded(QualityGrade.PASS, ago=400) + graded(QualityGrade.EXCELLENT, ago=10) + graded("good", ago=2000)

    basis = quality_of(a_practitioner(grades=grades), NATIONAL, TODAY)

    assert [(each.grade, (TODAY - each.on).days) for each in basis.grades] == [("excellent", 10), ("pass", 400)]
    assert [round(each.share, 2) for each in basis.grades] == [0.99, 0.48]


def test_score_of_matching_follows_the_grades_and_the_candidate_says_why():
    people = [a_practitioner("plain"), a_practitioner("praised", grades=graded(QualityGrade.EXCELLENT)),
              a_practitioner("blamed", complaints=(TODAY - timedelta(days=1),))]  # fmt: skip
    docket = a_docket([a_case()], people)

    found = candidates(docket, eligible(docket), 0)

    assert [each.practitioner_id for each in found] == ["praised", "plain", "blamed"]
    assert [each.terms["quality"] for each in found] == [1500 * points for points in (78, 70, 55)]
    assert [len(each.quality.grades) for each in found] == [1, 0, 0]


def test_docket_file_keeps_grades_and_complaints_and_leaves_out_what_is_not_there():
    person = a_practitioner(grades=graded(QualityGrade.GOOD), complaints=(TODAY,))
    content = docket_to_json(docket_facts(practitioners=[person]), NATIONAL, 0)

    assert docket_from_json(content)[0].practitioners == (person,)
    assert b'"grades"' not in docket_to_json(docket_facts(), WITHOUT, 0)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"levels": {"excellent": 90, "good": 80, "pass": 70}}, "every quality grade needs a level"),
        ({"levels": {"excellent": 60, "good": 80, "pass": 70, "fail": 0}}, "levels must fall"),
    ],
)
def test_policy_whose_levels_are_not_whole_or_do_not_fall_is_refused(change, problem):
    with pytest.raises(PolicyInvalidError) as refused:
        a_policy(quality=change)

    assert problem in str(refused.value.facts["problems"])


GRADES = st.lists(st.tuples(st.sampled_from(QualityGrade), st.integers(1, 2000)), max_size=6)


@given(GRADES, st.one_of(st.none(), st.integers(0, 100)), st.lists(st.integers(1, 2000), max_size=3))
def test_level_stays_within_what_was_given_whatever_the_order(grades, before, complaints):
    facts = tuple(GradeFact(grade=grade, on=TODAY - timedelta(days=ago)) for grade, ago in grades)
    upheld = tuple(TODAY - timedelta(days=ago) for ago in complaints)
    start = 60 if before is None else before

    plain = level(quality=before, grades=facts)
    worse = level(quality=before, grades=facts[::-1], complaints=upheld)

    levels = [NATIONAL.quality.levels[grade] for grade, _ in grades] + [start]
    assert min(levels) <= (start if plain is None else plain) <= max(levels)
    assert 0 <= (start if worse is None else worse) <= (start if plain is None else plain)


def test_complaint_of_half_a_weight_counts_half():
    assert CountedComplaint(date(2026, 1, 5), UNIT // 2).share == 0.5
