"""Who could take a case: ranked with every term, refused by rule, why not somebody else, and whom an officer names."""

from collections.abc import Sequence
from typing import Any

from dispatch.api.routes.answers.candidates import count_candidates, list_candidates
from dispatch.api.routes.answers.why import get_why
from dispatch.api.routes.plans import DesignateIn
from dispatch.commands import designation
from dispatch.commands.lists.case_view import view_case
from dispatch.commands.offers import offers
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.names import people_called
from dispatch.domain.lifecycle import UNNAMED
from dispatch.domain.permissions import Verb
from dispatch.domain.policy.criteria import MAX_SCORE, Criterion

SHOWN, MAX_SHOWN = 10, 50
"""Candidates shown at first, and when all are asked for."""


def candidates_page(visit: Visit) -> Context:
    """Return the ranking, the counts of refusals, and the answer about the person asked for."""
    case_id, who = visit.part("case_id"), (visit.request, visit.actor, visit.read, visit.now)
    view = view_case(visit.read, visit.actor, case_id)
    open_ = view.case.status in UNNAMED
    found, about = _asked(visit)
    most = MAX_SHOWN if visit.asked("all") else SHOWN
    return {
        "view": view,
        "case": view.case,
        "acts": [act.value for act in view.acts],
        "ranked": list_candidates(case_id, *who, limit=most) if open_ else [],
        "counts": count_candidates(case_id, *who) if open_ else None,
        "criteria": list(Criterion),
        "most": MAX_SCORE,
        "found": found,
        "why": get_why(case_id, *who, practitioner=about) if about or _has_answer(visit, view) else None,
        "about": about,
        "shown": most,
    }


def _has_answer(visit: Visit, view: Any) -> bool:
    """Whether there is something to say of the case itself: who has it and why, or why nobody has."""
    return bool(visit.asked("why")) or any(seat.situation for seat in view.seats)


def _asked(visit: Visit) -> tuple[Sequence[Any], str | None]:
    """Return who goes by what was typed, and who is asked about: the only one of them, or the one chosen."""
    if chosen := visit.asked("about"):
        return [], chosen
    if not (text := visit.asked("who")):
        return [], None
    found = people_called(visit, text)
    return found, found[0].id if len(found) == 1 else None


def offer(visit: Visit, form: FilledForm) -> str:
    """Ask a practitioner whether they take the case."""
    case_id = visit.part("case_id")
    offers.make_offers(visit.begin, visit.actor, visit.now, case_id, [form.text("practitioner")])
    return f"/cases/{case_id}"


def name(visit: Visit, form: FilledForm) -> str:
    """Name a practitioner with a reason: assigned, asked first, or waiting for a second officer."""
    case_id, id = visit.part("case_id"), form.text("practitioner")
    given = form.read(DesignateIn, f"name-{id}")
    who = (visit.begin, visit.actor, visit.now)
    designation.designate(*who, case_id, given.practitioner_id, given.reason, ask=given.ask)
    return f"/cases/{case_id}"


# fmt: off
PAGES = (
    ConsolePage(
        "/cases/{case_id}/candidates", "candidates_page", (Verb.READ_CANDIDATES,), ("候选承办人员", "Candidates"),
        ("按扣除均衡轮次后的得分排序，每一项都列明依据；也可以查询任何一个人为何不是首选、为何不能承办。",
         "By score less turns already had, with what it rests on; ask about anyone why not first, or why not at all."),
        candidates_page, "case/candidates.html",
        acts={
            "offer": PageAct(offer, ("已发出征询。", "They are asked."), (Verb.OFFER,)),
            "name": PageAct(name, ("人工指派已登记。", "The designation is recorded."), (Verb.DESIGNATE,)),
        },
    ),
)
# fmt: on
