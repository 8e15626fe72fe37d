"""Reports of a period: read once, rendered as tables, a workbook or figures."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.domain.calendar import EARLIEST, LATEST
from dispatch.domain.errors import InvalidFieldError, NotFoundError, stated
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.report_data import ReportData
from dispatch.registry.docket.roster import read_day
from dispatch.registry.period.report_data import Days, load_report_data, midnight
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.tables import CentreRow, PolicyRow
from dispatch.registry.transaction import Read
from dispatch.reports import REPORTS, SETS
from dispatch.reports.rendering import About, PolicyInForce, RenderedReport, render_report

OWN = "statement"
"""The report of which everyone may read their own row."""

MONTH = "month"
MAX_DAYS = 800


class PeriodReports(NamedTuple):
    """Reports of one period, and what they are about."""

    about: About
    reports: list[RenderedReport]


def report(
    read: Read, actor: Actor, now: datetime, code: str, since: date | None = None, until: date | None = None
) -> PeriodReports:
    """Return one report, or a set of them, over days of the centre's calendar, both included: this year until today.

    The month's page is about the last month that is over, unless days are named.
    Who may read only their own statement gets their own row of it, and nothing else.
    """
    wanted = _wanted(actor, code)
    with read() as session:
        if code == MONTH and since is until is None:
            until = read_day(session, actor.centre_id, now).today.replace(day=1) - timedelta(days=1)
            since = until.replace(day=1)
        span = span_of(session, actor.centre_id, now, since, until)
        data, about = read_report_data(session, span, now)
    rendered = [render_report(REPORTS[code], data, names=_may(actor, Verb.READ_NAMES)) for code in wanted]
    if not _may(actor, Verb.READ_REPORTS):
        rendered = [each.of(actor.practitioner_id or "") for each in rendered]
    return PeriodReports(about, rendered)


def read_report_data(session: Session, span: Days, now: datetime) -> tuple[ReportData, About]:
    """Return the lines of a period, and what they are about."""
    policy = read_policy(policy_in_force(session, span.centre_id))
    centre = session.get_one(CentreRow, span.centre_id)
    versions = tuple(
        PolicyInForce(row.version, row.name, row.digest, row.published_at) for row in policies_of(session, span)
    )
    about = About(centre.name, span.since, span.until, now, span.zone, versions)
    return load_report_data(session, span, policy, now), about


def span_of(session: Session, centre_id: str, now: datetime, since: date | None, until: date | None) -> Days:
    """Return the days asked for, or refuse a period that ends before it begins or is longer than two years."""
    day = read_day(session, centre_id, now)
    last = until or day.today
    first = since or last.replace(month=1, day=1)
    if not EARLIEST <= last <= LATEST:
        raise InvalidFieldError(
            field="until", value=last.isoformat(), expected=stated(f"{EARLIEST}至{LATEST}", f"{EARLIEST} to {LATEST}")
        )
    if not last - timedelta(days=MAX_DAYS) < first <= last:
        earliest = last - timedelta(days=MAX_DAYS - 1)
        expected = stated(f"{earliest}至{last}", f"{earliest} to {last}")
        raise InvalidFieldError(field="since", value=first.isoformat(), expected=expected)
    return Days(centre_id, first, last, day.zone)


def policies_of(session: Session, span: Days) -> Sequence[PolicyRow]:
    """Return the policy versions that were in force on some day of the period, the oldest first."""
    params = span.params()
    published = (
        select(PolicyRow)
        .where(PolicyRow.centre_id == span.centre_id, col(PolicyRow.published_at) < params["end"])
        .order_by(col(PolicyRow.published_at), col(PolicyRow.version))
    )
    rows = session.exec(published).all()
    before = [row for row in rows if row.published_at and row.published_at <= midnight(span.since, span.zone)]
    return [*before[-1:], *(row for row in rows if row not in before)]


def _wanted(actor: Actor, code: str) -> list[str]:
    if code not in {*SETS, *REPORTS}:
        raise NotFoundError(what="report", id=code, known=list(REPORTS))
    if not (code == OWN and _may(actor, Verb.READ_OWN_STATEMENT)):
        require(actor, Verb.READ_REPORTS)
    return list(SETS.get(code, (code,)))


def _may(actor: Actor, verb: Verb) -> bool:
    return verb in PERMISSIONS[actor.role]
