"""The rotation (轮流指派): the next in turn, why others are passed over, overrides tried and made, who is above."""

from dispatch.api.paging import Paging
from dispatch.api.routes.rotation import OverrideIn, PreviewIn, TurnOut, fairness_of
from dispatch.api.routes.rotation import list_overrides as overrides_of
from dispatch.commands.rotation import order
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.permissions import Verb

SHOWN = 10
"""People next in turn that are shown first, with everyone who is passed over before them."""
LATEST = 20


def rotation_page(visit: Visit) -> Context:
    """Return who is next, as it is and as an override would make it, and the overrides that were made."""
    now = order.rotation(visit.read, visit.actor, visit.now)
    tried = _tried(visit)
    after = order.rotation(visit.read, visit.actor, visit.now, tried=tried) if tried else []
    made = overrides_of(visit.actor, visit.read, Paging(limit=LATEST, cursor=visit.asked("cursor") or None))
    places = {turn.practitioner_id: turn.place for turn in now}
    return {
        "turns": _next(now, visit.language) if not visit.asked("all") else _shown(now, visit.language),
        "people": len(now),
        "all": visit.asked("all"),
        "tried": tried,
        "after": _next(after, visit.language),
        "was": places,
        "options": [(turn.practitioner_id, _called(turn)) for turn in now],
        "called": {turn.practitioner_id: _called(turn) for turn in now},
        "made": made.items,
        "next": made.next,
        "most": order.MAX_OVERRIDE,
        "fairness": fairness_of(visit.actor, visit.read, visit.now, visit.language),
    }


def _tried(visit: Visit) -> order.TriedOverride | None:
    if visit.may(Verb.OVERRIDE_ROTATION) and {"practitioner_id", "turns"} <= visit.typed.keys() - visit.errors.keys():
        # Refused for its reason, perhaps: the preview stays, and what was written below it.
        return order.TriedOverride(visit.typed["practitioner_id"][0], int(visit.typed["turns"][0]))
    if not (visit.may(Verb.OVERRIDE_ROTATION) and visit.asked("practitioner_id") and visit.asked("turns")):
        return None
    asked = visit.search(PreviewIn)
    return order.TriedOverride(asked.practitioner_id, asked.turns)


def _next(turns: list[order.Turn], language: str) -> list[TurnOut]:
    """Return everyone up to the last of those shown: people passed over are between them."""
    last = next((turn.place for turn in turns if turn.upcoming == SHOWN), len(turns))
    return _shown(turns[:last], language)


def _shown(turns: list[order.Turn], language: str) -> list[TurnOut]:
    return [TurnOut.of(turn, language) for turn in turns]


def _called(turn: order.Turn) -> str:
    return f"{turn.name} {turn.code}" if turn.name else turn.code


def override(visit: Visit, form: FilledForm) -> str:
    """Move somebody forward or back, for a reason that stays in the list."""
    given = form.read(OverrideIn)
    order.override(visit.begin, visit.actor, visit.now, given.practitioner_id, given.turns, given.reason)
    return "/rotation"


# fmt: off
PAGES = (
    ConsolePage(
        "/rotation", "rotation_page", (Verb.READ_ROTATION,), ("轮流指派顺序", "Rotation"),
        ("下一位轮到谁、排在前面的人为什么跳过；谁的工作量超出应得份额、原因是什么；调整须写明理由，先试看再确定。",
         "Who is next and why others are skipped; who is above their share and why; overrides, with reasons."),
        rotation_page, "work/rotation.html", Menu.PEOPLE,
        acts={"override": PageAct(override, ("顺序已调整。", "The order is changed."), (Verb.OVERRIDE_ROTATION,))},
    ),
)
# fmt: on
