"""Tells once, the night after, what a day's assignments were worth beside the best plan for the same seats."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from dispatch.domain.errors import PolicyMissingError
from dispatch.registry.docket.roster import LocalInstant, read_day
from dispatch.registry.period.history import Span, load_period
from dispatch.registry.period.report_data import midnight
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import AppraisalRow, AssignmentRow, CaseRow, CentreRow, DayRow
from dispatch.registry.transaction import Begin, Read
from dispatch.simulation.backtest import appraisal
from dispatch.simulation.backtest.appraisal import Made
from dispatch.simulation.backtest.parity import costs

MAX_DAYS = 14
"""Days appraised in one night; an imported history takes several."""

ONE_DAY = timedelta(days=1)


def appraise_days(begin: Begin, read: Read, now: datetime, centre_id: str) -> str:
    """Keep the appraisal of every day that is over and has none yet, the oldest first. Idempotent."""
    with read() as session:
        days = _due(session, read_day(session, centre_id, now))
    try:
        for on in days:
            appraise_day(begin, read, now, centre_id, on)
    except PolicyMissingError:
        return f"centre {centre_id}: no policy in force"
    return f"centre {centre_id}: {len(days)} days told"


def appraise_day(begin: Begin, read: Read, now: datetime, centre_id: str, on: date) -> None:
    """Keep the appraisal of one day by the policy in force now; an existing one is kept unchanged."""
    with read() as session:
        policy = policy_in_force(session, centre_id)
        span = span_of(session, centre_id, now, on)
        made = list_made(session, span)
        found = appraisal.appraise(load_period(session, span), made, read_policy(policy))
    parity = [each._asdict() for each in costs(found.compares)] if found.compares else []
    with begin() as tx:
        tx.lock(CentreRow, centre_id)
        if tx.session.exec(select(DayRow.id).where(DayRow.centre_id == centre_id, DayRow.on == on)).first():
            return
        figures = {name: getattr(found, name) for name in ("seats", "compared", "realised", "best")}
        tx.add(DayRow(centre_id=centre_id, on=on, policy_id=policy.id, parity=parity, **figures))
        for each in found.appraisals:
            worth: dict[str, Any] = each._asdict()
            tx.add(AppraisalRow(assignment_id=worth.pop("id"), centre_id=centre_id, **worth))


def span_of(session: Session, centre_id: str, now: datetime, on: date) -> Span:
    """Return a day of the centre's calendar."""
    zone = read_day(session, centre_id, now).zone
    return Span(centre_id, midnight(on, zone), midnight(on + ONE_DAY, zone))


def list_made(session: Session, span: Span) -> list[Made]:
    """Return the assignments made in a day, in their order."""
    during: Any = (
        select_rows(AssignmentRow.id, AssignmentRow.case_id, AssignmentRow.practitioner_id, AssignmentRow.assigned_at,
                    AssignmentRow.ended_at, CaseRow.relaxed)
        .join(CaseRow, col(CaseRow.id) == col(AssignmentRow.case_id))
        .where(AssignmentRow.centre_id == span.centre_id, col(AssignmentRow.assigned_at) >= span.since)
        .where(col(AssignmentRow.assigned_at) < span.until)
        .order_by(col(AssignmentRow.assigned_at), col(AssignmentRow.id))
    )  # fmt: skip
    return [
        Made(id, case_id, who, at, ended_at is None or ended_at >= span.until, tuple(relaxed))
        for id, case_id, who, at, ended_at, relaxed in session.exec(during)
    ]


def _due(session: Session, day: LocalInstant) -> Sequence[date]:
    last = session.exec(select(func.max(DayRow.on)).where(DayRow.centre_id == day.centre_id)).one()
    first = session.exec(
        select(func.min(AssignmentRow.assigned_at)).where(AssignmentRow.centre_id == day.centre_id)
    ).one()
    if first is None:
        return []
    begin = last + ONE_DAY if last else first.astimezone(day.zone).date()
    return [begin + k * ONE_DAY for k in range(min((day.today - begin).days, MAX_DAYS))]
