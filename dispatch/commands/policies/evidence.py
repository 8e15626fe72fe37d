"""Evidence for a policy out of the centre's own runs: how firm it is, and what overrides teach."""

from datetime import datetime
from typing import NamedTuple

from dispatch.commands.policies.drafts import draft_policy
from dispatch.commands.runs.proofs import day_of
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.reads import get
from dispatch.registry.runs import list_overrides, recent_runs
from dispatch.registry.tables import PolicyRow, RunRow
from dispatch.registry.transaction import Begin, Read
from dispatch.simulation.evidence.sensitivity import Room, rooms_of
from dispatch.simulation.evidence.teaching import Lessons, lessons_of

MAX_RUNS = 10
MAX_OVERRIDES = 200


class Firmness(NamedTuple):
    """How far each number can move, and on which runs that was seen."""

    run_ids: list[str]
    rooms: list[Room]


def sensitivity(read: Read, actor: Actor, runs: int) -> Firmness:
    """Return how far each weight and price can move before a plan of its last runs changes."""
    require(actor, Verb.SIMULATE)
    with read() as session:
        policy = policy_in_force(session, actor.centre_id)
        rows = recent_runs(session, policy.id, min(runs, MAX_RUNS))
    if not rows:
        raise NotFoundError(what="run_in_force", id=policy.id)
    return Firmness([row.id for row in rows], rooms_of([(row.id, day_of(row)) for row in rows]))


def learn_policy(read: Read, actor: Actor, most: int = MAX_OVERRIDES) -> Lessons:
    """Return what the latest overrides say about the weights in force; nothing is written."""
    require(actor, Verb.SIMULATE)
    return _lessons(read, actor, most)[1]


def draft_learned(begin: Begin, read: Read, actor: Actor, now: datetime, most: int = MAX_OVERRIDES) -> PolicyRow:
    """Draft the policy in force with the weights that explain most overrides."""
    require(actor, Verb.EDIT_POLICY)
    base, lessons = _lessons(read, actor, most)
    document = base.document | {"weights": lessons.weights}
    explained, count = sum(each.explained for each in lessons.decisions), len(lessons.decisions)
    note = (
        f"由{count}次人工指派推算，可解释其中{explained}次 / "
        f"Learned from {count} overrides, of which it explains {explained}"
    )
    return draft_policy(begin, actor, now, document=document, base_id=base.id, note=note)


def _lessons(read: Read, actor: Actor, most: int) -> tuple[PolicyRow, Lessons]:
    with read() as session:
        base = policy_in_force(session, actor.centre_id)
        overrides = list_overrides(session, actor.centre_id, most)
        runs = {id: get(session, RunRow, actor.centre_id, id) for id in sorted({each.run_id for each in overrides})}
    if not overrides:
        raise NotFoundError(what="designation", id="latest")
    days = {id: day_of(run) for id, run in runs.items()}
    return base, lessons_of(read_policy(base).weights, overrides, days)
