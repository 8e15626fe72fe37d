"""Evidence out of the centre's own runs: frontiers, firmness, and what overrides teach; all of it only ever a draft."""

import pytest

from dispatch.commands.designation import designate
from dispatch.commands.policies.evidence import draft_learned, learn_policy, sensitivity
from dispatch.commands.runs import requests
from dispatch.commands.simulations.frontiers import adopt_point, frontier_of_run
from dispatch.domain.errors import ForbiddenError, InvalidFieldError, NotFoundError, RunNotReadyError
from dispatch.domain.policy.schema import Policy
from dispatch.domain.policy.sweep_axis import Axis
from dispatch.domain.vocabulary import PolicyStatus
from dispatch.registry.tables import PolicyRow
from dispatch.simulation.evidence.sensitivity import Slack
from tests.commands.test_runs import AFTER, solved
from tests.rows import NOW

FREE = {"price_per_turn": 0, "load_ladder": [0]}


@pytest.fixture
def people(register):
    """Someone who knows wages, and someone of better quality."""
    register.a_policy(fairness=FREE)
    return {
        "expert": register.a_practitioner("expert", specialties={"wages": 90}, quality=20),
        "careful": register.a_practitioner("careful", specialties={"wages": 60}, quality=60),
    }


def overridden(register, people, number="1", by="careful"):
    """A case the run gave to the one, and the officer to the other."""
    case = register.a_case(number, grave=False)
    run = solved(register, [case.id])
    row = designate(register.begin, register.clerk, AFTER, case.id, people[by].id, "knows the family")
    return run, row


def test_override_teaches_the_nearest_weights_that_explain_it(register, people):
    run, row = overridden(register, people)

    found = learn_policy(register.read, register.manager)

    [decision] = found.decisions
    assert (decision.override.designation_id, decision.override.run_id) == (row.id, run.id)
    assert (decision.override.proposed, decision.explained, decision.loss) == ((people["expert"].id,), True, 0)
    assert found.contradiction == []
    assert found.now == register.policy.document["weights"]
    # 30 levels of specialty against 40 of quality: 3,000 x 30 falls to what 1,500 x 40 rises to, and one point more.
    assert 40 * found.weights["quality"] > 30 * found.weights["specialty"]
    assert sum(found.weights.values()) == 10_000
    assert sum(abs(found.weights[name] - found.now[name]) for name in found.now) in (858, 860)


def test_run_that_was_followed_teaches_nothing(register, people):
    overridden(register, people, by="expert")

    with pytest.raises(NotFoundError):
        learn_policy(register.read, register.manager)


def test_decisions_that_contradict_each_other_are_named(register, people):
    first = overridden(register, people, "1")[1]
    plain = overridden(register, people, "2")[1]
    register.a_policy(fairness=FREE, weights={"specialty": 1000, "quality": 3500})
    second = overridden(register, people, "3", by="expert")[1]

    found = learn_policy(register.read, register.manager)

    assert set(found.contradiction) in ({first.id, second.id}, {plain.id, second.id})
    assert {each.override.designation_id: each.explained for each in found.decisions} == {
        first.id: True, plain.id: True, second.id: False,
    }  # fmt: skip
    assert sorted(each.loss > 0 for each in found.decisions) == [False, False, True]
    assert ("相互矛盾" in found.zh, "These 2 decisions contradict each other" in found.en) == (True, True)


def test_decision_no_weights_explain_is_named_alone(register, people):
    worse = register.a_practitioner("worse", specialties={"wages": 10}, quality=10, practising_since=NOW.date())
    row = overridden(register, people | {"worse": worse}, by="worse")[1]

    found = learn_policy(register.read, register.manager)

    assert (found.contradiction, found.en) == ([row.id], "No weights explain this decision")
    assert found.weights == found.now


def test_someone_who_could_not_have_been_proposed_is_no_comparison(register, people):
    case = register.a_case("1", grave=False)
    solved(register, [case.id])
    late = register.a_practitioner("late", specialties={"wages": 100}, quality=100)
    designate(register.begin, register.clerk, AFTER, case.id, late.id, "joined today")

    found = learn_policy(register.read, register.manager)

    assert [(each.comparable, each.explained, each.loss) for each in found.decisions] == [(False, False, None)]
    assert found.weights == found.now


def test_lesson_becomes_a_draft_of_the_policy_in_force(register, people):
    overridden(register, people)

    draft = draft_learned(register.begin, register.read, register.manager, AFTER)

    assert (draft.status, draft.base_id) == (PolicyStatus.DRAFT, register.policy.id)
    assert draft.document["weights"] == learn_policy(register.read, register.manager).weights
    assert draft.document | {"weights": None} == register.policy.document | {"weights": None}
    assert "1" in draft.note


def test_firmness_names_the_interval_and_the_run_that_ends_it(register, people):
    register.a_case("1")
    run = solved(register)

    found = sensitivity(register.read, register.manager, 3)

    rooms = {room.axis: room for room in found.rooms}
    assert found.run_ids == [run.id]
    # 30 levels of specialty against 40 of quality: at 2,000 the other draws level, at 2,250 so does quality.
    specialty, quality = rooms[Axis.SPECIALTY], rooms[Axis.QUALITY]
    assert (specialty.now, specialty.least, specialty.least_run) == (3000, 2000, run.id)
    assert (quality.now, quality.most, quality.most_run) == (1500, 2250, run.id)
    assert (specialty.falls, quality.rises) == (Slack.LIMITED, Slack.LIMITED)
    assert "升至2,250，指派不变" in quality.zh
    assert "up to 2,250 it changes nothing" in quality.en


def test_firmness_tells_what_cannot_move_from_what_changes_no_plan(register, people):
    register.a_case("1")
    solved(register)

    found = sensitivity(register.read, register.manager, 3)

    quality, turns = ({room.axis: room for room in found.rooms}[axis] for axis in (Axis.QUALITY, Axis.FAIRNESS))
    assert (quality.falls, quality.least, quality.least_run) == (Slack.ANY, 0, None)
    assert (turns.now, turns.least, turns.falls, turns.least_run) == (0, 0, Slack.FIXED, None)
    assert (turns.rises, turns.most) == (Slack.ANY, 100_000)
    assert ("已是最低，不能再降" in turns.zh, "it cannot be lower" in turns.en) == (True, True)


def test_firmness_names_what_changes_a_plan_at_once(register, people):
    """30 levels of specialty at 2,000 are worth what 40 of quality are at 1,500."""
    register.a_policy(fairness=FREE, weights={"specialty": 2000, "quality": 1500, "seniority": 1500})
    register.a_case("1")
    run = solved(register)

    found = sensitivity(register.read, register.manager, 3)

    rooms = {room.axis: room for room in found.rooms}
    [chosen] = [room for room in (rooms[Axis.SPECIALTY], rooms[Axis.QUALITY]) if room.rises is Slack.AT_ONCE]
    assert (chosen.most, chosen.most_run) == (chosen.now, run.id)
    assert ("稍一提高，指派即改变" in chosen.zh, "raised at all" in chosen.en) == (True, True)


def test_frontier_point_of_a_run_becomes_a_draft(register, people):
    register.a_case("1")
    run = solved(register)
    curve = frontier_of_run(register.read, register.manager, run.id, Axis.QUALITY, 20, 2)
    best = curve.points[-1]

    draft = adopt_point(register.begin, register.read, register.manager, AFTER, run.id, Axis.QUALITY, best.level)

    assert [point.figures.levels["quality"] for point in curve.points] == [20, 60]
    assert Policy.from_document(draft.document) == best.policy
    assert draft.base_id == run.policy_id
    assert run.id in draft.note


def test_run_is_its_own_plan_before(register, people):
    register.a_case("1")
    run = solved(register)
    register.a_policy(fairness=FREE, weights={"specialty": 1000, "quality": 3500})

    curve = frontier_of_run(register.read, register.manager, run.id, Axis.CHURN, 20, 2)

    assert [point.figures.moved for point in curve.points] == [1, 0]


@pytest.mark.parametrize(("axis", "level"), [(Axis.CHURN, 0), (Axis.FAIRNESS, 100_001), (Axis.WISH, -1)])
def test_point_no_policy_can_stand_for_is_refused(register, people, axis, level):
    register.a_case("1")
    run = solved(register)

    with pytest.raises(InvalidFieldError):
        adopt_point(register.begin, register.read, register.manager, AFTER, run.id, axis, level)

    assert register.all(PolicyRow, PolicyRow.status == PolicyStatus.DRAFT) == []


def test_what_is_not_there_or_not_allowed_is_refused(register, people):
    register.a_case("1")
    run = requests.request_run(register.begin, register.clerk, NOW)
    stranger = register.a_stranger(register.manager.role)

    with pytest.raises(RunNotReadyError):
        frontier_of_run(register.read, register.manager, run.id, Axis.WISH, 9, 0)
    with pytest.raises(NotFoundError):
        sensitivity(register.read, register.manager, 1)
    for ask in (
        lambda actor: frontier_of_run(register.read, actor, run.id, Axis.WISH, 9, 0),
        lambda actor: adopt_point(register.begin, register.read, actor, NOW, run.id, Axis.WISH, 9),
        lambda actor: sensitivity(register.read, actor, 1),
        lambda actor: learn_policy(register.read, actor),
        lambda actor: draft_learned(register.begin, register.read, actor, NOW),
    ):
        with pytest.raises(ForbiddenError):
            ask(register.clerk)
    with pytest.raises(NotFoundError):
        adopt_point(register.begin, register.read, stranger, NOW, run.id, Axis.WISH, 9)
