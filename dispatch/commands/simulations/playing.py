"""What workers do with a back-test: each policy is played once, by whoever comes first, and kept; then compared."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from sqlmodel import select

from dispatch.commands.jobs import (
    ENDED,
    LEASE,
    CancelledError,
    Claim,
    ClaimLostError,
    Clock,
    Heartbeat,
    claim,
    fail,
    finish,
    hold,
    stop,
)
from dispatch.commands.simulations.requests import Scene
from dispatch.commands.simulations.stage import Stage, conclude, play_part, sample_stage, stage_of
from dispatch.domain.errors import DispatchError
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import JobStatus, PolicyStatus
from dispatch.registry.policies import find_in_force
from dispatch.registry.tables import JobRow, PolicyRow, SimulationRow
from dispatch.registry.transaction import Begin, Read
from dispatch.simulation.compare import to_json
from dispatch.simulation.parts import Part

LOOK_EVERY_S = 1.0
"""How often to look whether another worker has played the other policy."""

Tell = Callable[[float], None]


class Trial(NamedTuple):
    """A back-test as a worker goes about it."""

    row: SimulationRow
    stage: Stage
    policy: Policy
    against: Policy

    @classmethod
    def load(cls, read: Read, row: SimulationRow) -> "Trial":
        """Read both policies, and the past they are tried on."""
        policy, against = (Policy.from_document(said) for said in (row.policy_document, row.against_document))
        scene = Scene(row.since, row.until, row.city)
        if row.city is None:
            stage = stage_of(read, row.centre_id, against, row.since, row.until, row.seed)
        else:
            stage = sample_stage(against, row.since, scene.year, row.seed)
        return cls(row, stage, policy, against)


class Hands(NamedTuple):
    """How a worker reads, writes, tells the time, and is known."""

    begin: Begin
    read: Read
    clock: Clock
    worker: str
    lease: timedelta = LEASE


def simulate_policy(hands: Hands, simulation_id: str) -> str:
    """Play what nobody has played yet, compare and keep the result; one that is taken or over is left alone."""
    return _perform(hands, simulation_id, lambda held, heart: _simulate(hands, held, heart))


def replay_against(hands: Hands, job_id: str) -> str:
    """Play the policy compared against, unless whoever leads the back-test has taken it or it is over."""
    with hands.read() as session:
        row = session.exec(select(SimulationRow).where(SimulationRow.partner_id == job_id)).one()

    def play(held: Claim, heart: Heartbeat) -> str:
        _require_wanted(hands, row)
        _play_against(hands, held, heart, Trial.load(hands.read, row), lambda _: _require_wanted(hands, row))
        return f"simulation {row.id}: the policy compared against is played"

    return _perform(hands, job_id, play)


def _perform(hands: Hands, job_id: str, work: Callable[[Claim, Heartbeat], str]) -> str:
    held = claim(hands.begin, hands.clock(), job_id, hands.worker, hands.lease)
    if held is None:
        return f"simulation {job_id}: taken or over"
    try:
        return _hold_to_it(hands, held, work)
    except ClaimLostError:
        return f"simulation {job_id}: lost to another worker"


def _hold_to_it(hands: Hands, held: Claim, work: Callable[[Claim, Heartbeat], str]) -> str:
    job_id = held.job_id
    try:
        with Heartbeat(hands.begin, hands.clock, held, hands.lease / 5) as heart:
            return work(held, heart)
    except CancelledError:
        stop(hands.begin, hands.clock(), held)
        return f"simulation {job_id}: cancelled"
    except DispatchError as error:
        fail(hands.begin, hands.clock(), held, {"type": error.code, "facts": dict(error.facts)})
        return f"simulation {job_id}: failed with {error.code}"


def _simulate(hands: Hands, held: Claim, heart: Heartbeat) -> str:
    row = _row(hands, held.job_id)
    trial = Trial.load(hands.read, row)
    mine = _kept(row.policy_part, trial) or _play_policy(hands, held, heart, trial)
    other = _other_part(hands, heart, trial)
    heart.report("comparing", 1.0)
    found, about = conclude(trial.stage, trial.policy, trial.against, row.seed, mine, other)
    with hands.begin() as tx:
        tx.lock_centre(row.centre_id)
        finish(tx, held, hands.clock(), {name: about[name] for name in ("cases", "people", "weeks")})
        stored = tx.session.get_one(SimulationRow, row.id)
        stored.result = json.loads(to_json(found, about))
        policy = tx.session.get(PolicyRow, row.policy_id)
        if policy is not None and _proves(stored, policy, find_in_force(tx.session, row.centre_id)):
            policy.status, policy.simulation_id = PolicyStatus.SIMULATED, row.id
    return f"simulation {row.id}: {about['cases']} cases under two policies"


def _proves(row: SimulationRow, policy: PolicyRow, in_force: PolicyRow | None) -> bool:
    """Tell whether this is what a draft needs: exactly what it says now, against the policy in force."""
    is_draft = policy.status in (PolicyStatus.DRAFT, PolicyStatus.SIMULATED)
    return is_draft and row.policy_digest == policy.digest and in_force is not None and row.against_id == in_force.id


def _play_policy(hands: Hands, held: Claim, heart: Heartbeat, trial: Trial) -> Part:
    part = play_part(trial.stage, trial.policy, trial.against, _teller(hands, heart, trial, "playing", mine=True))
    with hands.begin() as tx:
        hold(tx, held)
        tx.session.get_one(SimulationRow, trial.row.id).policy_part = part.to_bytes()
    return part


def _other_part(hands: Hands, heart: Heartbeat, trial: Trial) -> Part:
    """Return the other half: kept, played here if nobody has it, or awaited from the worker who has."""
    partner_id = trial.row.partner_id
    tell = _teller(hands, heart, trial, "playing_against", mine=False)
    while True:
        if part := _kept(_row(hands, trial.row.id).against_part, trial):
            return part
        if held := claim(hands.begin, hands.clock(), partner_id, hands.worker, hands.lease):
            with Heartbeat(hands.begin, hands.clock, held, hands.lease / 5) as own:
                return _play_against(hands, held, own, trial, tell)
        if _job(hands, partner_id).status in ENDED:
            # It was stopped, or played on a past that has changed since.
            return play_part(trial.stage, trial.against, trial.against, tell)
        tell(_job(hands, partner_id).done_share)
        heart.wait_until_cancelled(LOOK_EVERY_S)


def _play_against(hands: Hands, held: Claim, heart: Heartbeat, trial: Trial, tell: Tell) -> Part:
    def told(share: float) -> None:
        heart.report("playing", share)
        tell(share)
        if heart.cancelled():
            raise CancelledError

    part = play_part(trial.stage, trial.against, trial.against, told)
    with hands.begin() as tx:
        finish(tx, held, hands.clock(), {"simulation_id": trial.row.id})
        tx.session.get_one(SimulationRow, trial.row.id).against_part = part.to_bytes()
    return part


def _teller(hands: Hands, heart: Heartbeat, trial: Trial, phase: str, *, mine: bool) -> Tell:
    """Return how the leader says how far both halves are together; it stops where someone wants it to."""

    def tell(share: float) -> None:
        if heart.cancelled():
            raise CancelledError
        other = _job(hands, trial.row.partner_id).done_share if mine else 1.0
        heart.report(phase, (share + other) / 2)

    return tell


def _kept(stored: bytes | None, trial: Trial) -> Part | None:
    part = Part.from_bytes(stored) if stored else None
    return part if part and part.past == trial.stage.past else None


def _require_wanted(hands: Hands, row: SimulationRow) -> None:
    leading = _job(hands, row.id)
    if leading.cancel_wanted or leading.status in (JobStatus.FAILED, JobStatus.CANCELLED):
        raise CancelledError


def _row(hands: Hands, id: str) -> SimulationRow:
    with hands.read() as session:
        return session.get_one(SimulationRow, id)


def _job(hands: Hands, id: str) -> JobRow:
    with hands.read() as session:
        return session.get_one(JobRow, id)
