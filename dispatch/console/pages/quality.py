"""What the work on a case is worth (质量监督): hearings attended, organs asked, recipients called back, the grade."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from dispatch.api.routes.life.decisions import CorrectionIn
from dispatch.api.routes.life.evaluations import GradeIn
from dispatch.api.routes.life.replacements import HandOverIn
from dispatch.api.routes.life.supervision import CallBackIn, HearingIn, InquiryAnswerIn, InquiryIn
from dispatch.commands.life import evaluations, papers, replacements, supervision
from dispatch.commands.lists.case_view import Seat, view_case
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.costs import in_yuan
from dispatch.domain.documents import DocumentKind
from dispatch.domain.errors import NotFoundError
from dispatch.domain.funds.subsidy import CostKind, DirectCost
from dispatch.domain.permissions import Verb
from dispatch.domain.states import (
    UNABLE,
    CallBackManner,
    CaseOutcome,
    Effect,
    MajorGround,
    PaperKind,
    QualityGrade,
    ReplacementGround,
    Satisfaction,
)
from dispatch.domain.vocabulary import Status, Term

SHOWN = (
    PaperKind.OBSTACLE, PaperKind.PROGRESS, PaperKind.MAJOR, PaperKind.REPLACEMENT_REQUEST,
    PaperKind.REPLACEMENT_DECISION, PaperKind.CLOSING, *papers.SUPERVISION, PaperKind.ASSESSMENT, PaperKind.RATING,
)  # fmt: skip
"""Papers that tell how the work was done."""

GROUNDS: dict[str, Term] = {each.value: each for kind in (ReplacementGround, MajorGround) for each in kind}
"""Why somebody is to be replaced, or a case is major."""

# fmt: off
WORDS = {
    "observer":    ("旁听人员", "Who attended"),
    "caller":      ("回访人员", "Who called"),
    "answered_by": ("答复人", "Answered by"),
    "text":        ("内容", "In words"),
    "suggestion":  ("建议", "Suggestion"),
    "evidence":    ("证据材料", "Evidence"),
}
FACTS: dict[str, tuple[tuple[str, str], Callable[..., StrEnum] | None]] = {
    "held_on":      (("开庭日期", "Hearing"), None),
    "called_on":    (("回访日期", "Called on"), None),
    "answered_on":  (("答复日期", "Answered on"), None),
    "manner":       (("回访方式", "Manner"), CallBackManner),
    "satisfaction": (("满意程度", "Satisfaction"), Satisfaction),
    "ground":       (("事由", "Ground"), GROUNDS.__getitem__),
    "grade":        (("等级", "Grade"), QualityGrade),
    "stars":        (("评价（五星为最高）", "Stars of five"), None),
    "outcome":      (("结案方式", "Outcome"), CaseOutcome),
    "finished_on":  (("办结日期", "Finished on"), None),
    "effect":       (("意见采纳情况", "How far it was followed"), Effect),
    "service_days": (("服务天数", "Days of service"), None),
}
PAPERS = {
    PaperKind.CLOSING: DocumentKind.CLOSING_REPORT,
    PaperKind.HEARING: DocumentKind.HEARING_RECORD,
    PaperKind.INQUIRY: DocumentKind.INQUIRY,
    PaperKind.CALL_BACK: DocumentKind.CALL_BACK,
}
"""What can be issued about a record."""
# fmt: on


def quality_page(visit: Visit) -> Context:
    """Return what is on file of the work of one who has or had a case, and what may be added; the look is logged."""
    case_id = visit.part("case_id")
    view = view_case(visit.read, visit.actor, case_id)
    seat = _seat(view.seats, visit.part("assignment_id"))
    file = papers.list_papers(*visit.sealed, case_id)
    gone = {id: each.words.get("text", "") for each in file if (id := each.row.facts.get("struck_out"))}
    row = seat.assignment
    mine = [each for each in file if each.row.assignment_id == row.id and each.row.kind in SHOWN]
    answered = {each.row.facts.get("answers") for each in mine if each.row.id not in gone}
    counting = [each for each in mine if each.row.id not in gone and each.row.id not in answered]
    asked = [each for each in counting if each.row.kind is PaperKind.INQUIRY]
    grounds = (
        list(ReplacementGround) if visit.may(Verb.REPLACE) else [each for each in ReplacementGround if each in UNABLE]
    )
    return {
        "case": view.case,
        "seat": seat,
        "records": [(each, _facts(each.row.facts), PAPERS.get(each.row.kind), gone.get(each.row.id)) for each in mine],
        "strikable": [each.row.id for each in counting if each.row.kind in papers.SUPERVISION],
        "words": WORDS,
        "unanswered": asked[0].row if asked else None,
        "gradable": view.case.status is Status.CLOSED and row.outcome is not None and row.grade is None,
        "grades": list(QualityGrade),
        "manners": list(CallBackManner),
        "levels": list(Satisfaction),
        "grounds": grounds,
    }


def attend(visit: Visit, form: FilledForm) -> None:
    """Record a hearing that was attended."""
    given = form.read(HearingIn, "hearing")
    supervision.attend_hearing(*visit.sealed, _id(visit), given.observer, given.text, given.held_on)


def inquire(visit: Visit, form: FilledForm) -> None:
    """Record what the case organ is asked."""
    supervision.inquire(*visit.sealed, _id(visit), form.read(InquiryIn, "inquiry").text)


def record_answer(visit: Visit, form: FilledForm) -> None:
    """Record what the case organ answered."""
    given = form.read(InquiryAnswerIn, "answer")
    told = (given.satisfaction, given.answered_by, given.text, given.answered_on)
    supervision.record_answer(*visit.sealed, form.text("paper"), *told)


def call_back(visit: Visit, form: FilledForm) -> None:
    """Record what the recipient said when called back."""
    given = form.read(CallBackIn, "call-back")
    who, how, like = visit.sealed, given.manner, given.satisfaction
    words = (given.caller, given.text)
    supervision.call_back(*who, _id(visit), how, like, *words, given.suggestion, given.called_on)


def grade(visit: Visit, form: FilledForm) -> None:
    """Grade the work."""
    given = form.read(GradeIn, "grade")
    evaluations.grade(*visit.sealed, _id(visit), given.grade, given.text)


def strike_out(visit: Visit, form: FilledForm) -> None:
    """Strike out a record of supervision that was a mistake; it stays readable, and nothing is issued about it."""
    id = form.text("paper")
    supervision.strike_out(*visit.sealed, id, form.read(CorrectionIn, f"strike-{id}").reason)


def hand_over(visit: Visit, form: FilledForm) -> None:
    """Hand over every open case of the practitioner, who cannot go on."""
    given = form.read(HandOverIn, "hand-over")
    view = view_case(visit.read, visit.actor, visit.part("case_id"))
    practitioner_id = _seat(view.seats, _id(visit)).practitioner.id
    replacements.hand_over(*visit.sealed, practitioner_id, given.ground, given.text)


def _seat(seats: list[Seat], assignment_id: str) -> Seat:
    found = next((seat for seat in seats if seat.assignment.id == assignment_id), None)
    if found is None:
        raise NotFoundError(what="assignment", id=assignment_id)
    return found


def _facts(coded: dict[str, Any]) -> list[tuple[tuple[str, str], Any]]:
    """Return what is coded in a paper, as label and word; each kind of direct cost has its line."""
    known = [(name, label, kind) for name, (label, kind) in FACTS.items() if coded.get(name) is not None]
    words = [(label, kind(coded[name]) if kind else coded[name]) for name, label, kind in known]
    spent = in_yuan(DirectCost.model_validate(each) for each in coded.get("costs") or ())
    return words + [((f"{kind.zh}（元）", f"{kind.en} (yuan)"), spent[kind]) for kind in CostKind if kind in spent]


def _id(visit: Visit) -> str:
    return visit.part("assignment_id")


# fmt: off
SUPERVISE, RECORDED = (Verb.SUPERVISE,), ("已登记，可以出具记录表。", "Recorded; its form can be issued now.")

PAGES = (
    ConsolePage(
        "/cases/{case_id}/work/{assignment_id}", "quality_page", (Verb.READ_CASE,), ("质量监督", "The work"),
        ("办理情况报告、更换申请、旁听、征询、回访和评估都在这里；查阅已记入审计日志。",
         "Reports, requests to replace, hearings, inquiries, call-backs and the grade are here; this look is logged."),
        quality_page, "case/quality.html",
        acts={
            "attend": PageAct(attend, RECORDED, SUPERVISE),
            "inquire": PageAct(inquire, RECORDED, SUPERVISE),
            "record-answer": PageAct(record_answer, ("答复已登记。", "The answer is recorded."), SUPERVISE),
            "call-back": PageAct(call_back, RECORDED, SUPERVISE),
            "strike-out": PageAct(strike_out, ("该记录已更正作废，原文保留。", "It is struck out, and stays readable."),
                                  (Verb.CORRECT,)),
            "grade": PageAct(grade, ("评估等级已登记。", "The grade is recorded."), (Verb.EVALUATE,)),
            "hand-over": PageAct(hand_over, ("全部在办案件已移交。", "Every open case is handed over."),
                                 (Verb.HAND_OVER,)),
        },
    ),
)
# fmt: on
