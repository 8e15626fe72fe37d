"""A sample can be decided without a register, and is neither hopeless nor trivial."""

from datetime import UTC, datetime

import numpy as np

from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.policy.schema import load_preset
from dispatch.simulation.sample.city import make_city
from dispatch.simulation.sample.facts import docket_facts

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
POLICY = load_preset("shangqiu")


def a_docket(seed: int = 7) -> Docket:
    return Docket.build(docket_facts(make_city(seed, NOW, POLICY.causes), NOW), POLICY, seed)


def test_nearly_every_case_has_a_choice_and_not_everyone_may_take_it():
    choices = eligible(a_docket()).mask().sum(axis=1)

    assert np.median(choices) >= 50
    assert (choices > 0).mean() >= 0.97
    assert choices.max() < 300


def test_gaps_of_the_register_refuse_as_unknown():
    eligibility = eligible(a_docket())

    unknown = {each.code for i in range(20) for reported in eligibility.why_row(i) for each in reported if each.unknown}
    assert {"assessment_on_record", "assessment_passed", "serves_area"} <= unknown


def test_joint_trials_and_opposing_sides_reach_the_docket():
    facts = docket_facts(make_city(7, NOW, POLICY.causes), NOW)

    groups = [case.joint_group for case in facts.cases if case.joint_group]
    opposed = {case.id: case.opposing_case_ids for case in facts.cases if case.opposing_case_ids}
    assert len(groups) > len(set(groups))
    assert all(id in opposed[other] for id, others in opposed.items() for other in others)


def test_some_deadlines_are_near():
    left = [
        (case.due_at - NOW).total_seconds() / 3600 for case in docket_facts(make_city(7, NOW, POLICY.causes), NOW).cases
    ]

    assert any(hours < 24 for hours in left)
    assert any(hours > 48 for hours in left)
