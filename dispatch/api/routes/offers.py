"""Offers: made by officers and chains, answered by practitioners."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.offers import offers
from dispatch.domain.errors import (
    IllegalTransitionError,
    InvalidFieldError,
    NotEligibleError,
    NotFoundError,
    OfferClosedError,
    OfferExpiredError,
    OutOfHoursError,
    PolicyMissingError,
    ReasonRequiredError,
    SecondPersonError,
)
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.domain.states import GivingBack, OfferState
from dispatch.domain.vocabulary import ModeName
from dispatch.registry import board as reads


class OffersIn(In):
    """The practitioners to ask at the same time; the first to accept gets the seat."""

    case_id: Id
    practitioner_ids: Annotated[
        list[Id], Field(min_length=1, max_length=20, examples=[["0f8fad5bd9cb469fa16570867728950e"]])
    ]


class AnswerIn(In):
    """Acceptance, or a refusal with its reason."""

    accept: Annotated[bool, Field(examples=[True])]
    reason: Annotated[GivingBack | None, Field(description="Required to decline. 不接受的必填。")] = None


class OfferOut(Out):
    """An offer and its outcome; ``/v1/me/cases`` says what its case is about."""

    id: Id
    case_id: str
    seat: int
    practitioner_id: str
    mode: ModeName
    policy_id: str | None
    state: OfferState
    reason: GivingBack | None
    offered_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    assignment_id: str | None


router = APIRouter(prefix="/offers", tags=["offers 征询"], route_class=IdempotentRoute)

MayAnswer = Annotated[Actor, Depends(Permit(Verb.ANSWER_OFFER, Verb.OFFER))]
MayRead = Annotated[Actor, Depends(Permit(Verb.ANSWER_OFFER, Verb.OFFER, Verb.READ_ASSIGNMENTS))]


@router.get("")
def list_offers(
    actor: MayRead,
    read: ReadDep,
    paging: PagingQuery,
    case_id: Annotated[str | None, Query(max_length=32)] = None,
    state: OfferState | None = None,
) -> Page[OfferOut]:
    """List offers in the order they were made. Practitioners see only their own. 征询列表。"""
    whose = None if Verb.READ_ASSIGNMENTS in PERMISSIONS[actor.role] else actor.practitioner_id or ""
    wanted = {"case_id": case_id, "state": state, "practitioner_id": whose}
    with read() as session:
        found = reads.offers(session, actor.centre_id, paging.part, wanted)
    return page_of(OfferOut, found)


@router.post(
    "",
    status_code=201,
    responses=responses(
        NotFoundError,
        NotEligibleError,
        OutOfHoursError,
        IllegalTransitionError,
        InvalidFieldError,
        SecondPersonError,
        PolicyMissingError,
    ),
)
def make_offers(
    asked: OffersIn, actor: Annotated[Actor, Depends(Permit(Verb.OFFER))], begin: BeginDep, now: Now
) -> list[OfferOut]:
    """Offer a case to one or more practitioners at once.

    The first to accept is assigned. A case that involves a minor, sexual assault or secrets, or that is grave, is
    offered only by a designation that a second officer approves. Nobody is asked who is away for the whole time allowed
    for the answer. 征询承办人员；征询时限内均不在岗的，不予征询。
    """
    made = offers.make_offers(begin, actor, now, asked.case_id, asked.practitioner_ids)
    return [OfferOut.model_validate(row) for row in made]


@router.post(
    "/{offer_id}/answer",
    responses=responses(
        NotFoundError, NotEligibleError, OfferClosedError, OfferExpiredError, ReasonRequiredError, PolicyMissingError
    ),
)
def answer_offer(offer_id: str, given: AnswerIn, actor: MayAnswer, begin: BeginDep, now: Now) -> OfferOut:
    """Accept an offer, or decline it with a reason. Repeating the same answer changes nothing. 答复征询。"""
    return OfferOut.model_validate(offers.answer(begin, actor, now, offer_id, given.accept, given.reason))
