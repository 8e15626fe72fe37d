"""Frontiers: what a day could have been, and a point of it taken up as a draft."""

from dataclasses import replace
from datetime import datetime

from dispatch.commands.answers.days import one_at_a_time, solved
from dispatch.commands.policies.drafts import draft_policy
from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.schema import Policy
from dispatch.domain.policy.sweep_axis import FIELDS, Axis, policy_at
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.reads import get
from dispatch.registry.tables import PolicyRow, RunRow
from dispatch.registry.transaction import Begin, Read
from dispatch.simulation.evidence.frontier import Curve, draw_curve
from dispatch.simulation.evidence.perturbation import perturbed_day
from dispatch.simulation.sample.city import Size, make_city
from dispatch.simulation.sample.facts import docket_facts


def frontier_of_run(read: Read, actor: Actor, run_id: str, axis: Axis, corners: int, between: int) -> Curve:
    """
    Return the frontier of a run's day; nothing is written.

    Notes
    -----
    What is kept to, where the axis is churn, is the run's own plan; the policy is then the one in force now.
    """
    require(actor, Verb.SIMULATE)
    with read() as session:
        run = get(session, RunRow, actor.centre_id, run_id)
        policy = read_policy(policy_in_force(session, actor.centre_id))
    with one_at_a_time():
        day = solved(run)
        docket, before = day.docket, list(zip(day.solution.rows.tolist(), day.solution.cols.tolist(), strict=True))
        if axis is Axis.CHURN:
            docket = replace(docket, policy=policy)
        return draw_curve(docket, day.eligibility, axis, before, corners, between)


def frontier_of_city(
    policy: Policy, axis: Axis, now: datetime, size: Size, seed: int, corners: int, between: int
) -> Curve:
    """Return the frontier of a day of the sample city under a policy; it has no plan from before."""
    docket = Docket.build(docket_facts(make_city(seed, now, policy.causes, size), now), policy, seed)
    return draw_curve(docket, eligible(docket), axis, (), corners, between)


def adopt_point(
    begin: Begin, read: Read, actor: Actor, now: datetime, run_id: str, axis: Axis, level: int
) -> PolicyRow:
    """Draft the policy of a point of a run's frontier: the run's own policy with this number moved."""
    require(actor, Verb.EDIT_POLICY)
    if axis not in FIELDS:
        raise InvalidFieldError(field="axis", value=axis.value, expected=", ".join(FIELDS))
    with read() as session:
        run = get(session, RunRow, actor.centre_id, run_id)
    with one_at_a_time():
        day = solved(run)
        most = perturbed_day(day.docket, day.eligibility, axis).most
    if not 0 <= level <= most:
        raise InvalidFieldError(field="level", value=level, expected=stated(f"0至{most}", f"0 to {most}"))
    document = policy_at(day.docket.policy, axis, level).to_document()
    note = f"取自匹配批次{run.id}的权衡曲线：{axis.zh} {level} / From the frontier of run {run.id}: {axis.en} {level}"
    return draft_policy(begin, actor, now, document=document, base_id=run.policy_id, note=note)
