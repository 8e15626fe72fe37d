"""What if: the answer is the day built and matched anew, and every case that changes hands is named."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.docket.docket import Docket
from dispatch.domain.policy.criteria import Criterion
from dispatch.domain.policy.schema import Policy
from dispatch.simulation.evidence.what_if import changed_day, compare
from tests.builders import a_case, a_docket, a_policy, a_practitioner
from tests.examples import share
from tests.simulation.test_why import cities, day_of


def with_weights(policy, first, second, points):
    """The policy with some weight moved from one criterion to another."""
    weights = {each.value: policy.weights.of(each) for each in Criterion}
    moved = min(points, weights[first])
    return weights | {first: weights[first] - moved, second: weights[second] + moved}


CRITERIA = st.sampled_from([each.value for each in Criterion])
PRICES = st.fixed_dictionaries(
    {}, optional={"price_per_turn": st.integers(0, 100_000), "floor_cases_per_year": st.integers(1, 9)}
)


@share(0.1)
@given(day=cities, pair=st.tuples(CRITERIA, CRITERIA).filter(lambda two: two[0] != two[1]), points=st.integers(0, 3000),
       prices=PRICES, away=st.sets(st.integers(0, 13), max_size=2))  # fmt: skip
def test_answer_is_the_day_matched_anew_from_its_facts(day, pair, points, prices, away):
    document = day.docket.policy.to_document()
    document["weights"] = with_weights(day.docket.policy, *pair, points)
    policy = Policy.from_document(document | {"fairness": document["fairness"] | prices})
    people = day.docket.facts.practitioners
    gone = {people[j].id for j in away if j < len(people)}

    found = compare(day, policy, gone)

    absent = tuple(replace(each, on_leave=True) if each.id in gone else each for each in people)
    anew = day_of(Docket.build(replace(day.docket.facts, practitioners=absent), policy, day.docket.seed))
    assert changed_day(day.docket, policy, gone).solution.objective == anew.solution.objective
    held = [holders(each) for each in (day, anew)]
    assert [(each.case_id, set(each.before), set(each.after)) for each in found.changed] == [
        (id, held[0][id] - held[1][id], held[1][id] - held[0][id])
        for id in (case.id for case in day.docket.facts.cases)
        if held[0][id] != held[1][id]
    ]
    assert (found.before.open, found.after.open) == (day.solution.open.sum(), anew.solution.open.sum())
    assert not {id for each in found.changed for id in each.after} & gone


def holders(day):
    found = {case.id: set() for case in day.docket.facts.cases}
    for case, j in zip(day.solution.rows.tolist(), day.solution.cols.tolist(), strict=True):
        found[day.docket.facts.cases[case].id].add(day.docket.practitioner_at(j).id)
    return found


def test_same_policy_with_everybody_there_changes_nothing():
    day = day_of(a_docket([a_case("c1"), a_case("c2")], [a_practitioner("p1"), a_practitioner("p2")]))

    found = compare(day, day.docket.policy)

    assert found.changed == []
    assert found.before == found.after


SPECIALTY, QUALITY = {"specialty": 4500, "quality": 0}, {"specialty": 0, "quality": 4500}


@pytest.mark.parametrize("policy", [a_policy(weights=QUALITY), None])
def test_case_goes_to_who_is_better_by_the_new_weights_or_still_there(policy):
    people = [
        a_practitioner("expert", specialties={"wages": 100}, quality=0),
        a_practitioner("graded", specialties={"wages": 0}, quality=100),
    ]
    start = a_policy(weights=SPECIALTY) if policy else a_policy()
    day = day_of(a_docket([a_case()], people, start))
    [first] = holders(day)["c1"]

    [change] = compare(day, policy or day.docket.policy, () if policy else {first}).changed

    assert (change.case_id, change.before) == ("c1", [first])
    assert change.after == [{"expert": "graded", "graded": "expert"}[first]]
