"""Decisions on aid itself: it is refused, the refusal or a termination is objected to, and the bureau rules on that."""

from datetime import datetime

from sqlmodel import col, select

from dispatch.casework import clocks
from dispatch.casework.chain import resume_chain
from dispatch.casework.correction import acts_of, restore
from dispatch.casework.matching import enter_queue
from dispatch.casework.records import Facts
from dispatch.commands.cases.entitlement import grant
from dispatch.commands.life.ends import require_own_case
from dispatch.commands.life.papers import DecisionContext, decision_context
from dispatch.domain.chain import Mark
from dispatch.domain.errors import IllegalTransitionError, NotFoundError
from dispatch.domain.law.means import MeansStatus
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import PaperKind, RefusalGround
from dispatch.domain.vocabulary import MeansTest, Status
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow, PaperRow
from dispatch.registry.transaction import Begin

CONTESTABLE = (Status.REFUSED, Status.TERMINATED)
"""Decisions to which an applicant or recipient may object (《法律援助法》第四十九条)."""


def refuse_aid(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, ground: RefusalGround, text: str
) -> CaseRow:
    """Refuse aid in a received case, with the ground and the words of the decision. Idempotent."""
    require(actor, Verb.GRANT)
    with decision_context(begin, seal, actor, now) as context:
        case = context.host.case(case_id)
        if case.status is Status.REFUSED:
            return case
        facts: Facts = {"ground": ground.value, **clocks.follow(context.host, case, Event.REFUSE)}
        context.host.advance(case, Event.REFUSE, None, facts)
        context.file(PaperKind.REFUSAL, case, words={"text": text}, ground=ground.value)
        return case


def contest(begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, text: str) -> PaperRow:
    """Object to a refusal or a termination; the bureau's time limit starts. While it runs, again is the same one."""
    require(actor, Verb.CONTEST)
    require_own_case(actor, case_id)
    with decision_context(begin, seal, actor, now) as context:
        case = context.host.case(case_id)
        if case.status not in CONTESTABLE:
            raise IllegalTransitionError(status=case.status.value, event=Mark.CONTEST.value)
        if clocks.running(context.host, case, clocks.DECIDE_OBJECTION_BY):
            return _last_objection(context, case)
        paper = context.file(PaperKind.OBJECTION, case, words={"text": text})
        clocks.follow(context.host, case, Mark.CONTEST)
        context.host.note(case, Mark.CONTEST, None, {"paper_id": paper.id})
        return paper


def decide_objection(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, uphold: bool, text: str
) -> CaseRow:
    """Record the bureau's decision: if the objection is upheld, aid begins, or goes on as it was."""
    require(actor, Verb.DECIDE_OBJECTION)
    with decision_context(begin, seal, actor, now) as context:
        case = context.host.case(case_id)
        if not clocks.running(context.host, case, clocks.DECIDE_OBJECTION_BY):
            raise NotFoundError(what="objection", id=case_id)
        paper = context.file(PaperKind.RULING, case, words={"text": text}, upheld=uphold)
        facts: Facts = {"paper_id": paper.id}
        if not uphold:
            clocks.follow(context.host, case, Mark.DISMISS)
            context.host.note(case, Mark.DISMISS, None, facts)
            return case
        if case.means_test is MeansTest.REQUIRED and case.means_status in (None, MeansStatus.NOT_MET):
            case.means_status = MeansStatus.RULED
        if case.status is Status.REFUSED:
            grant(context.host, case, now, Event.OVERTURN)
            enter_queue(context.host, [case])
        else:
            _restore(context, case, facts)
        return case


def _restore(context: DecisionContext, case: CaseRow, facts: Facts) -> None:
    # The recipient, the unit and the organ may have been told meanwhile, which is a milestone after it.
    ended = next(act for act in reversed(acts_of(context.host.entries(case))) if act.event == Event.TERMINATE)
    clocks.follow(context.host, case, Event.OVERTURN)
    restore(context.host, case, ended)
    context.host.advance(case, Event.OVERTURN, None, facts, before=ended.before)
    resume_chain(context.host, case)


def _last_objection(context: DecisionContext, case: CaseRow) -> PaperRow:
    filed = select(PaperRow).where(PaperRow.case_id == case.id, PaperRow.kind == PaperKind.OBJECTION)
    found = context.host.session.exec(filed.order_by(col(PaperRow.filed_at).desc())).first()
    assert found is not None
    return found
