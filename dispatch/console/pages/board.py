"""The board on a practitioner's phone: cases to claim, live; each with what it is, and why it cannot be claimed."""

import json
from types import SimpleNamespace

from starlette.responses import JSONResponse, Response

from dispatch.api.routes.board import BoardPage, board_page, stream
from dispatch.commands import board
from dispatch.console.frame.page import ConsoleFeed, ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.permissions import Verb
from dispatch.domain.states import ClaimState, Happening
from dispatch.domain.vocabulary import Matter, Role, Stage

SHOWN = 100
"""Cards at a time; the longest posted come first, and a county rarely has more."""


def show(visit: Visit) -> Context:
    """Return the board as the page shows it, and the words by which its script writes further cards."""
    found = _board(visit)
    return {
        "cards": found.items,
        "next": found.next,
        "board": found,
        "blank": BLANK,
        "far": json.dumps(found.distances_km),
        "words": json.dumps(_words(visit.language), ensure_ascii=False),
    }


def list_cards(visit: Visit) -> Response:
    """Return the cards for the script, which reads them again whenever it may have missed something."""
    return JSONResponse(_board(visit).model_dump(mode="json"), headers={"Cache-Control": "no-store"})


def watch(visit: Visit) -> Response:
    """Return the live board; it ends with the session, and is no activity in it."""
    last = visit.request.headers.get("last-event-id")
    return stream(visit.context.hub, visit.actor, visit.signed_in.digest, last)


def claim(visit: Visit, form: FilledForm) -> str:
    """Claim a case: won at once, it is one's own; else the claim waits on the board."""
    case_id = form.text("case_id")
    made = board.claim(visit.begin, visit.context.read_autocommit, visit.actor, visit.now, case_id)
    return f"/my-cases/{made.assignment_id}" if made.state is ClaimState.WON else "/board"


def unclaim(visit: Visit, form: FilledForm) -> None:
    """Take one's claim back."""
    board.unclaim(visit.begin, visit.actor, visit.now, form.text("case_id"))


def _board(visit: Visit) -> BoardPage:
    part = visit.paging(SHOWN).part
    found = board_page(board.read_board(visit.read, visit.actor, visit.now, part), visit.language)
    found.items.sort(key=lambda card: bool(card.refusals))
    return found


def _words(language: str) -> dict[str, dict[str, str]]:
    return {
        "matter": {each.value: each.label(language) for each in Matter},
        "stage": {each.value: each.label(language) for each in Stage},
        "happening": {each.value: each.label(language) for each in Happening},
    }


BLANK = SimpleNamespace(
    case_id="", matter=None, stage=None, cause=None, place=None, area=None, effort="", distance_km=None,
    due_at=None, sealed_until=None, ends_at=None, refusals=[], claim_id=None,
)  # fmt: skip
"""An empty card, which the script fills in."""

# fmt: off
PAGES = (
    ConsolePage(
        "/board", "board_page", (Verb.READ_BOARD,), ("抢单大厅", "Cases to claim"),
        ("这里是正在征集承办人员的案件。符合条件的，点“抢单”即可；当事人姓名在抢到之后显示。",
         "Cases looking for a practitioner. Claim any you may take; names are shown once it is yours."),
        show, "board/board.html", Menu.WORK,
        acts={
            "claim": PageAct(claim, ("抢单已登记，待不公开抢单时段结束后确定。",
                                     "Your claim is in; it is decided when the sealed window ends."), (Verb.CLAIM,)),
            "unclaim": PageAct(unclaim, ("抢单已撤回。", "Your claim is withdrawn."), (Verb.UNCLAIM,)),
        },
        roles=frozenset(Role),
    ),
)
FEEDS = (
    ConsoleFeed("/board/cards", "list_board_cards", (Verb.READ_BOARD,), list_cards),
    ConsoleFeed("/board/events", "watch_board_cards", (Verb.READ_BOARD,), watch),
)
# fmt: on
