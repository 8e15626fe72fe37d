"""The rotation and the ledger behind it, open to all who are in it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, Paging, PagingQuery, cursor_of
from dispatch.api.problems import language_of, responses
from dispatch.api.schemas import Id, In, Out, Reason
from dispatch.commands.rotation import order, statements, unfairness_bound
from dispatch.commands.rotation.words import excess_in_words, place_in_words
from dispatch.domain.errors import InvalidFieldError, NotFoundError, PolicyMissingError, ReasonRequiredError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.shares import TurnUnit
from dispatch.domain.unfairness_bound import ExcessCause
from dispatch.registry import reads, rotation
from dispatch.registry.tables import AdjustmentRow, BoundRow

router = APIRouter(tags=["rotation 轮流指派"], route_class=IdempotentRoute)

CAUSES = {cause.value: cause for cause in ExcessCause}

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_ROTATION))]
NameInOrder = Annotated[str | None, Field(description="As in the rotation. 姓名，有权查看名册的可见。")]


class TurnOut(Out):
    """A position in the rotation with the figures behind it."""

    place: int
    practitioner_id: str
    institution_id: str
    institution: Annotated[str, Field(description="Name of the institution. 所属机构名称。")]
    code: str
    name: Annotated[
        str | None,
        Field(description="Shown to those who may read the roster, and one's own. 姓名，有权查看名册的可见。"),
    ]
    by: Annotated[TurnUnit, Field(description="Whose turn it is. 轮流指派单位。")]
    turns: int
    overridden: Annotated[
        int, Field(description="Turns among them given by overrides, less those taken. 其中经调整增减的轮次。")
    ]
    effort: int
    share: Annotated[str, Field(description="Weight, as a fraction. 应得份额（分数）。", examples=["1", "1/4"])]
    entitled: Annotated[float, Field(description="Entitled share of all turns. 应得轮次比例。")]
    ahead: Annotated[
        float,
        Field(description="Turns received beyond the entitled share; negative if behind. 超出应得的轮次，负数为不足。"),
    ]
    institution_entitled: Annotated[
        float | None, Field(description="Entitled share of the institution; by institution only. 机构应得比例。")
    ]
    institution_ahead: Annotated[
        float | None,
        Field(description="Turns the institution had beyond its share; negative if behind. 机构超出轮次。"),
    ]
    institution_upcoming: Annotated[
        int | None,
        Field(description="1 is the institution whose turn it is, of those with somebody who may take it. 机构次序。"),
    ]
    owed: Annotated[
        int, Field(description="Cases missing to the yearly minimum; they come first. 距年度最低办案件数的差额。")
    ]
    asked: Annotated[int, Field(description="Offers in hand; others come first meanwhile. 正在征询其意见的件数。")]
    waived: Annotated[
        int,
        Field(
            description="Turns declined or not answered of late; others come first meanwhile. "
            "近期不接受征询或者逾期未答复的件数。"
        ),
    ]
    waived_until: Annotated[datetime | None, Field(description="Until when others come first for it. 暂缓轮到至何时。")]
    away_now: Annotated[bool, Field(description="Away for this part of the day. 此时不在岗。")]
    away_throughout: Annotated[
        bool, Field(description="Away for nearly all the time to answer, so not asked. 征询时限内不在岗。")
    ]
    waiting_since: datetime | None
    next: bool
    upcoming: Annotated[
        int | None, Field(description="1 is next of those who may take it; null is skipped. 在可指派人员中的次序。")
    ]
    skipped: Annotated[list[str], Field(description="Rules by which they are skipped. 跳过所依据的规则。")]
    reasons: Annotated[
        list[str],
        Field(
            default_factory=list,
            description="What puts them here besides turns: rules, offers, waived turns, floor, overrides. 位次说明。",
        ),
    ]

    @classmethod
    def of(cls, turn: order.Turn, language: str) -> "TurnOut":
        """Return a place in the rotation as it is shown."""
        shown = cls.model_validate(turn)
        return shown.model_copy(update={"reasons": place_in_words(turn, language)})


class PreviewIn(In):
    """Turns added, which moves someone back, or removed, which moves them forward; tried, not kept."""

    practitioner_id: Id
    turns: Annotated[int, Field(ge=-order.MAX_OVERRIDE, le=order.MAX_OVERRIDE, examples=[-1])]


class OverrideIn(PreviewIn):
    """Turns added, which moves someone back, or removed, which moves them forward."""

    reason: Reason


class OverrideOut(Out):
    """A recorded override."""

    id: Id
    practitioner_id: str
    code: str
    name: NameInOrder
    turns: int
    reason: str | None
    made_by: str | None
    at: datetime

    @classmethod
    def of(cls, row: AdjustmentRow, called: order.Called) -> "OverrideOut":
        """Return an override as its reader sees it."""
        code, name = called[row.practitioner_id]
        return cls(**row.model_dump(include={*cls.model_fields} - {"code", "name"}), code=code, name=name)


class ExcessOut(Out):
    """Someone above the entitled share by more than one largest case, and what explains it."""

    practitioner_id: str
    code: str
    name: NameInOrder
    effort: int
    above: float
    cause: ExcessCause
    text: Annotated[str, Field(description="The excess and its cause in words. 超出应得份额的说明。")]

    @classmethod
    def of(cls, each: Mapping[str, Any], largest: int, called: order.Called, language: str) -> "ExcessOut":
        """Return an excess as its reader sees it."""
        code, name = called[each["practitioner_id"]]
        cause = CAUSES[each["cause"]]
        text = excess_in_words(each["above"], largest, cause, language)
        return cls(**{**each, "cause": cause}, code=code, name=name, text=text)


class FairnessOut(Out):
    """The spread of the ledger; ``above`` is empty where the bound holds for everyone."""

    practitioners: int
    ideal_effort: float
    largest_case: int
    most_effort: int
    least_effort: int
    above: list[ExcessOut]


class BoundOut(FairnessOut):
    """The bound as it was kept after a run, or at the end of a month."""

    id: Id
    run_id: str | None
    month: str | None
    at: datetime


class StatementOut(Out):
    """One month of one practitioner, in counts."""

    practitioner_id: str
    month: str
    assignments: dict[str, int]
    entries: dict[str, int]
    turns: int
    effort: int
    turns_before: int
    effort_before: int
    offers: dict[str, int]
    declined_because: dict[str, int]
    claims_won: int
    given_back: int


@router.get("/rotation", responses=responses(NotFoundError, PolicyMissingError, InvalidFieldError))
def get_rotation(
    actor: MayRead,
    read: ReadDep,
    now: Now,
    paging: PagingQuery,
    request: Request,
    case_id: Annotated[str | None, Query(max_length=32)] = None,
) -> Page[TurnOut]:
    """List the rotation order, who is next and why others are skipped.

    For a given case, by every rule. 轮流指派顺序。
    """
    return _page(order.rotation(read, actor, now, case_id), paging, language_of(request))


@router.post("/rotation/preview", responses=responses(NotFoundError, PolicyMissingError, InvalidFieldError))
def preview_override(
    asked: PreviewIn,
    actor: Annotated[Actor, Depends(Permit(Verb.OVERRIDE_ROTATION))],
    read: ReadDep,
    now: Now,
    paging: PagingQuery,
    request: Request,
    case_id: Annotated[str | None, Query(max_length=32)] = None,
) -> Page[TurnOut]:
    """Preview the rotation order after an override. Nothing is stored. 试看调整后的顺序，不作保存。"""
    tried = order.TriedOverride(asked.practitioner_id, asked.turns)
    return _page(order.rotation(read, actor, now, case_id, tried), paging, language_of(request))


@router.get("/rotation/overrides", responses=responses(InvalidFieldError))
def list_overrides(
    actor: MayRead, read: ReadDep, paging: PagingQuery, practitioner_id: Id | None = None
) -> Page[OverrideOut]:
    """List the overrides of the rotation, newest first, with their reasons. 历次调整及理由。"""
    with read() as session:
        found = rotation.list_overrides(session, actor.centre_id, paging.part, practitioner_id)
    called = order.called_by(read, actor)
    items = [OverrideOut.of(row, called) for row in found.rows]
    return Page(items=items, next=cursor_of(*found.last) if found.last else None)


@router.get("/rotation/fairness", responses=responses(PolicyMissingError))
def get_fairness(actor: MayRead, read: ReadDep, now: Now, request: Request) -> FairnessOut:
    """Return how far the rotation ledger is from the entitled shares.

    With those who are above theirs by more than one largest case. 各人轮次均衡情况核验。
    """
    return fairness_of(actor, read, now, language_of(request))


@router.get("/rotation/bounds")
def list_bounds(actor: MayRead, read: ReadDep, paging: PagingQuery, request: Request) -> Page[BoundOut]:
    """List the past fairness checks of the rotation, oldest first.

    They are made after each run and at the end of each month. 历次均衡情况核验。
    """
    with read() as session:
        found = reads.page(session, BoundRow, actor.centre_id, paging.part, by="at")
    called, language = order.called_by(read, actor), language_of(request)
    items = [BoundOut.model_validate(_shown(row.model_dump(), row.above, called, language)) for row in found.rows]
    return Page(items=items, next=cursor_of(*found.last) if found.last else None)


@router.post(
    "/rotation/overrides",
    status_code=201,
    responses=responses(NotFoundError, ReasonRequiredError, InvalidFieldError),
)
def override_rotation(
    asked: OverrideIn,
    actor: Annotated[Actor, Depends(Permit(Verb.OVERRIDE_ROTATION))],
    begin: BeginDep,
    read: ReadDep,
    now: Now,
) -> OverrideOut:
    """Move someone forward or back in the rotation. The reason is recorded. 调整轮流指派顺序。"""
    row = order.override(begin, actor, now, asked.practitioner_id, asked.turns, asked.reason)
    return OverrideOut.of(row, order.called_by(read, actor))


@router.get("/practitioners/{practitioner_id}/statement", responses=responses(NotFoundError, InvalidFieldError))
def get_statement(
    practitioner_id: str,
    actor: MayRead,
    read: ReadDep,
    now: Now,
    month: Annotated[str, Query(max_length=7, examples=["2026-11"])],
) -> StatementOut:
    """Return a practitioner's month in counts. It is open to everyone in the rotation. 月度公示。"""
    return StatementOut.model_validate(statements.statement(read, actor, now, practitioner_id, month))


def fairness_of(actor: Actor, read: ReadDep, now: datetime, language: str) -> FairnessOut:
    """Return the state of the rotation, as it is shown."""
    found = unfairness_bound.fairness(read, actor, now)
    above = [each._asdict() for each in found.above]
    return FairnessOut.model_validate(_shown(found._asdict(), above, order.called_by(read, actor), language))


def _shown(
    bound: Mapping[str, Any], above: Sequence[Mapping[str, Any]], called: order.Called, language: str
) -> dict[str, Any]:
    return {**bound, "above": [ExcessOut.of(each, bound["largest_case"], called, language) for each in above]}


def _page(turns: Sequence[order.Turn], paging: Paging, language: str) -> Page[TurnOut]:
    try:
        seen = int(paging.after[0]) if paging.after else 0
    except ValueError:
        raise InvalidFieldError(field="cursor", expected=reads.CURSOR) from None
    part = [turn for turn in turns if turn.place > seen][: paging.limit]
    more = part and part[-1].place < len(turns)
    items = [TurnOut.of(turn, language) for turn in part]
    return Page(items=items, next=cursor_of(str(part[-1].place)) if more else None)
