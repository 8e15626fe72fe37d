"""Replacements: asked for with ground and evidence, decided by a manager; and a hand-over of all someone's cases."""

from collections.abc import Sequence
from datetime import datetime

from dispatch.casework import replacement
from dispatch.casework.records import Facts
from dispatch.casework.replacement import HandedOver, ReplacementDecision
from dispatch.commands.life.ends import require_own_case
from dispatch.commands.life.papers import DecisionContext, decision_context
from dispatch.domain.errors import IllegalTransitionError, NotFoundError, SecondPersonError
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import UNABLE, Asker, PaperKind, ReplacementGround, Review
from dispatch.domain.vocabulary import Role
from dispatch.registry.reads import get
from dispatch.registry.records import own
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, CaseRow, PractitionerRow, ReplacementRow
from dispatch.registry.transaction import Begin

# fmt: off
ASKERS = {
    Role.RECIPIENT:    Asker.RECIPIENT,
    Role.PRACTITIONER: Asker.PRACTITIONER,
    Role.INSTITUTION:  Asker.INSTITUTION,
}
# fmt: on


def ask(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    case_id: str,
    ground: ReplacementGround,
    text: str,
    evidence: Sequence[str] = (),
    assignment_id: str | None = None,
) -> ReplacementRow:
    """Ask that a practitioner be replaced; the time limit to decide starts. While one waits, again is the same one.

    Without an assignment named, the lead is meant; a practitioner means themselves, an institution its own person.
    """
    require(actor, Verb.ASK_REPLACEMENT)
    require_own_case(actor, case_id)
    with decision_context(begin, seal, actor, now) as context:
        case = context.host.case(case_id)
        assignment = _meant(context, actor, case, assignment_id)
        return request(context, actor, case, assignment, ground, text, evidence)


def request(
    context: DecisionContext,
    actor: Actor,
    case: CaseRow,
    assignment: AssignmentRow,
    ground: ReplacementGround,
    text: str,
    evidence: Sequence[str] = (),
) -> ReplacementRow:
    """Write a request down, or return the one that waits already."""
    host = context.host
    if waiting := host.waiting_replacement(assignment):
        return waiting
    replacement.require_changes_left(host, case, ground)
    words = {"text": text, "evidence": list(evidence)}
    paper = context.file(PaperKind.REPLACEMENT_REQUEST, case, assignment, words, ground=ground.value)
    asker = ASKERS.get(actor.role, Asker.CENTRE)
    return own(ReplacementRow, replacement.ask(host, case, assignment, asker, ground, paper.id))


def decide(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    replacement_id: str,
    approve: bool,
    text: str,
    same_institution: bool = True,
    successor_id: str | None = None,
) -> ReplacementRow:
    """Decide a request, as a manager who did not make it.

    Agreed to, the practitioner is free and never asked again for the case. The institution names another person,
    or the successor is named here; otherwise, or where it has nobody who may take it, the institution loses the
    case, which goes on to others.
    """
    require(actor, Verb.REPLACE)
    with decision_context(begin, seal, actor, now) as context:
        row = context.host.tx.lock(ReplacementRow, replacement_id, actor.centre_id)
        if row.state is (Review.APPROVED if approve else Review.REJECTED):
            return row
        if row.asked_by == actor.user_id:
            raise SecondPersonError(case_id=row.case_id, replacement_id=row.id)
        case, assignment = context.host.case(row.case_id), context.host.assignment(row.assignment_id)
        if row.state is not Review.WAITING or (approve and assignment.ended_at):
            raise IllegalTransitionError(status=case.status.value, event=Event.REPLACE.value)
        coded = {"approved": approve, "same_institution": same_institution if approve else None}
        paper = context.file(PaperKind.REPLACEMENT_DECISION, case, assignment, {"text": text}, **coded)
        verdict = ReplacementDecision(approve, same_institution, successor_id)
        replacement.decide(context.host, case, row, verdict, {"paper_id": paper.id})
        return row


def hand_over(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, practitioner_id: str, ground: ReplacementGround, text: str
) -> list[HandedOver]:
    """Hand over every open case of a practitioner who cannot go on, in one act; nobody else's case is moved.

    A ground that judges how they worked is for who decides on replacements.
    """
    require(actor, Verb.HAND_OVER if ground in UNABLE else Verb.REPLACE)
    with decision_context(begin, seal, actor, now) as context:
        get(context.host.session, PractitionerRow, actor.centre_id, practitioner_id)
        held = context.host.held_by(practitioner_id)
        facts: dict[str, Facts] = {}
        for assignment in held:
            case = context.host.case(assignment.case_id)
            coded = {"ground": ground.value, "approved": True}
            paper = context.file(PaperKind.REPLACEMENT_DECISION, case, assignment, {"text": text}, **coded)
            facts[case.id] = {"paper_id": paper.id}
        return replacement.hand_over(context.host, held, ground, facts)


def _meant(context: DecisionContext, actor: Actor, case: CaseRow, assignment_id: str | None) -> AssignmentRow:
    live = context.host.live(case.id)
    theirs = {
        Role.PRACTITIONER: [row for row in live if row.practitioner_id == actor.practitioner_id],
        Role.INSTITUTION: [row for row in live if row.institution_id == actor.institution_id],
    }
    may = theirs.get(actor.role, live)
    meant = next((row for row in may if assignment_id in (None, row.id)), None)
    if meant is None:
        raise NotFoundError(what="assignment", id=assignment_id or case.id)
    return meant
