"""A day's frontier under a real policy: certified corners, the policies that yield them, and what it costs."""

import json
from dataclasses import replace

import pytest

from dispatch.cli.frontier_plots import draw
from dispatch.commands.simulations.frontiers import frontier_of_city
from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.policy.sweep_axis import Axis, level_of
from dispatch.modes.optimized import match
from dispatch.simulation.evidence.frontier import draw_curve, to_document
from dispatch.simulation.sample.city import Size, make_city
from dispatch.simulation.sample.facts import docket_facts
from tests.builders import NOW, a_case, a_docket, a_policy, a_practitioner

NATIONAL = load_preset("national")
TOWN = Size(cases=25, practitioners=60, active=25)
FAR_CORNERS = 8


def town(axis, between=2):
    return frontier_of_city(NATIONAL, axis, NOW, TOWN, 3, FAR_CORNERS, between)


@pytest.fixture(scope="module", params=[Axis.FAIRNESS, Axis.WISH, Axis.DISTANCE], ids=str)
def curve(request):
    return town(request.param)


@pytest.fixture(scope="module")
def docket():
    return Docket.build(docket_facts(make_city(3, NOW, NATIONAL.causes, TOWN), NOW), NATIONAL, 3)


def corners(curve):
    return [point for point in curve.points if point.kind == "corner"]


def test_price_rises_with_what_the_criterion_gains(curve):
    prices = [point.price for point in corners(curve)]

    assert len(prices) > 3
    assert prices[0] == 0
    assert prices == sorted(prices)
    assert len({point.figures.open for point in curve.points}) == 1


def test_policy_of_a_corner_yields_the_plan_that_is_told(curve, docket):
    found = eligible(docket)
    adoptable = [point for point in corners(curve) if point.policy]
    assert len(adoptable) > 1

    for point in (adoptable[0], adoptable[-1]):
        plan = match(replace(docket, policy=point.policy), found)
        again = draw_curve(docket, found, curve.axis, corners=FAR_CORNERS, between=0)
        same = next(each for each in again.points if each.level == point.level)
        assert plan.solution.optimal
        assert (same.amount, same.figures.match) == (point.amount, point.figures.match)


def test_policy_now_stands_on_the_frontier(curve):
    spans = [(point.least, point.most) for point in corners(curve)]

    assert any(least <= curve.now <= most for least, most in spans)
    assert curve.now == level_of(NATIONAL, curve.axis)


def test_more_weight_on_wishes_honours_no_fewer_of_them():
    wished = [point.figures.levels["wish"] for point in corners(town(Axis.WISH, between=0))]

    assert wished == sorted(wished)
    assert wished[-1] > wished[0]


def test_keeping_to_the_plan_before_is_priced_assignment_by_assignment(docket):
    eligibility = eligible(docket)
    old = match(docket, eligibility).solution
    pairs = list(zip(old.rows.tolist(), old.cols.tolist(), strict=True))
    changed = replace(docket, policy=a_policy(fairness={"price_per_turn": 90_000}))

    curve = draw_curve(changed, eligibility, Axis.CHURN, pairs)

    assert curve.points[-1].figures.moved == 0
    assert [point.amount for point in curve.points] == [len(pairs) - point.figures.moved for point in curve.points]
    assert all(point.policy is None for point in curve.points)


def test_day_with_nobody_to_choose_has_one_point():
    docket = a_docket([a_case()], [a_practitioner(listed=False)])

    [point] = draw_curve(docket, eligible(docket), Axis.FAIRNESS).points

    assert (point.figures.match, point.figures.open, point.price) == (None, 1, 0)


def test_price_that_leaves_its_bounds_is_a_corner_no_policy_yields():
    """Without its heaviest weight the policy would need a steeper ladder than is allowed."""
    steep = a_policy(fairness={"load_ladder": [0, 500_000]})
    docket = a_docket([a_case()], [a_practitioner("p1"), a_practitioner("p2", specialties={"wages": 10})], steep)

    points = draw_curve(docket, eligible(docket), Axis.SPECIALTY).points

    assert points[0].policy is None or points[0].level > 0


def test_curve_is_told_in_both_languages_as_json_and_as_a_picture(curve, tmp_path):
    document = json.loads(json.dumps(to_document(curve, {"source": "sample"})))
    drawn = [list(draw(curve, tmp_path, "en")) for _ in range(2)]

    assert document["points"][0]["figures"]["open"] == curve.points[0].figures.open
    assert "match is given up" in curve.points[0].en
    assert "匹配得分" in curve.points[0].zh
    assert [path.name for path in drawn[0]] == ["frontier.png", "frontier.svg"]
    assert drawn[0][1].read_bytes().startswith(b"<?xml")
