"""What workers do with a back-test: each policy is played once, by the first worker to come; then compared."""

import json
from collections.abc import Callable
from typing import NamedTuple

from sqlmodel import select

from dispatch.commands.jobs import ENDED, Heartbeat, JobCancelledError, JobClaim, JobContext, finish, hold, perform_job
from dispatch.commands.simulations.requests import Scene
from dispatch.commands.simulations.stage import TrialSetting, conclude, play_part, sample_stage, stage_of
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import JobStatus, PolicyStatus
from dispatch.registry.policies import find_in_force
from dispatch.registry.tables import JobRow, PolicyRow, SimulationRow
from dispatch.registry.transaction import Read
from dispatch.simulation.backtest.compare import to_json
from dispatch.simulation.backtest.parts import Part

LOOK_EVERY_S = 1.0
"""How often to look whether another worker has played the other policy."""

Notify = Callable[[float], None]


class Trial(NamedTuple):
    """A back-test as a worker goes about it."""

    row: SimulationRow
    stage: TrialSetting
    policy: Policy
    against: Policy

    @classmethod
    def load(cls, read: Read, row: SimulationRow) -> "Trial":
        """Read both policies, and the past they are tried on."""
        policy, against = (Policy.from_document(result) for result in (row.policy_document, row.against_document))
        scene = Scene(row.since, row.until, row.city)
        if row.city is None:
            stage = stage_of(read, row.centre_id, against, row.since, row.until, row.seed)
        else:
            stage = sample_stage(against, row.since, scene.year, row.seed)
        return cls(row, stage, policy, against)


def simulate_policy(context: JobContext, simulation_id: str) -> str:
    """Play what nobody has played yet, compare and keep the result; one that is taken or over is left alone."""
    return perform_job(
        context,
        "simulation",
        simulation_id,
        lambda held, heart: _simulate(context, held, heart),
        lambda _, result: result,
    )


def replay_against(context: JobContext, job_id: str) -> str:
    """Play the policy compared against, unless the worker that leads the back-test has taken it or it is over."""
    with context.read() as session:
        row = session.exec(select(SimulationRow).where(SimulationRow.partner_id == job_id)).one()

    def play(held: JobClaim, heart: Heartbeat) -> str:
        _require_wanted(context, row)
        _play_against(context, held, heart, Trial.load(context.read, row), lambda _: _require_wanted(context, row))
        return "the policy compared against is played"

    return perform_job(context, "simulation", job_id, play, lambda _, result: result)


def _simulate(context: JobContext, held: JobClaim, heart: Heartbeat) -> str:
    row = _row(context, held.job_id)
    trial = Trial.load(context.read, row)
    mine = _kept(row.policy_part, trial) or _play_policy(context, held, heart, trial)
    other = _other_part(context, heart, trial)
    heart.report("comparing", 1.0)
    found, about = conclude(trial.stage, trial.policy, trial.against, row.seed, mine, other)
    with context.begin() as tx:
        tx.lock_centre(row.centre_id)
        finish(tx, held, context.clock(), {name: about[name] for name in ("cases", "people", "weeks")})
        stored = tx.session.get_one(SimulationRow, row.id)
        stored.result = json.loads(to_json(found, about))
        policy = tx.session.get(PolicyRow, row.policy_id)
        if policy is not None and _proves(stored, policy, find_in_force(tx.session, row.centre_id)):
            policy.status, policy.simulation_id = PolicyStatus.SIMULATED, row.id
    return f"{about['cases']} cases under two policies"


def _proves(row: SimulationRow, policy: PolicyRow, in_force: PolicyRow | None) -> bool:
    """Tell whether this is what a draft needs: exactly what it says now, against the policy in force."""
    is_draft = policy.status in (PolicyStatus.DRAFT, PolicyStatus.SIMULATED)
    return is_draft and row.policy_digest == policy.digest and in_force is not None and row.against_id == in_force.id


def _play_policy(context: JobContext, held: JobClaim, heart: Heartbeat, trial: Trial) -> Part:
    part = play_part(trial.stage, trial.policy, trial.against, _reporter(context, heart, trial, "playing", mine=True))
    with context.begin() as tx:
        hold(tx, held)
        tx.session.get_one(SimulationRow, trial.row.id).policy_part = part.to_bytes()
    return part


def _other_part(context: JobContext, heart: Heartbeat, trial: Trial) -> Part:
    """Return the other half: kept, played here if nobody has it, or awaited from the worker who has."""
    partner_id = trial.row.partner_id
    notify = _reporter(context, heart, trial, "playing_against", mine=False)
    while True:
        if part := _kept(_row(context, trial.row.id).against_part, trial):
            return part
        if held := context.claim(partner_id):
            with context.heartbeat(held) as own:
                return _play_against(context, held, own, trial, notify)
        if _job(context, partner_id).status in ENDED:
            # It was stopped, or played on a past that has changed since.
            return play_part(trial.stage, trial.against, trial.against, notify)
        notify(_job(context, partner_id).done_share)
        heart.wait_until_cancelled(LOOK_EVERY_S)


def _play_against(context: JobContext, held: JobClaim, heart: Heartbeat, trial: Trial, notify: Notify) -> Part:
    def beat(share: float) -> None:
        heart.report("playing", share)
        notify(share)
        if heart.cancelled():
            raise JobCancelledError

    part = play_part(trial.stage, trial.against, trial.against, beat)
    with context.begin() as tx:
        finish(tx, held, context.clock(), {"simulation_id": trial.row.id})
        tx.session.get_one(SimulationRow, trial.row.id).against_part = part.to_bytes()
    return part


def _reporter(context: JobContext, heart: Heartbeat, trial: Trial, phase: str, *, mine: bool) -> Notify:
    """Return how the leader says how far both halves are together; it stops where someone wants it to."""

    def notify(share: float) -> None:
        if heart.cancelled():
            raise JobCancelledError
        other = _job(context, trial.row.partner_id).done_share if mine else 1.0
        heart.report(phase, (share + other) / 2)

    return notify


def _kept(stored: bytes | None, trial: Trial) -> Part | None:
    part = Part.from_bytes(stored) if stored else None
    return part if part and part.past == trial.stage.past else None


def _require_wanted(context: JobContext, row: SimulationRow) -> None:
    leading = _job(context, row.id)
    if leading.cancel_wanted or leading.status in (JobStatus.FAILED, JobStatus.CANCELLED):
        raise JobCancelledError


def _row(context: JobContext, id: str) -> SimulationRow:
    with context.read() as session:
        return session.get_one(SimulationRow, id)


def _job(context: JobContext, id: str) -> JobRow:
    with context.read() as session:
        return session.get_one(JobRow, id)
