"""Which fund pays for a case: applied for, decided by the body that grants it, corrected; else the centre's own."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from dispatch.casework.records import Facts
from dispatch.commands.funds.applications import (
    follow_fund,
    group_of,
    newest_application,
    note_funding,
    open_application,
)
from dispatch.commands.life.papers import DecisionContext, decision_context
from dispatch.domain.chain import Mark
from dispatch.domain.errors import IllegalTransitionError, NotFoundError, StepOutOfOrderError
from dispatch.domain.funds.sources import FundingState, FundSource, require_fundable
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import PaperKind
from dispatch.registry.reads import get
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow, FundingRow
from dispatch.registry.transaction import Begin, Read

UNDONE = {
    FundingState.APPLIED: FundingState.VOID,
    FundingState.APPROVED: FundingState.APPLIED,
    FundingState.REJECTED: FundingState.APPLIED,
}
"""What a correction leads each state back to."""


def apply(begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, source: FundSource) -> FundingRow:
    """Apply to let a fund pay for a granted case; while it is open or granted, again is the same one.

    Raises
    ------
    InvalidFieldError
        If the fund may not pay for such a case, with what the case would have to be.
    StepOutOfOrderError
        If another fund was applied for.
    """
    require(actor, Verb.FUND)
    with decision_context(begin, seal, actor, now) as context:
        case = context.host.case(case_id)
        if case.entitled_at is None:
            raise IllegalTransitionError(status=case.status.value, event=Mark.APPLY_FUND.value)
        group = group_of(context.host, case) if source is FundSource.LOTTERY else None
        require_fundable(source, group)
        open_ = open_application(context.host.session, case_id)
        if open_ and open_.source is not source:
            raise StepOutOfOrderError(state=open_.state.value, step="apply", funding_id=open_.id)
        return _put_down(context, case, source)


def decide(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    case_id: str,
    approve: bool,
    on: date | None = None,
    reference: str | None = None,
) -> FundingRow:
    """Record the result of the newest application, on a day up to today. Idempotent."""
    require(actor, Verb.FUND)
    with decision_context(begin, seal, actor, now) as context:
        case = context.host.case(case_id)
        row = newest_application(context.host.session, case_id)
        verdict = FundingState.APPROVED if approve else FundingState.REJECTED
        if row is None:
            raise NotFoundError(what="funding", id=case_id)
        if row.state is verdict:
            return row
        if row.state is not FundingState.APPLIED:
            raise StepOutOfOrderError(state=row.state.value, step=verdict.value, funding_id=row.id)
        day = context.day_of(context.moment_of(on, "on", row.applied_at))
        row.state, row.decided_on, row.decided_by, row.reference = verdict, day, actor.user_id, reference
        if not approve:
            _state(context, case, FundSource.LOCAL)
        note_funding(context.host, case, row, Mark.DECIDE_FUND)
        return row


def correct(begin: Begin, seal: Seal, actor: Actor, now: datetime, funding_id: str, reason: str) -> FundingRow:
    """Undo the result of an application, or else the application, with the reason."""
    require(actor, Verb.CORRECT)
    with decision_context(begin, seal, actor, now) as context:
        row = context.host.tx.lock(FundingRow, funding_id, actor.centre_id)
        if row.state not in UNDONE:
            raise StepOutOfOrderError(state=row.state.value, step="correct", funding_id=row.id)
        case, undone = context.host.case(row.case_id), row.state
        row.state, row.decided_on, row.decided_by, row.reference = UNDONE[undone], None, None, None
        _state(context, case, None if row.state is FundingState.VOID else row.source)
        paper = context.file(PaperKind.CORRECTION, case, None, {"text": reason}, corrects=undone.value)
        more: Facts = {"paper_id": paper.id, "corrects": undone.value}
        note_funding(context.host, case, row, Mark.CORRECT_FUND, more)
        return row


def fundings_of(read: Read, actor: Actor, case_id: str) -> Sequence[FundingRow]:
    """Return the applications made for a case, the earliest first."""
    with read() as session:
        get(session, CaseRow, actor.centre_id, case_id)
        made = select(FundingRow).where(FundingRow.case_id == case_id)
        return session.exec(made.order_by(col(FundingRow.applied_at), col(FundingRow.id))).all()


def fund_of(session: Session, case_id: str) -> FundSource:
    """Return which fund pays for a case: the centre's own money, unless another one was granted."""
    granted = (FundingRow.case_id == case_id, FundingRow.state == FundingState.APPROVED)
    row = session.exec(select(FundingRow).where(*granted)).one_or_none()
    return row.source if row else FundSource.LOCAL


def _put_down(context: DecisionContext, case: CaseRow, source: FundSource) -> FundingRow:
    _state(context, case, source)
    row = follow_fund(context.host, case)
    assert row is not None
    return row


def _state(context: DecisionContext, case: CaseRow, source: FundSource | None) -> None:
    """Let the case say which fund is to pay now."""
    if case.fund_source is not source:
        case.fund_source = source
        context.host.touch(case)
