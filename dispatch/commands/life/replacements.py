"""Replacements: asked for with ground and evidence, decided by a manager; and a hand-over of all someone's cases."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, func, select

from dispatch.casework import arrangement, clocks, replacement
from dispatch.casework.records import Facts
from dispatch.casework.replacement import HandedOver
from dispatch.commands.life.ends import require_own_case
from dispatch.commands.life.papers import DecisionContext, decision_context
from dispatch.domain.chain import Mark
from dispatch.domain.errors import (
    IllegalTransitionError,
    NotEligibleError,
    NotFoundError,
    SecondPersonError,
    TooManyChangesError,
)
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import (
    MAX_CHANGES,
    UNAVOIDABLE,
    Asker,
    PaperKind,
    ReplacementGround,
    Review,
)
from dispatch.domain.vocabulary import Role, Status
from dispatch.registry.reads import get
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, CaseRow, PaperRow, PractitionerRow, ReplacementRow
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
    if waiting := _waiting(context, assignment):
        return waiting
    _require_changes_left(context, case, ground)
    words = {"text": text, "evidence": list(evidence)}
    paper = context.file(PaperKind.REPLACEMENT_REQUEST, case, assignment, words, ground=ground.value)
    return _add(context, actor, assignment, ground, paper)


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
    or the successor is named here; otherwise it loses the case, which goes on to others.
    """
    require(actor, Verb.REPLACE)
    with decision_context(begin, seal, actor, now) as context:
        row = context.host.tx.lock(ReplacementRow, replacement_id, actor.centre_id)
        verdict = Review.APPROVED if approve else Review.REJECTED
        if row.state is verdict:
            return row
        if row.asked_by == actor.user_id:
            raise SecondPersonError(case_id=row.case_id, replacement_id=row.id)
        case, assignment = context.host.case(row.case_id), context.host.assignment(row.assignment_id)
        if row.state is not Review.WAITING or (approve and assignment.ended_at):
            raise IllegalTransitionError(status=case.status.value, event=Event.REPLACE.value)
        coded = {"approved": approve, "same_institution": same_institution if approve else None}
        paper = context.file(PaperKind.REPLACEMENT_DECISION, case, assignment, {"text": text}, **coded)
        row.state, row.decided_by, row.decided_at = verdict, actor.user_id, now
        facts: Facts = {"replacement_id": row.id, "paper_id": paper.id}
        if not approve:
            clocks.follow(context.host, case, Mark.KEEP, assignment)
            context.host.note(case, Mark.KEEP, None, facts | {"assignment_id": assignment.id})
            return row
        row.same_institution = same_institution
        replacement.take_off(context.host, case, assignment, row.ground, facts)
        row.successor_id = _follow(context, case, assignment, same_institution, successor_id)
        return row


def hand_over(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, practitioner_id: str, ground: ReplacementGround, text: str
) -> list[HandedOver]:
    """Hand over every open case of a practitioner who cannot go on, in one act; nobody else's case is moved."""
    require(actor, Verb.REPLACE)
    with decision_context(begin, seal, actor, now) as context:
        get(context.host.session, PractitionerRow, actor.centre_id, practitioner_id)
        held = _open_cases(context, practitioner_id)
        facts: dict[str, Facts] = {}
        for assignment in held:
            case = context.host.case(assignment.case_id)
            coded = {"ground": ground.value, "approved": True}
            paper = context.file(PaperKind.REPLACEMENT_DECISION, case, assignment, {"text": text}, **coded)
            facts[case.id] = {"paper_id": paper.id}
            _settle_waiting(context, assignment, now)
        return replacement.hand_over(context.host, [(row, row.institution_id) for row in held], ground, facts)


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


def _add(
    context: DecisionContext, actor: Actor, assignment: AssignmentRow, ground: ReplacementGround, paper: PaperRow
) -> ReplacementRow:
    host, case = context.host, context.host.case(assignment.case_id)
    clocks.follow(host, case, Mark.ASK_REPLACEMENT, assignment)
    [clock] = clocks.running(host, case, clocks.ANSWER_REPLACEMENT_BY, assignment)
    row = host.tx.add(
        ReplacementRow(
            centre_id=case.centre_id,
            case_id=case.id,
            assignment_id=assignment.id,
            asker=ASKERS.get(actor.role, Asker.CENTRE),
            ground=ground,
            paper_id=paper.id,
            asked_by=actor.user_id,
            asked_at=host.now,
            due_at=clock.due_at,
            state=Review.WAITING,
        )
    )
    host.session.flush()
    facts: Facts = {"replacement_id": row.id, "assignment_id": assignment.id, "ground": ground.value}
    host.note(case, Mark.ASK_REPLACEMENT, None, facts)
    return row


def _waiting(context: DecisionContext, assignment: AssignmentRow) -> ReplacementRow | None:
    waiting = (ReplacementRow.assignment_id == assignment.id, ReplacementRow.state == Review.WAITING)
    return context.host.session.exec(select(ReplacementRow).where(*waiting)).one_or_none()


def _require_changes_left(context: DecisionContext, case: CaseRow, ground: ReplacementGround) -> None:
    avoidable = (
        select(func.count())
        .select_from(ReplacementRow)
        .where(ReplacementRow.case_id == case.id, ReplacementRow.state == Review.APPROVED)
        .where(col(ReplacementRow.ground).not_in(UNAVOIDABLE))
    )
    changes = context.host.session.exec(avoidable).one()
    if ground not in UNAVOIDABLE and changes >= MAX_CHANGES:
        raise TooManyChangesError(case_id=case.id, changes=changes, allowed=MAX_CHANGES)


def _follow(
    context: DecisionContext, case: CaseRow, before: AssignmentRow, same_institution: bool, successor_id: str | None
) -> str | None:
    """Let the case go on: to the person named, to the institution that names one, or to anybody else."""
    host, home = context.host, before.institution_id
    if not same_institution:
        replacement.move_on(host, case, home)
        return None
    if successor_id is None:
        if case.status is Status.PENDING:
            arrangement.entrust(host, case, home)
        return None
    if successor_id not in host.members(home):
        rules = [arrangement.NOT_OF_INSTITUTION]
        raise NotEligibleError(case_id=case.id, practitioner_id=successor_id, rules=rules)
    return replacement.name_successor(host, case, successor_id, PaperKind.REPLACEMENT_DECISION.value).id


def _open_cases(context: DecisionContext, practitioner_id: str) -> Sequence[AssignmentRow]:
    held = select(AssignmentRow).where(
        AssignmentRow.practitioner_id == practitioner_id, col(AssignmentRow.ended_at).is_(None)
    )
    return context.host.session.exec(held.order_by(col(AssignmentRow.assigned_at), col(AssignmentRow.id))).all()


def _settle_waiting(context: DecisionContext, assignment: AssignmentRow, now: datetime) -> None:
    """Let a request that waits be answered by the hand-over."""
    if waiting := _waiting(context, assignment):
        waiting.state, waiting.decided_at, waiting.same_institution = Review.APPROVED, now, False
