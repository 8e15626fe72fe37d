"""A conflict of interest is declared whenever it is noticed: before, while somebody is asked, or in the work."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import select

from dispatch.casework import undertaking
from dispatch.commands.life.papers import DecisionContext, decision_context
from dispatch.commands.life.replacements import request
from dispatch.domain.chain import Mark
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.states import GivingBack, PaperKind, ReplacementGround
from dispatch.domain.vocabulary import PairKind
from dispatch.registry.reads import get
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, CaseRow, PairRow, PractitionerRow
from dispatch.registry.transaction import Begin


class Declared(NamedTuple):
    """What followed from a declared conflict: the question was answered, or a replacement was asked for."""

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
) -> Declared:
    """Record a conflict of a practitioner with a case: nobody asks or names them for it any more. Idempotent.

    Who is being asked, or has not accepted yet, has declined with it. For who works on the case a replacement is
    asked for, which a manager decides.
    """
    require(actor, Verb.DECLARE_CONFLICT)
    with decision_context(begin, seal, actor, now) as context:
        case = context.host.case(case_id)
        who = _who(context, actor, practitioner_id)
        if not _known(context, case, who):
            context.host.refuse(case, who, (PairKind.CONFLICT,))
            paper = context.file(PaperKind.CONFLICT, case, None, {"text": text}, practitioner_id=who)
            context.host.note(case, Mark.CONFLICT, None, {"practitioner_id": who, "paper_id": paper.id})
        declined = _decline(context, case, who)
        held = next((row for row in context.host.live(case_id) if row.practitioner_id == who), None)
        asked = request(context, actor, case, held, ReplacementGround.CONFLICT, text) if held else None
        return Declared(case_id, who, declined, asked.id if asked else None)


def _who(context: DecisionContext, actor: Actor, practitioner_id: str | None) -> str:
    """Return whose conflict it is: one's own, or, as an officer was told, someone else's."""
    who = practitioner_id if Verb.OFFER in PERMISSIONS[actor.role] else actor.practitioner_id
    if who is None or practitioner_id not in (None, who):
        raise NotFoundError(what="practitioner", id=practitioner_id)
    return get(context.host.session, PractitionerRow, actor.centre_id, who).id


def _known(context: DecisionContext, case: CaseRow, who: str) -> bool:
    known = (PairRow.case_id == case.id, PairRow.practitioner_id == who, PairRow.kind == PairKind.CONFLICT)
    return context.host.session.exec(select(PairRow.id).where(*known)).first() is not None


def _decline(context: DecisionContext, case: CaseRow, who: str) -> bool:
    host = context.host
    for offer in host.pending_offers(case.id):
        if offer.practitioner_id == who:
            undertaking.decline_offer(host, case, offer, GivingBack.CONFLICT)
            return True
    unanswered: list[AssignmentRow] = [
        row for row in host.live(case.id) if row.practitioner_id == who and not row.accepted_at
    ]
    for row in unanswered:
        undertaking.decline(host, case, row, GivingBack.CONFLICT)
    return bool(unanswered)
