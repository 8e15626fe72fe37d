"""Absences: leaves and suspensions are recorded, agreed to, cut short and cancelled."""

from datetime import date, datetime, time
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, cursor_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.cases.drafts import Day
from dispatch.commands.roster import absences
from dispatch.domain.docket.absence import EVERY_DAY, WHOLE_DAY, AbsenceKind, AbsenceState, minute_of
from dispatch.domain.errors import InvalidFieldError, NotFoundError, stated
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts.typed import Brief
from dispatch.registry import reads
from dispatch.registry.docket.roster import read_day
from dispatch.registry.tables import AbsenceRow

Weekday = Annotated[int, Field(ge=1, le=7)]


class LeaveIn(In):
    """Leave, both days included: whole days, a part of each, or some days of the week."""

    from_on: Annotated[Day, Field(examples=["2026-12-01"])]
    until_on: Annotated[
        Day | None,
        Field(examples=["2026-12-07"], description="Only parts of days may have no end. 部分时段可以不填末日。"),
    ] = None
    from_time: Annotated[
        time | None, Field(description="The part of each day that they are away. 每日起始时刻，不填为零时。")
    ] = None
    until_time: Annotated[
        time | None, Field(description="Null, or 00:00, is the end of the day. 不填或者填00:00为当日结束。")
    ] = None
    weekdays: Annotated[
        list[Weekday] | None,
        Field(min_length=1, max_length=7, description="Monday is 1; all days if left out. 星期几，不填为每日。"),
    ] = None

    def leave(self) -> absences.Leave:
        """Return it in minutes, refusing a part that ends before it begins."""
        begin = minute_of(self.from_time) if self.from_time else 0
        # Midnight, at which a day's part ends, is that of the next day: 18:00-00:00 is the evening.
        end = (minute_of(self.until_time) if self.until_time else WHOLE_DAY) or WHOLE_DAY
        if end <= begin:
            expected = stated("晚于 from_time", "after from_time")
            raise InvalidFieldError(field="until_time", value=str(self.until_time), expected=expected)
        days = "".join(sorted({str(day) for day in self.weekdays})) if self.weekdays else EVERY_DAY
        return absences.Leave(self.from_on, self.until_on, (begin, end), days)


class SuspensionIn(In):
    """A period without new cases; open-ended without an end."""

    from_on: Annotated[Day, Field(examples=["2026-12-01"])]
    until_on: Day | None = None
    reason: Annotated[Brief, Field(examples=["complaint-upheld"])]


class LeaveDecisionIn(In):
    """Whether a leave that waits is agreed to."""

    approve: Annotated[bool, Field(examples=[True])]


class ShorterIn(In):
    """The earlier day on which an absence ends, included."""

    until_on: Annotated[Day, Field(examples=["2026-12-03"])]


class PastAbsenceOut(Out):
    """What an absence said until it was changed."""

    at: datetime
    by: str
    state: AbsenceState
    until_on: date | None


class AbsenceOut(Out):
    """A leave or a suspension as recorded; only one in force keeps cases away."""

    id: Id
    kind: AbsenceKind
    practitioner_id: str | None
    institution_id: str | None
    from_on: date
    until_on: date | None
    from_time: Annotated[time | None, Field(description="Null is the beginning of the day. 空值为零时。")]
    until_time: Annotated[time | None, Field(description="Null is the end of the day. 空值为当日结束。")]
    weekdays: list[int]
    reason: str | None
    state: AbsenceState
    reported_by: str | None
    decided_by: str | None
    history: Annotated[list[PastAbsenceOut], Field(description="What it said before each change. 变更前的内容。")]

    @classmethod
    def of(cls, row: AbsenceRow) -> Self:
        """Return a row as it is read."""
        parts: dict[str, Any] = {
            "from_time": _time(row.from_minute),
            "until_time": _time(row.until_minute),
            "weekdays": [int(day) for day in row.weekdays],
        }
        return cls(**row.model_dump(include=set(cls.model_fields) - parts.keys()), **parts)


router = APIRouter(tags=["roster 名册"], route_class=IdempotentRoute)

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_ROSTER))]
MayReadOne = Annotated[Actor, Depends(Permit(Verb.READ_ROSTER, Verb.READ_OWN_ROSTER))]
MayReport = Annotated[Actor, Depends(Permit(Verb.EDIT_ROSTER, Verb.REPORT_LEAVE))]
MayChange = Annotated[Actor, Depends(Permit(Verb.EDIT_ROSTER, Verb.REPORT_LEAVE, Verb.SUSPEND))]
MaySuspend = Annotated[Actor, Depends(Permit(Verb.SUSPEND))]
RECORDED = responses(NotFoundError, InvalidFieldError)
CHANGED = responses(NotFoundError, InvalidFieldError)


@router.get("/absences")
def list_absences(
    actor: MayRead,
    read: ReadDep,
    paging: PagingQuery,
    practitioner_id: Annotated[str | None, Query(max_length=32)] = None,
    institution_id: Annotated[str | None, Query(max_length=32)] = None,
    kind: AbsenceKind | None = None,
    state: Annotated[AbsenceState | None, Query(description="`waiting` is what is to be decided. 状态。")] = None,
) -> Page[AbsenceOut]:
    """List leaves and suspensions of the centre by their first day. 休假和暂停指派记录。"""
    wanted = {"practitioner_id": practitioner_id, "institution_id": institution_id, "kind": kind, "state": state}
    with read() as session:
        found = reads.absences(session, actor.centre_id, paging.part, **wanted)
    return _page(found)


@router.get("/practitioners/{practitioner_id}/leaves", responses=responses(NotFoundError))
def list_leaves(
    practitioner_id: str, actor: MayReadOne, read: ReadDep, now: Now, paging: PagingQuery
) -> Page[AbsenceOut]:
    """List a practitioner's leaves by their first day. 休假记录。"""
    with read() as session:
        reads.roster_entry(session, actor, practitioner_id, read_day(session, actor.centre_id, now).today)
        wanted = {"practitioner_id": practitioner_id, "kind": AbsenceKind.LEAVE}
        found = reads.absences(session, actor.centre_id, paging.part, **wanted)
    return _page(found)


@router.post("/practitioners/{practitioner_id}/leaves", status_code=201, responses=RECORDED)
def report_leave(practitioner_id: str, leave: LeaveIn, actor: MayReport, begin: BeginDep, now: Now) -> AbsenceOut:
    """Record a leave, first and last day included.

    No new case is assigned during it. A leave reported by the practitioner or their institution must be approved by an
    officer if it began before today, begins more than a year ahead, or exceeds what the policy allows (`leave.days`,
    `leave.reports`). For the part of a day that they are away, others are asked first. 登记休假。
    """
    return AbsenceOut.of(absences.report_leave(begin, actor, now, practitioner_id, leave.leave()))


@router.post("/practitioners/{practitioner_id}/suspensions", status_code=201, responses=RECORDED)
def suspend_practitioner(
    practitioner_id: str, given: SuspensionIn, actor: MaySuspend, begin: BeginDep, now: Now
) -> AbsenceOut:
    """Suspend new assignments to a practitioner for a period. Cases already assigned are kept. 暂停指派。"""
    who = {"practitioner_id": practitioner_id}
    return AbsenceOut.of(absences.suspend(begin, actor, now, given.from_on, given.until_on, given.reason, **who))


@router.post("/institutions/{institution_id}/suspensions", status_code=201, responses=RECORDED)
def suspend_institution(
    institution_id: str, given: SuspensionIn, actor: MaySuspend, begin: BeginDep, now: Now
) -> AbsenceOut:
    """Suspend new assignments to everyone in an institution for a period. 暂停向该机构指派。"""
    who = {"institution_id": institution_id}
    return AbsenceOut.of(absences.suspend(begin, actor, now, given.from_on, given.until_on, given.reason, **who))


@router.post("/absences/{absence_id}/decision", responses=CHANGED)
def decide_absence(
    absence_id: str,
    given: LeaveDecisionIn,
    actor: Annotated[Actor, Depends(Permit(Verb.EDIT_ROSTER))],
    begin: BeginDep,
    now: Now,
) -> AbsenceOut:
    """Approve or reject a leave that waits for approval. Deciding it the other way undoes the decision. 审核休假。"""
    return AbsenceOut.of(absences.decide(begin, actor, now, absence_id, given.approve))


@router.patch("/absences/{absence_id}", responses=CHANGED)
def shorten_absence(absence_id: str, given: ShorterIn, actor: MayChange, begin: BeginDep, now: Now) -> AbsenceOut:
    """End an absence on an earlier day than recorded.

    The day recorded before is kept in the history. 提前结束休假或者暂停指派。
    """
    return AbsenceOut.of(absences.shorten(begin, actor, now, absence_id, given.until_on))


@router.post("/absences/{absence_id}/cancel", responses=CHANGED)
def cancel_absence(absence_id: str, actor: MayChange, begin: BeginDep, now: Now) -> AbsenceOut:
    """Cancel an absence as if it had never been recorded.

    Turns credited in the rotation because of it are taken back. 取消休假或者暂停指派。
    """
    return AbsenceOut.of(absences.cancel(begin, actor, now, absence_id))


@router.post("/absences/{absence_id}/end", responses=CHANGED)
def end_absence(absence_id: str, actor: MayChange, begin: BeginDep, now: Now) -> AbsenceOut:
    """End an absence at once. One that begins today or later is cancelled. 立即结束休假或者解除暂停。"""
    return AbsenceOut.of(absences.lift(begin, actor, now, absence_id))


def _page(found: reads.Rows) -> Page[AbsenceOut]:
    return Page(items=[AbsenceOut.of(row) for row in found.rows], next=cursor_of(*found.last) if found.last else None)


def _time(minute: int) -> time | None:
    return None if minute in (0, WHOLE_DAY) else time(minute // 60, minute % 60)
