"""An institution's desk: cases that wait for one of its people, and its people with what they carry and their leave."""

from dispatch.api.routes.life.arrangements import ArrangeIn, DeclineIn, PersonToArrangeOut
from dispatch.api.routes.life.replacements import AskReplacementIn
from dispatch.api.routes.own import OwnPersonOut, about
from dispatch.api.routes.roster.absences import LeaveIn, ShorterIn
from dispatch.commands import own_cases
from dispatch.commands.life import arrangements, replacements
from dispatch.commands.own_cases import OwnCase
from dispatch.commands.roster import absences
from dispatch.commands.roster.own_people import own_people
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.own_cases import ASKED
from dispatch.domain.errors import NotFoundError
from dispatch.domain.next_acts import NextAct, Situation
from dispatch.domain.permissions import Verb
from dispatch.domain.states import GivingBack, ReplacementGround


def desk(visit: Visit) -> Context:
    """Return what waits for the institution, the most urgent first, and what its people have in hand."""
    found = own_cases.own_cases(visit.read, visit.actor, visit.now)
    return {
        "waiting": [each for each in found if each.situation is Situation.ENTRUSTED],
        "running": [each for each in found if each.situation is not Situation.ENTRUSTED],
        "grounds": list(ReplacementGround),
        "Act": NextAct,
    }


def arrange_page(visit: Visit) -> Context:
    """Return a case that waits, with the institution's people and what keeps each from it."""
    each = _waiting(visit)
    found = arrangements.choices(visit.read, visit.actor, visit.now, each.tie.id)
    load = {person.practitioner_id: person for person in _people(visit)}
    return {
        "own": each,
        "about": about(each.case, each.cause),
        "choices": [PersonToArrangeOut.of(choice, visit.language) for choice in found],
        "load": load,
        "reasons": GivingBack,
        "declining": bool(visit.asked("decline")) or "reason" in visit.errors,
    }


def arrange(visit: Visit, form: FilledForm) -> str:
    """Arrange a person."""
    given = form.read(ArrangeIn)
    arrangements.arrange(visit.begin, visit.actor, visit.now, visit.part("arrangement_id"), given.practitioner_id)
    return "/desk?arranged=1"


def decline(visit: Visit, form: FilledForm) -> str:
    """Give the case back."""
    given = form.read(DeclineIn)
    arrangements.decline(visit.begin, visit.actor, visit.now, visit.part("arrangement_id"), given.reason)
    return "/desk?declined=1"


def people_page(visit: Visit) -> Context:
    """Return the institution's people."""
    return {"people": _people(visit)}


def report_leave(visit: Visit, form: FilledForm) -> None:
    """Report leave of somebody of the institution."""
    given, who = form.read(LeaveIn, "leave"), form.text("practitioner_id")
    absences.report_leave(visit.begin, visit.actor, visit.now, who, given.leave())


def end_leave(visit: Visit, form: FilledForm) -> None:
    """End leave at once."""
    absences.lift(visit.begin, visit.actor, visit.now, form.text("absence_id"))


def shorten_leave(visit: Visit, form: FilledForm) -> None:
    """Let leave of somebody of the institution end on an earlier day."""
    id = form.text("absence_id")
    given = form.read(ShorterIn, f"shorten-{id}")
    absences.shorten(visit.begin, visit.actor, visit.now, id, given.until_on)


def cancel_leave(visit: Visit, form: FilledForm) -> None:
    """Take leave back before it begins."""
    absences.cancel(visit.begin, visit.actor, visit.now, form.text("absence_id"))


def ask_replacement(visit: Visit, form: FilledForm) -> None:
    """Ask that somebody else takes a case over from one of the institution's people."""
    tie = form.text("tie")
    given, each = form.read(AskReplacementIn, f"replace-{tie}"), _own(visit, tie)
    replacements.ask(*visit.sealed, each.case.id, given.ground, given.text, given.evidence, tie)


def _people(visit: Visit) -> list[OwnPersonOut]:
    return [OwnPersonOut.of(each) for each in own_people(visit.read, visit.actor, visit.now)]


def _waiting(visit: Visit) -> OwnCase:
    return _own(visit, visit.part("arrangement_id"))


def _own(visit: Visit, tie: str) -> OwnCase:
    found = own_cases.own_cases(visit.read, visit.actor, visit.now)
    each = next((each for each in found if each.tie.id == tie), None)
    if each is None:
        raise NotFoundError(what="arrangement", id=tie)
    return each


PAGES = (
    ConsolePage(
        "/desk",
        "desk_page",
        (Verb.EDIT_OWN_ROSTER,),
        ("待安排的案件", "Cases to arrange"),
        ("指派给本机构的案件，请在期限内安排承办人员。", "Cases given to your institution: arrange a person in time."),
        desk,
        "institution/desk.html",
        Menu.WORK,
        acts={
            "ask-replacement": PageAct(ask_replacement, ASKED, (Verb.ASK_REPLACEMENT,)),
        },
    ),
    ConsolePage(
        "/desk/{arrangement_id}",
        "arrange_page",
        (Verb.EDIT_OWN_ROSTER,),
        ("安排承办人员", "Arrange a person"),
        (
            "选择一位符合条件的人员；不能安排的，请尽早退回。",
            "Choose somebody who may take it; give it back early if nobody can.",
        ),
        arrange_page,
        "institution/arrange.html",
        acts={
            "arrange": PageAct(arrange, ("承办人员已安排。", "The person is arranged."), (Verb.ARRANGE,)),
            "decline": PageAct(decline, ("案件已退回。", "The case went back."), (Verb.ARRANGE,)),
        },
    ),
    ConsolePage(
        "/own-people",
        "own_people_page",
        (Verb.EDIT_OWN_ROSTER,),
        ("本机构人员", "Our people"),
        ("本机构人员的在办案件、上限和休假。", "What your people carry, their capacity and their leave."),
        people_page,
        "institution/people.html",
        Menu.PEOPLE,
        acts={
            "leave": PageAct(report_leave, ("休假已登记。", "The leave is recorded."), (Verb.REPORT_LEAVE,)),
            "shorten": PageAct(shorten_leave, ("最后一天已提前。", "It ends earlier now."), (Verb.REPORT_LEAVE,)),
            "cancel": PageAct(cancel_leave, ("休假已取消。", "The leave is cancelled."), (Verb.REPORT_LEAVE,)),
            "end": PageAct(end_leave, ("休假已结束。", "The leave has ended."), (Verb.REPORT_LEAVE,)),
        },
    ),
)
