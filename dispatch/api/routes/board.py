"""The hall: cases anyone eligible may claim, seen as cards until they are theirs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.offer_schemas import CardOut, ClaimOut
from dispatch.api.paging import Page, PagingQuery, cursor_of, page_of
from dispatch.api.problems import responses
from dispatch.api.replay import ReplayRoute
from dispatch.commands import board
from dispatch.domain.errors import (
    CaseNotOnBoardError,
    ClaimRefusedError,
    NotEligibleError,
    NotFoundError,
    PolicyMissingError,
)
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.domain.states import ClaimState
from dispatch.registry import board as reads
from dispatch.registry.board import Card

router = APIRouter(prefix="/board", tags=["board 抢单大厅"], route_class=ReplayRoute)

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_BOARD))]


@router.get("")
def list_board(actor: MayRead, read: ReadDep, now: Now, paging: PagingQuery) -> Page[CardOut]:
    """List what is on the board: kind, stage, county and deadline of each case, nothing of a person. 抢单大厅。"""
    with read() as session:
        found = reads.cards(session, actor.centre_id, now, paging.part)
    return Page(items=[_card(card) for card in found.rows], next=cursor_of(*found.last) if found.last else None)


@router.get("/claims")
def list_claims(
    actor: MayRead,
    read: ReadDep,
    paging: PagingQuery,
    case_id: Annotated[str | None, Query(max_length=32)] = None,
    state: ClaimState | None = None,
) -> Page[ClaimOut]:
    """List claims in the order they came; practitioners see their own. 抢单记录。"""
    whose = None if Verb.POST_CASE in PERMISSIONS[actor.role] else actor.practitioner_id or ""
    wanted = {"case_id": case_id, "state": state, "practitioner_id": whose}
    with read() as session:
        found = reads.claims(session, actor.centre_id, paging.part, wanted)
    return page_of(ClaimOut, found)


@router.post(
    "/{case_id}/claims",
    status_code=201,
    responses=responses(CaseNotOnBoardError, ClaimRefusedError, NotEligibleError, NotFoundError, PolicyMissingError),
)
def claim_case(
    case_id: str, actor: Annotated[Actor, Depends(Permit(Verb.CLAIM))], begin: BeginDep, read: ReadDep, now: Now
) -> ClaimOut:
    """Claim a posted case: won at once, or kept until the sealed window ends. 抢单。"""
    return ClaimOut.model_validate(board.claim(begin, read, actor, now, case_id))


@router.delete("/{case_id}/claims", responses=responses(NotFoundError, ClaimRefusedError))
def unclaim_case(
    case_id: str, actor: Annotated[Actor, Depends(Permit(Verb.UNCLAIM))], begin: BeginDep, now: Now
) -> ClaimOut:
    """Take one's own open claim back; again changes nothing. 撤回抢单。"""
    return ClaimOut.model_validate(board.unclaim(begin, actor, now, case_id))


def _card(card: Card) -> CardOut:
    posting, case = card
    return CardOut(
        case_id=case.id,
        matter=case.matter,
        stage=case.stage,
        area=case.area,
        due_at=case.due_at,
        posted_at=posting.posted_at,
        sealed_until=posting.sealed_until,
        ends_at=posting.ends_at,
    )
