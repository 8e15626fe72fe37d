"""The day an answer is about: a run's as it was solved, a case's as the register was then, or today's."""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlmodel import Session

from dispatch.casework.reach import for_run
from dispatch.casework.records import Judged
from dispatch.commands.runs.proofs import day_of
from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.draw import seed_of
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.errors import TooManyRequestsError
from dispatch.domain.lifecycle import UNNAMED
from dispatch.domain.vocabulary import Status
from dispatch.modes.optimized import match
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.due.cases import list_pending
from dispatch.registry.policies import read_policy
from dispatch.registry.records import RegisterRecords
from dispatch.registry.tables import AssignmentRow, PolicyRow, RunRow
from dispatch.simulation.evidence.days import Day

WAIT_S = 10
"""How long an answer waits for the one before it."""

_turn = threading.Lock()
_kept: list[Day] = []
_runs: dict[str, Day] = {}


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let one answer at a time be worked out in a process, or hours of the day would wait for curiosity."""
    if not _turn.acquire(timeout=WAIT_S):
        raise TooManyRequestsError(retry_after_s=WAIT_S)
    try:
        yield
    finally:
        _turn.release()


def judged_today(session: Session, centre_id: str, now: datetime, also: Collection[str] = ()) -> Judged:
    """Return what a run would be about if it were asked for now, and these undecided cases besides."""
    records = RegisterRecords(session, centre_id, now)
    waiting = sorted({*list_pending(session, centre_id), *also})
    facts = load_docket(session, centre_id, waiting, now, UNNAMED)
    # Not the draw of the day: an answer that asks for nothing must not tell how the day's runs will draw.
    docket = Docket.build(facts, records.policy, seed_of(waiting))
    return for_run(records, (docket, eligible(docket)))


def judged_then(session: Session, row: AssignmentRow, case_ids: Collection[str]) -> Judged:
    """Return what could be known of the cases just before they were decided, under the policy of the decision."""
    policy = read_policy(session.get_one(PolicyRow, row.policy_id))
    facts = load_docket(session, row.centre_id, case_ids, row.assigned_at, tuple(Status), refill=True, past=True)
    docket = Docket.build(facts, policy)
    return docket, eligible(docket)


def today(session: Session, centre_id: str, now: datetime, also: Collection[str] = ()) -> Day:
    """Return today's day as a run asked for this minute would match it; the last one is kept while nothing changes."""
    judged = judged_today(session, centre_id, now.replace(second=0, microsecond=0), also)
    for kept in _kept:
        if same_docket(kept.docket, judged[0]):
            return kept
    _kept[:] = [matched(judged)]
    return _kept[0]


def solved(run: RunRow) -> Day:
    """Return a run as it was solved; the one asked about last is kept."""
    if run.id not in _runs:
        day = day_of(run)
        _runs.clear()
        _runs[run.id] = day
    return _runs[run.id]


def same_docket(one: Docket, other: Docket) -> bool:
    """Tell whether two dockets were built of the same, so that their plans are the same."""
    return one.seed == other.seed and one.policy == other.policy and one.facts == other.facts


def matched(judged: Judged) -> Day:
    """Return the day with its best plan."""
    docket, eligibility = judged
    found = match(docket, eligibility)
    return Day(docket, found.problem, found.solution)
