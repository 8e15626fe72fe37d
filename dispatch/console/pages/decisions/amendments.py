"""Changes of facts that lower a protection (待复核的修改): many that wait decided at once, with one reason."""

from starlette.responses import Response

from dispatch.api.paging import cursor_of
from dispatch.api.routes.amendments import AmendmentReviewsIn
from dispatch.commands.cases import proposals
from dispatch.commands.lists.case_facts import proposals_in_words
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.permissions import Verb

PAGE = 50


def amendments_page(visit: Visit) -> Context:
    """Return the changes that wait for the reader, each fact before and after in words."""
    found = proposals.list_changes(visit.read, visit.actor, visit.paging(PAGE).part, None, None, to_decide=True)
    return {
        "waiting": proposals_in_words(visit.read, visit.actor, found.rows, visit.language),
        "total": found.total,
        "next": cursor_of(*found.last) if found.last else None,
        "decided": None,
        "refused": [],
    }


def review(visit: Visit, form: FilledForm) -> Response:
    """Confirm or reject every change that is ticked, and show which could not be decided, and why."""
    given, before = form.read(AmendmentReviewsIn), {each.row.id: each for each in amendments_page(visit)["waiting"]}
    decided = proposals.review_changes(*visit.sealed, given.amendment_ids, given.approve, given.reason)
    refused = [(before.get(each.amendment_id), each.error) for each in decided if each.error]
    return visit.show({**amendments_page(visit), "decided": len(decided) - len(refused), "refused": refused})


# fmt: off
PAGES = (
    ConsolePage(
        "/amendments", "amendments_page", (Verb.REVIEW_AMENDMENT,),
        ("待复核的案件信息修改", "Changes of facts to confirm"),
        ("降低保护要求的修改，经您同意后生效；情况和理由相同的，可以一并复核。本人提出的不在其中。",
         "What lowers a protection is made once you confirm it; those alike are decided at once. None is yours."),
        amendments_page, "decisions/amendments.html",
        acts={"review-changes": PageAct(review, ("", ""), once=False)},
    ),
)
# fmt: on
