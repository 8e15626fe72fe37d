"""Decisions on aid itself: it is refused, the refusal or a termination is objected to, and the bureau rules on that."""

from datetime import datetime

from sqlmodel import col, select

from dispatch.casework import clocks
from dispatch.casework.chain import resume_chain
from dispatch.casework.correction import last_act, restore
from dispatch.casework.records import Facts
from dispatch.commands.cases.filing import grant
from dispatch.commands.life.ends import require_own_case
from dispatch.commands.life.papers import Desk, desk_of
from dispatch.domain.chain import Mark
from dispatch.domain.errors import IllegalTransitionError, NotFoundError
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import PaperKind, RefusalGround
from dispatch.domain.vocabulary import Status
from dispatch.registry.jobs.requests import ask_for_plans
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow, ClockRow, PaperRow
from dispatch.registry.transaction import Begin

CONTESTABLE = (Status.REFUSED, Status.TERMINATED)
"""Decisions to which an applicant or recipient may object (《法律援助法》第四十九条)."""


def refuse_aid(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, ground: RefusalGround, text: str
) -> CaseRow:
    """Refuse aid in a received case, with the ground and the words of the decision. Idempotent."""
    require(actor, Verb.GRANT)
    with desk_of(begin, seal, actor, now) as desk:
        case = desk.host.case(case_id)
        if case.status is Status.REFUSED:
            return case
        desk.host.advance(case, Event.REFUSE, None, {"ground": ground.value})
        desk.file(PaperKind.REFUSAL, case, words={"text": text}, ground=ground.value)
        return case


def contest(begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, text: str) -> PaperRow:
    """Object to a refusal or a termination; the bureau's time limit starts. While it runs, again is the same one."""
    require(actor, Verb.CONTEST)
    require_own_case(actor, case_id)
    with desk_of(begin, seal, actor, now) as desk:
        case = desk.host.case(case_id)
        if case.status not in CONTESTABLE:
            raise IllegalTransitionError(status=case.status.value, event=Mark.CONTEST.value)
        if _running(desk, case):
            return _last_objection(desk, case)
        paper = desk.file(PaperKind.OBJECTION, case, words={"text": text})
        clocks.start(desk.host, case, clocks.DECIDE_OBJECTION_BY)
        desk.host.note(case, Mark.CONTEST, None, {"paper_id": paper.id})
        return paper


def decide_objection(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, uphold: bool, text: str
) -> CaseRow:
    """Record the bureau's decision: if the objection is upheld, aid begins, or goes on as it was."""
    require(actor, Verb.DECIDE_OBJECTION)
    with desk_of(begin, seal, actor, now) as desk:
        case = desk.host.case(case_id)
        if not _running(desk, case):
            raise NotFoundError(what="objection", id=case_id)
        met = clocks.meet(desk.host, case, clocks.DECIDE_OBJECTION_BY)
        paper = desk.file(PaperKind.RULING, case, words={"text": text}, upheld=uphold)
        facts: Facts = {"paper_id": paper.id, "clock_ids": met}
        if not uphold:
            desk.host.note(case, Mark.DISMISS, None, facts)
        elif case.status is Status.REFUSED:
            _grant(desk, case, actor, now)
        else:
            _restore(desk, case, facts)
        return case


def _grant(desk: Desk, case: CaseRow, actor: Actor, now: datetime) -> None:
    host = desk.host
    grant(host.tx, case, host.policy, actor, now, now, Event.OVERTURN)
    if host.policy.walk.start_on_grant:
        ask_for_plans(host.tx, [case], now)


def _restore(desk: Desk, case: CaseRow, facts: Facts) -> None:
    ended = last_act(desk.host.entries(case))
    assert ended is not None
    restore(desk.host, case, ended)
    desk.host.advance(case, Event.OVERTURN, None, facts, before=ended.before)
    resume_chain(desk.host, case)


def _running(desk: Desk, case: CaseRow) -> bool:
    running = select(ClockRow.id).where(
        ClockRow.case_id == case.id,
        ClockRow.code == clocks.DECIDE_OBJECTION_BY,
        col(ClockRow.stopped_at).is_(None),
    )
    return desk.host.session.exec(running).first() is not None


def _last_objection(desk: Desk, case: CaseRow) -> PaperRow:
    filed = select(PaperRow).where(PaperRow.case_id == case.id, PaperRow.kind == PaperKind.OBJECTION)
    found = desk.host.session.exec(filed.order_by(col(PaperRow.filed_at).desc())).first()
    assert found is not None
    return found
