"""Offers: made by officers and chains, answered by practitioners."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.offer_schemas import AnswerIn, OfferOut, OffersIn
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.replay import ReplayRoute
from dispatch.commands import offers
from dispatch.domain.errors import (
    IllegalTransitionError,
    InvalidFieldError,
    NotEligibleError,
    NotFoundError,
    OfferClosedError,
    OfferExpiredError,
    PolicyMissingError,
    ReasonRequiredError,
)
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.domain.states import OfferState
from dispatch.registry import board as reads

router = APIRouter(prefix="/offers", tags=["offers 征询"], route_class=ReplayRoute)

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
    """List offers in the order they were made; practitioners see their own. 征询列表。"""
    whose = None if Verb.READ_ASSIGNMENTS in PERMISSIONS[actor.role] else actor.practitioner_id or ""
    wanted = {"case_id": case_id, "state": state, "practitioner_id": whose}
    with read() as session:
        found = reads.offers(session, actor.centre_id, paging.part, wanted)
    return page_of(OfferOut, found)


@router.post(
    "",
    status_code=201,
    responses=responses(NotFoundError, NotEligibleError, IllegalTransitionError, InvalidFieldError, PolicyMissingError),
)
def make_offers(
    asked: OffersIn, actor: Annotated[Actor, Depends(Permit(Verb.OFFER))], begin: BeginDep, now: Now
) -> list[OfferOut]:
    """Ask one or several at the same time; the first to accept has the case. 征询承办人员。"""
    made = offers.make_offers(begin, actor, now, asked.case_id, asked.practitioner_ids)
    return [OfferOut.model_validate(row) for row in made]


@router.post(
    "/{offer_id}/answer",
    responses=responses(
        NotFoundError, NotEligibleError, OfferClosedError, OfferExpiredError, ReasonRequiredError, PolicyMissingError
    ),
)
def answer_offer(offer_id: str, given: AnswerIn, actor: MayAnswer, begin: BeginDep, now: Now) -> OfferOut:
    """Accept, or decline with a reason; the same answer again changes nothing. 答复征询。"""
    return OfferOut.model_validate(offers.answer(begin, actor, now, offer_id, given.accept, given.reason))
