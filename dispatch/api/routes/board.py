"""The hall: cases anyone eligible may claim, seen as cards until they are theirs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse

from dispatch.api.dependencies import BeginDep, Credentials, GlanceDep, HubDep, Now, Permit, ReadDep
from dispatch.api.hall_schemas import STREAM, MarkedCardOut, marked
from dispatch.api.offer_schemas import ClaimOut
from dispatch.api.paging import Page, PagingQuery, cursor_of, page_of
from dispatch.api.problems import language_of, responses
from dispatch.api.replay import ReplayRoute
from dispatch.commands import board
from dispatch.commands.access import digest_of
from dispatch.commands.hall import marks_for
from dispatch.domain.errors import (
    CaseNotOnBoardError,
    ClaimRefusedError,
    NotEligibleError,
    NotFoundError,
    PolicyMissingError,
)
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.domain.states import ClaimState
from dispatch.live.listener import Listener
from dispatch.live.stream import HallStream
from dispatch.registry import board as reads

router = APIRouter(prefix="/board", tags=["board 抢单大厅"], route_class=ReplayRoute)

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_BOARD))]
LastSeen = Annotated[str | None, Header(max_length=40, description="Id of the last event read. 最后收到的事件编号。")]


@router.get("")
def list_board(request: Request, actor: MayRead, read: ReadDep, now: Now, paging: PagingQuery) -> Page[MarkedCardOut]:
    """List what is on the board: kind, stage, county and deadline of each case, nothing of a person.

    For a practitioner each card says what stands against a claim of theirs. 抢单大厅；承办人员可见能否抢单及原因。
    """
    with read() as session:
        found = reads.cards(session, actor.centre_id, now, paging.part)
        whose = actor.practitioner_id if Verb.CLAIM in PERMISSIONS[actor.role] else None
        case_ids = [card.case.id for card in found.rows]
        marks = marks_for(session, actor.centre_id, whose, now, case_ids) if whose else None
    items = [marked(card, marks, language_of(request)) for card in found.rows]
    return Page(items=items, next=cursor_of(*found.last) if found.last else None)


@router.get("/events", response_class=StreamingResponse, responses=STREAM)
def watch_board(actor: MayRead, hub: HubDep, credentials: Credentials, last_event_id: LastSeen = None) -> HallStream:
    """Watch the hall live: what is posted, opened after its sealed window, taken, expired or withdrawn.

    A stream of server-sent events. It begins with `hello`: read `GET /v1/board` then, and everything after is
    told. Coming back with `Last-Event-ID` tells exactly what was missed, or `reset` where that was too much, or
    where the stream was read too slowly: read the board anew. Practitioners are told of cards that no rule keeps
    from them, staff of all. The stream ends when the access does. 抢单大厅实时推送。
    """
    last = int(last_event_id) if last_event_id and last_event_id.isdecimal() and len(last_event_id) < 19 else None
    claimant = (actor.practitioner_id or "") if Verb.CLAIM in PERMISSIONS[actor.role] else None
    ticket = digest_of(credentials.credentials) if credentials else ""
    return HallStream(hub, Listener(actor.centre_id, claimant, ticket), last)


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
    case_id: str, actor: Annotated[Actor, Depends(Permit(Verb.CLAIM))], begin: BeginDep, glance: GlanceDep, now: Now
) -> ClaimOut:
    """Claim a posted case: won at once, or kept until the sealed window ends. 抢单。"""
    return ClaimOut.model_validate(board.claim(begin, glance, actor, now, case_id))


@router.delete("/{case_id}/claims", responses=responses(NotFoundError, ClaimRefusedError))
def unclaim_case(
    case_id: str, actor: Annotated[Actor, Depends(Permit(Verb.UNCLAIM))], begin: BeginDep, now: Now
) -> ClaimOut:
    """Take one's own open claim back; again changes nothing. 撤回抢单。"""
    return ClaimOut.model_validate(board.unclaim(begin, actor, now, case_id))
