"""Working days: what a year's notice says, loaded, seen and undone, and the time limits that moved with it."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, cursor_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Out
from dispatch.commands import calendar
from dispatch.commands.cases.drafts import Day
from dispatch.domain.calendar import EARLIEST, LATEST, NoticeDays
from dispatch.domain.errors import CalendarInvalidError, InvalidFieldError, NotFoundError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts.typed import Brief, Word
from dispatch.registry.due.calendar import find_notice, list_reckonings, load_days
from dispatch.registry.due.clocks import numbers_of
from dispatch.registry.tables import NoticeRow

MAX_ROWS = 100

Year = Annotated[int, Path(gt=EARLIEST.year, le=LATEST.year, examples=[2027])]


class NoticeDaysIn(In):
    """Days in a row that are free or worked, both included; a single day if the last is left out."""

    from_on: Annotated[Day, Field(examples=["2027-01-01"])]
    until_on: Annotated[Day | None, Field(examples=["2027-01-03"])] = None
    working: Annotated[bool, Field(examples=[False])]
    name: Annotated[Brief | Literal[""], Field(examples=["元旦"])] = ""

    def days(self) -> NoticeDays:
        """Return the row as the notice has it."""
        return NoticeDays(self.from_on, self.until_on or self.from_on, self.working, self.name)


class YearNoticeIn(In):
    """A notice about one year, row by row; weekends that stay free may be within a row or left out."""

    title: Annotated[Word, Field(examples=["国务院办公厅关于2027年部分节假日安排的通知"])]
    rows: Annotated[list[NoticeDaysIn], Field(max_length=MAX_ROWS)]


class NoticeDaysOut(Out):
    """Days in a row that are free or worked."""

    from_on: date
    until_on: date
    working: bool
    name: str


class YearNoticeOut(Out):
    """The notice that is in force for a year in the centre."""

    id: Id
    title: str
    rows: list[NoticeDaysOut]
    loaded_at: datetime


class YearOut(Out):
    """A year as it is reckoned with: weekdays that are free, weekend days that are worked."""

    year: int
    estimated: Annotated[
        bool,
        Field(
            description="True: neither the centre nor the program has a notice yet. 尚无放假安排，按法定节假日估算。"
        ),
    ]
    notice: Annotated[YearNoticeOut | None, Field(description="Null: as the program knows it. 未载入的为空。")]
    off: list[date]
    made_up: list[date]


class LoadedOut(Out):
    """What is in force for the year now, and how many time limits have moved."""

    year: int
    notice: YearNoticeOut | None
    moved: Annotated[int, Field(description="Listed by ``/v1/calendar/changes``. 变动的期限数。")]


class ReckoningOut(Out):
    """A time limit of a case that ends at another moment."""

    id: Id
    notice_id: Id
    case_id: Id
    case_number: Annotated[str, Field(examples=["2026-0001"])]
    code: Annotated[str, Field(examples=["T4"])]
    was: datetime
    becomes: datetime
    at: datetime


router = APIRouter(prefix="/calendar", tags=["calendar 工作日历"], route_class=IdempotentRoute)

MayManage = Annotated[Actor, Depends(Permit(Verb.MANAGE_CALENDAR))]
MayRead = Annotated[Actor, Depends(Permit(Verb.READ_POLICY, Verb.MANAGE_CALENDAR))]
MayReadCases = Annotated[Actor, Depends(Permit(Verb.READ_CASE))]


@router.get("/changes", responses=responses(InvalidFieldError))
def list_moved_limits(
    actor: MayReadCases,
    read: ReadDep,
    paging: PagingQuery,
    notice_id: Annotated[str | None, Query(max_length=32)] = None,
) -> Page[ReckoningOut]:
    """List the time limits that moved when a holiday notice was loaded or undone.

    The newest first; without names. 因放假安排变动的期限。
    """
    with read() as session:
        found = list_reckonings(session, actor.centre_id, paging.part, notice_id)
        numbers = numbers_of(session, {row.case_id for row in found.rows})
    items = [
        ReckoningOut(case_number=numbers[row.case_id], **row.model_dump(exclude={"centre_id"})) for row in found.rows
    ]
    return Page(items=items, next=cursor_of(*found.last) if found.last else None)


@router.get("/{year}")
def get_year(year: Year, actor: MayRead, read: ReadDep) -> YearOut:
    """Return the unusual working days and holidays of a year. With the notice they rest on. 查看一年的放假安排。"""
    with read() as session:
        notice, days = find_notice(session, actor.centre_id, year), load_days(session, actor.centre_id).year(year)
    return YearOut(
        year=year,
        estimated=days.estimated,
        notice=_notice(notice),
        off=sorted(days.off),
        made_up=sorted(days.made_up),
    )


@router.put("/{year}", responses=responses(CalendarInvalidError))
def load_year(year: Year, given: YearNoticeIn, actor: MayManage, begin: BeginDep, now: Now) -> LoadedOut:
    """Put the State Council's holiday notice for a year in force.

    Every running time limit is calculated again. Idempotent. 载入年度放假安排，正在计算的期限随之重新计算。
    """
    rows = [row.days() for row in given.rows]
    return _loaded(calendar.load(begin, actor, now, year, given.title, rows))


@router.delete("/{year}", responses=responses(NotFoundError))
def undo_year(year: Year, actor: MayManage, begin: BeginDep, now: Now) -> LoadedOut:
    """Undo the holiday notice of a year.

    What was in force before it is in force again, and time limits are calculated again. 撤销年度放假安排。
    """
    return _loaded(calendar.undo(begin, actor, now, year))


def _loaded(done: calendar.Loaded) -> LoadedOut:
    return LoadedOut(year=done.year, notice=_notice(done.notice), moved=done.moved)


def _notice(row: NoticeRow | None) -> YearNoticeOut | None:
    return YearNoticeOut.model_validate(row) if row else None
