"""Cases given back after they were accepted (变更指派的审核): why, and whether it was for good reason."""

from dispatch.api.routes.plans import ReviewIn, list_abandonments
from dispatch.commands.offers import undertaking
from dispatch.commands.roster.wording import people_named
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.names import case_numbers
from dispatch.domain.permissions import Verb
from dispatch.domain.states import Review

EVERY = "all"
STATES = (Review.WAITING, Review.APPROVED, Review.REJECTED)


def returned_page(visit: Visit) -> Context:
    """Return what was given back, with whom and why; those that wait, if nothing else is asked for."""
    asked = visit.asked("review")
    state = next((each for each in STATES if each == asked), None if asked == EVERY else Review.WAITING)
    found = list_abandonments(visit.actor, visit.read, visit.paging(), state, visit.asked("case_id") or None)
    return {
        "returned": found.items,
        "next": found.next,
        "state": state.value if state else EVERY,
        "states": [*STATES, (EVERY, ("全部", "All"))],
        "numbers": case_numbers(visit, [each.case_id for each in found.items]),
        "people": people_named(visit.read, visit.actor, {each.practitioner_id for each in found.items}),
        "Review": Review,
    }


def review(visit: Visit, form: FilledForm) -> None:
    """Say whether a case was given back for good reason."""
    id = form.text("returned")
    given = form.read(ReviewIn, f"returned-{id}")
    undertaking.review_abandonment(visit.begin, visit.actor, visit.now, id, given.approve)


# fmt: off
PAGES = (
    ConsolePage(
        "/given-back", "given_back_page", (Verb.REPLACE,), ("变更指派的审核", "Cases given back"),
        ("承办人员接受指派后退回的案件：理由正当的，不再暂停其抢单；审核以后仍可以改正。",
         "Given back after acceptance: with good reason nobody is kept off the board. A review can be put right."),
        returned_page, "decisions/returned.html",
        acts={"review-returned": PageAct(review, ("审核结果已登记。", "The review is recorded."))},
    ),
)
# fmt: on
