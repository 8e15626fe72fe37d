"""Leave of everybody in the roster (休假), for officers: what waits for an answer, whose it is, who is suspended."""

from dispatch.api.paging import Page, Paging
from dispatch.api.routes.roster.absences import (
    AbsenceOut,
    LeaveDecisionIn,
    LeaveIn,
    ShorterIn,
    SuspensionIn,
    list_absences,
)
from dispatch.commands.roster import absences
from dispatch.commands.roster.wording import people_named
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.names import OF_HOUSE, OF_PERSON, subjects_asked
from dispatch.domain.docket.absence import AbsenceState
from dispatch.domain.permissions import Verb

SHOWN = 50


def leaves_page(visit: Visit) -> Context:
    """Return the leave that waits for an answer, and that of the person asked for."""
    who = visit.asked("who") or visit.typed.get("who", [""])[0]
    found = subjects_asked(visit)
    one = found[0] if len(found) == 1 else None
    waiting = list_absences(visit.actor, visit.read, Paging(limit=SHOWN, cursor=None), state=AbsenceState.WAITING)
    theirs = _of(visit, *one[:2]) if one else None
    return {
        "who": who,
        "found": found,
        "one": one,
        "person": one is not None and one[0] == OF_PERSON,
        "waiting": waiting.items,
        "people": people_named(visit.read, visit.actor, {each.practitioner_id or "" for each in waiting.items}),
        "theirs": theirs.items if theirs else [],
        "next": theirs.next if theirs else None,
        "open_states": (AbsenceState.WAITING, AbsenceState.IN_FORCE),
        "today": visit.now.astimezone(visit.zone).date(),
    }


def decide(visit: Visit, form: FilledForm) -> None:
    """Agree to a leave that waits, or not."""
    id = form.text("absence")
    absences.decide(visit.begin, visit.actor, visit.now, id, form.read(LeaveDecisionIn, f"leave-{id}").approve)


def report(visit: Visit, form: FilledForm) -> None:
    """Record leave that somebody told of."""
    given = form.read(LeaveIn, "leave")
    absences.report_leave(visit.begin, visit.actor, visit.now, form.text("practitioner_id"), given.leave())


def end(visit: Visit, form: FilledForm) -> None:
    """End leave or a suspension at once; one that has not begun is taken back."""
    absences.lift(visit.begin, visit.actor, visit.now, form.text("absence"))


def shorten(visit: Visit, form: FilledForm) -> None:
    """Let leave or a suspension end on an earlier day, past or to come."""
    id = form.text("absence")
    days = form.read(ShorterIn, f"shorten-{id}")
    absences.shorten(visit.begin, visit.actor, visit.now, id, days.until_on)


def cancel(visit: Visit, form: FilledForm) -> None:
    """Take leave or a suspension back as if it had never been."""
    absences.cancel(visit.begin, visit.actor, visit.now, form.text("absence"))


def suspend(visit: Visit, form: FilledForm) -> None:
    """Suspend new assignments to somebody, or to everyone of an institution."""
    given = form.read(SuspensionIn, "suspension")
    days = (given.from_on, given.until_on, given.reason)
    person, house = (form.text(name) or None for name in (OF_PERSON, OF_HOUSE))
    absences.suspend(visit.begin, visit.actor, visit.now, *days, practitioner_id=person, institution_id=house)


def _of(visit: Visit, field: str, id: str) -> Page[AbsenceOut]:
    person, house = (id if field == name else None for name in (OF_PERSON, OF_HOUSE))
    return list_absences(visit.actor, visit.read, visit.paging(), person, house)


# fmt: off
ENDED = ("已结束；尚未开始的，已取消。", "It has ended; one that had not begun is taken back.")

PAGES = (
    ConsolePage(
        "/leaves", "leaves_page", (Verb.READ_ROSTER,), ("休假和暂停指派", "Leave and suspensions"),
        ("先答复待审核的休假；查询到某人以后，可以代为登记、提前结束、取消，负责人可以暂停向某人、某机构指派。",
         "Answer the leave that waits first; look somebody up to record, end or cancel theirs, or to suspend."),
        leaves_page, "roster/leaves.html", Menu.PEOPLE,
        acts={
            "decide-leave": PageAct(decide, ("审核结果已登记。", "The decision is recorded."), (Verb.EDIT_ROSTER,)),
            "report-leave": PageAct(report, ("休假已登记。", "The leave is recorded."), (Verb.EDIT_ROSTER,)),
            "end-leave": PageAct(end, ENDED, (Verb.EDIT_ROSTER,)),
            "shorten-leave": PageAct(shorten, ("最后一天已更正。", "It ends earlier now."), (Verb.EDIT_ROSTER,)),
            "cancel-leave": PageAct(cancel, ("已取消，轮流指派中因此计的轮次一并撤销。",
                                             "It is taken back, with the turns met by it."), (Verb.EDIT_ROSTER,)),
            "suspend": PageAct(suspend, ("已暂停指派。", "They are suspended."), (Verb.SUSPEND,)),
        },
    ),
)
# fmt: on
