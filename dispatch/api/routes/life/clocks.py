"""Time limits of cases: listed by their end, read with a case, and the milestones they hang on."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, cursor_of
from dispatch.api.problems import responses
from dispatch.api.routes.own import LabelOut
from dispatch.api.schemas import Estimated, Id, In, Out, SourceOut
from dispatch.commands.cases.drafts import Day, Instant
from dispatch.commands.life import milestones
from dispatch.domain.errors import IllegalTransitionError, InvalidFieldError, NotFoundError, PolicyMissingError
from dispatch.domain.law.citations import shown
from dispatch.domain.law.deadlines import DEADLINES, NOT_OURS, state_of
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.states import ClockEnd, ClockState, Milestone
from dispatch.registry.due.clocks import clocks_of, list_clocks, numbers_of
from dispatch.registry.tables import ClockRow


class ClockOut(Out):
    """A time limit of a case, or of one assignment of it."""

    id: Id
    case_id: Id
    case_number: Annotated[str, Field(examples=["2026-0001"])]
    assignment_id: str | None
    limit: Annotated[LabelOut, Field(description="Its row of ``/v1/time-limits``. 期限。")]
    whose: Annotated[LabelOut, Field(description="Who must act. 义务主体。")]
    ours: Annotated[bool, Field(description="False: it is read, not held against the centre. 是否计入本中心。")]
    started_at: Annotated[datetime, Field(description="What it counts from. 起算时间。")]
    due_at: datetime
    due_estimated: Estimated
    fixed: Annotated[bool, Field(description="The end was named; no calendar moves it. 届满时间为单独确定。")]
    state: ClockState
    stopped_at: datetime | None
    became: ClockEnd | None
    basis: SourceOut

    @classmethod
    def of(cls, row: ClockRow, number: str, now: datetime) -> "ClockOut":
        """Return a time limit as it is shown."""
        limit = DEADLINES[row.code]
        return cls(
            **{name: getattr(row, name) for name in PLAIN},
            case_number=number,
            limit=LabelOut(value=row.code, zh=limit.zh, en=limit.en),
            whose=LabelOut.of(limit.whose),
            ours=limit.whose not in NOT_OURS,
            state=state_of(row.due_at, row.stopped_at, row.became, now),
            basis=SourceOut(**shown(limit.source)),
        )


PLAIN = (
    "id", "case_id", "assignment_id", "started_at", "due_at", "due_estimated", "fixed", "stopped_at", "became",
)  # fmt: skip


class MilestoneIn(In):
    """What happened, and on which day; today, if left out."""

    milestone: Annotated[Milestone, Field(examples=["hearing"])]
    on: Annotated[Day | None, Field(examples=["2026-11-30"])] = None
    assignment_id: Annotated[
        str | None, Field(max_length=32, description="Where a case has several. 多名承办人员的，写明哪一个指派。")
    ] = None


class MilestoneOut(Out):
    """A milestone that was recorded, and the time limits it has met and begun."""

    case_id: Id
    milestone: Milestone
    on: date
    clocks: list[ClockOut]


router = APIRouter(tags=["clocks 期限"], route_class=IdempotentRoute)

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_CASE))]
MayRecord = Annotated[Actor, Depends(Permit(*sorted({rule.verb for rule in milestones.MILESTONES.values()})))]


@router.get("/clocks", responses=responses(InvalidFieldError))
def list_time_limits_of_cases(
    actor: MayRead,
    read: ReadDep,
    now: Now,
    paging: PagingQuery,
    state: ClockState | None = None,
    due_before: Annotated[Instant | None, Query(description="Ending before this moment. 届满时间早于。")] = None,
    code: Annotated[str | None, Query(max_length=8, examples=["T18a"])] = None,
) -> Page[ClockOut]:
    """List the time limits of all the centre's cases, the earliest end first. 各案期限，按届满时间排列。"""
    with read() as session:
        found = list_clocks(session, actor.centre_id, paging.part, now, state, due_before, code)
        numbers = numbers_of(session, {row.case_id for row in found.rows})
    items = [ClockOut.of(row, numbers[row.case_id], now) for row in found.rows]
    return Page(items=items, next=cursor_of(*found.last) if found.last else None)


@router.get("/cases/{case_id}/clocks", responses=responses(NotFoundError))
def list_clocks_of_case(case_id: str, actor: MayRead, read: ReadDep, now: Now) -> list[ClockOut]:
    """List every time limit of one case, including those already met. The earliest end first. 本案全部期限。"""
    with read() as session:
        case, rows = clocks_of(session, actor.centre_id, case_id)
    return [ClockOut.of(row, case.number, now) for row in rows]


@router.post(
    "/cases/{case_id}/milestones",
    status_code=201,
    responses=responses(NotFoundError, IllegalTransitionError, InvalidFieldError, PolicyMissingError),
)
def record_milestone(
    case_id: str, given: MilestoneIn, actor: MayRecord, begin: BeginDep, seal: SealDep, read: ReadDep, now: Now
) -> MilestoneOut:
    """Record an event that time limits depend on.

    Such as a hearing, papers filed, the file handed in, or a person informed. A mistake is undone by a correction.
    登记办案节点。
    """
    entry = milestones.record(begin, seal, actor, now, case_id, given.milestone, given.on, given.assignment_id)
    facts: dict[str, Any] = entry.facts or {}
    touched = {*facts.get("clock_ids", ()), *facts.get("begun_clock_ids", ())}
    with read() as session:
        case, rows = clocks_of(session, actor.centre_id, case_id)
    moved = [ClockOut.of(row, case.number, now) for row in rows if row.id in touched]
    return MilestoneOut(case_id=case_id, milestone=given.milestone, on=facts["on"], clocks=moved)
