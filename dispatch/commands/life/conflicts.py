"""What keeps somebody from a case is declared whenever it is noticed, listed, and undone where it was a mistake.

A conflict of interest (《律师法》第三十九条), duty help given to several of the accused, or a court's decision that
they may not go on (《最高人民法院关于适用〈中华人民共和国刑事诉讼法〉的解释》第三百一十条).
"""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.casework import undertaking
from dispatch.commands.life.papers import DecisionContext, decision_context
from dispatch.commands.life.replacements import request
from dispatch.domain.chain import Mark
from dispatch.domain.errors import InvalidFieldError, NotFoundError, stated
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.states import GivingBack, PaperKind, ReplacementGround
from dispatch.domain.vocabulary import DECLARABLE, PairKind
from dispatch.registry import own
from dispatch.registry.reads import get
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, CaseRow, PairRow, PractitionerRow
from dispatch.registry.transaction import Begin, Read

ANSWERS = {
    PairKind.CONFLICT: (GivingBack.CONFLICT, ReplacementGround.CONFLICT),
    PairKind.REMOVED: (GivingBack.OTHER, ReplacementGround.OBSTACLE),
}
"""How an open question is declined with it, and why a replacement is asked for; duty help alone does neither."""


class Declared(NamedTuple):
    """What followed from a declaration: the question was answered, or a replacement was asked for."""

    case_id: str
    practitioner_id: str
    declined: bool
    replacement_id: str | None


def declare(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    case_id: str,
    text: str,
    practitioner_id: str | None = None,
    kind: PairKind = PairKind.CONFLICT,
) -> Declared:
    """Record what keeps a practitioner from a case: nobody asks or names them for it any more. Idempotent.

    With a conflict or a court's decision, who is being asked, or has not accepted yet, has declined. For who works on
    the case a replacement is asked for, which a manager decides.
    """
    require(actor, Verb.DECLARE_CONFLICT)
    _require_declarable(kind)
    with decision_context(begin, seal, actor, now) as context:
        _require_met(context.host.session, actor, case_id)
        case = context.host.case(case_id)
        who = _who(context, actor, practitioner_id)
        if not _recorded(context, case, who, kind):
            context.host.refuse(case, who, (kind,))
            coded = {"practitioner_id": who, "declared": kind.value}
            paper = context.file(PaperKind.CONFLICT, case, None, {"text": text}, **coded)
            context.host.note(case, Mark.CONFLICT, None, {**coded, "paper_id": paper.id})
        if kind not in ANSWERS:
            return Declared(case_id, who, False, None)
        reason, ground = ANSWERS[kind]
        declined = _decline(context, case, who, reason)
        held = next((row for row in context.host.live(case_id) if row.practitioner_id == who), None)
        asked = request(context, actor, case, held, ground, text) if held else None
        return Declared(case_id, who, declined, asked.id if asked else None)


def withdraw(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, text: str, practitioner_id: str, kind: PairKind
) -> None:
    """Take back a declaration that was a mistake: from now on it keeps nobody from the case. What followed stays."""
    require(actor, Verb.CORRECT)
    _require_declarable(kind)
    with decision_context(begin, seal, actor, now) as context:
        case = context.host.case(case_id)
        row = _recorded(context, case, practitioner_id, kind)
        if row is None:
            raise NotFoundError(what="conflict", id=practitioner_id)
        context.host.session.delete(row)
        coded = {"practitioner_id": practitioner_id, "declared": kind.value}
        paper = context.file(PaperKind.CORRECTION, case, None, {"text": text}, corrects="conflict", **coded)
        context.host.note(case, Mark.CONFLICT_UNDONE, None, {**coded, "paper_id": paper.id})


def list_declared(read: Read, actor: Actor, case_id: str) -> list[PairRow]:
    """Return what is declared of a case, in its order; a practitioner finds what is declared of them alone."""
    require(actor, Verb.DECLARE_CONFLICT)
    with read() as session:
        _require_met(session, actor, case_id)
        case = get(session, CaseRow, actor.centre_id, case_id)
        declared = select(PairRow).where(PairRow.case_id == case.id, col(PairRow.kind).in_(DECLARABLE))
        if Verb.OFFER not in PERMISSIONS[actor.role]:
            declared = declared.where(PairRow.practitioner_id == actor.practitioner_id)
        return list(session.exec(declared.order_by(col(PairRow.created_at), col(PairRow.id))))


def _require_met(session: Session, actor: Actor, case_id: str) -> None:
    """Let a practitioner speak of a case they have to do with; any other is not found, as if there were none."""
    if Verb.OFFER not in PERMISSIONS[actor.role] and not own.has_met(session, case_id, actor):
        raise NotFoundError(what="case", id=case_id)


def _require_declarable(kind: PairKind) -> None:
    if kind not in DECLARABLE:
        expected = stated("、".join(each.zh for each in DECLARABLE), ", ".join(each.value for each in DECLARABLE))
        raise InvalidFieldError(field="kind", value=kind.value, expected=expected)


def _who(context: DecisionContext, actor: Actor, practitioner_id: str | None) -> str:
    """Return whose conflict it is: one's own, or, as an officer was told, someone else's."""
    who = practitioner_id if Verb.OFFER in PERMISSIONS[actor.role] else actor.practitioner_id
    if who is None or practitioner_id not in (None, who):
        raise NotFoundError(what="practitioner", id=practitioner_id)
    return get(context.host.session, PractitionerRow, actor.centre_id, who).id


def _recorded(context: DecisionContext, case: CaseRow, who: str, kind: PairKind) -> PairRow | None:
    known = (PairRow.case_id == case.id, PairRow.practitioner_id == who, PairRow.kind == kind)
    return context.host.session.exec(select(PairRow).where(*known)).one_or_none()


def _decline(context: DecisionContext, case: CaseRow, who: str, reason: GivingBack) -> bool:
    host = context.host
    for offer in host.pending_offers(case.id):
        if offer.practitioner_id == who:
            undertaking.decline_offer(host, case, offer, reason)
            return True
    unanswered: list[AssignmentRow] = [
        row for row in host.live(case.id) if row.practitioner_id == who and not row.accepted_at
    ]
    for row in unanswered:
        undertaking.decline(host, case, row, reason)
    return bool(unanswered)
