"""Matching runs: asked for, or due because a case has waited long enough; solved by a worker, confirmed by a person."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session

from dispatch.casework import matching
from dispatch.casework.assignment import in_mode
from dispatch.casework.records import Judged
from dispatch.commands.rotation.unfairness_bound import prove_run
from dispatch.commands.runs.solving import solve_run
from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.errors import NotFoundError, PolicyMissingError, ReasonRequiredError, RunNotReadyError
from dispatch.domain.lifecycle import UNNAMED
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.texts.typed import Reason, kept
from dispatch.domain.vocabulary import JobKind, JobStatus, ModeName, ProposalState
from dispatch.domain.webhooks import HookType
from dispatch.modes.optimized import Candidate
from dispatch.modes.optimized import candidates as rank
from dispatch.registry.docket.caseload import load_cases
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.due.cases import Waiting, list_pending, list_waiting
from dispatch.registry.host import RegisterHost
from dispatch.registry.jobs.requests import open_job, open_run
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.records import RegisterRecords
from dispatch.registry.runs import list_proposals
from dispatch.registry.tables import JobRow, ProposalRow, RunRow
from dispatch.registry.transaction import Begin, Read, Transaction

__all__ = ["ApplyReport", "apply_run", "candidates", "request_due_runs", "request_run", "solve_run"]

MAX_REASON = 80


class ApplyReport(NamedTuple):
    """What became of the chosen proposals, those of an earlier repetition included."""

    applied: list[ProposalRow]
    stale: list[ProposalRow]


def request_run(
    begin: Begin, actor: Actor, now: datetime, case_ids: Collection[str] | None = None, reason: str | None = None
) -> RunRow:
    """Queue a run over the waiting cases; with none of them it is done at once.

    To name some of the waiting cases leaves the others out and needs a reason, kept and shown with the run.
    """
    require(actor, Verb.REQUEST_RUN)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        policy = policy_in_force(tx.session, actor.centre_id)
        pending = list_pending(tx.session, actor.centre_id)
        waiting = pending if case_ids is None else _named(tx, actor.centre_id, pending, case_ids)
        left_out = len(pending) - len(waiting)
        exceptions = [exception(actor, now, "cases", left_out, reason)] if left_out else []
        if waiting:
            run = open_run(tx, actor, now, actor.centre_id, policy.id, waiting)
            run.exceptions = exceptions
            return run
        job = open_job(tx, JobKind.RUN, actor, actor.centre_id, now)
        job.status, job.phase, job.done_share, job.finished_at = JobStatus.DONE, JobStatus.DONE.value, 1.0, now
        job.result = {"cases": 0, "seats": 0, "assigned": 0, "open": 0}
        tx.session.flush()
        return tx.add(
            RunRow(
                id=job.id,
                centre_id=job.centre_id,
                policy_id=policy.id,
                case_ids=[],
                summary=job.result,
                exceptions=exceptions,
            )
        )


def request_due_runs(begin: Begin, read: Read, now: datetime) -> int:
    """Ask for a run in every centre whose policy lets no case wait longer; return how many. Idempotent."""
    with read() as session:
        centres = [waiting.centre_id for waiting in list_waiting(session) if _is_due(session, waiting, now)]
    called = 0
    for centre_id in centres:
        with begin() as tx:
            called += matching.call_due_run(RegisterHost(tx, centre_id, None, now))
    return called


def apply_run(
    begin: Begin,
    actor: Actor,
    now: datetime,
    run_id: str,
    proposal_ids: Collection[str] | None = None,
    reason: str | None = None,
) -> ApplyReport:
    """Turn all or the chosen proposals into assignments; stale ones are reported and stay queued.

    Idempotent, with the same report. To choose some proposals leaves the others and needs a reason.
    """
    require(actor, Verb.APPLY_RUN)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        run = _solved_run(tx, actor.centre_id, run_id)
        proposals = list_proposals(tx.session, run.id)
        chosen = _chosen(proposals, proposal_ids)
        if todo := [row for row in chosen if row.state is ProposalState.PROPOSED]:
            if left := _left(proposals, chosen):
                run.exceptions = [*run.exceptions, exception(actor, now, "proposals", left, reason)]
            decision = in_mode(ModeName.OPTIMIZED)._replace(run_id=run.id, policy_id=run.policy_id)
            for row, obstacles in zip(todo, matching.apply(host, todo, decision), strict=True):
                row.state = ProposalState.STALE if obstacles else ProposalState.APPLIED
                row.stale_reason = ",".join(obstacles)[:MAX_REASON] or None
            prove_run(host, run.id)
            _announce(host, run, todo)
        return ApplyReport(
            applied=[row for row in chosen if row.state is ProposalState.APPLIED],
            stale=[row for row in chosen if row.state is ProposalState.STALE],
        )


def candidates(read: Read, actor: Actor, case_id: str, now: datetime, most: int | None = None) -> list[Candidate]:
    """Return who could take the case, ranked, and why the others could not; nothing is written."""
    require(actor, Verb.READ_CANDIDATES)
    with read() as session:
        docket, eligibility = judged_case(session, actor.centre_id, case_id, now)
    return rank(docket, eligibility, 0, most)


def judged_case(session: Session, centre_id: str, case_id: str, now: datetime) -> Judged:
    """Return the docket of one case that nobody is named for, and who may take it."""
    policy = read_policy(policy_in_force(session, centre_id))
    facts = load_docket(session, centre_id, [case_id], now, UNNAMED)
    if not facts.cases:
        raise NotFoundError(what="undecided case", id=case_id)
    docket = Docket.build(facts, policy)
    return docket, eligible(docket)


def exception(actor: Actor, now: datetime, what: str, left_out: int, reason: str | None) -> dict[str, Any]:
    """Return what is kept of a choice that leaves something out, or refuse one without a reason."""
    because = kept("reason", Reason, reason) if reason else ""
    if not because:
        raise ReasonRequiredError(left_out=left_out)
    return {"what": what, "left_out": left_out, "reason": because, "by": actor.user_id, "at": now.isoformat()}


def _left(proposals: Sequence[ProposalRow], chosen: Sequence[ProposalRow]) -> int:
    """Count the proposals that could be turned into assignments and are not among the chosen."""
    open_ones = {row.id for row in proposals if row.practitioner_id and row.state is ProposalState.PROPOSED}
    return len(open_ones - {row.id for row in chosen})


def _named(tx: Transaction, centre_id: str, pending: Sequence[str], case_ids: Collection[str]) -> list[str]:
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


def _announce(host: RegisterHost, run: RunRow, todo: Sequence[ProposalRow]) -> None:
    if applied := sum(row.state is ProposalState.APPLIED for row in todo):
        facts = {"run_id": run.id, "applied": applied, "stale": len(todo) - applied}
        host.tx.announce(run.centre_id, HookType.RUN_APPLIED, facts, host.now)


def _is_due(session: Session, waiting: Waiting, now: datetime) -> bool:
    records = RegisterRecords(session, waiting.centre_id, now)
    try:
        return matching.is_due(records.policy, records.office, waiting.since, now)
    except PolicyMissingError:
        return False
