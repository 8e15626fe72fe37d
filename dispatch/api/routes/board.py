"""The board: cases anyone eligible may claim, seen as cards until they are theirs."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from dispatch.api.dependencies import AutocommitDep, BeginDep, Credentials, HubDep, Now, Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, cursor_of, page_of
from dispatch.api.problems import language_of, responses
from dispatch.api.routes.own import CauseName, LabelOut, cause_of
from dispatch.api.schemas import Id, Out, RefusalOut
from dispatch.commands import board
from dispatch.commands.access import digest_of
from dispatch.commands.board import BoardPart, Marks, Notice, ShownCard
from dispatch.domain.errors import (
    CaseNotOnBoardError,
    ClaimRefusedError,
    NotEligibleError,
    NotFoundError,
    PolicyMissingError,
)
from dispatch.domain.law.citations import OWN, cited
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.domain.states import ClaimState, Happening
from dispatch.domain.vocabulary import Matter, Stage
from dispatch.live import listener
from dispatch.live.hub import Hub
from dispatch.live.listener import Listener
from dispatch.live.stream import BoardStream
from dispatch.registry import board as reads


class CardOut(BaseModel):
    """The public part of a case on the board."""

    case_id: Id
    matter: Matter
    cause: CauseName
    stage: Stage
    area: str | None
    place: Annotated[str | None, Field(description="Name of the area. 地区名称。", examples=["梁园区"])]
    effort: Annotated[int, Field(description="Effort credits it brings. 计入的工作量分。")]
    due_at: datetime | None
    posted_at: datetime
    sealed_until: datetime
    ends_at: datetime


class MarkedCardOut(CardOut):
    """A case on the board, with the rules that would refuse a claim of the practitioner who reads it."""

    refusals: Annotated[
        list[RefusalOut] | None,
        Field(description="Empty if they may claim; null for staff. 空数组表示可以抢单；工作人员查看时为 null。"),
    ]
    distance_km: Annotated[
        int | None, Field(description="From the reader to the area; null if unknown. 距案件所在地的公里数。")
    ] = None
    claim_id: Annotated[
        str | None, Field(description="The reader's claim that waits for the sealed window. 本人待确定的抢单。")
    ] = None


class BoardPage(Page[MarkedCardOut]):
    """A page of the board, with how much more the reader may claim."""

    quota: Annotated[LabelOut | None, Field(description="What refuses every claim now. 现在不能抢单的原因。")] = None
    claims_left: Annotated[int | None, Field(description="Open at a time; null for staff. 还可同时抢单数。")] = None
    claims_left_this_week: Annotated[int | None, Field(description="Null for staff. 本周还可抢单数。")] = None
    distances_km: dict[str, int] = Field(
        default_factory=dict,
        description="From the reader to each area, for cards that come live; empty for staff. 到各地区的公里数。",
    )


class BoardEventOut(BaseModel):
    """What happened to a case on the board; the card is there while the case is."""

    case_id: Id
    happening: Happening
    at: datetime
    card: CardOut | None


CASE = "0f8fad5bd9cb469fa16570867728950e"
POSTED = (
    '{"case_id":"' + CASE + '","happening":"posted","at":"2026-11-23T02:00:00Z","card":{"case_id":"' + CASE + '",'
    '"matter":"civil","cause":{"value":"unpaid_wages","zh":"追索劳动报酬纠纷","en":"unpaid wages"},'
    '"stage":"first_instance","area":"411402","place":"梁园区","effort":10,"due_at":"2026-11-26T15:59:59Z",'
    '"posted_at":"2026-11-23T02:00:00Z","sealed_until":"2026-11-23T02:10:00Z","ends_at":"2026-11-24T02:00:00Z"}}'
)
TAKEN = '{"case_id":"' + CASE + '","happening":"taken","at":"2026-11-23T02:01:00Z","card":null}'
EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"type": "string", "enum": ["hello", "reset", *(happening.value for happening in Happening)]},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "id": {"type": "string"},
        "retry": {"type": "integer"},
    },
    "examples": [
        {"event": "hello", "data": '{"resumed": false, "board": "/v1/board"}', "id": "4711", "retry": 3050},
        {"event": "posted", "data": POSTED, "id": "4712"},
        {"event": "taken", "data": TAKEN, "id": "4713"},
        {"event": "reset", "data": '{"board": "/v1/board"}', "id": "5300"},
    ],
}
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events without end. 持续推送。",
        "content": {"text/event-stream": {"itemSchema": EVENT}},
    }
}


def card_of(card: ShownCard) -> CardOut:
    """Return what is shown of a posted case."""
    return CardOut(**_shown(card))


def marked(card: ShownCard, found: BoardPart, language: str) -> MarkedCardOut:
    """Return the card with what would refuse a claim: a quota on all cases, or rules on this one."""
    marks, own = found.marks, found.claims.get(card.case.id)
    if marks is None:
        return MarkedCardOut(**_shown(card), refusals=None)
    refusals = [RefusalOut.of(each, language) for each in marks.refusals.get(card.case.id, ())]
    if marks.quota:
        text, source = marks.quota.label(language), cited(OWN, language)
        refusals.append(RefusalOut(code=marks.quota.value, unknown=False, text=text, source=source))
    return MarkedCardOut(
        **_shown(card),
        refusals=refusals,
        distance_km=marks.distance_km.get(card.case.area or ""),
        claim_id=own.id if own else None,
    )


def board_page(found: BoardPart, language: str) -> BoardPage:
    """Return a part of the board as it is shown to who reads it."""
    items = [marked(card, found, language) for card in found.cards]
    return BoardPage(items=items, next=cursor_of(*found.last) if found.last else None, **_left(found.marks))


def _left(marks: Marks | None) -> dict[str, Any]:
    if marks is None:
        return {}
    quota = marks.quota and LabelOut.of(marks.quota)
    return {
        "quota": quota, "claims_left": marks.claims_left, "claims_left_this_week": marks.claims_left_this_week,
        "distances_km": marks.distance_km,
    }  # fmt: skip


def to_event(notice: Notice) -> bytes:
    """Return a notice as an event of the stream."""
    body = BoardEventOut(
        case_id=notice.case_id,
        happening=notice.happening,
        at=notice.at,
        card=card_of(notice.card) if notice.card else None,
    )
    return listener.event(notice.id, notice.happening.value, body.model_dump_json())


def _shown(card: ShownCard) -> dict[str, Any]:
    posting, case = card.posting, card.case
    return {
        "case_id": case.id,
        "matter": case.matter,
        "cause": cause_of(case.cause, card.cause),
        "stage": case.stage,
        "area": case.area,
        "place": card.place,
        "effort": card.effort,
        "due_at": case.due_at,
        "posted_at": posting.posted_at,
        "sealed_until": posting.sealed_until,
        "ends_at": posting.ends_at,
    }


class ClaimOut(Out):
    """A claim; if it was lost, with the reason."""

    id: Id
    case_id: str
    practitioner_id: str
    state: ClaimState
    reason: str | None
    claimed_at: datetime
    settled_at: datetime | None
    assignment_id: str | None


router = APIRouter(prefix="/board", tags=["board 抢单大厅"], route_class=IdempotentRoute)

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_BOARD))]
LastSeen = Annotated[str | None, Header(max_length=40, description="Id of the last event read. 最后收到的事件编号。")]


@router.get("", responses=responses(PolicyMissingError))
def list_board(request: Request, actor: MayRead, read: ReadDep, now: Now, paging: PagingQuery) -> BoardPage:
    """List the cases on the board, without any personal data.

    They can be filtered by kind, cause, stage, county, effort and deadline. For a practitioner, each card also gives
    the distance and the rules that would refuse their claim, and the page says how many more cases they may claim.
    抢单大厅；承办人员可见能否抢单及原因、还可抢单数。
    """
    return board_page(board.read_board(read, actor, now, paging.part), language_of(request))


@router.get("/events", response_class=StreamingResponse, responses=STREAM)
def watch_board(actor: MayRead, hub: HubDep, credentials: Credentials, last_event_id: LastSeen = None) -> BoardStream:
    """Follow the board live as a stream of server-sent events.

    It tells of cases posted, opened after the sealed window, taken, expired or withdrawn. It begins with `hello`: read
    `GET /v1/board` at that point; every later change is sent. Reconnecting with `Last-Event-ID` replays exactly the
    events that were missed, or sends `reset` if they are too many or the client reads too slowly: read the board again.
    Practitioners receive only the cases that they are eligible for, staff receive all. The stream ends when the access
    token does. 抢单大厅实时推送。
    """
    return stream(hub, actor, digest_of(credentials.credentials) if credentials else "", last_event_id)


def stream(hub: Hub, actor: Actor, ticket: str, last_event_id: str | None) -> BoardStream:
    """Return the live board of who came in by the ticket; it ends when the ticket does."""
    last = int(last_event_id) if last_event_id and last_event_id.isdecimal() and len(last_event_id) < 19 else None
    claimant = (actor.practitioner_id or "") if Verb.CLAIM in PERMISSIONS[actor.role] else None
    return BoardStream(hub, Listener(actor.centre_id, claimant, ticket, actor.user_id), last)


@router.get("/claims")
def list_claims(
    actor: MayRead,
    read: ReadDep,
    paging: PagingQuery,
    case_id: Annotated[str | None, Query(max_length=32)] = None,
    state: ClaimState | None = None,
) -> Page[ClaimOut]:
    """List claims in the order they were made. Practitioners see only their own. 抢单记录。"""
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
    case_id: str,
    actor: Annotated[Actor, Depends(Permit(Verb.CLAIM))],
    begin: BeginDep,
    read_autocommit: AutocommitDep,
    now: Now,
) -> ClaimOut:
    """Claim a case on the board. It is awarded at once, or the claim is held until the sealed window ends. 抢单。"""
    return ClaimOut.model_validate(board.claim(begin, read_autocommit, actor, now, case_id))


@router.delete("/{case_id}/claims", responses=responses(NotFoundError, ClaimRefusedError))
def unclaim_case(
    case_id: str, actor: Annotated[Actor, Depends(Permit(Verb.UNCLAIM))], begin: BeginDep, now: Now
) -> ClaimOut:
    """Withdraw one's own open claim on a case. Idempotent. 撤回抢单。"""
    return ClaimOut.model_validate(board.unclaim(begin, actor, now, case_id))
