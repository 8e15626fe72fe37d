"""What runs proposed, which runs a policy has decided, and what was named against them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, case, distinct, func, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.record import Override
from dispatch.domain.states import Review
from dispatch.domain.vocabulary import JobKind, ProposalState
from dispatch.registry.reads import CURSOR, Rows, Slice
from dispatch.registry.tables import CaseRow, DesignationRow, JobRow, ProposalRow, RunRow

PROPOSALS = (
    select(ProposalRow)
    .join(CaseRow, col(CaseRow.id) == col(ProposalRow.case_id))
    .where(ProposalRow.run_id == bindparam("run_id"))
    .order_by(col(CaseRow.due_at), col(ProposalRow.case_id), col(ProposalRow.seat))
)


ORDER = (col(CaseRow.due_at), col(ProposalRow.case_id), col(ProposalRow.seat))
"""The most urgent case first."""

RUNS_A_DAY = 50
"""Runs looked through for each day: a centre that asks for more has fewer days to tell of."""


def list_proposals(session: Session, run_id: str) -> Sequence[ProposalRow]:
    """Return every proposal of the run, the most urgent case first."""
    return session.exec(PROPOSALS, params={"run_id": run_id}).all()


def page_proposals(session: Session, run_id: str, part: Slice, *, named: bool) -> Rows:
    """Return a page of a run's proposals that name somebody, or of those that name nobody, each with its case."""
    who = col(ProposalRow.practitioner_id)
    wanted = (
        select(ProposalRow, CaseRow)
        .join(CaseRow, col(CaseRow.id) == col(ProposalRow.case_id))
        .where(ProposalRow.run_id == run_id, who.is_not(None) if named else who.is_(None))
    )
    if part.after is not None:
        wanted = wanted.where(tuple_(*ORDER) > _place(part.after))
    found = session.exec(wanted.order_by(*ORDER).limit(part.limit + 1)).all()
    rows = list(found[: part.limit])
    if len(found) == len(rows):
        return Rows(rows, None)
    row, legal_case = rows[-1]
    return Rows(rows, (str(legal_case.due_at), row.case_id, str(row.seat)))


def _place(after: Sequence[str]) -> tuple[datetime, str, int]:
    try:
        due_at, case_id, seat = after
        return datetime.fromisoformat(due_at).astimezone(UTC), case_id, int(seat)
    except (ValueError, OverflowError):
        raise InvalidFieldError(field="cursor", expected=CURSOR) from None


def count_proposals(session: Session, run_id: str) -> dict[tuple[ProposalState, bool], int]:
    """Return how many proposals of a run are in each state, those that name somebody and those that do not."""
    named = col(ProposalRow.practitioner_id).is_not(None)
    counted = select(ProposalRow.state, named, func.count()).where(ProposalRow.run_id == run_id)
    found: Any = session.exec(counted.group_by(col(ProposalRow.state), named))
    return {(state, bool(somebody)): count for state, somebody, count in found}


def list_repeats(session: Session, run_id: str) -> Sequence[tuple[RunRow, int, int, int]]:
    """Return the other runs over any case of a run, the earliest first.

    With each: how many cases they share, how many of its proposals for these name somebody, and were applied.
    """
    mine, other = aliased(ProposalRow), aliased(ProposalRow)
    cases = select(col(mine.case_id)).where(mine.run_id == run_id).distinct()
    named = case((col(other.practitioner_id).is_not(None), 1), else_=0)
    applied = case((col(other.state) == ProposalState.APPLIED, 1), else_=0)
    found = (
        select(other.run_id, func.count(distinct(col(other.case_id))), func.sum(named), func.sum(applied))
        .where(col(other.case_id).in_(cases), other.run_id != run_id)
        .group_by(col(other.run_id))
    )
    counts = {id: (shared, proposed, taken) for id, shared, proposed, taken in session.exec(found)}
    rows = session.exec(select(RunRow).where(col(RunRow.id).in_(counts)).order_by(col(RunRow.docket_at), RunRow.id))
    return [(row, *counts[row.id]) for row in rows]


def last_of_days(session: Session, centre_id: str, days: int) -> list[tuple[date, str]]:
    """Return the latest days with a proven run that is kept, and the last such run of each, the latest day first."""
    done = (
        select(col(RunRow.draw_on), col(RunRow.id))
        .join(JobRow, col(JobRow.id) == col(RunRow.id))
        .where(
            JobRow.centre_id == centre_id, JobRow.kind == JobKind.RUN, col(JobRow.finished_at).is_not(None),
            col(RunRow.optimal).is_(True), col(RunRow.docket).is_not(None), col(RunRow.certificate).is_not(None),
        )
        .order_by(col(JobRow.finished_at).desc(), col(JobRow.id))
        .limit(days * RUNS_A_DAY)
    )  # fmt: skip
    last: dict[date, str] = {}
    for on, run_id in session.exec(done):
        if on is not None:
            last.setdefault(on, run_id)
    return list(last.items())[:days]


def list_overrides(session: Session, centre_id: str, most: int) -> list[Override]:
    """Return who among the latest designations was not proposed by the last run before, the oldest first."""
    decided = sorted(_decided(session, centre_id, most), key=lambda each: (each.at, each.designation_id))
    return [each for each in decided if each.against]


def _decided(session: Session, centre_id: str, most: int) -> Iterator[Override]:
    """Yield every designation that took effect, with what the last run before had proposed."""
    latest = (
        select(DesignationRow.id)
        .where(DesignationRow.centre_id == centre_id, DesignationRow.state == Review.APPROVED)
        .order_by(col(DesignationRow.named_at).desc(), col(DesignationRow.id).desc())
        .limit(most)
    )
    statement = (
        select(DesignationRow, RunRow.id, ProposalRow.practitioner_id)
        .join(ProposalRow, col(ProposalRow.case_id) == col(DesignationRow.case_id))
        .join(RunRow, col(RunRow.id) == col(ProposalRow.run_id))
        .where(
            col(DesignationRow.id).in_(latest),
            col(RunRow.certificate).is_not(None),
            col(RunRow.docket_at) <= col(DesignationRow.named_at),
        )
        .order_by(col(DesignationRow.id), col(RunRow.docket_at).desc(), col(RunRow.id), col(ProposalRow.seat))
    )
    for _, rows in groupby(session.exec(statement).all(), key=lambda row: row[0].id):
        named = list(rows)
        designation, run_id, _ = named[0]
        proposed = tuple(id for _, run, id in named if run == run_id and id is not None)
        yield Override(
            designation_id=designation.id,
            run_id=run_id,
            case_id=designation.case_id,
            practitioner_id=designation.practitioner_id,
            proposed=proposed,
            at=designation.named_at,
        )


def recent_runs(session: Session, policy_id: str, most: int) -> list[RunRow]:
    """Return the latest runs a policy has decided and whose plan is kept, the latest first."""
    statement = (
        select(RunRow)
        .where(RunRow.policy_id == policy_id, col(RunRow.certificate).is_not(None))
        .order_by(col(RunRow.docket_at).desc(), col(RunRow.id))
        .limit(most)
    )
    return list(session.exec(statement).all())
