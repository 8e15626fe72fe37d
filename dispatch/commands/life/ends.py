"""Ends before the work is done: termination, withdrawal, own counsel retained."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from dispatch.casework.ending import leave
from dispatch.casework.records import Facts
from dispatch.commands.life.papers import DecisionContext, decision_context
from dispatch.domain.errors import IllegalTransitionError, InvalidFieldError, NotFoundError, stated
from dispatch.domain.lifecycle import TRANSITIONS, Event
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import PaperKind, TerminationGround
from dispatch.domain.vocabulary import ON_NOTICE, Role, Status
from dispatch.registry.docket.organs import load_organs
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow
from dispatch.registry.transaction import Begin


def terminate(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, ground: TerminationGround, text: str
) -> CaseRow:
    """Terminate aid on a ground of the law; anyone assigned to the case is released. Idempotent."""
    require(actor, Verb.TERMINATE)
    with decision_context(begin, seal, actor, now) as context:
        if ground is TerminationGround.MATERIALS:
            _require_overdue(context, context.host.case(case_id))
        return _leave(context, case_id, Event.TERMINATE, PaperKind.TERMINATION, {"text": text}, ground=ground.value)


def retain(begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, text: str) -> CaseRow:
    """Record that the recipient retained own counsel, which ends the aid. Idempotent.

    Source: 《法律援助法》第四十八条第一款第六项.
    """
    require(actor, Verb.TERMINATE)
    with decision_context(begin, seal, actor, now) as context:
        return _leave(context, case_id, Event.RETAIN, PaperKind.OWN_COUNSEL, {"text": text})


def withdraw(begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, text: str | None) -> CaseRow:
    """Let the application be withdrawn, by its recipient or as an officer was told. Idempotent.

    A notice is taken back by its organ, or by an officer who was told so.
    """
    require(actor, Verb.WITHDRAW)
    require_own_case(actor, case_id)
    with decision_context(begin, seal, actor, now) as context:
        noticed = context.host.case(case_id).source in ON_NOTICE and actor.role is not Role.RECIPIENT
        return _withdraw(context, case_id, Event.RESCIND if noticed else Event.WITHDRAW, text)


def rescind(begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, text: str | None) -> CaseRow:
    """Let a case organ take its notice back while nobody has been given the case. Idempotent."""
    require(actor, Verb.SEND_NOTICE)
    with decision_context(begin, seal, actor, now) as context:
        require_own_notice(context.host.session, actor, context.host.case(case_id))
        return _withdraw(context, case_id, Event.RESCIND, text)


def require_own_case(actor: Actor, case_id: str) -> None:
    """Let a recipient reach no case but the one of their link."""
    if actor.role is Role.RECIPIENT and actor.case_id != case_id:
        raise NotFoundError(what="legal_case", id=case_id)


def require_own_notice(session: Session, actor: Actor, case: CaseRow) -> None:
    """Let a case organ reach no case but those it gave notice of."""
    organs = load_organs(session, actor.centre_id)
    if case.source not in ON_NOTICE or organs.key(case.organ or "") != organs.key(actor.organ or ""):
        raise NotFoundError(what="notice", id=case.id)


def _require_overdue(context: DecisionContext, case: CaseRow) -> None:
    """Refuse to end aid for papers that are not owed, or may still come."""
    by = case.materials_due_on if case.materials_owed else None
    if case.status is not Status.TERMINATED and (by is None or by >= context.day_of(context.host.now)):
        expected = stated(
            "先行提供法律援助、补交期限届满后仍未补交材料的案件才适用",
            "for aid that came before its papers, once the day to hand them in is over",
        )
        raise InvalidFieldError(field="ground", value=TerminationGround.MATERIALS.value, expected=expected)


def _withdraw(context: DecisionContext, case_id: str, event: Event, text: str | None) -> CaseRow:
    # A case that waits for its second practitioner has its first.
    if context.host.live(case_id):
        raise IllegalTransitionError(status=context.host.case(case_id).status.value, event=event.value)
    return _leave(context, case_id, event, PaperKind.WITHDRAWAL, {"text": text} if text else {})


def _leave(
    context: DecisionContext, case_id: str, event: Event, kind: PaperKind, words: Mapping[str, str], **coded: str
) -> CaseRow:
    case = context.host.case(case_id)
    if case.status in {after for (_, made), after in TRANSITIONS.items() if made is event}:
        return case
    facts: Facts = dict(coded)
    leave(context.host, case, event, facts)
    context.file(kind, case, None, words, **coded)
    return case
