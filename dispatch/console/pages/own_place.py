"""A practitioner's own leave and capacity, place in the rotation, and the cases that went to somebody else."""

from dispatch.api.routes.own import OwnPersonOut, missed, turn_of
from dispatch.api.routes.practitioners import PractitionerIn
from dispatch.api.routes.roster.absences import LeaveIn, ShorterIn
from dispatch.commands.missed_cases import missed_cases
from dispatch.commands.roster import absences, changes
from dispatch.commands.roster.own_people import own_people
from dispatch.commands.rotation.order import own_turn
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Verb
from dispatch.exchange.columns import Kind

LATEST = 20


def leave_page(visit: Visit) -> Context:
    """Return one's leave that is not over, and how many cases one takes."""
    return {"me": _me(visit)}


def report(visit: Visit, form: FilledForm) -> None:
    """Report leave."""
    given = form.read(LeaveIn)
    absences.report_leave(visit.begin, visit.actor, visit.now, _me(visit).practitioner_id, given.leave())


def cancel(visit: Visit, form: FilledForm) -> None:
    """Take leave back before it begins."""
    absences.cancel(visit.begin, visit.actor, visit.now, form.text("absence_id"))


def end(visit: Visit, form: FilledForm) -> None:
    """End leave at once."""
    absences.lift(visit.begin, visit.actor, visit.now, form.text("absence_id"))


def shorten(visit: Visit, form: FilledForm) -> None:
    """Let leave end on an earlier day."""
    id = form.text("absence_id")
    given = form.read(ShorterIn, f"shorten-{id}")
    absences.shorten(visit.begin, visit.actor, visit.now, id, given.until_on)


def keep_capacity(visit: Visit, form: FilledForm) -> None:
    """Say how many cases one takes from now on."""
    given = form.read(PractitionerIn)
    me = _me(visit).practitioner_id
    sent = {name: getattr(given, name) for name in ("capacity", "monthly_capacity")}
    who = visit.sealed
    changes.change_entry(*who, Kind.PRACTITIONERS, me, sent, form.revision)


def turn_page(visit: Visit) -> Context:
    """Return one's place in the rotation; if asked for, the latest cases that went to somebody else."""
    # Each moment of decision is judged again with the whole roster, as it was then.
    found = missed_cases(visit.read, visit.actor, LATEST) if visit.asked("missed") else None
    return {
        "turn": _turn(visit),
        "missed": found and [missed(each, visit.language) for each in found],
        "told": found is not None,
    }


def _turn(visit: Visit) -> Context | None:
    try:
        turn, people = own_turn(visit.read, visit.actor, visit.now)
    except NotFoundError:
        # Who is not on the list has no place.
        return None
    return turn_of(turn, people, visit.language).model_dump()


def _me(visit: Visit) -> OwnPersonOut:
    [me] = own_people(visit.read, visit.actor, visit.now)
    return OwnPersonOut.of(me)


PAGES = (
    ConsolePage(
        "/my-leave",
        "my_leave_page",
        (Verb.ANSWER_OFFER,),
        ("休假和可承办件数", "Leave and capacity"),
        (
            "休假期间不指派新案件；可承办件数是您同时愿意办理的上限。",
            "No new case comes while you are away; your capacity is how many you take at a time.",
        ),
        leave_page,
        "own/leave.html",
        Menu.SELF,
        acts={
            "report": PageAct(report, ("休假已登记。", "Your leave is recorded."), (Verb.REPORT_LEAVE,)),
            "cancel": PageAct(cancel, ("休假已取消。", "Your leave is cancelled."), (Verb.REPORT_LEAVE,)),
            "end": PageAct(end, ("休假已结束。", "Your leave has ended."), (Verb.REPORT_LEAVE,)),
            "shorten": PageAct(shorten, ("最后一天已提前。", "Your leave ends earlier now."), (Verb.REPORT_LEAVE,)),
            "capacity": PageAct(
                keep_capacity, ("可承办件数已修改。", "Your capacity is changed."), (Verb.REPORT_LEAVE,)
            ),
        },
    ),
    ConsolePage(
        "/my-turn",
        "my_turn_page",
        (Verb.READ_OWN_STATEMENT,),
        ("我的轮次", "My turn"),
        (
            "您在轮流指派中排在第几位、为什么，以及最近哪些案件没有指派给您、为什么。",
            "Your place in the rotation and why, and which recent cases went to somebody else and why.",
        ),
        turn_page,
        "own/turn.html",
        Menu.SELF,
    ),
)
