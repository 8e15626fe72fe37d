"""The border between names and indices: nothing is lost, and every score is exact."""

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.policy.criteria import MAX_SCORE
from dispatch.domain.vocabulary import Category, ModeName, PairKind, PractitionerKind, Sex
from dispatch.modes import CHOICES
from dispatch.modes.encode import EXACT_BELOW, HARD, SPARSE_PAIRS, encode, first_rows
from dispatch.modes.optimized import pair_points
from dispatch.modes.places import capacity_of
from dispatch.modes.scores import score
from tests.builders import NOW, a_case, a_defence, a_docket, a_pair, a_policy, a_practitioner, an_area, an_institution


def a_busy_docket(policy=None):
    """Cases and people that meet most rules and every criterion."""
    cases = [
        a_case("c1", demand=2, wishes=("p3", "p1", "p2"), earlier_counsel=("p2",), categories=("elderly",)),
        a_defence("c2", grave=True, languages=("sign",), joint_group="g"),
        a_defence("c3", joint_group="g", opposing_case_ids=("c4",)),
        a_case("c4", area="B", domicile_areas=("B",), recipient_is_minor=True, organ="other"),
        a_case("c5", cause="unheard", area=None),
    ]
    people = [
        a_practitioner("p1", latitude=34.5, longitude=115.6, former_offices=None),
        a_practitioner("p2", kind=PractitionerKind.GRASSROOTS_WORKER, institution_id="office"),
        a_practitioner("p3", sex=Sex.FEMALE, languages=("sign",), experience={"elderly": 50}, relatives_at=("other",)),
        a_practitioner("p4", on_leave=True),
        a_practitioner("p5", load=4, minor_trained=None, quality=None, specialties=None),
    ]
    pairs = (a_pair(PairKind.CONFLICT, "c3", "p1"),)
    return a_docket(cases, people, policy, areas=(an_area(),), institutions=(an_institution(room=3),), pairs=pairs)


@pytest.mark.parametrize("policy", [a_policy(), a_policy(checks={"area": True}, thresholds={"specialty_floor": 1})])
def test_problem_scores_each_pair_as_the_terms_say_and_none_that_is_refused(policy):
    docket = a_busy_docket(policy)
    found, scores = eligible(docket), score(docket)
    problem = encode(docket, found)

    points = pair_points(problem, np.arange(problem.n))

    open_to = capacity_of(docket, found) > 0
    for case, i in enumerate(first_rows(docket)):
        for j in np.flatnonzero(open_to):
            if found.row(i)[j]:
                assert points[case, j] == sum(scores.terms(i, j).values())
            else:
                assert points[case, j] < 0


def test_people_whom_no_case_could_be_given_have_no_capacity():
    docket = a_busy_docket()

    assert encode(docket, eligible(docket)).capacity.tolist() == [5, 5, 5, 0, 1]


def test_rules_that_refuse_many_become_columns_and_few_become_bars():
    people = [a_practitioner(f"p{j}", languages=() if j else ("sign",)) for j in range(SPARSE_PAIRS + 2)]
    many = a_docket([a_defence(organ="other"), a_case("c2")], [*people, a_practitioner("w", relatives_at=("other",))])
    minor = a_docket([a_case(recipient_is_minor=True)], [a_practitioner(p.id, minor_trained=False) for p in people])

    few, columns = (encode(docket, eligible(docket)) for docket in (many, minor))

    assert few.barred.cols.tolist() == [SPARSE_PAIRS + 2]
    assert columns.barred.size == 0
    assert columns.practitioner_terms.min() == -HARD


def test_cases_alike_have_one_row_of_terms():
    docket = a_docket([a_case("c1"), a_case("c2")])

    terms = encode(docket, eligible(docket)).case_terms

    assert terms[0].tolist() == terms[1].tolist()


def test_sums_of_terms_are_exact_in_single_precision_in_any_order():
    problem = encode(*both(a_busy_docket()))
    reach = np.abs(problem.case_terms).astype(np.float64) @ np.abs(problem.practitioner_terms.T).astype(np.float64)

    assert reach.max() < EXACT_BELOW
    assert (problem.practitioner_terms == np.rint(problem.practitioner_terms)).all()


def both(docket):
    return docket, eligible(docket)


def test_score_never_exceeds_a_full_million():
    perfect = {
        "specialties": {"wages": 100}, "experience": {"elderly": 100}, "quality": 100, "latitude": 34.41,
        "longitude": 115.65,
    }  # fmt: skip
    case = a_case(wishes=("p1",), earlier_counsel=("p1",), categories=("elderly",))
    docket = a_docket([case], [a_practitioner(**perfect)], areas=(an_area(),))

    assert sum(score(docket).terms(0, 0).values()) == MAX_SCORE


def test_wish_of_someone_refused_adds_nothing():
    docket = a_docket([a_case(wishes=("p1",))], [a_practitioner(on_leave=True)])

    assert encode(docket, eligible(docket)).bonus.size == 0


def test_fourth_wish_is_worth_nothing():
    people = [a_practitioner(f"p{j}") for j in range(4)]
    docket = a_docket([a_case(wishes=("p0", "p1", "p2", "p3"))], people)

    assert [score(docket).terms(0, j)["wish"] for j in range(4)] == [150_000, 105_000, 60_000, 0]


def test_open_price_climbs_with_urgency():
    hours = (-1, 0, 20, 40, 70, 90)
    cases = [a_case(f"c{at}", due_at=NOW + timedelta(hours=at)) for at in hours]

    prices = encode(*both(a_docket(cases))).open_price

    assert prices[0] == prices[1]
    assert all(dear > cheap for dear, cheap in pairwise(prices[1:]))
    assert prices[-1] > 7 * MAX_SCORE


def test_case_of_a_soldiers_family_comes_first_among_equally_urgent_ones_and_after_more_urgent_ones():
    plain, family = {}, {"categories": (Category.SERVICE_FAMILY, Category.WOMAN)}
    cases = [
        a_case(f"c{n}", due_at=NOW + timedelta(hours=hours), **kind)
        for n, (hours, kind) in enumerate([(20, plain), (20, family), (40, family), (70, plain)])
    ]
    docket = a_docket(cases, [a_practitioner("p1", capacity=1)])

    prices = encode(*both(docket)).open_price.tolist()

    assert prices[1] > prices[0] > prices[2] > prices[3]
    # What tells them apart outweighs every match together, and all of it is less than another case.
    assert prices[1] - prices[0] > 4 * MAX_SCORE
    assert 2 * prices[3] > prices[1]
    chosen = CHOICES[ModeName.OPTIMIZED](*both(docket)).tolist()
    assert [n for n, j in enumerate(chosen) if j != NOBODY] == [1]


def test_groups_and_sides_are_told_by_case():
    problem = encode(*both(a_busy_docket()))

    assert [rows.tolist() for rows in problem.exclusive] == [[1, 2]]
    assert problem.separate.tolist() == [[2, 3]]
    assert problem.demand.tolist() == [2, 1, 1, 1, 1]
    assert problem.institution_capacity.tolist() == [3, 6]


def test_distance_beyond_the_last_band_and_unknown_distance_are_worth_nothing():
    people = [a_practitioner("far", latitude=40.0, longitude=100.0), a_practitioner("lost")]
    docket = a_docket(practitioners=people, areas=(an_area(),))

    assert [score(docket).terms(0, j)["distance"] for j in range(2)] == [0, 0]


@pytest.mark.parametrize(("cases", "people"), [([], None), (None, []), ([], [])])
def test_empty_docket_is_a_problem_too(cases, people):
    docket = a_docket(cases, people)

    problem = encode(docket, eligible(docket))

    assert (problem.n, problem.m) == (len(docket.facts.cases), docket.m)
