"""Evidence for a policy out of the centre's own runs: how firm it is, and what overrides teach."""

from datetime import datetime
from typing import Any, NamedTuple

from dispatch.commands.answers.days import one_at_a_time
from dispatch.commands.jobs import Heartbeat, JobCancelledError, JobClaim, JobContext, finish, perform_job
from dispatch.commands.policies.drafts import draft_policy
from dispatch.commands.runs.proofs import day_of
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.sweep_axis import FIELDS
from dispatch.domain.vocabulary import JobKind
from dispatch.registry.jobs.requests import latest_job, open_job
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.reads import get
from dispatch.registry.runs import list_overrides, recent_runs
from dispatch.registry.tables import JobRow, PolicyRow, RunRow
from dispatch.registry.transaction import Begin, Read
from dispatch.simulation.evidence.sensitivity import Room, rooms_of
from dispatch.simulation.evidence.teaching import Lessons, lessons_of

MAX_RUNS = 10
MAX_OVERRIDES = 200
MEASURE, QUEUE = "workers.jobs.measure_firmness", "simulations"


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


def request_firmness(begin: Begin, actor: Actor, now: datetime, runs: int) -> JobRow:
    """Ask a worker how far each number can move; the runs are those that are the last by now."""
    require(actor, Verb.SIMULATE)
    with begin() as tx:
        policy = policy_in_force(tx.session, actor.centre_id)
        rows = recent_runs(tx.session, policy.id, min(runs, MAX_RUNS))
        if not rows:
            raise NotFoundError(what="run_in_force", id=policy.id)
        job = open_job(tx, JobKind.FIRMNESS, actor, actor.centre_id, now)
        job.result = {"run_ids": [row.id for row in rows]}
        tx.session.flush()
        tx.enqueue(MEASURE, job.id, QUEUE, now, actor.centre_id)
        return job


def measure_firmness(context: JobContext, job_id: str) -> str:
    """Work out what was asked for, one number of the policy after another; what is taken or over is left alone."""
    return perform_job(
        context,
        "firmness",
        job_id,
        lambda held, heart: _measured(context, held, heart),
        lambda held, found: _kept(context, held, found),
    )


def _measured(context: JobContext, held: JobClaim, heart: Heartbeat) -> Firmness:
    with context.read() as session:
        job = session.get_one(JobRow, held.job_id)
        rows = [get(session, RunRow, job.centre_id, id) for id in (job.result or {})["run_ids"]]
    days = [(row.id, day_of(row)) for row in rows]
    rooms: list[Room] = []
    for done, axis in enumerate(FIELDS):
        heart.report("measuring", done / len(FIELDS))
        if heart.cancelled():
            raise JobCancelledError
        rooms += rooms_of(days, (axis,))
    return Firmness([row.id for row in rows], rooms)


def _kept(context: JobContext, held: JobClaim, found: Firmness) -> str:
    with context.begin() as tx:
        rooms = [room._asdict() for room in found.rooms]
        finish(tx, held, context.clock(), {"run_ids": found.run_ids, "rooms": rooms})
    return f"{len(found.rooms)} numbers on {len(found.run_ids)} runs"


def latest_firmness(read: Read, actor: Actor) -> dict[str, Any]:
    """Return what a worker found out last."""
    require(actor, Verb.SIMULATE)
    with read() as session:
        job = latest_job(session, actor.centre_id, JobKind.FIRMNESS)
    if job is None or job.result is None:
        raise NotFoundError(what="job", id=JobKind.FIRMNESS.value)
    return job.result


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
    with one_at_a_time():
        days = {id: day_of(run) for id, run in runs.items()}
        return base, lessons_of(read_policy(base).weights, overrides, days)
