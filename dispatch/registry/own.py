"""What is one's own: the cases of a practitioner, and those of an institution's people."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlmodel import Session, SQLModel, col, or_, select

from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.domain.states import ArrangementState, EndReason, OfferState, PostingState
from dispatch.domain.vocabulary import Role
from dispatch.registry.reads import get
from dispatch.registry.statements import in_force
from dispatch.registry.tables import (
    ArrangementRow,
    AssignmentRow,
    AttributesRow,
    CaseRow,
    ClaimRow,
    ClockRow,
    OfferRow,
    PairRow,
    PostingRow,
    PractitionerRow,
)

# fmt: off
BY: dict[Role, str] = {
    # role             the column of a row that makes it theirs
    Role.PRACTITIONER: "practitioner_id",
    Role.INSTITUTION:  "institution_id",
}
OPEN: dict[type[SQLModel], Any] = {
    # what ties someone to a case, while it does
    OfferRow:       OfferRow.state == OfferState.PENDING,
    ArrangementRow: ArrangementRow.state == ArrangementState.OPEN,
    AssignmentRow:  col(AssignmentRow.ended_at).is_(None),
}
# fmt: on


MET = (OfferRow, AssignmentRow, ArrangementRow, ClaimRow, PairRow)
"""What shows that somebody has had to do with a case, whatever became of it."""


class CurrentTies(NamedTuple):
    """What ties someone to a case now."""

    accepted: bool
    """Whether they, or the institution's person, accepted it, and have it or carried it through."""
    concerned: bool
    """Whether they are asked or named; a claim that may still be taken back or lost binds nobody."""


class Tie(NamedTuple):
    """An offer, an assignment or an arrangement, and its case."""

    row: OfferRow | AssignmentRow | ArrangementRow
    case: CaseRow


def own_columns(actor: Actor) -> dict[str, str]:
    """Return by which column, and by what in it, rows are the actor's own; whose role has none owns nothing."""
    name = BY.get(actor.role, "id")
    return {name: getattr(actor, name, None) or ""}


def narrowed(actor: Actor, verb: Verb) -> dict[str, str]:
    """Return what narrows a list to the actor's own rows; nothing does for a role that reads all."""
    return {} if verb in PERMISSIONS[actor.role] else own_columns(actor)


def assignment(session: Session, actor: Actor, id: str) -> AssignmentRow:
    """Return an assignment that the actor may read; somebody else's is not found."""
    row = get(session, AssignmentRow, actor.centre_id, id)
    if any(getattr(row, name) != own for name, own in narrowed(actor, Verb.READ_ASSIGNMENTS).items()):
        raise NotFoundError(what="assignment", id=id)
    return row


def ties(session: Session, case_id: str, actor: Actor) -> CurrentTies:
    """Return what ties a practitioner or an institution to the case; a recipient has a page of their own."""
    kept = or_(OPEN[AssignmentRow], col(AssignmentRow.end_reason) == EndReason.CLOSED)
    named = session.exec(_own(AssignmentRow, actor).where(AssignmentRow.case_id == case_id, kept)).all()
    asked = any(
        session.exec(_own(table, actor).where(table.case_id == case_id, OPEN[table])).first()
        for table in _tables(actor, OfferRow, ArrangementRow)
    )
    return CurrentTies(any(row.accepted_at for row in named), bool(named) or asked)


def has_met(session: Session, case_id: str, actor: Actor) -> bool:
    """Tell whether the actor was ever asked, named or recorded for the case, or sees it on the board now."""
    posted = select(PostingRow.id).where(
        PostingRow.centre_id == actor.centre_id, PostingRow.case_id == case_id, PostingRow.state == PostingState.OPEN
    )
    return session.exec(posted).first() is not None or any(
        session.exec(_own(table, actor).where(table.case_id == case_id).limit(1)).first()
        for table in _tables(actor, *MET)
    )


def open_ties(session: Session, actor: Actor, today: date) -> list[Tie]:
    """Return what ties the actor, or who belongs to the actor's institution, to a case today, each with its case."""
    found: list[Tie] = []
    asked = {table: _own(table, actor) for table in _tables(actor, *OPEN)} | _of_members(actor, today)
    for table, whose in asked.items():
        rows = session.exec(whose.where(OPEN[table])).all()
        cases = select(CaseRow).where(col(CaseRow.id).in_({row.case_id for row in rows}))
        by_id = {case.id: case for case in session.exec(cases)}
        found += [Tie(row, by_id[row.case_id]) for row in rows]
    return found


def running_clocks(session: Session, case_ids: Collection[str]) -> Sequence[ClockRow]:
    """Return the time limits that run for the cases, the earliest end first."""
    running = select(ClockRow).where(col(ClockRow.case_id).in_(case_ids), col(ClockRow.stopped_at).is_(None))
    return session.exec(running.order_by(col(ClockRow.due_at), col(ClockRow.code))).all()


def people(session: Session, ids: Collection[str]) -> dict[str, PractitionerRow]:
    """Return these practitioners by id."""
    found = session.exec(select(PractitionerRow).where(col(PractitionerRow.id).in_(ids)))
    return {row.id: row for row in found}


def _of_members(actor: Actor, today: date) -> dict[Any, Any]:
    """Return the offers to an institution's people: it learns of them, but they open nothing to it."""
    if actor.role is not Role.INSTITUTION:
        return {}
    members = select(AttributesRow.practitioner_id).where(
        AttributesRow.institution_id == actor.institution_id, in_force(AttributesRow, today)
    )
    offers = select(OfferRow).where(OfferRow.centre_id == actor.centre_id, col(OfferRow.practitioner_id).in_(members))
    return {OfferRow: offers}


def _tables(actor: Actor, *tables: Any) -> list[Any]:
    return [table for table in tables if own_columns(actor).keys() <= table.model_fields.keys()]


def _own(table: Any, actor: Actor) -> Any:
    own = [getattr(table, name) == value for name, value in own_columns(actor).items()]
    return select(table).where(table.centre_id == actor.centre_id, *own)
