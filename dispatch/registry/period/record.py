"""Reads what people did in a period: answers, claims, cases given back and carried through."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from dispatch.domain.lifecycle import Event
from dispatch.domain.record import (
    Pair,
    Record,
    RecordedAnswer,
    RecordedArrangement,
    RecordedChange,
    RecordedHandOver,
    Wanted,
)
from dispatch.domain.states import NEVER_TAKEN, ArrangementState, EndReason, OfferState, ReplacementGround, Review
from dispatch.domain.vocabulary import ModeName
from dispatch.registry.period.history import Span
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import (
    AbandonmentRow,
    ArrangementRow,
    AssignmentRow,
    CaseEventRow,
    ClaimRow,
    JobRow,
    OfferRow,
    PlanRow,
    PostingRow,
    ReplacementRow,
)

UNANSWERED = (ArrangementState.OPEN, ArrangementState.WITHDRAWN)
GROUNDS = {ground.value: ground for ground in ReplacementGround}

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
        **_work(assignments, span),
        **_arrangements(session, span, assignments),
        changes=dict(_changes(session, span)),
        handed_over=tuple(_handed_over(session, span)),
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


def _work(assignments: Any, span: Span) -> dict[str, Any]:
    """Return what is known of the work on what was accepted; ends after the period are not known in it."""
    found: dict[str, dict[Pair, Any]] = {"worked": {}, "still_open": {}, "signed": {}, "begun": {}}
    for row in assignments:
        if row.accepted_at is None or row.accepted_at >= span.until:
            continue
        pair, since = (row.case_id, row.practitioner_id), row.accepted_at
        if row.ended_at is None or row.ended_at >= span.until:
            found["still_open"][pair] = span.until - since
        elif row.end_reason is EndReason.CLOSED:
            found["worked"][pair] = row.ended_at - since
        if row.signed_at or row.begun_at:
            # The day of signing counts, which may be before the answer was written down.
            found["signed"][pair] = max(row.signed_at - since, timedelta(0)) if row.signed_at else None
        if row.begun_at:
            found["begun"][pair] = row.begun_at - since
    return found


def _arrangements(session: Session, span: Span, assignments: Any) -> dict[str, Any]:
    named = {row.id: row.practitioner_id for row in assignments}
    first: dict[str, Any] = {}
    for row in assignments:
        first.setdefault(row.case_id, row.assigned_at)
    entrusted: dict[str, str] = {}
    arranged: dict[Pair, RecordedArrangement] = {}
    for row in _rows(session, ArrangementRow, ArrangementRow.entrusted_at, span):
        if row.case_id not in first or row.entrusted_at < first[row.case_id]:
            entrusted.setdefault(row.case_id, row.institution_id)
        if row.state not in UNANSWERED:
            who = named.get(row.assignment_id)
            answer = RecordedArrangement(row.entrusted_at, row.ended_at, who, row.reason)
            arranged[row.case_id, row.institution_id] = answer
    return {"entrusted": entrusted, "arranged": arranged}


def _changes(session: Session, span: Span) -> Iterator[tuple[Pair, RecordedChange]]:
    asked: Any = select_rows(ReplacementRow, AssignmentRow).join(
        AssignmentRow, col(AssignmentRow.id) == col(ReplacementRow.assignment_id)
    )
    within = (ReplacementRow.centre_id == span.centre_id, col(ReplacementRow.asked_at) >= span.since)
    rows = session.exec(asked.where(*within, col(ReplacementRow.asked_at) < span.until))
    for row, of in rows:
        if of.accepted_at:
            verdict = {Review.APPROVED: True, Review.REJECTED: False}.get(row.state)
            yield (of.case_id, of.practitioner_id), RecordedChange(
                row.asked_at - of.accepted_at, row.asker, row.ground, row.asked_at, row.decided_at, verdict,
                row.same_institution,
            )  # fmt: skip


def _handed_over(session: Session, span: Span) -> Iterator[RecordedHandOver]:
    """Yield those who were taken off cases on a ground, without a request for it; once for all cases of a moment."""
    rows = _rows(session, CaseEventRow, CaseEventRow.at, span, CaseEventRow.event == Event.REPLACE.value)
    found = dict.fromkeys(
        RecordedHandOver(row.facts["practitioner_id"], row.at, GROUNDS[row.facts["ground"]])
        for row in rows
        if row.facts and "ground" in row.facts and "replacement_id" not in row.facts
    )
    yield from found


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
