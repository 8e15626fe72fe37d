"""What is declared once for all cases (利害关系申报): one's own clients and relatives, and for officers everybody's."""

from collections.abc import Mapping

from dispatch.api.routes.roster.ties import TieChange, TieEndIn, TieIn, TieRemovalIn, list_declared_ties
from dispatch.commands.roster import ties
from dispatch.commands.roster.own_people import own_people
from dispatch.commands.roster.ties import TieSubject
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.names import OF_HOUSE, OF_PERSON, subjects_asked
from dispatch.domain.conflicts.declared import Kinship, TieKind
from dispatch.domain.permissions import Verb
from dispatch.domain.vocabulary import IdentityKind


def own_page(visit: Visit) -> Context:
    """Return what is declared of oneself, or of an institution and its people, and the form of what was chosen."""
    house = visit.actor.practitioner_id is None
    people = own_people(visit.read, visit.actor, visit.now) if house else []
    options = [(each.person.id, each.person.name) for each in people]
    return {**_shown(visit), "house": house, "options": options, "one": None}


def all_page(visit: Visit) -> Context:
    """Return what is declared of everybody, or of the person asked for; with one person in view, a form for them."""
    found = subjects_asked(visit)
    one = found[0] if len(found) == 1 else None
    wanted = {one[0]: one[1]} if one else {}
    nobody = bool(visit.asked("who")) and one is None
    return {**_shown(visit, wanted, nobody), "house": False, "found": found, "one": one, "nobody": nobody}


def _shown(visit: Visit, wanted: Mapping[str, str] = {}, nobody: bool = False) -> Context:
    chosen = visit.asked("kind") or visit.typed.get("kind", [""])[0]
    kind = next((each for each in TieKind if each == chosen), None)
    removed = bool(visit.asked("removed"))
    who = (visit.actor, visit.read, visit.seal, visit.now, visit.paging())
    person, house = wanted.get(OF_PERSON), wanted.get(OF_HOUSE)
    found = None if nobody else list_declared_ties(*who, person, house, removed=removed)
    return {
        "ties": found.items if found else [],
        "next": found.next if found else None,
        "removed": removed,
        "declaring": kind,
        "kinds": list(TieKind),
        "kin": list(Kinship),
        "documents": list(IdentityKind),
        "over": lambda tie: tie.until_on is not None and tie.until_on < visit.now.astimezone(visit.zone).date(),
    }


def declare(visit: Visit, form: FilledForm) -> None:
    """Declare a client, a relative, or a relative who serves at an organ."""
    given = form.read(TieIn, but=("who",))
    whose = TieSubject(given.practitioner_id, given.institution_id)
    ties.declare(*visit.sealed, whose, given.model_dump(exclude={OF_PERSON, OF_HOUSE}))


def end(visit: Visit, form: FilledForm) -> None:
    """Say which day is the last."""
    id = form.text("tie")
    ties.end(*visit.sealed, id, form.read(TieEndIn, f"end-{id}").until_on)


def correct(visit: Visit, form: FilledForm) -> None:
    """Put right what was declared; what is left empty stays."""
    id = form.text("tie")
    given = form.read(TieChange, f"correct-{id}")
    ties.correct(*visit.sealed, id, given.sent(), form.revision, given.reason)


def remove(visit: Visit, form: FilledForm) -> None:
    """Take back what should never have been declared."""
    id = form.text("tie")
    ties.remove(*visit.sealed, id, form.read(TieRemovalIn, f"remove-{id}").reason)


# fmt: off
DECLARE = PageAct(declare, ("已申报，自即日起据此审查。", "It is declared; cases are checked by it from now on."),
                  (Verb.DECLARE_TIE,))
END = PageAct(end, ("终止日期已登记。", "Its last day is recorded."), (Verb.DECLARE_TIE,))

PAGES = (
    ConsolePage(
        "/ties", "ties_page", (Verb.READ_ROSTER,), ("利害关系申报", "Declared ties"),
        ("承办人员和机构申报的顾问单位、亲属和亲属任职机关；可以代为登记、更正、登记终止，误报的撤销。",
         "Clients advised, relatives and where they serve, as declared; write down, correct, end, or take one back."),
        all_page, "roster/ties.html", Menu.PEOPLE,
        acts={
            "declare": DECLARE,
            "end": END,
            "correct-tie": PageAct(correct, ("申报已更正；所指的人变了的，重新核对。",
                                             "It is put right; if it means somebody else, it is looked at anew."),
                                   (Verb.EDIT_ROSTER,)),
            "remove": PageAct(remove, ("误报已撤销，记录保留。", "It is taken back, and stays readable."),
                              (Verb.EDIT_ROSTER,)),
        },
    ),
    ConsolePage(
        "/my-ties", "my_ties_page", (Verb.READ_OWN_ROSTER,), ("利害关系申报", "Declared ties"),
        ("担任法律顾问的单位、亲属和亲属任职的机关，申报一次，以后每个案件都据此回避；不再是的，登记终止。",
         "Clients you advise, relatives, where they serve: declared once, checked in every case; end what is over."),
        own_page, "roster/ties.html", Menu.SELF,
        acts={"declare": DECLARE, "end": END},
    ),
)
# fmt: on
