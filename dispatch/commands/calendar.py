"""Working days: a notice is loaded or undone, and every limit that runs is reckoned anew, each change told."""

from collections.abc import Sequence, Set
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.casework import clocks
from dispatch.casework.chain import retime
from dispatch.casework.records import Facts
from dispatch.commands.cases.entitlement import duty_of, reckon
from dispatch.domain.calendar import EARLIEST, LATEST, NoticeDays, YearNotice, require_notice
from dispatch.domain.chain import Mark
from dispatch.domain.errors import InvalidFieldError, NotFoundError, stated
from dispatch.domain.lifecycle import UNNAMED
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import PlanState, Review
from dispatch.exchange import notices
from dispatch.registry.audit import note
from dispatch.registry.due.calendar import find_notice, rows_of
from dispatch.registry.due.clocks import RUNS
from dispatch.registry.host import RegisterHost
from dispatch.registry.policies import find_in_force
from dispatch.registry.tables import CaseRow, ClockRow, NoticeRow, PlanRow, ReckoningRow, ReplacementRow
from dispatch.registry.transaction import Begin

MAX_TITLE = 120


class Loaded(NamedTuple):
    """The notice of the year that is in force now, if there is one, and how many time limits have moved."""

    year: int
    notice: NoticeRow | None
    moved: int


def load(
    begin: Begin,
    actor: Actor,
    now: datetime,
    year: int,
    title: str,
    rows: Sequence[NoticeDays],
    numbers: Sequence[int] | None = None,
) -> Loaded:
    """
    Put a notice about a year in force in the centre. Idempotent.

    Parameters
    ----------
    numbers : sequence of int, optional
        Where each row was written; they are counted from 1 if left out.

    Raises
    ------
    CalendarInvalidError
        With every problem and its row; then nothing has changed.
    """
    require(actor, Verb.MANAGE_CALENDAR)
    _require_year(year)
    if not 0 < len(title) <= MAX_TITLE:
        expected = stated(f"1至{MAX_TITLE}个字", f"1 to {MAX_TITLE} letters")
        raise InvalidFieldError(field="title", value=title[:MAX_TITLE], expected=expected)
    notice = require_notice(year, rows, numbers or range(1, len(rows) + 1))
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        before = find_notice(tx.session, actor.centre_id, year)
        if before and (before.title, before.rows) == (title, rows_of(notice)):
            return Loaded(year, before, 0)
        if before:
            before.withdrawn_at = now
            tx.session.flush()
        row = tx.add(_row(actor, now, title, notice, before))
        tx.session.flush()
        note(tx, actor, Verb.MANAGE_CALENDAR, "calendar_notice", row.id, now)
        return Loaded(year, row, _reckon(host, row))


def load_file(begin: Begin, actor: Actor, now: datetime, title: str, content: bytes) -> Loaded:
    """Put the notice that a sheet holds in force; its year is that of its last day."""
    require(actor, Verb.MANAGE_CALENDAR)
    rows, numbers = notices.read_notice(content)
    return load(begin, actor, now, max(row.until_on for row in rows).year, title, rows, numbers)


def undo(begin: Begin, actor: Actor, now: datetime, year: int) -> Loaded:
    """Undo the notice of a year; what was in force before it is again, or what the library knows."""
    require(actor, Verb.MANAGE_CALENDAR)
    _require_year(year)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        row = find_notice(tx.session, actor.centre_id, year)
        if row is None:
            raise NotFoundError(what="calendar_notice", id=str(year))
        row.withdrawn_at = now
        tx.session.flush()
        before = tx.session.get_one(NoticeRow, row.replaces_id) if row.replaces_id else None
        if before:
            before.withdrawn_at = None
            tx.session.flush()
        note(tx, actor, Verb.MANAGE_CALENDAR, "calendar_notice", row.id, now)
        return Loaded(year, before, _reckon(host, row))


def _require_year(year: int) -> None:
    if not EARLIEST.year < year <= LATEST.year:
        first, last = EARLIEST.year + 1, LATEST.year
        raise InvalidFieldError(field="year", value=year, expected=stated(f"{first}至{last}", f"{first} to {last}"))


def _row(actor: Actor, now: datetime, title: str, notice: YearNotice, before: NoticeRow | None) -> NoticeRow:
    return NoticeRow(
        centre_id=actor.centre_id,
        year=notice.year,
        title=title,
        rows=rows_of(notice),
        replaces_id=before.id if before else None,
        loaded_by=actor.user_id,
        loaded_at=now,
    )


def _reckon(host: RegisterHost, notice: NoticeRow) -> int:
    """Reckon anew what runs in the centre, and write down what has moved."""
    if find_in_force(host.session, host.centre_id) is None:
        return 0
    cases = host.cases(_concerned(host.session, host.centre_id))
    moved = sum(_reckon_case(host, notice, cases[case_id]) for case_id in sorted(cases))
    under_way = select(PlanRow.case_id).where(PlanRow.centre_id == host.centre_id, PlanRow.state == PlanState.OPEN)
    for case_id in sorted(cases.keys() & set(host.session.exec(under_way))):
        retime(host, cases[case_id])
    return moved


def _concerned(session: Session, centre_id: str) -> set[str]:
    timed = select(ClockRow.case_id).where(ClockRow.centre_id == centre_id, RUNS)
    waiting = select(CaseRow.id).where(CaseRow.centre_id == centre_id, col(CaseRow.status).in_(UNNAMED))
    return {*session.exec(timed), *session.exec(waiting)}


def _reckon_case(host: RegisterHost, notice: NoticeRow, case: CaseRow) -> int:
    due_before = case.due_at
    moved = [(each.clock.code, each.was, each.now) for each in reckon(host, case)]
    if due_before and case.due_at and due_before != case.due_at and all(code != duty_of(case) for code, *_ in moved):
        moved.append((duty_of(case), due_before, case.due_at))
    for code, was, becomes in moved:
        host.tx.add(
            ReckoningRow(
                centre_id=host.centre_id, notice_id=notice.id, case_id=case.id, code=code, was=was, becomes=becomes,
                at=host.now,
            )
        )  # fmt: skip
        facts: Facts = {"code": code, "was": was.isoformat(), "due_at": becomes.isoformat()}
        host.note(case, Mark.RECKON, None, facts)
    if moved:
        host.touch(case)
        _copy(host, case, {code for code, *_ in moved})
    return len(moved)


def _copy(host: RegisterHost, case: CaseRow, codes: Set[str]) -> None:
    """Let what states a limit's end beside its clock state the new one."""
    if clocks.ARRANGE_BY in codes and (given := host.open_arrangement(case.id)):
        given.due_at = clocks.running(host, case, clocks.ARRANGE_BY)[0].due_at
    if clocks.ANSWER_REPLACEMENT_BY not in codes:
        return
    due = {clock.assignment_id: clock.due_at for clock in clocks.running(host, case, clocks.ANSWER_REPLACEMENT_BY)}
    waiting = select(ReplacementRow).where(ReplacementRow.case_id == case.id, ReplacementRow.state == Review.WAITING)
    for row in host.session.exec(waiting):
        row.due_at = due.get(row.assignment_id, row.due_at)
