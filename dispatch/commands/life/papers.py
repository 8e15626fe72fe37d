"""Papers in the file of a case: put there by who acts in it, read by who may; their words are sealed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from dispatch.commands.cases.disclosure import require_file, verb_of
from dispatch.domain.errors import IllegalTransitionError, InvalidFieldError, NotFoundError, stated
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.states import PaperKind
from dispatch.registry.audit import note
from dispatch.registry.host import RegisterHost
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, CaseRow, PaperRow
from dispatch.registry.transaction import Begin

LAST_SECOND = time(23, 59, 59)
SUPERVISION = (PaperKind.HEARING, PaperKind.INQUIRY, PaperKind.INQUIRY_ANSWER, PaperKind.CALL_BACK)
COMPLAINTS = (PaperKind.COMPLAINT, PaperKind.COMPLAINT_DECISION)


class Paper(NamedTuple):
    """A paper with its words opened."""

    row: PaperRow
    words: dict[str, Any]


class DecisionContext(NamedTuple):
    """Who decides under the centre's lock, and what their words are sealed with."""

    host: RegisterHost
    seal: Seal

    def file(
        self,
        kind: PaperKind,
        case: CaseRow,
        assignment: AssignmentRow | None = None,
        words: Mapping[str, Any] | None = None,
        **facts: Any,
    ) -> PaperRow:
        """Put a paper into the file of the case; what is None is left out."""
        row = self.host.tx.add(
            PaperRow(
                centre_id=case.centre_id,
                case_id=case.id,
                assignment_id=assignment.id if assignment else None,
                kind=kind,
                facts={name: value for name, value in facts.items() if value is not None},
                sealed=self.seal.seal(dict(words)) if words else None,
                filed_by=self.host.user_id,
                filed_at=self.host.now,
            )
        )
        self.host.session.flush()
        return row

    def moment_of(self, day: date | None, field: str, since: datetime) -> datetime:
        """Return the end of a day of the centre, now at the latest; a day before ``since`` or to come is refused."""
        if day is None:
            return self.host.now
        first, last = self.day_of(since), self.day_of(self.host.now)
        if not first <= day <= last:
            span = (f"应为{first}", f"{first}") if first == last else (f"应在{first}至{last}之间", f"{first} to {last}")
            raise InvalidFieldError(field=field, value=day.isoformat(), expected=stated(*span))
        end = datetime.combine(day, LAST_SECOND, self.host.office.zone)
        return min(end.astimezone(self.host.now.tzinfo), self.host.now)

    def day_of(self, at: datetime) -> date:
        """Return the day of a moment in the centre's own calendar."""
        return at.astimezone(self.host.office.zone).date()


@contextmanager
def decision_context(begin: Begin, seal: Seal, actor: Actor, now: datetime) -> Iterator[DecisionContext]:
    """Decide in one transaction, under the centre's lock."""
    with begin() as tx:
        yield DecisionContext(RegisterHost(tx, actor.centre_id, actor, now), seal)


def own_assignment(host: RegisterHost, actor: Actor, verb: Verb, assignment_id: str) -> AssignmentRow:
    """Return an assignment, locked: a practitioner's own, or any where an officer writes down what they were told."""
    require(actor, verb)
    assignment = host.tx.lock(AssignmentRow, assignment_id, actor.centre_id)
    if Verb.OFFER not in PERMISSIONS[actor.role] and assignment.practitioner_id != actor.practitioner_id:
        raise NotFoundError(what="assignment", id=assignment_id)
    return assignment


def require_at_work(case: CaseRow, assignment: AssignmentRow, event: Event) -> None:
    """Refuse an assignment that is over, or that its practitioner has not accepted yet."""
    if assignment.ended_at or not assignment.accepted_at:
        raise IllegalTransitionError(status=case.status.value, event=event.value)


def list_papers(begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str) -> list[Paper]:
    """Return the papers of a case in the order they were filed; the access is logged before they are shown.

    Who is complained of does not read the complaint, which names who made it, nor what supervision found.
    """
    with begin() as tx:
        case = require_file(tx.session, actor, case_id)
        note(tx, actor, verb_of(actor), "paper", case.id, now)
        filed = select(PaperRow).where(PaperRow.case_id == case.id)
        if PERMISSIONS[actor.role].isdisjoint({Verb.READ_CASE, Verb.COMPLAIN}):
            filed = filed.where(col(PaperRow.kind).not_in(COMPLAINTS + SUPERVISION))
        rows = tx.session.exec(filed.order_by(col(PaperRow.filed_at), col(PaperRow.id))).all()
    return [Paper(row, seal.show(row.sealed, "text")) for row in rows]


def struck_out(session: Session, case_id: str) -> dict[str, PaperRow]:
    """Return the papers of a case that count no more, by id, each with the note that says why."""
    notes = select(PaperRow).where(PaperRow.case_id == case_id, PaperRow.kind == PaperKind.CORRECTION)
    return {row.facts["struck_out"]: row for row in session.exec(notes) if "struck_out" in row.facts}


def answer_to(session: Session, inquiry: PaperRow) -> PaperRow | None:
    """Return what the organ answered to an inquiry, unless that was struck out."""
    gone = struck_out(session, inquiry.case_id)
    answers = select(PaperRow).where(PaperRow.case_id == inquiry.case_id, PaperRow.kind == PaperKind.INQUIRY_ANSWER)
    mine = (row for row in session.exec(answers) if row.facts["answers"] == inquiry.id and row.id not in gone)
    return next(mine, None)
