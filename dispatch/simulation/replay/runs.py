"""Runs as a replay works them: solved in the minute they are called, confirmed by an officer some time later."""

from typing import NamedTuple

from dispatch.casework.assignment import in_mode
from dispatch.casework.matching import apply
from dispatch.casework.reach import for_run
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.vocabulary import ModeName
from dispatch.modes.optimized import match
from dispatch.simulation.host import MemoryHost
from dispatch.simulation.replay.agenda import What


class Proposal(NamedTuple):
    """Whom a run proposes for a seat, and the revision of the case it saw."""

    case_id: str
    seat: int
    practitioner_id: str
    case_revision: int


def solve_runs(host: MemoryHost) -> None:
    """Solve the runs that were called; their proposals wait for an officer."""
    queued, host.queued = host.queued, []
    for seed, case_ids in queued:
        host.tally.runs += 1
        docket, eligibility = for_run(host, host.docket(sorted(case_ids), seed=seed))
        proposals = _proposals(host, docket, match(docket, eligibility).choice.tolist()) if docket.n else []
        if proposals:
            at = host.office.after(host.now, host.behaviour.confirms_after_hours())
            host.agenda.put(at, What.CONFIRM, proposals)


def confirm(host: MemoryHost, proposals: list[Proposal]) -> None:
    """Turn proposals into assignments or offers; what is stale stays queued."""
    host.do("confirm", proposals[0].case_id, "", *(each.case_id for each in proposals))
    apply(host, proposals, in_mode(ModeName.OPTIMIZED))


def _proposals(host: MemoryHost, docket: Docket, choice: list[int]) -> list[Proposal]:
    seats = [(docket.case_at(i), int(docket.seat[i]), j) for i, j in enumerate(choice) if j != NOBODY]
    seats.sort(key=lambda seat: (seat[0].due_at, seat[0].id, seat[1]))
    return [
        Proposal(case.id, number, docket.practitioner_at(j).id, host.files[case.id].revision)
        for case, number, j in seats
    ]
