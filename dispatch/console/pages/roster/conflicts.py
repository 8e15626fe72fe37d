"""What keeps people from a case (回避): conflicts declared of it, declared ties to it, people in another case, too."""

from typing import Any

from starlette.responses import Response

from dispatch.api.routes.life.conflicts import ConflictIn, WithdrawConflictIn, list_conflicts
from dispatch.api.routes.life.parties import ReviewPartyIn, list_shared_parties
from dispatch.api.routes.practitioners import get_practitioner
from dispatch.api.routes.roster.ties import TieReviewIn, list_case_ties
from dispatch.commands.cases import parties, tie_reviews
from dispatch.commands.life import conflicts
from dispatch.commands.lists.case_view import view_case
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.names import people_called
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.permissions import Verb
from dispatch.domain.vocabulary import DECLARABLE

ONE_PERSON = stated("名册中唯一一人的执业证号或者姓名", "the licence number or the name of one person in the roster")


def conflicts_page(visit: Visit) -> Context:
    """Return everything that keeps people from the case, or may once somebody has looked."""
    case_id, who = visit.part("case_id"), (visit.actor, visit.read, visit.seal)
    declared = list_conflicts(case_id, visit.actor, visit.read) if visit.may(Verb.DECLARE_CONFLICT) else []
    return {
        "case": view_case(visit.read, visit.actor, case_id).case,
        "declared": [(each, _called(visit, each.practitioner_id)) for each in declared],
        "ties": list_case_ties(case_id, *who, visit.now),
        "shared": list_shared_parties(case_id, *who),
        "kinds": DECLARABLE,
    }


def declare(visit: Visit, form: FilledForm) -> None:
    """Record what keeps somebody from the case, as an officer was told."""
    found = people_called(visit, text) if (text := form.text("declare.who")) else []
    if len(found) != 1:
        raise InvalidFieldError(field="who", value=None, expected=ONE_PERSON)
    given = form.read(ConflictIn, "declare", but=("declare.who",))
    conflicts.declare(*visit.sealed, visit.part("case_id"), given.text, found[0].id, given.kind)


def withdraw(visit: Visit, form: FilledForm) -> None:
    """Take back a declaration that was a mistake; what followed from it stays."""
    given = form.read(WithdrawConflictIn, form.text("declared"))
    conflicts.withdraw(*visit.sealed, visit.part("case_id"), given.text, given.practitioner_id, given.kind)


def review_tie(visit: Visit, form: FilledForm) -> None:
    """Record what was found of a declared tie to the case."""
    id = form.text("tie")
    given = form.read(TieReviewIn, f"tie-{id}")
    tie_reviews.review_case_tie(*visit.sealed, visit.part("case_id"), id, given.outcome, given.text)


def review_person(visit: Visit, form: FilledForm) -> None:
    """Record what was found of somebody with a part in this case and in another."""
    id = form.text("shared")
    given = form.read(ReviewPartyIn, f"shared-{id}")
    parties.review_shared(*visit.sealed, visit.part("case_id"), id, given.outcome, given.text)


def _called(visit: Visit, practitioner_id: str) -> Any:
    return get_practitioner(practitioner_id, visit.actor, visit.read, visit.seal, visit.now, Response())


# fmt: off
DECLARED = ("已登记，不再向其征询或者指派。", "It is recorded; they are asked no more.")
FOUND = ("核对结果已登记。", "What was found is recorded.")

PAGES = (
    ConsolePage(
        "/cases/{case_id}/conflicts", "conflicts_page", (Verb.READ_CASE,), ("回避和利害关系", "Conflicts and ties"),
        ("谁因利益冲突不能承办本案、依据是什么；只是姓名相同的，核对以前不予指派，请在这里登记核对结果。",
         "Who may not act in this case and why; where names alone agree, nobody passes until you say what you found."),
        conflicts_page, "roster/conflicts.html",
        acts={
            "declare-conflict": PageAct(declare, DECLARED, (Verb.DECLARE_CONFLICT,)),
            "withdraw-conflict": PageAct(withdraw, ("误报已更正。", "The mistake is taken back."), (Verb.CORRECT,)),
            "review-tie": PageAct(review_tie, FOUND, (Verb.EDIT_CASE,)),
            "review-person": PageAct(review_person, FOUND, (Verb.EDIT_CASE,)),
        },
    ),
)
# fmt: on
