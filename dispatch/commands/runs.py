"""Matching runs: asked for, solved by a worker, confirmed by a person."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from dispatch.commands.assign import Decision, Seating
from dispatch.commands.desk import Desk
from dispatch.commands.fairness import prove_run
from dispatch.commands.jobs import open_job
from dispatch.commands.offering import offer
from dispatch.commands.requests import open_run
from dispatch.commands.solving import solve_run
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.errors import InvalidFieldError, NotFoundError, RunNotReadyError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.vocabulary import JobKind, JobStatus, ModeName, ProposalState, Status
from dispatch.domain.webhooks import HookType
from dispatch.modes.optimized import Candidate
from dispatch.modes.optimized import candidates as rank
from dispatch.modes.seating import NOT_LISTED
from dispatch.registry.docket import load_docket
from dispatch.registry.due import list_pending
from dispatch.registry.offers import open_plan
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.proposals import list_proposals
from dispatch.registry.seats import load_cases, load_revisions
from dispatch.registry.tables import JobRow, ProposalRow, RunRow
from dispatch.registry.transaction import Begin, Read, Transaction

__all__ = ["ApplyReport", "apply_run", "candidates", "request_run", "solve_run"]

MOST_SEED = 2**63 - 1
CHANGED = "case_changed"
"""The case has changed since the run looked at it."""

UNDECIDED = (Status.RECEIVED, Status.PENDING, Status.POSTED, Status.OFFERED)
"""States in which one may ask who could take the case."""


class ApplyReport(NamedTuple):
    """What became of the chosen proposals, those of an earlier repetition included."""

    applied: list[ProposalRow]
    stale: list[ProposalRow]


def request_run(
    begin: Begin, actor: Actor, now: datetime, seed: int, case_ids: Collection[str] | None = None
) -> RunRow:
    """Queue a run over the waiting cases, or those of the named that wait; with none of them it is done at once."""
    require(actor, Verb.REQUEST_RUN)
    if not 0 <= seed <= MOST_SEED:
        raise InvalidFieldError(field="seed", value=seed, expected=f"0 to {MOST_SEED}")
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        policy = policy_in_force(tx.session, actor.centre_id)
        waiting = _waiting(tx, actor.centre_id, case_ids)
        if waiting:
            return open_run(tx, actor, now, seed, policy, waiting)
        job = open_job(tx, JobKind.RUN, actor, actor.centre_id, now)
        job.status, job.phase, job.done_share, job.finished_at = JobStatus.DONE, JobStatus.DONE.value, 1.0, now
        job.result = {"cases": 0, "seats": 0, "assigned": 0, "open": 0}
        tx.session.flush()
        return tx.add(
            RunRow(id=job.id, centre_id=job.centre_id, policy_id=policy.id, seed=seed, case_ids=[], summary=job.result)
        )


def apply_run(
    begin: Begin, actor: Actor, now: datetime, run_id: str, proposal_ids: Collection[str] | None = None
) -> ApplyReport:
    """Turn all or the chosen proposals into assignments; what went stale is told and stays queued.

    Applying again changes nothing and tells the same.
    """
    require(actor, Verb.APPLY_RUN)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        run = _solved_run(tx, actor.centre_id, run_id)
        chosen = _chosen(list_proposals(tx.session, run.id), proposal_ids)
        if todo := [row for row in chosen if row.state is ProposalState.PROPOSED]:
            desk = Desk(tx, run.centre_id, actor, now)
            decision = Decision(run.centre_id, actor, now, ModeName.OPTIMIZED, run.policy_id, run.id)
            _apply(desk, run, decision, todo)
            prove_run(desk, run.id)
            _announce(desk, run, todo)
        return ApplyReport(
            applied=[row for row in chosen if row.state is ProposalState.APPLIED],
            stale=[row for row in chosen if row.state is ProposalState.STALE],
        )


def candidates(read: Read, actor: Actor, case_id: str, now: datetime, most: int | None = None) -> list[Candidate]:
    """Return who could take the case, ranked, and why the others could not; nothing is written."""
    require(actor, Verb.READ_CANDIDATES)
    with read() as session:
        policy = read_policy(policy_in_force(session, actor.centre_id))
        facts = load_docket(session, actor.centre_id, [case_id], now, UNDECIDED)
    if not facts.cases:
        raise NotFoundError(what="undecided case", id=case_id)
    docket = Docket.build(facts, policy)
    return rank(docket, eligible(docket), 0, most)


def _waiting(tx: Transaction, centre_id: str, case_ids: Collection[str] | None) -> list[str]:
    pending = list_pending(tx.session, centre_id)
    if case_ids is None:
        return pending
    known = load_cases(tx.session, centre_id, case_ids)
    for missing in sorted(set(case_ids) - known.keys()):
        raise NotFoundError(what="case", id=missing)
    return sorted(set(pending).intersection(case_ids))


def _solved_run(tx: Transaction, centre_id: str, run_id: str) -> RunRow:
    job = tx.lock(JobRow, run_id, centre_id)
    if job.kind is not JobKind.RUN:
        raise NotFoundError(what="run", id=run_id)
    if job.status is not JobStatus.DONE:
        raise RunNotReadyError(id=run_id, status=job.status.value)
    return tx.session.get_one(RunRow, run_id)


def _chosen(proposals: Sequence[ProposalRow], ids: Collection[str] | None) -> list[ProposalRow]:
    if ids is None:
        return [row for row in proposals if row.practitioner_id]
    by_id = {row.id: row for row in proposals if row.practitioner_id}
    for missing in sorted(set(ids) - by_id.keys()):
        raise NotFoundError(what="proposal", id=missing)
    return [row for row in proposals if row.id in set(ids)]


def _apply(desk: Desk, run: RunRow, decision: Decision, todo: Sequence[ProposalRow]) -> None:
    tx, case_ids = desk.tx, {row.case_id for row in todo}
    if desk.policy.walk.ask_after_runs:
        _ask(desk, run, todo)
        return
    revisions = load_revisions(tx.session, run.centre_id, case_ids)
    seating = Seating(tx, decision, desk.policy, case_ids)
    for row in todo:
        assert row.practitioner_id is not None
        changed = revisions[row.case_id] != row.case_revision and seating.waits(row.case_id)
        obstacles = (CHANGED,) if changed else seating.give(row.case_id, row.practitioner_id)
        _mark(row, obstacles)
    seating.settle()


def _announce(desk: Desk, run: RunRow, todo: Sequence[ProposalRow]) -> None:
    if applied := sum(row.state is ProposalState.APPLIED for row in todo):
        told = {"run_id": run.id, "applied": applied, "stale": len(todo) - applied}
        desk.tx.announce(run.centre_id, HookType.RUN_APPLIED, told, desk.now)


def _ask(desk: Desk, run: RunRow, todo: Sequence[ProposalRow]) -> None:
    """Offer what the run proposes instead of assigning it, where the policy wants everyone asked first."""
    cases = load_cases(desk.tx.session, run.centre_id, {row.case_id for row in todo})
    docket, eligibility = desk.docket(cases)
    rows = {docket.case_at(i).id: i for i in reversed(range(docket.n))}
    for row in todo:
        case, j = cases[row.case_id], docket.column_of(row.practitioner_id or "")
        if case.status is not Status.PENDING or case.revision != row.case_revision:
            _mark(row, (CHANGED,))
        elif j == NOBODY:
            _mark(row, (NOT_LISTED,))
        elif refusals := eligibility.why(rows[case.id], j):
            _mark(row, [refusal.code for refusal in refusals])
        else:
            plan = open_plan(desk.tx.session, case.id)
            [made] = offer(desk, case, [docket.practitioner_at(j).id], ModeName.OPTIMIZED, plan)
            made.run_id = run.id
            _mark(row, ())


def _mark(row: ProposalRow, obstacles: Sequence[str]) -> None:
    row.state = ProposalState.STALE if obstacles else ProposalState.APPLIED
    row.stale_reason = ",".join(obstacles)[:80] or None
