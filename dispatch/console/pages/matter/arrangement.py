"""A case that an institution is to arrange its person for, for officers: what the institution told is written down."""

from dispatch.api.routes.life.arrangements import ArrangeIn, DeclineIn, PersonToArrangeOut
from dispatch.commands.life import arrangements
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.permissions import Verb
from dispatch.domain.states import ArrangementState, GivingBack


def arrangement_page(visit: Visit) -> Context:
    """Return until when the institution is to arrange its person, and its people with what keeps each from the case."""
    found = arrangements.read_arrangement(visit.read, visit.actor, _id(visit))
    waits = found.row.state is ArrangementState.OPEN and found.row.due_at > visit.now
    choices = arrangements.choices(visit.read, visit.actor, visit.now, _id(visit)) if waits else []
    return {
        "given": found,
        "waits": waits,
        "choices": [PersonToArrangeOut.of(each, visit.language) for each in choices],
        "reasons": list(GivingBack),
    }


def arrange(visit: Visit, form: FilledForm) -> str:
    """Write down whom the institution arranges."""
    given = form.read(ArrangeIn)
    row = arrangements.arrange(visit.begin, visit.actor, visit.now, _id(visit), given.practitioner_id)
    return f"/cases/{row.case_id}"


def decline(visit: Visit, form: FilledForm) -> str:
    """Write down that the institution gives the case back."""
    given = form.read(DeclineIn, "decline")
    row = arrangements.decline(visit.begin, visit.actor, visit.now, _id(visit), given.reason)
    return f"/cases/{row.case_id}"


def _id(visit: Visit) -> str:
    return visit.part("arrangement_id")


# fmt: off
PAGES = (
    ConsolePage(
        "/arrangements/{arrangement_id}", "arrangement_page", (Verb.DESIGNATE,),
        ("承办机构的安排", "What the institution arranges"),
        ("承办机构自己在系统中办理；来电、来函告知的，由您登记其安排的人员，或者登记其退回案件。",
         "Institutions do it themselves; what one told you by telephone or letter is written down here."),
        arrangement_page, "case/arrangement.html",
        acts={
            "arrange-for": PageAct(arrange, ("承办人员已安排。", "The person is arranged."), (Verb.ARRANGE,)),
            "decline-for": PageAct(decline, ("退回已登记，案件继续指派。", "It is given back, and goes on to others."),
                                   (Verb.ARRANGE,)),
        },
    ),
)
# fmt: on
