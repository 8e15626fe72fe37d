"""What else is written down of a case: milestones of its time limits, complaints and how they end, what is undone."""

from dispatch.api.routes.life.clocks import MilestoneIn
from dispatch.api.routes.life.complaints import (
    AcceptanceIn,
    ComplaintIn,
    ComplaintStepIn,
    ConclusionIn,
    list_case_complaints,
)
from dispatch.api.routes.life.decisions import CorrectionIn, RulingIn
from dispatch.commands.life import archives, complaints, corrections, decisions, milestones
from dispatch.commands.life.complaints import ComplaintStep, ComplaintWords
from dispatch.commands.life.milestones import MILESTONES
from dispatch.commands.lists.case_view import view_case
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.case import WORDS
from dispatch.domain.permissions import Verb
from dispatch.domain.states import Complainant, ComplaintChannel, ComplaintGround, ComplaintState


def life_page(visit: Visit) -> Context:
    """Return what may be written down of the case now, its complaints, and what a correction would undo."""
    case_id = visit.part("case_id")
    view = view_case(visit.read, visit.actor, case_id)
    may = [each for each, rule in MILESTONES.items() if visit.may(rule.verb) and view.case.status in rule.statuses]
    return {
        "view": view,
        "case": view.case,
        "milestones": may,
        "seats": [(each.assignment.id, each.practitioner.name) for each in view.seats],
        "complaints": list_case_complaints(case_id, visit.actor, visit.read),
        "named": {each.assignment.id: each.practitioner.name for each in view.seats},
        "undoes": WORDS.get(view.correctable or ""),
        "grounds": list(ComplaintGround),
        "channels": list(ComplaintChannel),
        "complainants": list(Complainant),
        "State": ComplaintState,
        "ruling": view.contested,
    }


def milestone(visit: Visit, form: FilledForm) -> None:
    """Record a milestone with its day."""
    given = form.read(MilestoneIn, "milestone")
    milestones.record(*visit.sealed, visit.part("case_id"), given.milestone, given.on, given.assignment_id)


def correct(visit: Visit, form: FilledForm) -> None:
    """Undo the newest act of the case."""
    corrections.correct(*visit.sealed, visit.part("case_id"), form.read(CorrectionIn, "correct").reason)


def take_out(visit: Visit, form: FilledForm) -> None:
    """Take the file of the case out of the archive again."""
    archives.correct(*visit.sealed, form.text("archive"), form.read(CorrectionIn, "unarchive").reason)


def rule(visit: Visit, form: FilledForm) -> None:
    """Record the bureau's decision on an objection."""
    given = form.read(RulingIn, "ruling")
    decisions.decide_objection(*visit.sealed, visit.part("case_id"), given.uphold, given.text)


def complain(visit: Visit, form: FilledForm) -> None:
    """Record a complaint, as an officer was told."""
    given = form.read(ComplaintIn, "complaint")
    words = ComplaintWords(given.ground, given.text, given.channel, given.complainant, given.received_on)
    complaints.complain(*visit.sealed, visit.part("case_id"), words, given.assignment_id)


def accept(visit: Visit, form: FilledForm) -> None:
    """Accept a complaint, or not."""
    id = form.text("complaint")
    given = form.read(AcceptanceIn, f"take-{id}")
    step = ComplaintStep.ACCEPT if given.accept else ComplaintStep.REJECT
    complaints.decide(*visit.sealed, id, step, given.text, given.on)


def conclude(visit: Visit, form: FilledForm) -> None:
    """Uphold an accepted complaint, or not."""
    id = form.text("complaint")
    given = form.read(ConclusionIn, f"end-{id}")
    step = ComplaintStep.UPHOLD if given.uphold else ComplaintStep.DISMISS
    complaints.decide(*visit.sealed, id, step, given.text, given.on)


def answer(visit: Visit, form: FilledForm) -> None:
    """Record what the complainant was answered."""
    id = form.text("complaint")
    given = form.read(ComplaintStepIn, f"answer-{id}")
    complaints.answer(*visit.sealed, id, given.text, given.on)


def correct_complaint(visit: Visit, form: FilledForm) -> None:
    """Undo the newest step of a complaint."""
    id = form.text("complaint")
    complaints.correct(*visit.sealed, id, form.read(CorrectionIn, f"undo-{id}").reason)


# fmt: off
TITLE = ("节点、投诉和更正", "Milestones, complaints, corrections")
DECIDE = (Verb.DECIDE_COMPLAINT,)

PAGES = (
    ConsolePage(
        "/cases/{case_id}/life", "life_page", (Verb.READ_CASE,), TITLE,
        ("登记期限所依据的日期，登记和处理投诉；负责人可以更正最近一次办理行为，状态和期限随之恢复。",
         "The days time limits hang on, and complaints to their answer; a manager undoes the newest act of the case."),
        life_page, "case/life.html",
        acts={
            "milestone": PageAct(milestone, ("日期已登记，相关期限随之变动。", "Recorded; its time limits follow."),
                                 (Verb.EDIT_CASE,)),
            "complaint": PageAct(complain, ("投诉已登记。", "The complaint is recorded."), (Verb.COMPLAIN,)),
            "accept-complaint": PageAct(accept, ("受理决定已登记。", "Whether it is accepted is recorded."), DECIDE),
            "conclude-complaint": PageAct(conclude, ("处理结果已登记。", "How it ends is recorded."), DECIDE),
            "answer-complaint": PageAct(answer, ("答复已登记。", "The answer is recorded."), DECIDE),
            "correct-complaint": PageAct(correct_complaint, ("最近一步已更正。", "Its newest step is undone."),
                                         (Verb.CORRECT,)),
            "rule": PageAct(rule, ("异议审查决定已登记。", "The decision is recorded."), (Verb.DECIDE_OBJECTION,)),
            "correct": PageAct(correct, ("最近一次办理行为已更正。", "The newest act is undone."), (Verb.CORRECT,)),
            "unarchive": PageAct(take_out, ("归档已更正，案卷号不再使用。",
                                            "The file is out of the archive; its number stays used."), (Verb.CORRECT,)),
        },
    ),
)
# fmt: on
