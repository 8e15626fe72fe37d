"""What waits for a look in all open cases (待核对的利益冲突): people of two cases settled together, declared ties."""

from dispatch.api.routes.life.parties import ReviewSeveralIn, list_waiting_parties
from dispatch.api.routes.roster.ties import list_waiting_ties
from dispatch.commands.cases import parties
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit, validated
from dispatch.domain.conflicts.parties import ConflictGround
from dispatch.domain.conflicts.reviews import ReviewOutcome
from dispatch.domain.permissions import Verb

SHOWN = 50


def reviews_page(visit: Visit) -> Context:
    """Return who keeps people from open cases until somebody has looked, and the declared ties that do."""
    ground = next((each for each in ConflictGround if each == visit.asked("ground")), None)
    same = {"true": True, "false": False}.get(visit.asked("same_number"))
    who = (visit.actor, visit.read, visit.seal)
    return {
        "people": list_waiting_parties(*who, ground, same, SHOWN),
        "ties": list_waiting_ties(*who, visit.now, SHOWN),
        "grounds": list(ConflictGround),
        "outcomes": list(ReviewOutcome),
    }


def review(visit: Visit, form: FilledForm) -> None:
    """Record one finding of everybody who was ticked, with one reason."""
    ticked = [each.partition(".") for each in form.texts("shared")]
    shared = [{"case_id": case_id, "shared_id": id} for case_id, _, id in ticked]
    said = {name: text for name in ("outcome", "text") if (text := form.text(name))}
    given = validated(ReviewSeveralIn, said | {"shared": shared})
    found = [(each.case_id, each.shared_id) for each in given.shared]
    parties.review_several(*visit.sealed, found, given.outcome, given.text)


# fmt: off
PAGES = (
    ConsolePage(
        "/conflict-reviews", "conflict_reviews_page", (Verb.READ_CASE,),
        ("待核对的利益冲突", "Conflicts to be looked at"),
        ("只是姓名相同等尚不能确定的，核对以前不予指派；情况和依据相同的，可以一并登记。",
         "Where it is not certain, nobody passes until somebody has looked; those found alike are settled together."),
        reviews_page, "roster/reviews.html",
        acts={"review-several": PageAct(review, ("核对结果已登记，涉及的案件重新审查。",
                                                "What was found is recorded; the cases are judged anew."),
                                        (Verb.EDIT_CASE,))},
    ),
)
# fmt: on
