"""Replacement of a practitioner: asked for, decided, and all open cases of someone handed over in one act."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Out, Words
from dispatch.commands.life import replacements
from dispatch.domain.errors import (
    IllegalTransitionError,
    NotEligibleError,
    NotFoundError,
    PolicyMissingError,
    SecondPersonError,
    TooManyChangesError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.states import Asker, ReplacementGround, Review
from dispatch.domain.texts.typed import LongTitle
from dispatch.registry import reads


class AskReplacementIn(In):
    """Why a practitioner is to be replaced, with the evidence; the lead of the case, if no assignment is named."""

    ground: Annotated[ReplacementGround, Field(examples=["neglect"])]
    text: Annotated[Words, Field(examples=["三次未按约会见 did not come to three meetings"])]
    evidence: Annotated[tuple[LongTitle, ...], Field(max_length=20, examples=[["会见记录 visitors' log"]])] = ()
    assignment_id: Id | None = None


class DecideReplacementIn(In):
    """The decision on a request, and who follows: the institution's own person, or anybody else."""

    approve: Annotated[bool, Field(examples=[True])]
    text: Annotated[Words, Field(examples=["经核实，情况属实 verified"])]
    same_institution: Annotated[
        bool, Field(description="The institution names another person; if not, it loses the case. 原机构另行安排。")
    ] = True
    successor_id: Annotated[Id | None, Field(description="The person, if known already. 更换后的承办人员。")] = None


class ReplacementOut(Out):
    """A request to replace a practitioner."""

    id: Id
    case_id: str
    assignment_id: str
    asker: Asker
    ground: ReplacementGround
    paper_id: str
    asked_at: datetime
    due_at: datetime
    state: Review
    same_institution: bool | None
    decided_by: str | None
    decided_at: datetime | None
    successor_id: Annotated[str | None, Field(description="The assignment that follows. 更换后的指派。")]


class HandOverIn(In):
    """Why a practitioner cannot go on."""

    ground: Annotated[ReplacementGround, Field(examples=["health"])]
    text: Annotated[Words, Field(examples=["因病住院两个月 in hospital for two months"])]


class HandedOverOut(Out):
    """A case that was handed over, and its new assignment; null if nobody can take it: the manager is called."""

    case_id: Id
    assignment_id: Id
    successor_id: str | None
    practitioner_id: str | None


router = APIRouter(tags=["replacements 更换"], route_class=IdempotentRoute)

MayAsk = Annotated[Actor, Depends(Permit(Verb.ASK_REPLACEMENT))]
MayDecide = Annotated[Actor, Depends(Permit(Verb.REPLACE))]
MayHandOver = Annotated[Actor, Depends(Permit(Verb.HAND_OVER))]


@router.post(
    "/cases/{case_id}/replacements",
    status_code=201,
    responses=responses(NotFoundError, TooManyChangesError, PolicyMissingError),
)
def ask_replacement(
    case_id: str, given: AskReplacementIn, actor: MayAsk, begin: BeginDep, seal: SealDep, now: Now
) -> ReplacementOut:
    """Request that a practitioner be replaced.

    By the recipient, the practitioner, the institution or the centre. 申请更换承办人员。
    """
    row = replacements.ask(
        begin, seal, actor, now, case_id, given.ground, given.text, given.evidence, given.assignment_id
    )
    return ReplacementOut.model_validate(row)


@router.get("/replacements")
def list_replacements(
    actor: MayDecide, read: ReadDep, paging: PagingQuery, state: Review | None = None
) -> Page[ReplacementOut]:
    """List requests to replace a practitioner, oldest first.

    For those that wait, with the day by which they must be decided. 更换申请列表。
    """
    with read() as session:
        found = reads.replacements(session, actor.centre_id, paging.part, state)
    return page_of(ReplacementOut, found)


@router.post(
    "/replacements/{replacement_id}/decision",
    responses=responses(NotFoundError, IllegalTransitionError, NotEligibleError, SecondPersonError, PolicyMissingError),
)
def decide_replacement(
    replacement_id: str, given: DecideReplacementIn, actor: MayDecide, begin: BeginDep, seal: SealDep, now: Now
) -> ReplacementOut:
    """Decide a request to replace a practitioner, as a manager who did not make it.

    If it is approved, the practitioner is released and never asked again for the case; the institution names another
    person, or it loses the case. 更换审批。
    """
    row = replacements.decide(
        begin,
        seal,
        actor,
        now,
        replacement_id,
        given.approve,
        given.text,
        given.same_institution,
        given.successor_id,
    )
    return ReplacementOut.model_validate(row)


@router.post(
    "/practitioners/{practitioner_id}/hand-over",
    responses=responses(NotFoundError, IllegalTransitionError, PolicyMissingError),
)
def hand_over_cases(
    practitioner_id: str, given: HandOverIn, actor: MayHandOver, begin: BeginDep, seal: SealDep, now: Now
) -> list[HandedOverOut]:
    """Hand over all open cases of a practitioner who cannot go on, in one act.

    Colleagues of the institution come first, then everyone, by optimized matching; nobody else's case is moved. A clerk
    may do this on the grounds `health`, `unlicensed`, `left` and `obstacle`; a manager on any ground.
    在办案件一次性移交。
    """
    handed = replacements.hand_over(begin, seal, actor, now, practitioner_id, given.ground, given.text)
    return [
        HandedOverOut(
            case_id=each.case_id,
            assignment_id=each.assignment_id,
            successor_id=each.successor.id if each.successor else None,
            practitioner_id=each.successor.practitioner_id if each.successor else None,
        )
        for each in handed
    ]
