"""The case page: what is known, where the case is on its way, what was decided, and what may be done now."""

from collections.abc import Callable
from typing import Any

from dispatch.api.routes.amendments import AmendmentReviewIn
from dispatch.api.routes.cases import FirstIn, GrantIn
from dispatch.api.routes.life.archives import ArchiveIn
from dispatch.api.routes.life.decisions import OwnCounselIn, RefuseIn, TerminateIn, TransferIn, WithdrawIn
from dispatch.api.routes.life.documents import list_documents
from dispatch.api.routes.life.replacements import AskReplacementIn, DecideReplacementIn
from dispatch.api.routes.life.work import AgreementIn, MajorIn, ProgressIn, StartIn
from dispatch.api.routes.offers import AnswerIn
from dispatch.api.routes.plans import GiveBackIn, PostIn, ReviewIn
from dispatch.api.routes.roster.merging import ReasonIn
from dispatch.api.schemas import In, Reason
from dispatch.commands import board, chain, designation
from dispatch.commands.cases import changes, disclosure, intake, proposals
from dispatch.commands.cases.drafts import Instant
from dispatch.commands.documents import possible
from dispatch.commands.life import archives, arrangements, decisions, ends, replacements, transfers, work
from dispatch.commands.lists.case_facts import LABELS, known_facts
from dispatch.commands.lists.case_view import view_case
from dispatch.commands.offers import offers, undertaking
from dispatch.commands.roster import merging
from dispatch.console.frame.page import ConsolePage, Context, Do, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.costs import ClosingForm
from dispatch.console.pages.names import one_house, one_person
from dispatch.domain.chain import Because, Mark
from dispatch.domain.funds.subsidy import CostKind, Spent
from dispatch.domain.law.aid_first import AidFirst, Material
from dispatch.domain.law.citations import in_words
from dispatch.domain.law.deadlines import DEADLINES, NOT_OURS, state_of
from dispatch.domain.lifecycle import OPEN, Event
from dispatch.domain.permissions import Verb
from dispatch.domain.states import (
    CaseOutcome,
    ClockState,
    Effect,
    GivingBack,
    MajorGround,
    RefusalGround,
    ReplacementGround,
    TerminationGround,
    TransferGround,
)
from dispatch.domain.texts.typed import LongTitle
from dispatch.domain.vocabulary import IdentityKind, Sex, Term

WORDS: dict[str, Term] = {each.value: each for kind in (Event, Mark) for each in kind}
"""What a history shows, by its code."""

REASONS: dict[str, Term] = {each.value: each for each in Because}
"""Why a step was skipped or ended, by its code."""

CHOICES: dict[str, type[Term]] = {
    "aid_first": AidFirst, "materials": Material, "refusal": RefusalGround, "termination": TerminationGround,
    "transfer": TransferGround, "giving_back": GivingBack, "replacement": ReplacementGround, "outcome": CaseOutcome,
    "effect": Effect, "cost": CostKind, "major": MajorGround,
}  # fmt: skip

OF_PEOPLE: dict[str, type[Term]] = {"sex": Sex, "identity_kind": IdentityKind}
"""What is kept of a person as a code."""


class EntrustForm(In):
    """The institution as somebody writes it, and why; by when, if the notice names another moment than the law."""

    house: LongTitle
    reason: Reason
    arrange_by: Instant | None = None


def case_page(visit: Visit) -> Context:
    """Return everything around a case that is no person's own."""
    case_id = visit.part("case_id")
    view = view_case(visit.read, visit.actor, case_id)
    issuing = visit.may(Verb.ISSUE_DOCUMENT)
    return {
        "view": view,
        "case": view.case,
        "acts": [act.value for act in view.acts],
        "clocks": [(row, DEADLINES[row.code], _state(row, visit)) for row in view.clocks],
        "theirs": NOT_OURS,
        "law": in_words,
        "facts": known_facts(visit.read, visit.actor, case_id, visit.language),
        "documents": list_documents(case_id, visit.actor, visit.begin),
        "possible": possible.possible_documents(visit.read, visit.actor, case_id) if issuing else [],
        "words": WORDS,
        "reasons": REASONS,
        "choices": CHOICES,
        "labels": LABELS,
        "changeable": view.case.status in OPEN and visit.may(Verb.EDIT_CASE),
        "whole": visit.asked("events") == "all",
    }


def _state(row: Any, visit: Visit) -> ClockState:
    return state_of(row.due_at, row.stopped_at, row.became, visit.now)


def people_page(visit: Visit) -> Context:
    """Return the people of a case and what is private of it; each look is written into the log before."""
    case_id, who = visit.part("case_id"), visit.sealed
    facts = changes.facts_with_history(*who, case_id)
    private = [fact for fact in facts if fact.private and (fact.field == "story" or fact.history)]
    return {"opened": disclosure.disclose(*who, case_id), "private": private, "case_id": case_id, "words": OF_PEOPLE}


def grant(visit: Visit, form: FilledForm) -> None:
    """Grant legal aid."""
    given = form.read(GrantIn, "grant")
    intake.grant_case(visit.begin, visit.actor, visit.now, visit.part("case_id"), given.granted_at)


def grant_first(visit: Visit, form: FilledForm) -> None:
    """Grant legal aid before its papers are in."""
    first = intake.First(**dict(form.read(FirstIn, "first")))
    intake.grant_case(visit.begin, visit.actor, visit.now, visit.part("case_id"), None, first)


def start_plan(visit: Visit, form: FilledForm) -> None:
    """Put the case on its chain."""
    chain.start_plan(visit.begin, visit.actor, visit.now, visit.part("case_id"))


def post(visit: Visit, form: FilledForm) -> None:
    """Post the case on the board."""
    given = form.read(PostIn, "post")
    board.post_case(visit.begin, visit.actor, visit.now, visit.part("case_id"), given.ends_at)


def take_off(visit: Visit, form: FilledForm) -> None:
    """Take the case off the board."""
    board.take_off(visit.begin, visit.actor, visit.now, visit.part("case_id"))


def review(visit: Visit, form: FilledForm) -> None:
    """Agree to a designation, or object to it, as the second officer."""
    given = form.read(ReviewIn, "review")
    designation.review_designation(visit.begin, visit.actor, visit.now, visit.part("case_id"), given.approve)


def archive(visit: Visit, form: FilledForm) -> None:
    """Archive the file of the case."""
    given = form.read(ArchiveIn, "archive")
    archives.archive(*visit.sealed, visit.part("case_id"), given.on)


def clear_duplicate(visit: Visit, form: FilledForm) -> None:
    """Write down that the case is no duplicate of the one it was taken for."""
    given = form.read(ReasonIn, "distinct")
    merging.clear_duplicate(visit.begin, visit.actor, visit.now, visit.part("case_id"), given.reason, form.revision)


def withdraw_change(visit: Visit, form: FilledForm) -> None:
    """Take back a change one has proposed."""
    proposals.withdraw_change(visit.begin, visit.actor, visit.now, form.text("amendment"))


def review_change(visit: Visit, form: FilledForm) -> None:
    """Confirm or reject a change that lowers a protection."""
    id = form.text("amendment")
    given = form.read(AmendmentReviewIn, f"change-{id}")
    changes.review_change(*visit.sealed, id, given.approve, given.reason)


def decide_replacement(visit: Visit, form: FilledForm) -> None:
    """Decide a request to replace a practitioner."""
    id = form.text("replacement")
    named = f"decide-{id}.successor"
    given, who = form.read(DecideReplacementIn, f"decide-{id}", but=(named,)), form.text(named)
    successor = one_person(visit, who, named).id if who else None
    replacements.decide(*visit.sealed, id, given.approve, given.text, given.same_institution, successor)


def answer(visit: Visit, form: FilledForm) -> None:
    """Write down that the practitioner accepts the assignment, or declines it with a reason."""
    id = form.text("assignment")
    given = form.read(AnswerIn, f"answer-{id}")
    undertaking.answer_assignment(visit.begin, visit.actor, visit.now, id, given.accept, given.reason)


def answer_offer(visit: Visit, form: FilledForm) -> None:
    """Write down what somebody who is asked has answered, by telephone or otherwise."""
    id = form.text("offer")
    given = form.read(AnswerIn, f"offer-{id}")
    offers.answer(visit.begin, visit.actor, visit.now, id, given.accept, given.reason)


def entrust(visit: Visit, form: FilledForm) -> None:
    """Give the case to an institution, which arranges its person."""
    given = form.read(EntrustForm, "entrust")
    house = one_house(visit, given.house, "house")
    who = (visit.begin, visit.actor, visit.now, visit.part("case_id"))
    arrangements.entrust(*who, house.id, given.reason, given.arrange_by)


def sign(visit: Visit, form: FilledForm) -> None:
    """Record the signed agreement."""
    id = form.text("assignment")
    work.sign(*visit.sealed, id, form.read(AgreementIn, f"sign-{id}").signed_on)


def begin(visit: Visit, form: FilledForm) -> None:
    """Record that work has begun."""
    id = form.text("assignment")
    work.begin_work(*visit.sealed, id, form.read(StartIn, f"begin-{id}").obstacle)


def report(visit: Visit, form: FilledForm) -> None:
    """Put a progress report into the file."""
    id = form.text("assignment")
    work.report_progress(*visit.sealed, id, form.read(ProgressIn, f"report-{id}").text)


def close(visit: Visit, form: FilledForm) -> None:
    """Hand in the closing report."""
    id = form.text("assignment")
    given = form.read(ClosingForm, f"close-{id}")
    spent = Spent(given.service_days, given.costs)
    work.close(*visit.sealed, id, given.outcome, given.text, given.finished_on, given.effect, spent)


def major(visit: Visit, form: FilledForm) -> None:
    """Report the case as major, as its practitioner told."""
    id = form.text("assignment")
    given = form.read(MajorIn, f"major-{id}")
    work.report_major(*visit.sealed, id, given.ground, given.text)


def give_back(visit: Visit, form: FilledForm) -> None:
    """Write down that the practitioner gives the case back; it goes on to others, and counts against nobody."""
    id = form.text("assignment")
    undertaking.abandon(visit.begin, visit.actor, visit.now, id, form.read(GiveBackIn, f"back-{id}").reason)


def ask_replacement(visit: Visit, form: FilledForm) -> None:
    """Ask that a practitioner be replaced."""
    id = form.text("assignment")
    given = form.read(AskReplacementIn, f"replace-{id}")
    replacements.ask(*visit.sealed, visit.part("case_id"), given.ground, given.text, given.evidence, id)


def _on_paper(model: Any, name: str, command: Callable[..., Any], *fields: str) -> Do:
    """Return an act on the case that is written into its file."""

    def act(visit: Visit, form: FilledForm) -> None:
        given = form.read(model, name)
        command(*visit.sealed, visit.part("case_id"), *(getattr(given, field) for field in fields))

    return act


# fmt: off
ACTS = {
    "grant": PageAct(grant, ("已决定给予法律援助。", "Aid is granted."), (Verb.GRANT,)),
    "grant-first": PageAct(grant_first, ("已决定先行提供法律援助。", "Aid is granted before its papers."),
                           (Verb.GRANT,)),
    "refuse": PageAct(_on_paper(RefuseIn, "refuse", decisions.refuse_aid, "ground", "text"),
                      ("已决定不予法律援助。", "Aid is refused."), (Verb.GRANT,)),
    "start-plan": PageAct(start_plan, ("已进入指派流程。", "The case is on its chain."), (Verb.OFFER,)),
    "post": PageAct(post, ("已发布到抢单大厅。", "The case is on the board."), (Verb.POST_CASE,)),
    "take-off": PageAct(take_off, ("已撤下抢单。", "The case is off the board."), (Verb.POST_CASE,)),
    "review": PageAct(review, ("复核意见已登记。", "Your review is recorded."), (Verb.DESIGNATE,)),
    "answer": PageAct(answer, ("答复已登记。", "The answer is recorded."), (Verb.OFFER,)),
    "answer-offer": PageAct(answer_offer, ("答复已登记。", "The answer is recorded."), (Verb.OFFER,)),
    "entrust": PageAct(entrust, ("已交由该机构安排。", "The institution arranges its person."), (Verb.DESIGNATE,)),
    "sign": PageAct(sign, ("委托协议已登记。", "The agreement is recorded."), (Verb.REPORT_PROGRESS,)),
    "begin": PageAct(begin, ("已登记开始办理。", "Work has begun."), (Verb.REPORT_PROGRESS,)),
    "report": PageAct(report, ("办理情况已登记。", "The report is in the file."), (Verb.REPORT_PROGRESS,)),
    "close": PageAct(close, ("结案报告已登记。", "The closing report is recorded."), (Verb.CLOSE,)),
    "major": PageAct(major, ("已登记为重大、疑难案件。", "The case is reported as major."), (Verb.REPORT_PROGRESS,)),
    "give-back": PageAct(give_back, ("退回已登记，案件继续指派。", "It is written down; the case goes on to others."),
                         (Verb.OFFER,)),
    "replace": PageAct(ask_replacement, ("更换申请已登记，待负责人审批。", "The request waits for a manager."),
                       (Verb.ASK_REPLACEMENT,)),
    "decide": PageAct(decide_replacement, ("审批结果已登记。", "The decision is recorded."), (Verb.REPLACE,)),
    "clear-duplicate": PageAct(clear_duplicate, ("已认定不是重复案件。", "It is no duplicate."), (Verb.EDIT_CASE,)),
    "withdraw-change": PageAct(withdraw_change, ("修改已撤回。", "The change is taken back."), (Verb.EDIT_CASE,)),
    "review-change": PageAct(review_change, ("复核意见已登记。", "Your review is recorded."), (Verb.REVIEW_AMENDMENT,)),
    "withdraw": PageAct(_on_paper(WithdrawIn, "withdraw", ends.withdraw, "text"),
                        ("撤回已登记。", "The withdrawal is recorded."), (Verb.WITHDRAW,)),
    "terminate": PageAct(_on_paper(TerminateIn, "terminate", ends.terminate, "ground", "text"),
                         ("已决定终止法律援助。", "The aid is terminated."), (Verb.TERMINATE,)),
    "own-counsel": PageAct(_on_paper(OwnCounselIn, "own-counsel", ends.retain, "text"),
                           ("已登记受援人自行委托。", "Own counsel is recorded."), (Verb.TERMINATE,)),
    "transfer": PageAct(_on_paper(TransferIn, "transfer", transfers.transfer, "ground", "to", "text"),
                        ("案件已移送。", "The case is transferred."), (Verb.TRANSFER,)),
    "archive": PageAct(archive, ("已归档。", "The file is archived."), (Verb.ARCHIVE,)),
}

PAGES = (
    ConsolePage(
        "/cases/{case_id}", "case_page", (Verb.READ_CASE,), ("案件", "Case"),
        ("案件现在到了哪一步、由谁办理、还能办什么，都在这一页；因缺少信息不能办理的，写明须填写哪一项。",
         "Where the case is, who has it and what can be done; what is missing for it is named beside it."),
        case_page, "case/case.html", acts=ACTS,
    ),
    ConsolePage(
        "/cases/{case_id}/people", "case_people_page", (Verb.READ_CASE,), ("当事人信息", "People of the case"),
        ("本次查阅已记入审计日志。请只用于办理本案。", "This look is in the audit log. Use it for this case only."),
        people_page, "case/people.html", confirmed=True,
    ),
)
# fmt: on
