"""Reads what people did in a period: answers, claims, cases given back and carried through."""

from collections import defaultdict
from typing import Any

from sqlmodel import Session, col, func, select

from dispatch.domain.record import Pair, Record, RecordedAnswer, Wanted
from dispatch.domain.states import NEVER_TAKEN, EndReason, OfferState
from dispatch.domain.vocabulary import ModeName
from dispatch.registry.period.history import Span
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import (
    AbandonmentRow,
    AssignmentRow,
    ClaimRow,
    JobRow,
    OfferRow,
    PlanRow,
    PostingRow,
)

# fmt: off
ACCEPTED: dict[OfferState, bool | None] = {
    OfferState.ACCEPTED: True,
    OfferState.DECLINED: False,
    OfferState.EXPIRED:  None,
}
# fmt: on


def load_record(session: Session, span: Span) -> Record:
    """Return what was recorded of the period; an offer that was withdrawn says nothing."""
    given_back, assignments = _rows(session, AbandonmentRow, AbandonmentRow.at, span), _assignments(session, span)
    accepted = {row.id: row.accepted_at for row in assignments}
    return Record(
        offers=_offers(session, span),
        assignments=_answers(assignments),
        claims=_claims(session, span),
        given_back={
            (row.case_id, row.practitioner_id): row.at - accepted[row.assignment_id]
            for row in given_back
            if accepted.get(row.assignment_id)
        },
        worked={
            (row.case_id, row.practitioner_id): row.ended_at - row.accepted_at
            for row in assignments
            if row.end_reason is EndReason.CLOSED and row.accepted_at
        },
        confirmed=_confirmed(session, span),
        planned=frozenset(row.case_id for row in _rows(session, PlanRow, PlanRow.began_at, span)),
        postings=len(_rows(session, PostingRow, PostingRow.posted_at, span)),
    )


def _rows(session: Session, table: Any, moment: Any, span: Span, *conditions: Any) -> Any:
    within = (table.centre_id == span.centre_id, moment >= span.since, moment < span.until)
    return session.exec(select(table).where(*within, *conditions).order_by(moment, table.id)).all()


def _assignments(session: Session, span: Span) -> Any:
    return _rows(session, AssignmentRow, AssignmentRow.assigned_at, span)


def _offers(session: Session, span: Span) -> dict[Pair, RecordedAnswer]:
    found = _rows(session, OfferRow, OfferRow.offered_at, span, col(OfferRow.state).in_(ACCEPTED))
    return {
        (row.case_id, row.practitioner_id): RecordedAnswer(
            ACCEPTED[row.state], row.offered_at, row.answered_at, row.reason
        )
        for row in found
    }


def _answers(assignments: Any) -> dict[Pair, RecordedAnswer]:
    unasked = (row for row in assignments if row.mode in (ModeName.OPTIMIZED, ModeName.GRAB))
    answers = {}
    for row in unasked:
        pair = (row.case_id, row.practitioner_id)
        if row.accepted_at and row.accepted_at > row.assigned_at:
            answers[pair] = RecordedAnswer(True, row.assigned_at, row.accepted_at)
        elif row.end_reason in NEVER_TAKEN and row.ended_at:
            answers[pair] = RecordedAnswer(False, row.assigned_at, row.ended_at)
    return answers


def _claims(session: Session, span: Span) -> dict[str, list[Wanted]]:
    posted = {row.id: row for row in _rows(session, PostingRow, PostingRow.posted_at, span)}
    found: dict[str, list[Wanted]] = defaultdict(list)
    for row in posted.values():
        found[row.case_id] += []
    for claim in _rows(session, ClaimRow, ClaimRow.claimed_at, span):
        if claim.posting_id in posted:
            at = posted[claim.posting_id].posted_at
            found[claim.case_id].append(Wanted(claim.practitioner_id, at, claim.claimed_at))
    return dict(found)


def _confirmed(session: Session, span: Span) -> list[Any]:
    applied: Any = (
        select_rows(JobRow.finished_at, func.min(AssignmentRow.assigned_at))
        .join(AssignmentRow, col(AssignmentRow.run_id) == col(JobRow.id))
        .where(JobRow.centre_id == span.centre_id, col(JobRow.finished_at) >= span.since)
        .where(col(JobRow.finished_at) < span.until)
        .group_by(col(JobRow.id), col(JobRow.finished_at))
        .order_by(col(JobRow.finished_at))
    )
    return [(done, at) for done, at in session.exec(applied)]
