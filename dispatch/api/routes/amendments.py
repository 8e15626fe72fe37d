"""Changes of what is known of a case: made by an officer, confirmed by a second one, and kept with what was before."""

from copy import copy
from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Body, Depends, Query, Request, Response
from pydantic import BaseModel, Field, create_model
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from dispatch.api.dependencies import BeginDep, IfMatch, Now, Permit, ReadDep, SealDep, etag
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import CountedPage, PagingQuery, counted_page_of
from dispatch.api.problems import language_of, responses
from dispatch.api.routes.cases import CaseOut, EventOut
from dispatch.api.schemas import Change, Id, In, Out, Reason
from dispatch.commands.cases import changes, proposals
from dispatch.commands.cases.drafts import CaseDraft, PersonDraft
from dispatch.domain.errors import (
    IfMatchRequiredError,
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    ReasonRequiredError,
    SealBrokenError,
    SeatTakenError,
    SecondPersonError,
    StaleError,
    UnknownReferenceError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.states import AmendmentState

APART = ("number", "wishes", "relations", "recipient")
"""A number never changes; wishes and ties have their own addresses."""


def _change_of(name: str, model: type[BaseModel], doc: str, **more: Any) -> type[Change]:
    """Return a change of what a draft states: each field as the draft has it, none of them asked for."""
    stated = {field: info for field, info in model.model_fields.items() if field not in APART}
    fields: dict[str, Any] = {field: (info.annotation, _left_out(info)) for field, info in stated.items()}
    return create_model(name, __base__=Change, __doc__=doc, **fields, **more)


def _left_out(info: FieldInfo) -> FieldInfo:
    # A default that is made, not stated: the schema names none, and null means what it means in a draft.
    field = copy(info)
    field.default, field.default_factory = PydanticUndefined, lambda: None
    return field


PersonChange: Any = _change_of("PersonChange", PersonDraft, "What is known otherwise of the recipient.")
CaseChange: Any = _change_of(
    "CaseChange",
    CaseDraft,
    "What is known otherwise of an open case; what is left out stays, null is unknown.",
    recipient=(PersonChange, Field(default_factory=dict)),
)


class MovedLimitOut(Out):
    """A time limit that a change has begun, moved or ended."""

    code: Annotated[str, Field(description="Of the table of time limits. 期限代码。", examples=["T4"])]
    was: Annotated[datetime | None, Field(description="Null if it begins now. 原届满时间。")]
    now: Annotated[datetime | None, Field(description="Null if it has ended. 现届满时间。")]


class AmendmentOut(Out):
    """A change of a case's facts. Private values are in `/v1/cases/{case_id}/facts` only."""

    id: Id
    case_id: Id
    case_number: Annotated[str, Field(examples=["2026-0001"])]
    state: AmendmentState
    fields: Annotated[list[str], Field(description="The facts it changes. 修改的字段。", examples=[["grave"]])]
    safeguards: Annotated[list[str], Field(description="Protections it lowers. 降低的保护要求。", examples=[["grave"]])]
    changes: Annotated[dict[str, list[Any]], Field(description="Value before and after. 修改前后的内容。")]
    made_by: Id | None
    made_at: datetime
    decided_by: Id | None
    decided_at: datetime | None


class ChangedCaseOut(CaseOut):
    """A case after a change, and what came of it."""

    made: Annotated[AmendmentOut | None, Field(description="Null if nothing was changed. 已作出的修改。")]
    waiting: Annotated[AmendmentOut | None, Field(description="What waits for a second person. 待负责人复核的修改。")]
    limits: Annotated[list[MovedLimitOut], Field(description="Limits begun, moved or ended. 期限的变化。")]
    followed: Annotated[list[EventOut], Field(description="What it started or stopped. 由此引起的办理经过。")]


class PastValueOut(Out):
    """What a fact was until it was changed."""

    value: Any
    until: datetime
    changed_by: Id | None
    amendment_id: Id


class ProposedOut(Out):
    """What a fact would be if a second person agrees."""

    amendment_id: Id
    value: Any


class FactOut(Out):
    """A fact of a case: what it is, what is proposed, and what it was, the latest first."""

    field: Annotated[str, Field(examples=["grave"])]
    value: Any
    private: Annotated[bool, Field(description="Kept sealed. 加密保存。")]
    proposed: list[ProposedOut]
    history: list[PastValueOut]


class AmendmentReviewIn(In):
    """The second person's decision on a change that lowers a protection."""

    approve: bool
    reason: Reason


class AmendmentReviewsIn(AmendmentReviewIn):
    """One decision of the second person on many changes."""

    amendment_ids: Annotated[
        list[Id],
        Field(min_length=1, max_length=proposals.MAX_AT_ONCE, description="Those to be decided. 拟复核的修改。"),
    ]


class RefusedReviewOut(Out):
    """Why a change could not be decided."""

    code: Annotated[str, Field(examples=["second-person"])]
    title: str
    facts: dict[str, Any]


class ReviewedOut(Out):
    """A change that was to be decided: as it is now, or why it could not be."""

    amendment_id: Id
    amendment: Annotated[AmendmentOut | None, Field(description="As it is now. 复核后的修改。")]
    refused: Annotated[RefusedReviewOut | None, Field(description="Null if it was decided. 未能复核的原因。")]

    @classmethod
    def of(cls, reviewed: proposals.DecidedAmendment, language: str) -> Self:
        """Return what became of one."""
        error, row = reviewed.error, reviewed.amendment
        refused = error and RefusedReviewOut(code=error.code, title=error.title(language), facts=dict(error.facts))
        amendment = row and AmendmentOut.model_validate(row)
        return cls(amendment_id=reviewed.amendment_id, amendment=amendment, refused=refused)


router = APIRouter(tags=["cases 案件"], route_class=IdempotentRoute)

EXAMPLE = {"detained": True, "organ": "某市某区人民法院", "recipient": {"contact": "0370-1234567"}}

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_CASE))]


@router.patch(
    "/cases/{case_id}",
    responses=responses(
        NotFoundError,
        StaleError,
        IfMatchRequiredError,
        IllegalTransitionError,
        UnknownReferenceError,
        InvalidFieldError,
        SeatTakenError,
        SealBrokenError,
    ),
)
def change_case(
    case_id: str,
    change: Annotated[CaseChange, Body(openapi_examples={"custody": {"summary": "羁押 custody", "value": EXAMPLE}})],
    actor: Annotated[Actor, Depends(Permit(Verb.EDIT_CASE))],
    if_match: IfMatch,
    begin: BeginDep,
    seal: SealDep,
    now: Now,
    response: Response,
) -> ChangedCaseOut:
    """Change the facts of an open case, even while someone works on it.

    A change that lowers a protection (minor, grave, secret and the like) waits for a manager other than the person who
    proposed it. The answer says what was changed, what waits, which time limits moved and what else followed. To undo a
    mistake, change the fact back. 修改案件信息。
    """
    outcome = changes.change_case(begin, seal, actor, now, case_id, change.sent(), if_match)
    response.headers.update(etag(outcome.case.revision))
    return _changed(outcome)


def _changed(outcome: changes.ChangedCase) -> ChangedCaseOut:
    case = CaseOut.model_validate(outcome.case).model_dump()
    return ChangedCaseOut(
        **case,
        made=outcome.made and AmendmentOut.model_validate(outcome.made),
        waiting=outcome.waiting and AmendmentOut.model_validate(outcome.waiting),
        limits=[MovedLimitOut.model_validate(each) for each in outcome.limits],
        followed=[EventOut.model_validate(each) for each in outcome.events],
    )


@router.get("/cases/{case_id}/facts", responses=responses(NotFoundError))
def list_facts(case_id: str, actor: MayRead, begin: BeginDep, seal: SealDep, now: Now) -> list[FactOut]:
    """Return every fact of a case with its earlier values and proposed changes.

    With who made each change. Private facts are decrypted; the access is logged before they are shown.
    案件信息及修改记录（查阅留痕）。
    """
    return [FactOut.model_validate(each) for each in changes.facts_with_history(begin, seal, actor, now, case_id)]


@router.get("/amendments")
def list_amendments(
    actor: MayRead,
    read: ReadDep,
    paging: PagingQuery,
    state: AmendmentState | None = None,
    case_id: Annotated[str | None, Query(max_length=32)] = None,
    to_decide: Annotated[
        bool,
        Query(description="Only those you may confirm or reject: waiting, not proposed by you. 待本人复核的修改。"),
    ] = False,
) -> CountedPage[AmendmentOut]:
    """List changes to the facts of cases, in the order they were made or proposed.

    Those that wait are still to be decided. 案件信息修改列表。
    """
    found = proposals.list_changes(read, actor, paging.part, state, case_id, to_decide=to_decide)
    return counted_page_of(map(AmendmentOut.model_validate, found.rows), found)


@router.post(
    "/amendments/{amendment_id}/withdraw", responses=responses(NotFoundError, IllegalTransitionError, InvalidFieldError)
)
def withdraw_amendment(
    amendment_id: str,
    actor: Annotated[Actor, Depends(Permit(Verb.EDIT_CASE))],
    begin: BeginDep,
    now: Now,
) -> AmendmentOut:
    """Withdraw a change one proposed that still waits for a second person. The case stays as it is. 撤回拟作的修改。"""
    return AmendmentOut.model_validate(proposals.withdraw_change(begin, actor, now, amendment_id))


@router.post("/amendments/reviews", responses=responses(ReasonRequiredError, InvalidFieldError))
def review_amendments(
    given: AmendmentReviewsIn,
    request: Request,
    actor: Annotated[Actor, Depends(Permit(Verb.REVIEW_AMENDMENT))],
    begin: BeginDep,
    seal: SealDep,
    now: Now,
) -> list[ReviewedOut]:
    """Confirm or reject many proposed changes with one reason.

    Each is decided separately; for each that could not be decided, the answer says why. 批量复核案件信息的修改。
    """
    language = language_of(request)
    decided = proposals.review_changes(begin, seal, actor, now, given.amendment_ids, given.approve, given.reason)
    return [ReviewedOut.of(each, language) for each in decided]


@router.post(
    "/amendments/{amendment_id}/review",
    responses=responses(
        NotFoundError,
        SecondPersonError,
        ReasonRequiredError,
        IllegalTransitionError,
        InvalidFieldError,
        SeatTakenError,
        SealBrokenError,
    ),
)
def review_amendment(
    amendment_id: str,
    review: AmendmentReviewIn,
    actor: Annotated[Actor, Depends(Permit(Verb.REVIEW_AMENDMENT))],
    begin: BeginDep,
    seal: SealDep,
    now: Now,
) -> AmendmentOut:
    """Confirm or reject a change that lowers a protection.

    Once confirmed, the change is made. The person who proposed it cannot decide it. 复核案件信息的修改。
    """
    row = changes.review_change(begin, seal, actor, now, amendment_id, review.approve, review.reason)
    return AmendmentOut.model_validate(row)
