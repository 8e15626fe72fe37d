"""What points at a practitioner, and how it comes to point at the record that is kept of the same person."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Column, delete, insert, union, update
from sqlmodel import Session, SQLModel, col, select

from dispatch.domain.errors import DispatchError, InvalidFieldError, UnknownReferenceError, stated
from dispatch.domain.ledger import EntryKind
from dispatch.domain.roster.words import RosterAct
from dispatch.domain.states import ClaimState, OfferState, Review
from dispatch.domain.texts import code_key
from dispatch.domain.vocabulary import RelationKind
from dispatch.registry.tables import (
    AssessmentRow,
    AssignmentRow,
    ClaimRow,
    DesignationRow,
    LedgerRow,
    OfferRow,
    PairRow,
    PractitionerRow,
    RelationRow,
    SpecialtyRow,
    WishRow,
)

KNOWN_SHOWN = 20

STAYS = frozenset({"attributes", "ledger", "roster_change", "proposal"})
"""Tables that go on speaking of the record they spoke of: facts, history, and what a run has proved."""

OPPOSED = (RelationKind.OPPOSING_SIDES, RelationKind.CO_DEFENDANTS)


class Pair(NamedTuple):
    """The record that is kept, and the one that is merged into it."""

    kept_id: str
    other_id: str


def require_kept(session: Session, person: PractitionerRow, field: str = "practitioner_id") -> None:
    """Refuse a record that was merged, and say into which."""
    if person.merged_into:
        raise _merged(session, person, field)


def unknown_code(session: Session, centre_id: str, field: str, code: str, known: Iterable[str] = ()) -> DispatchError:
    """Return the error for a code that names no practitioner, or a record that was merged: it says into which."""
    named = (PractitionerRow.centre_id == centre_id, PractitionerRow.code_key == code_key(code))
    person = session.exec(select(PractitionerRow).where(*named)).one_or_none()
    if person and person.merged_into:
        return _merged(session, person, field)
    return UnknownReferenceError(field=field, value=code, known=list(islice(known, KNOWN_SHOWN)))


def _merged(session: Session, person: PractitionerRow, field: str) -> InvalidFieldError:
    # What was merged before into a record that is merged follows it, like all that spoke of it.
    kept = session.get_one(PractitionerRow, person.merged_into)
    expected = stated(
        f"该登记已并入 {kept.code}，请改用该编号", f"this record was merged into {kept.code}; use that code"
    )
    return InvalidFieldError(field=field, value=person.code, expected=expected)


def moved_columns() -> list[Column[Any]]:
    """Return every column that points at a practitioner and follows a merger."""
    return [
        column
        for table in SQLModel.metadata.sorted_tables
        if table.name not in STAYS
        for column in table.columns
        if any(key.target_fullname == "practitioner.id" for key in column.foreign_keys)
    ]


def cases_in_common(session: Session, pair: Pair) -> list[str]:
    """Return the cases that keep two records from being one: both are asked for or have them, or they are opposed."""
    kept, other = (set(session.execute(_open(id)).scalars()) for id in pair)
    between = select(RelationRow.case_id, RelationRow.other_id).where(
        col(RelationRow.kind).in_(OPPOSED), col(RelationRow.case_id).in_(kept | other)
    )
    ties = {frozenset(found) for found in session.exec(between)}
    opposed = {case for tie in ties if tie & kept and tie & other for case in tie}
    return sorted((kept & other) | opposed)


def move(session: Session, pair: Pair, now: datetime) -> None:
    """Let everything that speaks of the other record speak of the kept one; what both said alike stays once."""
    session.flush()
    _drop_duplicates(session, pair, now)
    for column in moved_columns():
        session.execute(update(column.table).where(column == pair.other_id).values({column.name: pair.kept_id}))
    session.expire_all()


def move_ledger(session: Session, pair: Pair) -> None:
    """Let the kept record have had what the other had, at the moments it had it; of two openings the first counts."""
    rows = {
        id: session.exec(select(LedgerRow).where(LedgerRow.practitioner_id == id).order_by(col(LedgerRow.id))).all()
        for id in pair
    }
    entered = {id: session.get_one(PractitionerRow, id).entered_on for id in pair}
    earlier = pair.other_id if entered[pair.other_id] < entered[pair.kept_id] else pair.kept_id
    taken = [row for row in rows[pair.kept_id] if _opening(row) and earlier == pair.other_id]
    had = [row for row in rows[pair.other_id] if not _opening(row) or earlier == pair.other_id]
    written = [_entry(row, pair.kept_id) for row in had]
    written += [_reversed(row) for row in (*rows[pair.other_id], *taken)]
    if written:
        session.execute(insert(LedgerRow), written)


def _open(practitioner_id: str) -> Any:
    """Return what asks for the cases somebody has, is asked for, claims, or is named for."""
    return union(
        select(AssignmentRow.case_id).where(
            AssignmentRow.practitioner_id == practitioner_id, col(AssignmentRow.ended_at).is_(None)
        ),
        select(OfferRow.case_id).where(
            OfferRow.practitioner_id == practitioner_id, OfferRow.state == OfferState.PENDING
        ),
        select(ClaimRow.case_id).where(ClaimRow.practitioner_id == practitioner_id, ClaimRow.state == ClaimState.OPEN),
        select(DesignationRow.case_id).where(
            DesignationRow.practitioner_id == practitioner_id, DesignationRow.state == Review.WAITING
        ),
    )


def _drop_duplicates(session: Session, pair: Pair, now: datetime) -> None:
    wished = select(WishRow.case_id).where(WishRow.practitioner_id == pair.kept_id)
    session.execute(
        delete(WishRow).where(col(WishRow.practitioner_id) == pair.other_id, col(WishRow.case_id).in_(wished))
    )
    known = {(row.case_id, row.kind) for row in _of(session, PairRow, pair.kept_id)}
    for row in _of(session, PairRow, pair.other_id):
        if (row.case_id, row.kind) in known:
            session.delete(row)
    years = {row.year for row in _of(session, AssessmentRow, pair.kept_id) if row.superseded_at is None}
    for row in _of(session, AssessmentRow, pair.other_id):
        if row.superseded_at is None and row.year in years:
            row.superseded_at = now
    shown = {_evidence_key(row) for row in _of(session, SpecialtyRow, pair.kept_id) if row.withdrawn_at is None}
    for row in _of(session, SpecialtyRow, pair.other_id):
        if row.withdrawn_at is None and _evidence_key(row) in shown:
            row.withdrawn_at, row.reason = now, RosterAct.MERGED.zh
    session.flush()


def _evidence_key(row: SpecialtyRow) -> tuple[Any, ...]:
    return row.cause, row.level, row.source, row.on, row.case_number


def _of(session: Session, table: Any, practitioner_id: str) -> Collection[Any]:
    return session.exec(select(table).where(table.practitioner_id == practitioner_id)).all()


def _opening(row: LedgerRow) -> bool:
    return row.kind == EntryKind.OPENING.value


def _entry(row: LedgerRow, practitioner_id: str) -> dict[str, Any]:
    return row.model_dump(exclude={"id"}) | {"practitioner_id": practitioner_id}


def _reversed(row: LedgerRow) -> dict[str, Any]:
    undone = {"kind": EntryKind.MERGER.value, "turns": -row.turns, "effort": -row.effort}
    return row.model_dump(exclude={"id"}) | undone
