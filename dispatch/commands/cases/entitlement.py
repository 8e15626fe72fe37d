"""Aid begins: a decision or a notice, since when the centre must assign, until when, and what that starts."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from dispatch.casework import clocks
from dispatch.casework.chain import retime
from dispatch.casework.clocks import Reckoned
from dispatch.casework.matching import enter_queue
from dispatch.casework.records import Facts
from dispatch.commands.funds.applications import follow_fund
from dispatch.domain.funds.sources import needs_grant
from dispatch.domain.law.citations import as_data
from dispatch.domain.law.deadlines import LAST_SECOND, MATERIALS_BY, next_duty
from dispatch.domain.law.urgency import DATES, hastened
from dispatch.domain.lifecycle import UNDECIDED, UNNAMED, Event, advance
from dispatch.domain.states import ClockEnd, Milestone
from dispatch.registry.host import RegisterHost
from dispatch.registry.tables import CaseRow

DUTIES = frozenset({"T2", "T3", "T4", "T17b"})
"""Limits of what a centre owes a case until somebody is named."""

HANDLED = (*UNDECIDED, *clocks.NAMED)
"""States of a case for which somebody is looked for, or acts."""


def take_notice(host: RegisterHost, case: CaseRow) -> None:
    """Take a notice for what it is: aid without a decision, its clock running from the receipt.

    The caller of this, or of ``grant``, lets the case enter the queue once all of it is written down.
    """
    advance(case.status, Event.NOTICE)
    case.entitled_at = case.received_at
    set_due(host, case)
    clocks.follow(host, case, Event.NOTICE, at=case.received_at)
    host.advance(case, Event.NOTICE)
    time_hearing(host, case)
    apply_for_fund(host, case)


def grant(host: RegisterHost, case: CaseRow, granted_at: datetime, event: Event = Event.GRANT) -> None:
    """Grant aid, of one's own accord or because a refusal was overturned; the clock of the assignment starts."""
    # Asked first: a case that may not be granted keeps its clock.
    advance(case.status, event)
    case.granted_at = case.entitled_at = granted_at
    set_due(host, case)
    clocks.follow(host, case, event, at=granted_at)
    time_materials(host, case)
    host.advance(case, event, None, aid_first_facts(case))
    time_hearing(host, case)
    apply_for_fund(host, case)


def apply_for_fund(host: RegisterHost, case: CaseRow) -> None:
    """Apply for the fund that the case is put down for, if it must grant that."""
    if needs_grant(case.fund_source):
        follow_fund(host, case)


def change(case: CaseRow, values: Mapping[str, Any], now: datetime) -> None:
    """Let a case say otherwise; what other dates hasten counts from now."""
    if any(values.get(name, was) != was for name in DATES for was in [getattr(case, name)]):
        case.dates_known_at = now
    for name, value in values.items():
        setattr(case, name, value)


def time_materials(host: RegisterHost, case: CaseRow) -> None:
    """Let the limit run to the day by which what is still owed must be in; none where nothing is owed."""
    runs = clocks.running(host, case, MATERIALS_BY)
    by = case.materials_due_on if case.materials_owed else None
    end = _end_of(host, by) if by else None
    if [clock.due_at for clock in runs] == ([end] if end else []):
        return
    clocks.stop(host, case, MATERIALS_BY, ClockEnd.VOID)
    if end:
        clocks.start(host, case, MATERIALS_BY, since=case.granted_at, due_at=end)


def time_hearing(host: RegisterHost, case: CaseRow) -> None:
    """Let what a criminal court must send before its hearing be due by the day that is known now."""
    if case.hearing_on is None or case.status not in HANDLED:
        return
    at = _end_of(host, case.hearing_on)
    if all(clock.started_at != at for clock in host.clocks(case) if clock.code == clocks.SERVE_BY):
        clocks.follow(host, case, Milestone.HEARING, at=at)


def _end_of(host: RegisterHost, day: date) -> datetime:
    return datetime.combine(day, LAST_SECOND, host.office.zone).astimezone(UTC)


def aid_first_facts(case: CaseRow) -> Facts | None:
    """Return what the history says of aid that came before its papers."""
    if case.aid_first is None:
        return None
    by = case.materials_due_on.isoformat() if case.materials_due_on else None
    return {"aid_first": case.aid_first.value, "materials_owed": case.materials_owed, "materials_due_on": by}


def set_due(host: RegisterHost, case: CaseRow) -> None:
    """Set the instant by which the next duty of the centre must be done: to assign, or before that to decide.

    What runs for it says since when; a decision that was paused for missing material counts from later. A date the
    case must not miss hastens it, not its statutory limit.
    """
    code = duty_of(case)
    runs = clocks.running(host, case, code)
    since = runs[0].started_at if runs else case.granted_at or case.received_at
    end = clocks.end_of(host, case, code, since)
    sooner = hastened(case, max(since, case.dates_known_at or since), host.office.zone)
    if sooner and sooner.at < end.at:
        end = sooner
    case.due_at, case.due_estimated, case.due_source = end.at, end.estimated, as_data(end.source)


def reckon(host: RegisterHost, case: CaseRow) -> list[Reckoned]:
    """Let every time limit of the case end where it does by what is known now; return those that have moved."""
    moved = clocks.reckon(host, case)
    time_materials(host, case)
    time_hearing(host, case)
    if case.status in UNNAMED:
        set_due(host, case)
    return moved


def reckon_waiting(host: RegisterHost, case: CaseRow) -> None:
    """Reckon the limits of a case anew; where it waits, its step and the next run keep to what is due now."""
    reckon(host, case)
    retime(host, case)
    enter_queue(host, [case])


def duty_of(case: CaseRow) -> str:
    """Return the limit of what the centre owes the case first."""
    return next_duty(case.source, granted=case.granted_at is not None, review_court=case.review_court)


def restart_duty(host: RegisterHost, case: CaseRow) -> None:
    """Let that limit run which the case has now, if it came otherwise than was thought."""
    code = duty_of(case)
    # Sorted, since the history tells in which order they ended; one that was met stays met for who comes second.
    if [id for other in sorted(DUTIES - {code}) for id in clocks.stop(host, case, other, ClockEnd.VOID)]:
        clocks.start(host, case, code, since=case.granted_at or case.received_at)
