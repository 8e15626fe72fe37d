"""What a worker does with a run: claim, load, match, prove, store; never twice, never half."""

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from statistics import fmean
from typing import Any, NamedTuple

from dispatch.casework.reach import for_run
from dispatch.commands.jobs import Heartbeat, JobCancelledError, JobClaim, JobContext, finish, perform_job
from dispatch.commands.runs.proofs import pack_proof, prove
from dispatch.domain.docket.docket import Docket, docket_to_json
from dispatch.domain.docket.facts import CaseFacts
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.vocabulary import ProposalState
from dispatch.modes.optimized import Match, ProposalFacts, match, reasons, scarcity
from dispatch.modes.seating import NO_PLACE
from dispatch.registry.docket.caseload import load_revisions
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.docket.draws import seed_at
from dispatch.registry.policies import read_policy
from dispatch.registry.records import RegisterRecords
from dispatch.registry.runs import list_repeats
from dispatch.registry.tables import CentreRow, PolicyRow, ProposalRow, RunRow
from optimizer import CancelledError as SolverCancelledError

ALTERNATIVES = 3
"""Others shown beside each proposal."""

# fmt: off
PHASES = {
    # phase     share of the whole done when it begins
    "loading":  0.05,
    "matching": 0.30,
    "proving":  0.60,
    "telling":  0.70,
    "packing":  0.85,
    "storing":  0.95,
}
# fmt: on


# fmt: off
REPORTED = ("case_id", "seat", "practitioner_id", "score", "slot_price", "terms", "refusals", "needs_reason")
# fmt: on

FIRST = 1
"""Rank of the first wish."""

NOBODY_LISTED = "nobody_listed"
"""There is nobody on the roster at all."""


class Worked(NamedTuple):
    """What came of a run, not stored yet."""

    began_at: datetime
    docket: Docket
    eligibility: Eligibility
    found: Match
    proposals: Sequence[ProposalFacts]
    revisions: dict[str, int]
    content: bytes
    """The docket as JSON."""
    proof: bytes
    policy_digest: str


def solve_run(context: JobContext, run_id: str) -> str:
    """Solve a queued run and keep its proposals; a run that is taken or over is left alone."""
    return perform_job(
        context,
        "run",
        run_id,
        lambda held, heart: _work(context, heart, held.job_id),
        lambda held, worked: _store(context, held, worked),
    )


def _work(context: JobContext, heart: Heartbeat, run_id: str) -> Worked:
    began_at = context.clock()
    # No write transaction is open while we think; what goes stale meanwhile is found when the run is applied.
    _enter(heart, "loading")
    with context.read() as session:
        run = session.get_one(RunRow, run_id)
        policy_row = session.get_one(PolicyRow, run.policy_id)
        policy, policy_digest = read_policy(policy_row), policy_row.digest
        seed = seed_at(session, run.centre_id, began_at)
        facts = load_docket(session, run.centre_id, run.case_ids, began_at)
        revisions = load_revisions(session, run.centre_id, run.case_ids)
    docket = Docket.build(facts, policy, seed)
    judged = docket, eligible(docket)
    with context.read() as session:
        docket, eligibility = for_run(RegisterRecords(session, run.centre_id, began_at), judged)
    _enter(heart, "matching")
    try:
        found = match(docket, eligibility, cancelled=heart.cancelled)
    except SolverCancelledError:
        raise JobCancelledError from None
    _enter(heart, "proving")
    prove(found)
    _enter(heart, "telling")
    proposals = reasons(docket, eligibility, found, ALTERNATIVES)
    _enter(heart, "packing")
    content, proof = docket_to_json(docket.facts, docket.policy, docket.seed), pack_proof(found)
    _enter(heart, "storing")
    return Worked(began_at, docket, eligibility, found, proposals, revisions, content, proof, policy_digest)


def _enter(heart: Heartbeat, phase: str) -> None:
    heart.report(phase, PHASES[phase])
    if heart.cancelled():
        raise JobCancelledError


def _store(context: JobContext, held: JobClaim, worked: Worked) -> str:
    content, solution = worked.content, worked.found.solution
    with context.begin() as tx:
        now = context.clock()
        summary = summarise(worked, (now - worked.began_at).total_seconds())
        finish(tx, held, now, summary)
        run = tx.session.get_one(RunRow, held.job_id)
        run.docket_at, run.docket_digest, run.docket = (
            worked.began_at,
            sha256(content).hexdigest(),
            zlib.compress(content),
        )
        run.policy_digest = worked.policy_digest
        run.draw_on = tx.session.get_one(CentreRow, run.centre_id).day_of(worked.began_at)
        run.seed = worked.docket.seed
        run.certificate = worked.proof
        run.objective, run.bound, run.optimal = int(solution.objective), int(solution.bound), bool(solution.optimal)
        tx.session.add_all(_proposal_rows(run, worked))
        tx.session.flush()
        run.summary = summary | {"repeats": len(list_repeats(tx.session, run.id))}
    return f"placed {summary['assigned']} of {summary['seats']} seats"


def _proposal_rows(run: RunRow, worked: Worked) -> Iterator[ProposalRow]:
    for facts in worked.proposals:
        yield ProposalRow(
            **{name: getattr(facts, name) for name in REPORTED},
            centre_id=run.centre_id,
            run_id=run.id,
            case_revision=worked.revisions[facts.case_id],
            alternatives=[asdict(alternative) for alternative in facts.alternatives],
            state=ProposalState.PROPOSED,
        )


def summarise(worked: Worked, seconds: float) -> dict[str, Any]:
    """Return the manager's summary of a run."""
    docket, proposals, solution = worked.docket, worked.proposals, worked.found.solution
    placed = [each for each in proposals if each.practitioner_id]
    wished = [(case, each) for case, each in zip(_cases(worked), proposals, strict=True) if case.wishes]
    return {
        "cases": len(docket.facts.cases),
        "practitioners": docket.m,
        "seats": docket.n,
        "assigned": len(placed),
        "open": docket.n - len(placed),
        "open_because": _open_because(worked),
        "relaxed": dict(Counter(code for case in docket.facts.cases for code in case.relaxed)),
        "unknown": worked.eligibility.unknown_people(),
        "wished": len({case.id for case, _ in wished}),
        "first_wishes_allowed": _first_wishes_allowed(worked),
        "first_wishes": sum(each.practitioner_id == case.wishes[0] for case, each in wished),
        "mean_score": round(fmean([each.score or 0 for each in placed]), 1) if placed else None,
        "objective": int(solution.objective),
        "bound": int(solution.bound),
        "optimal": bool(solution.optimal),
        "scarcity": [each._asdict() for each in scarcity(docket, worked.found)],
        "seconds": round(seconds, 3),
    }


def _first_wishes_allowed(worked: Worked) -> int:
    wishes = worked.docket.wishes
    rows, cols = (places[wishes.values == FIRST] for places in (wishes.rows, wishes.cols))
    allowed = rows[worked.eligibility.allows(rows, cols)]
    return len({worked.docket.case_at(i).id for i in allowed.tolist()})


def _cases(worked: Worked) -> Iterator[CaseFacts]:
    return (worked.docket.case_at(i) for i in range(worked.docket.n))


def _open_because(worked: Worked) -> dict[str, int]:
    open_rows = (i for i, each in enumerate(worked.proposals) if each.practitioner_id is None)
    return dict(Counter(_named_reason(worked, i) for i in open_rows))


def _named_reason(worked: Worked, i: int) -> str:
    if worked.eligibility.row(i).any():
        return NO_PLACE
    # Counts over the whole roster would always name the list; what keeps the nearest people out can be changed.
    refusal = worked.eligibility.nearest_refusal(i)
    if refusal is None:
        return NOBODY_LISTED
    if refusal.missing:
        return f"{refusal.code}:{','.join(refusal.missing)}"
    return f"{refusal.code}:unknown" if refusal.unknown else refusal.code
