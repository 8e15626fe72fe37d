"""A practitioner's own cases on the phone: what they are asked, what is due, and each act until the case is closed."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from dispatch.api.routes.life.clocks import MilestoneIn
from dispatch.api.routes.life.conflicts import ConflictIn
from dispatch.api.routes.life.replacements import AskReplacementIn
from dispatch.api.routes.life.work import AgreementIn, MajorIn, ProgressIn, StartIn
from dispatch.api.routes.offers import AnswerIn
from dispatch.api.routes.own import about
from dispatch.api.routes.plans import GiveBackIn
from dispatch.commands import own_cases
from dispatch.commands.cases.disclosure import Extent, disclose
from dispatch.commands.life import conflicts, milestones, replacements, work
from dispatch.commands.life.milestones import MILESTONES
from dispatch.commands.offers import offers, undertaking
from dispatch.commands.own_cases import OwnCase
from dispatch.console.frame.page import ConsolePage, Context, LocalizedText, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.costs import ClosingForm
from dispatch.domain.errors import NotFoundError
from dispatch.domain.funds.subsidy import CostKind, Spent
from dispatch.domain.next_acts import NextAct, Situation
from dispatch.domain.permissions import Verb
from dispatch.domain.states import CaseOutcome, Effect, GivingBack, MajorGround, ReplacementGround
from dispatch.domain.vocabulary import IdentityKind, Sex

MINE = "/my-cases"

# fmt: off
LEFT: Mapping[str, LocalizedText] = {
    # act that ends what tied one to a case    what is said on the list
    "decline":   ("已答复不接受。", "You declined."),
    "give-back": ("变更指派申请已提交，案件已退回法律援助机构。", "The case went back; a manager reviews your reason."),
    "close":     ("结案报告已提交。", "The closing report is handed in."),
}
WAYS: Mapping[str, LocalizedText] = {
    # act that asks for something first    what its link says
    "decline":   ("不接受", "Decline"),
    "sign":      ("登记委托协议和授权委托书", "Record the signed agreement"),
    "begin":     ("开始办理", "Begin the work"),
    "report":    ("报告案件办理情况", "Report progress"),
    "close":     ("提交结案报告", "Hand in the closing report"),
    "replace":   ("申请更换承办人员", "Ask for somebody else to take over"),
    "give-back": ("申请变更指派（退回案件）", "Give the case back"),
    "milestone": ("登记开庭、送达等日期", "Record a hearing or another day"),
    "major":     ("报告重大、疑难案件", "Report the case as major"),
    "conflict":  ("申报利益冲突", "Declare a conflict of interest"),
}
WAYS_OF: Mapping[NextAct, str] = {
    NextAct.ANSWER_OFFER:      "decline",
    NextAct.ANSWER_ASSIGNMENT: "decline",
    NextAct.SIGN:              "sign",
    NextAct.BEGIN:             "begin",
    NextAct.REPORT:            "report",
    NextAct.CLOSE:             "close",
    NextAct.ASK_REPLACEMENT:   "replace",
    NextAct.GIVE_BACK:         "give-back",
}
FIRST: Mapping[NextAct, tuple[str, ...]] = {
    # what is due    what is offered beside it at once
    NextAct.ANSWER_OFFER:      ("decline",),
    NextAct.ANSWER_ASSIGNMENT: ("decline",),
    NextAct.SIGN:              ("sign", "begin"),
    NextAct.BEGIN:             ("begin", "report"),
    NextAct.CLOSE:             ("report", "close"),
}
AT_WORK: Mapping[Situation, tuple[str, ...]] = dict.fromkeys(
    (Situation.ACCEPTED, Situation.SIGNED, Situation.BEGUN), ("milestone", "major")
)
"""What may be told of a case at any time while one works on it."""

PARTS: Mapping[str, LocalizedText] = {
    # of a person in a case
    "name":            ("姓名", "Name"),
    "sex":             ("性别", "Sex"),
    "minor":           ("未成年人", "Minor"),
    "contact":         ("联系方式", "Contact"),
    "identity_kind":   ("证件类型", "Kind of document"),
    "identity_number": ("证件号码", "Identity number"),
    "story":           ("案情简要", "What happened"),
}
# fmt: on


def mine(visit: Visit) -> Context:
    """Return what one is asked about or has in hand, the most urgent first."""
    found = own_cases.own_cases(visit.read, visit.actor, visit.now)
    waiting = (Situation.OFFERED, Situation.ASSIGNED)
    return {
        "asked": [each for each in found if each.situation in waiting],
        "held": [each for each in found if each.situation not in waiting],
        "done": LEFT.get(visit.asked("done")),
    }


def one(visit: Visit) -> Context:
    """Return one case of one's own: what may be done next, or the form of what was chosen or refused."""
    each = _own(visit)
    acts = [WAYS_OF[act] for act in each.may if act in WAYS_OF]
    first = [way for way in acts if each.next and way in FIRST.get(each.next, ())]
    refused = visit.request.url.path.rpartition("/")[2] if visit.problem else ""
    return {
        "own": each,
        "about": about(each.case, each.cause),
        "asked": each.next in (NextAct.ANSWER_OFFER, NextAct.ANSWER_ASSIGNMENT),
        "doing": visit.asked("do") or refused,
        "ways": WAYS,
        "first": first,
        "more": [*(way for way in acts if way not in first), *AT_WORK.get(each.situation, ()), "conflict"],
        "reasons": GivingBack,
        "grounds": ReplacementGround,
        "outcomes": CaseOutcome,
        "effects": Effect,
        "cost_kinds": list(CostKind),
        "milestones": [day for day, rule in MILESTONES.items() if rule.verb is Verb.REPORT_PROGRESS],
        "majors": list(MajorGround),
        "people": None,
        "won": visit.asked("done") == "claim",
    }


def answer(accept: bool) -> Callable[[Visit, FilledForm], str]:
    """Return the answer to what one is asked, or was assigned."""

    def give(visit: Visit, form: FilledForm) -> str:
        given = form.read(AnswerIn)
        who, tie = (visit.begin, visit.actor, visit.now), visit.part("tie_id")
        if _own(visit).situation is not Situation.OFFERED:
            undertaking.answer_assignment(*who, tie, accept, given.reason)
            return f"{MINE}/{tie}" if accept else MINE
        made = offers.answer(*who, tie, accept, given.reason)
        return f"{MINE}/{made.assignment_id}" if accept else MINE

    return give


def look(visit: Visit, form: FilledForm) -> Response:
    """Show the people of the case: the names first, the file once it is accepted. The look is logged."""
    each = _own(visit)
    found = disclose(*visit.sealed, each.case.id)
    people = [(role, [(PARTS[name], _shown(name, value)) for name, value in details.items() if name in PARTS])
              for role, details in found.people]  # fmt: skip
    return visit.show({**one(visit), "people": people, "whole": found.extent is Extent.FILE})


def sign(visit: Visit, form: FilledForm) -> None:
    """Record the signed agreement."""
    given = form.read(AgreementIn)
    work.sign(*visit.sealed, visit.part("tie_id"), given.signed_on)


def begin(visit: Visit, form: FilledForm) -> None:
    """Begin the work."""
    given = form.read(StartIn)
    work.begin_work(*visit.sealed, visit.part("tie_id"), given.obstacle)


def report(visit: Visit, form: FilledForm) -> None:
    """Report progress."""
    given = form.read(ProgressIn)
    work.report_progress(*visit.sealed, visit.part("tie_id"), given.text)


def milestone(visit: Visit, form: FilledForm) -> None:
    """Record a day that time limits hang on, such as that of a hearing."""
    given, each = form.read(MilestoneIn), _own(visit)
    milestones.record(*visit.sealed, each.case.id, given.milestone, given.on, each.tie.id)


def major(visit: Visit, form: FilledForm) -> None:
    """Report the case as major."""
    given = form.read(MajorIn)
    work.report_major(*visit.sealed, visit.part("tie_id"), given.ground, given.text)


def close(visit: Visit, form: FilledForm) -> str:
    """Hand in the closing report."""
    given = form.read(ClosingForm)
    who = (*visit.sealed, visit.part("tie_id"))
    spent = Spent(given.service_days, given.costs)
    work.close(*who, given.outcome, given.text, given.finished_on, given.effect, spent)
    return MINE


def give_back(visit: Visit, form: FilledForm) -> str:
    """Give the case back."""
    given = form.read(GiveBackIn)
    undertaking.abandon(visit.begin, visit.actor, visit.now, visit.part("tie_id"), given.reason)
    return MINE


def replace(visit: Visit, form: FilledForm) -> None:
    """Ask that somebody else takes the case over."""
    given, each = form.read(AskReplacementIn), _own(visit)
    who = visit.sealed
    replacements.ask(*who, each.case.id, given.ground, given.text, given.evidence, each.tie.id)


def conflict(visit: Visit, form: FilledForm) -> str:
    """Declare a conflict of interest; who was only asked has declined with it."""
    given, each = form.read(ConflictIn), _own(visit)
    made = conflicts.declare(*visit.sealed, each.case.id, given.text)
    return MINE if made.declined else f"{MINE}/{each.tie.id}"


def _own(visit: Visit) -> OwnCase:
    found = own_cases.own_cases(visit.read, visit.actor, visit.now)
    tie = visit.part("tie_id")
    each = next((each for each in found if each.tie.id == tie), None)
    if each is None:
        raise NotFoundError(what="case", id=tie)
    return each


def _shown(name: str, value: Any) -> Any:
    words: Mapping[str, Any] = {"sex": Sex, "identity_kind": IdentityKind}
    return words[name](value) if name in words and value else value


# fmt: off
ASKED = ("更换申请已提交，等待法律援助机构审批。", "Your request is in; the centre decides.")

PAGES = (
    ConsolePage(
        MINE, "my_cases_page", (Verb.ANSWER_OFFER,), ("我的案件", "My cases"),
        ("先答复征询和指派，再办理手上的案件；最急的排在最前。",
         "Answer what you are asked first, then go on with your cases; the most urgent come first."),
        mine, "own/mine.html", Menu.WORK,
    ),
    ConsolePage(
        MINE + "/{tie_id}", "my_case_page", (Verb.ANSWER_OFFER,), ("案件办理", "Case"),
        ("这里是本案的情况、期限和下一步。", "What the case is about, what is due, and what comes next."),
        one, "own/case.html",
        acts={
            "accept": PageAct(answer(True), ("已接受，案卷可以查阅。", "You accepted; the file is open to you.")),
            "decline": PageAct(answer(False), LEFT["decline"]),
            "look": PageAct(look, ("", ""), (Verb.READ_OWN_CASE,)),
            "sign": PageAct(sign, ("委托协议已登记。", "The agreement is recorded."), (Verb.REPORT_PROGRESS,)),
            "begin": PageAct(begin, ("已开始办理。", "Work has begun."), (Verb.REPORT_PROGRESS,)),
            "report": PageAct(report, ("办理情况已报告。", "Your report is in the file."), (Verb.REPORT_PROGRESS,)),
            "milestone": PageAct(milestone, ("日期已登记。", "The day is recorded."), (Verb.REPORT_PROGRESS,)),
            "major": PageAct(major, ("重大、疑难案件已报告。", "It is reported as major."), (Verb.REPORT_PROGRESS,)),
            "close": PageAct(close, LEFT["close"], (Verb.CLOSE,)),
            "give-back": PageAct(give_back, LEFT["give-back"]),
            "replace": PageAct(replace, ASKED, (Verb.ASK_REPLACEMENT,)),
            "conflict": PageAct(conflict, ("利益冲突已申报。", "The conflict is declared."), (Verb.DECLARE_CONFLICT,)),
        },
    ),
)
# fmt: on
