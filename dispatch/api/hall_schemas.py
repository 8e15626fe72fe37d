"""The hall over the wire: cards, what stands against a claim, and the events of the live stream."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from dispatch.api.schemas import Id, RefusalOut
from dispatch.commands.hall import Marks, Notice
from dispatch.domain.eligibility.table import refusal_text
from dispatch.domain.states import Happening
from dispatch.domain.vocabulary import Matter, Stage
from dispatch.live import wire
from dispatch.registry.board import Card


class CardOut(BaseModel):
    """All that the hall shows of a case."""

    case_id: Id
    matter: Matter
    stage: Stage
    area: str | None
    due_at: datetime | None
    posted_at: datetime
    sealed_until: datetime
    ends_at: datetime


class MarkedCardOut(CardOut):
    """A card, and what stands against a claim of the practitioner who reads it."""

    refusals: Annotated[
        list[RefusalOut] | None,
        Field(description="Empty where they may claim; null for staff. 空表示可抢；工作人员为空值。"),
    ]


class HallEventOut(BaseModel):
    """What happened to a case on the board; the card is there while the case is."""

    case_id: Id
    happening: Happening
    at: datetime
    card: CardOut | None


CASE = "0f8fad5bd9cb469fa16570867728950e"
POSTED = (
    '{"case_id":"' + CASE + '","happening":"posted","at":"2026-11-23T02:00:00Z","card":{"case_id":"' + CASE + '",'
    '"matter":"civil","stage":"first_instance","area":"411402","due_at":"2026-11-26T15:59:59Z",'
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


def card_of(card: Card) -> CardOut:
    """Return what is shown of a posted case."""
    return CardOut(**_shown(card))


def marked(card: Card, marks: Marks | None, language: str) -> MarkedCardOut:
    """Return the card with what stands against a claim: a quota on all, or the rules on this case."""
    if marks is None:
        return MarkedCardOut(**_shown(card), refusals=None)
    said = [
        RefusalOut(code=code, unknown=unknown, text=refusal_text(code, language, unknown=unknown))
        for code, unknown in ((refusal.code, refusal.unknown) for refusal in marks.refusals.get(card.case.id, ()))
    ]
    if marks.quota:
        said.append(RefusalOut(code=marks.quota.value, unknown=False, text=marks.quota.label(language)))
    return MarkedCardOut(**_shown(card), refusals=said)


def say(notice: Notice) -> bytes:
    """Return a notice as an event of the stream."""
    said = HallEventOut(
        case_id=notice.case_id,
        happening=notice.happening,
        at=notice.at,
        card=card_of(notice.card) if notice.card else None,
    )
    return wire.event(notice.id, notice.happening.value, said.model_dump_json())


def _shown(card: Card) -> dict[str, Any]:
    posting, case = card
    return {
        "case_id": case.id,
        "matter": case.matter,
        "stage": case.stage,
        "area": case.area,
        "due_at": case.due_at,
        "posted_at": posting.posted_at,
        "sealed_until": posting.sealed_until,
        "ends_at": posting.ends_at,
    }
