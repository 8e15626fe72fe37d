"""What an operator watches, over all centres: counts by state, ages of what waits, what has not moved for too long."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, and_, bindparam, func, literal, union_all
from sqlmodel import Session, col, select

from dispatch.domain.lifecycle import UNNAMED
from dispatch.domain.states import ClaimState, OfferState, PlanState, PostingState
from dispatch.domain.vocabulary import JobKind, JobStatus, ProposalState, Status, Term
from dispatch.registry.jobs.outbox import OPEN
from dispatch.registry.reads import MAX_COUNTED
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import (
    CaseRow,
    CentreRow,
    ClaimRow,
    JobRow,
    OfferRow,
    OutboxRow,
    PlanRow,
    PostingRow,
    ProposalRow,
    RunRow,
)

LATELY = timedelta(hours=24)
"""Span of the counts of what has happened; the rows themselves are kept for years."""

SINCE: BindParameter[datetime] = bindparam("since")
NOW: BindParameter[datetime] = bindparam("now")


class StateCount(NamedTuple):
    """A count of rows by state: the metric, its help text, its label, all states, and where the counts come from."""

    metric: str
    text: str
    label: str
    states: type[Term]
    statement: Any


def _by(state: Any, *where: Any) -> Any:
    return select_rows(state, func.count()).where(*where).group_by(state)


def _up_to_bound(state: Any, states: type[Term]) -> Any:
    """Count what is kept for years no further than a bound, each state through the index."""
    counted = {each.value: select(state).where(state == each).limit(MAX_COUNTED).subquery() for each in states}
    return union_all(*(select(literal(value), func.count()).select_from(rows) for value, rows in counted.items()))


def _lately(table: Any, at: Any) -> Any:
    """Choose the rows of the last day, centre by centre, as their index has them."""
    return and_(col(table.centre_id).in_(select(CentreRow.id)), at > SINCE)


# fmt: off
TALLIES = (
    StateCount("dispatch_cases", f"Cases by state, {MAX_COUNTED} at most.", "status", Status,
          _up_to_bound(col(CaseRow.status), Status)),
    StateCount("dispatch_jobs", f"Long work by state, {MAX_COUNTED} at most.", "status", JobStatus,
          _up_to_bound(col(JobRow.status), JobStatus)),
    StateCount("dispatch_postings", "Cases on the board by state, last day.", "state", PostingState,
          _by(col(PostingRow.state), _lately(PostingRow, col(PostingRow.posted_at)))),
    StateCount("dispatch_offers", "Offers by state, last day.", "state", OfferState,
          _by(col(OfferRow.state), _lately(OfferRow, col(OfferRow.offered_at)))),
    StateCount("dispatch_claims", "Claims by state, last day.", "state", ClaimState,
          _by(col(ClaimRow.state), _lately(ClaimRow, col(ClaimRow.claimed_at)))),
    StateCount("dispatch_proposals", "Proposals of runs by state, last day.", "state", ProposalState,
          _by(col(ProposalRow.state), col(ProposalRow.run_id) == col(JobRow.id),
              _lately(JobRow, col(JobRow.created_at)))),
)
# fmt: on

UNSENT = select_rows(func.count(), func.min(OutboxRow.created_at)).where(OPEN, col(OutboxRow.sent_at).is_(None))
UNDONE = select_rows(func.count(), func.min(OutboxRow.created_at)).where(OPEN)
WAITING = select_rows(func.min(CaseRow.entitled_at), func.min(CaseRow.due_at)).where(col(CaseRow.status).in_(UNNAMED))
OVERDUE = select(func.count()).select_from(CaseRow).where(col(CaseRow.status).in_(UNNAMED), col(CaseRow.due_at) < NOW)
ESCALATED = (
    select(func.count())
    .select_from(PlanRow)
    .where(PlanRow.state == PlanState.OPEN, col(PlanRow.escalated_at).is_not(None))
)
LAST_RUN = (
    select_rows(JobRow.created_at, JobRow.finished_at, RunRow.bound, RunRow.objective)
    .join(RunRow, col(RunRow.id) == col(JobRow.id))
    .where(JobRow.kind == JobKind.RUN, JobRow.status == JobStatus.DONE)
    .order_by(col(JobRow.finished_at).desc())
    .limit(1)
)


class LastRun(NamedTuple):
    """The newest finished matching run."""

    seconds: float
    """From the request to the last proposal."""
    gap: int
    """Points between its value and its proven bound; 0 is proven optimal."""
    finished_at: datetime


class ServiceState(NamedTuple):
    """The state of the service at one moment."""

    tallies: Mapping[StateCount, Mapping[str, int]]
    unsent: int
    oldest_unsent_at: datetime | None
    undone: int
    oldest_undone_at: datetime | None
    oldest_waiting_at: datetime | None
    nearest_due_at: datetime | None
    overdue: int
    escalated: int
    last_run: LastRun | None


def standing(session: Session, now: datetime) -> ServiceState:
    """Return the current state of the register."""
    lately = {"since": now - LATELY}
    tallies = {tally: dict(_counted(session, tally, lately)) for tally in TALLIES}
    unsent, oldest_unsent_at = session.exec(UNSENT).one()
    undone, oldest_undone_at = session.exec(UNDONE).one()
    entitled_at, due_at = session.exec(WAITING).one()
    overdue, escalated = session.exec(OVERDUE, params={"now": now}).one(), session.exec(ESCALATED).one()
    waiting = oldest_unsent_at, undone, oldest_undone_at, entitled_at, due_at
    return ServiceState(tallies, unsent, *waiting, overdue, escalated, _last_run(session))


def _counted(session: Session, tally: StateCount, lately: Mapping[str, datetime]) -> Iterator[tuple[str, int]]:
    # A state that nothing is in shows as zero, so that a rule on it can fire the first time.
    yield from ((state.value, 0) for state in tally.states)
    for state, count in session.exec(tally.statement, params=lately):
        yield str(state), count


def _last_run(session: Session) -> LastRun | None:
    row = session.exec(LAST_RUN).one_or_none()
    if row is None or row.finished_at is None:
        return None
    gap = (row.bound or 0) - (row.objective or 0)
    return LastRun((row.finished_at - row.created_at).total_seconds(), gap, row.finished_at)


def count_unsent(session: Session, asked_before: datetime) -> int:
    """Return how many jobs were asked for before then and have not been sent."""
    return _count(session, OPEN, col(OutboxRow.sent_at).is_(None), col(OutboxRow.created_at) < asked_before)


def list_resent(session: Session, sends: int) -> list[OutboxRow]:
    """Return open rows that have been sent so often or more."""
    often = select(OutboxRow).where(OPEN, col(OutboxRow.sends) >= sends).order_by(col(OutboxRow.id)).limit(20)
    return list(session.exec(often))


def list_silent_jobs(session: Session, alive_since: datetime) -> list[JobRow]:
    """Return long work that claims to run but has not beaten since then."""
    silent = select(JobRow).where(col(JobRow.status) == JobStatus.RUNNING, col(JobRow.beat_at) < alive_since).limit(20)
    return list(session.exec(silent))


def count_deadlines(session: Session, now: datetime, ahead: timedelta) -> tuple[int, int]:
    """Return how many cases without a named practitioner are past their time limit, and how many will be soon."""
    due = select(func.count()).select_from(CaseRow).where(col(CaseRow.status).in_(UNNAMED))
    missed = session.exec(due.where(col(CaseRow.due_at) < now)).one()
    soon = session.exec(due.where(col(CaseRow.due_at) >= now, col(CaseRow.due_at) < now + ahead)).one()
    return missed, soon


def _count(session: Session, *conditions: object) -> int:
    # Comparisons of columns, which are typed by what they compare.
    return session.exec(select(func.count()).select_from(OutboxRow).where(*conditions)).one()  # type: ignore[arg-type]
