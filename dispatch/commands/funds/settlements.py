"""Settlements: what is paid for an assignment, by the centre's table, with its lines; paid, or corrected.

A settlement is never changed: a mistake is undone by a correction, and it is settled anew.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from dispatch.casework import clocks
from dispatch.casework.records import Facts
from dispatch.commands.funds.fundings import fund_of
from dispatch.commands.funds.tables import table_for
from dispatch.commands.life.papers import DecisionContext, decision_context
from dispatch.domain.chain import Mark
from dispatch.domain.errors import InvalidFieldError, NotFoundError, StepOutOfOrderError, stated
from dispatch.domain.funds.sources import FundSource
from dispatch.domain.funds.subsidy import DirectCost, Spent, Subsidy, SubsidyTable, Work, subsidy_of
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.states import EndReason, Milestone, PaperKind
from dispatch.registry.docket.roster import read_day
from dispatch.registry.reads import attributes, get
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, CaseRow, PaperRow, SettlementRow, SubsidyTableRow
from dispatch.registry.transaction import Begin, Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What the reviewer found otherwise than the closing report; what is None is as reported."""

    service_days: float | None = None
    costs: tuple[DirectCost, ...] | None = None
    part_percent: int | None = None
    """How much of the work was done where it was not carried through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """An amount as it would be settled now, and what it rests on."""

    assignment: AssignmentRow
    table: SubsidyTableRow
    standard: SubsidyTable
    work: Work
    subsidy: Subsidy
    fund: FundSource


AS_REPORTED = Reviewed()


def reckon(
    read: Read, actor: Actor, now: datetime, assignment_id: str, reviewed: Reviewed = AS_REPORTED
) -> tuple[SettlementRow | None, Reckoning | None]:
    """Return the settlement in force, or else what would be settled now; a practitioner sees their own."""
    with read() as session:
        assignment = get(session, AssignmentRow, actor.centre_id, assignment_id)
        if Verb.READ_REPORTS not in PERMISSIONS[actor.role] and assignment.practitioner_id != actor.practitioner_id:
            raise NotFoundError(what="assignment", id=assignment_id)
        settled = _in_force(session, assignment_id)
        return settled, None if settled else _reckon(session, assignment, reviewed, now)


def settle(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, assignment_id: str, reviewed: Reviewed = AS_REPORTED
) -> SettlementRow:
    """Settle what is paid for an assignment. Idempotent; another amount needs a correction first.

    Raises
    ------
    StepOutOfOrderError
        If the work goes on, or is settled otherwise.
    WorkUnknownError
        If the kind of practitioner, the service days or the grade is not known.
    """
    require(actor, Verb.SETTLE)
    with decision_context(begin, seal, actor, now) as context:
        assignment = context.host.assignment(assignment_id)
        found = _reckon(context.host.session, assignment, reviewed, now)
        if settled := _in_force(context.host.session, assignment_id):
            if _lines(found.subsidy) != settled.lines:
                raise StepOutOfOrderError(state="settled", step="settle", settlement_id=settled.id)
            return settled
        row = context.host.tx.add(_row(actor, found, now))
        _note(context, row, Mark.SETTLE)
        return row


def pay(begin: Begin, seal: Seal, actor: Actor, now: datetime, settlement_id: str, on: date | None) -> SettlementRow:
    """Record that a settlement was paid, on a day up to today. Idempotent."""
    require(actor, Verb.SETTLE)
    with decision_context(begin, seal, actor, now) as context:
        row = context.host.tx.lock(SettlementRow, settlement_id, actor.centre_id)
        if row.voided_at:
            raise StepOutOfOrderError(state="void", step="pay", settlement_id=row.id)
        if row.paid_on is None:
            at = context.moment_of(on, "on", row.settled_at)
            row.paid_on = context.day_of(at)
            case, assignment = context.host.case(row.case_id), context.host.assignment(row.assignment_id)
            _note(context, row, Mark.PAY, {**clocks.follow(context.host, case, Milestone.PAID, assignment, at)})
        return row


def correct(begin: Begin, seal: Seal, actor: Actor, now: datetime, settlement_id: str, reason: str) -> SettlementRow:
    """Undo the payment that was recorded, or else the settlement, with the reason."""
    require(actor, Verb.CORRECT)
    with decision_context(begin, seal, actor, now) as context:
        row = context.host.tx.lock(SettlementRow, settlement_id, actor.centre_id)
        if row.voided_at:
            raise StepOutOfOrderError(state="void", step="correct", settlement_id=row.id)
        undone = Mark.PAY if row.paid_on else Mark.SETTLE
        case = context.host.case(row.case_id)
        if row.paid_on:
            row.paid_on = None
            clocks.resume(context.host, case, _met_by_payment(context, case, row))
        else:
            row.voided_at, row.void_reason = now, reason[:200]
        paper = context.file(PaperKind.CORRECTION, case, None, {"text": reason}, corrects=undone.value)
        _note(context, row, Mark.CORRECT_SETTLEMENT, {"paper_id": paper.id, "corrects": undone.value})
        return row


def require_unsettled(session: Session, assignment_id: str) -> None:
    """Refuse to change what a settlement in force rests on: it is to be corrected first."""
    if settled := _in_force(session, assignment_id):
        raise StepOutOfOrderError(state="settled", step="correct", settlement_id=settled.id)


def _in_force(session: Session, assignment_id: str) -> SettlementRow | None:
    held = (SettlementRow.assignment_id == assignment_id, col(SettlementRow.voided_at).is_(None))
    return session.exec(select(SettlementRow).where(*held)).one_or_none()


def _reckon(session: Session, assignment: AssignmentRow, reviewed: Reviewed, now: datetime) -> Reckoning:
    _require_over(assignment, reviewed.part_percent)
    case = session.get_one(CaseRow, assignment.case_id)
    day = read_day(session, case.centre_id, assignment.ended_at or now)
    on = assignment.finished_on or day.today
    row, standard = table_for(session, case.centre_id, on)
    stated_then = attributes(session, [assignment.practitioner_id], on).get(assignment.practitioner_id)
    work = Work(
        matter=case.matter,
        service=case.service,
        stage=case.stage,
        kind=stated_then.kind if stated_then else None,
        grade=assignment.grade,
        spent=_spent(session, assignment, reviewed),
        part_percent=reviewed.part_percent,
    )
    return Reckoning(
        assignment=assignment,
        table=row,
        standard=standard,
        work=work,
        subsidy=subsidy_of(standard, work),
        fund=fund_of(session, case.id),
    )


def _require_over(assignment: AssignmentRow, part_percent: int | None) -> None:
    """Refuse work that goes on or never began; a part is asked for exactly where it was not carried through."""
    carried = assignment.end_reason is EndReason.CLOSED
    if assignment.ended_at is None or assignment.begun_at is None:
        state = assignment.end_reason.value if assignment.end_reason else "open"
        raise StepOutOfOrderError(state=state, step="settle", assignment_id=assignment.id)
    if carried == (part_percent is not None):
        expected = stated(
            "已办结的不填；未办结的，填写已完成部分的百分比（0至100）",
            "none where the work was carried through; else how much of it was done, 0 to 100",
        )
        raise InvalidFieldError(field="part_percent", value=part_percent, expected=expected)


def _spent(session: Session, assignment: AssignmentRow, reviewed: Reviewed) -> Spent:
    filed = (PaperRow.assignment_id == assignment.id, PaperRow.kind == PaperKind.CLOSING)
    newest = select(PaperRow).where(*filed).order_by(col(PaperRow.filed_at).desc(), col(PaperRow.id))
    paper = session.exec(newest).first()
    facts: dict[str, Any] = paper.facts if paper else {}
    costs = tuple(DirectCost.model_validate(each) for each in facts.get("costs", ()))
    days = facts.get("service_days")
    return Spent(
        days if reviewed.service_days is None else reviewed.service_days,
        costs if reviewed.costs is None else reviewed.costs,
    )


def _row(actor: Actor, found: Reckoning, now: datetime) -> SettlementRow:
    assignment, work = found.assignment, found.work
    return SettlementRow(
        centre_id=assignment.centre_id,
        case_id=assignment.case_id,
        assignment_id=assignment.id,
        practitioner_id=assignment.practitioner_id,
        table_id=found.table.id,
        table_row=found.subsidy.row,
        fund=found.fund,
        grade=work.grade,
        service_days=work.spent.days,
        costs=[cost.model_dump(mode="json") for cost in work.spent.costs],
        part_percent=work.part_percent,
        lines=_lines(found.subsidy),
        total_fen=found.subsidy.total_fen,
        settled_by=actor.user_id,
        settled_at=now,
    )


def _lines(subsidy: Subsidy) -> list[dict[str, Any]]:
    return [{"item": line.item.value, "quantity": line.quantity, "fen": line.fen} for line in subsidy.lines]


def _met_by_payment(context: DecisionContext, case: CaseRow, row: SettlementRow) -> list[str]:
    paid = (each for each in reversed(context.host.entries(case)) if each.event == Mark.PAY)
    return next(each.ids("clock_ids") for each in paid if each.facts["settlement_id"] == row.id)


def _note(context: DecisionContext, row: SettlementRow, mark: Mark, more: Facts | None = None) -> None:
    context.host.session.flush()
    facts: Facts = {"settlement_id": row.id, "assignment_id": row.assignment_id} | (more or {})
    context.host.note(context.host.case(row.case_id), mark, None, facts)
