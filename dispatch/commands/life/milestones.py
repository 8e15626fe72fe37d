"""Milestones: what time limits hang on beside the acts that move a case, recorded with its day by who may."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

from dispatch.casework import clocks
from dispatch.casework.records import Facts
from dispatch.commands.cases.entitlement import HANDLED, change, reckon_waiting
from dispatch.commands.life.papers import LAST_SECOND, DecisionContext, decision_context
from dispatch.domain.chain import Mark
from dispatch.domain.errors import IllegalTransitionError, InvalidFieldError, NotFoundError, stated
from dispatch.domain.law.means import require_means
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.states import Milestone
from dispatch.domain.vocabulary import Status
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, CaseEventRow, CaseRow
from dispatch.registry.transaction import Begin

AHEAD = timedelta(days=5 * 366)
"""How far ahead a hearing or a closing day may lie."""

NO_LIMIT = stated("本案目前没有与此相关的期限", "no time limit of the case hangs on it now")


class MilestoneRule(NamedTuple):
    """Who may record it, in which states where any counts, whether of one assignment, and whether its day may come."""

    verb: Verb
    statuses: Collection[Status] = tuple(Status)
    of_seat: bool = False
    ahead: bool = False


# fmt: off
MILESTONES: dict[Milestone, MilestoneRule] = {
    # milestone                  who                       in which states, of which kind
    Milestone.MATERIAL_ASKED:   MilestoneRule(Verb.GRANT, (Status.RECEIVED,)),
    Milestone.MATERIAL_IN:      MilestoneRule(Verb.GRANT, (Status.RECEIVED, *HANDLED)),
    Milestone.HEARING:          MilestoneRule(Verb.REPORT_PROGRESS, HANDLED, ahead=True),
    Milestone.SERVED:           MilestoneRule(Verb.REPORT_PROGRESS, HANDLED),
    Milestone.PAPERS:           MilestoneRule(Verb.REPORT_PROGRESS, HANDLED, of_seat=True),
    Milestone.COUNSEL_REFUSED:  MilestoneRule(Verb.REPORT_PROGRESS, HANDLED),
    Milestone.NOTIFIED_AGAIN:   MilestoneRule(Verb.DESIGNATE, HANDLED),
    Milestone.ADJOURNED:        MilestoneRule(Verb.REPORT_PROGRESS, HANDLED),
    Milestone.RESUMED:          MilestoneRule(Verb.REPORT_PROGRESS, HANDLED),
    Milestone.CLOSE_BY:         MilestoneRule(Verb.EDIT_CASE, HANDLED, ahead=True),
    Milestone.TOLD_COUNSEL:     MilestoneRule(Verb.ISSUE_DOCUMENT),
    Milestone.FILE_IN:          MilestoneRule(Verb.EVALUATE, of_seat=True),
    Milestone.PAID:             MilestoneRule(Verb.EVALUATE, of_seat=True),
    Milestone.TOLD_RECIPIENT:   MilestoneRule(Verb.TERMINATE),
    Milestone.TOLD_INSTITUTION: MilestoneRule(Verb.TERMINATE),
    Milestone.TOLD_ORGAN:       MilestoneRule(Verb.TERMINATE),
}
# fmt: on


def record(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    case_id: str,
    milestone: Milestone,
    on: date | None = None,
    assignment_id: str | None = None,
) -> CaseEventRow:
    """
    Write a milestone down with its day, today if it is left out; what it asks for is met, what follows begins.

    Raises
    ------
    IllegalTransitionError
        If the case is in no state for it, or no time limit of the case hangs on it now.
    InvalidFieldError
        If the day cannot be, or several assignments are meant and none is named; or if papers of means came, and it is
        not said how the check came out.
    """
    rule = MILESTONES[milestone]
    require(actor, rule.verb)
    with decision_context(begin, seal, actor, now) as context:
        case = context.host.case(case_id)
        assignment = _meant(context, actor, case, rule, assignment_id)
        if case.status not in rule.statuses:
            raise IllegalTransitionError(status=case.status.value, event=milestone.value)
        at = _moment(context, rule, case, on)
        named = at if milestone is Milestone.CLOSE_BY else None
        timed = clocks.follow(context.host, case, milestone, assignment, now if named else at, named)
        if not timed:
            raise IllegalTransitionError(status=case.status.value, event=milestone.value, lacks=NO_LIMIT)
        facts: Facts = {"milestone": milestone.value, "on": context.day_of(at).isoformat(), **timed}
        if milestone is Milestone.HEARING:
            facts["hearing_on_before"] = case.hearing_on and case.hearing_on.isoformat()
            change(case, {"hearing_on": context.day_of(at)}, now)
        if milestone is Milestone.MATERIAL_IN and case.materials_owed:
            facts["materials_owed"] = _handed_in(case)
        if assignment:
            facts["assignment_id"] = assignment.id
        # What a case waits for may now be due at another moment.
        reckon_waiting(context.host, case)
        context.host.touch(case)
        return context.host.tx.record(case, Mark.MILESTONE, actor, now, case.status, None, facts)


def _handed_in(case: CaseRow) -> list[str]:
    """Let nothing be owed any more, and return what was; how a check came out is known by then."""
    owed, case.materials_owed = case.materials_owed, []
    require_means(case, case.means_test, granted=True, granting=False)
    return owed


def _meant(
    context: DecisionContext, actor: Actor, case: CaseRow, rule: MilestoneRule, assignment_id: str | None
) -> AssignmentRow | None:
    """Return the assignment it is about; a practitioner reaches a case by their own, and no other one."""
    seats = [*context.host.live(case.id), *context.host.carried(case.id)]
    if Verb.OFFER not in PERMISSIONS[actor.role]:
        seats = [row for row in seats if row.practitioner_id == actor.practitioner_id and row.accepted_at]
        if not seats:
            raise NotFoundError(what="legal_case", id=case.id)
    if not rule.of_seat:
        return None
    named = [row for row in seats if assignment_id in (None, row.id)]
    if not named:
        raise NotFoundError(what="assignment", id=assignment_id or case.id)
    if len(named) > 1:
        listed = ", ".join(row.id for row in named)
        expected = stated(f"下列之一：{listed}", f"one of these: {listed}")
        raise InvalidFieldError(field="assignment_id", value=None, expected=expected)
    return named[0]


def _moment(context: DecisionContext, rule: MilestoneRule, case: CaseRow, on: date | None) -> datetime:
    if not rule.ahead:
        return context.moment_of(on, "on", case.received_at)
    first, last = context.day_of(case.received_at), context.day_of(context.host.now + AHEAD)
    if on is None or not first <= on <= last:
        value = on.isoformat() if on else None
        raise InvalidFieldError(field="on", value=value, expected=stated(f"{first}至{last}", f"{first} to {last}"))
    return datetime.combine(on, LAST_SECOND, context.host.office.zone).astimezone(context.host.now.tzinfo)
