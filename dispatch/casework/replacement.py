"""Replacement: a practitioner is taken off a case, and another one of the institution, or anyone else, follows."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dispatch.casework import clocks
from dispatch.casework.arrangement import NOT_OF_INSTITUTION, eligible_of, entrust, lose
from dispatch.casework.assignment import Seating, in_mode
from dispatch.casework.chain import escalate, resume_chain
from dispatch.casework.host import Host
from dispatch.casework.records import Assignment, Case, Facts, Replacement
from dispatch.casework.undertaking import release
from dispatch.domain.chain import Because, Mark
from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.errors import NotEligibleError, TooManyChangesError
from dispatch.domain.states import (
    MAX_CHANGES,
    UNAVOIDABLE,
    Asker,
    EndReason,
    GivingBack,
    ReplacementGround,
    Review,
)
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.modes import CHOICES

HANDED_OVER, DECIDED = "handed_over", "replacement_decision"
"""Why a case went to someone in a hand-over, or as a manager decided on a replacement."""

# fmt: off
AS_GIVEN_BACK = {
    # ground                    as the practitioner's own reason would be
    ReplacementGround.CONFLICT: GivingBack.CONFLICT,
    ReplacementGround.HEALTH:   GivingBack.HEALTH,
}
# fmt: on


class HandedOver(NamedTuple):
    """A case of who cannot go on, and who has it now; nobody where it waits in the queue."""

    case_id: str
    assignment_id: str
    successor: Assignment | None


class ReplacementDecision(NamedTuple):
    """What a manager decides: who stays goes on; otherwise the institution names another person, or loses the case."""

    approve: bool
    same_institution: bool = True
    successor_id: str | None = None
    """The person of the same institution who follows, where they are named at once."""


def require_changes_left(host: Host, case: Case, ground: ReplacementGround) -> None:
    """
    Refuse one change more than a procedure allows for reasons that could be avoided.

    Raises
    ------
    TooManyChangesError
        If there were as many.
    """
    if ground in UNAVOIDABLE:
        return
    if (changes := host.avoidable_changes(case.id)) >= MAX_CHANGES:
        raise TooManyChangesError(case_id=case.id, changes=changes, allowed=MAX_CHANGES)


def ask(
    host: Host, case: Case, assignment: Assignment, asker: Asker, ground: ReplacementGround, paper_id: str = ""
) -> Replacement:
    """Keep a request; the time limit to decide it starts."""
    clocks.follow(host, case, Mark.ASK_REPLACEMENT, assignment)
    [clock] = clocks.running(host, case, clocks.ANSWER_REPLACEMENT_BY, assignment)
    asked = host.add_replacement(assignment, asker, ground, clock.due_at, paper_id)
    facts: Facts = {"replacement_id": asked.id, "assignment_id": assignment.id, "ground": ground.value}
    host.note(case, Mark.ASK_REPLACEMENT, None, facts)
    return asked


def decide(host: Host, case: Case, asked: Replacement, verdict: ReplacementDecision, facts: Facts) -> None:
    """
    Let a request be decided; agreed to, its practitioner is free and never asked again for the case.

    An institution that is to name another person, and has none who may take the case, loses it.

    Raises
    ------
    NotEligibleError
        If the successor is of another institution, or a hard rule excludes them.
    """
    assignment = host.assignment(asked.assignment_id)
    recorded: Facts = {"replacement_id": asked.id} | facts
    if not verdict.approve:
        host.settle_replacement(asked, Review.REJECTED)
        clocks.follow(host, case, Mark.KEEP, assignment)
        host.note(case, Mark.KEEP, None, recorded | {"assignment_id": assignment.id})
        return
    _take_off(host, case, assignment, asked.ground, recorded)
    home = assignment.institution_id
    if verdict.successor_id is not None:
        successor = _name(host, case, home, verdict.successor_id)
        host.settle_replacement(asked, Review.APPROVED, same_institution=True, successor=successor)
        return
    keeps = verdict.same_institution and (case.status is not Status.PENDING or bool(eligible_of(host, case, home)))
    host.settle_replacement(asked, Review.APPROVED, same_institution=keeps)
    if not keeps:
        lose(host, case, home)
        resume_chain(host, case)
    elif case.status is Status.PENDING:
        entrust(host, case, home)


def _take_off(host: Host, case: Case, assignment: Assignment, ground: ReplacementGround, facts: Facts) -> None:
    reason = AS_GIVEN_BACK.get(ground, GivingBack.OTHER)
    recorded: Facts = {"ground": ground.value, "assignment_ids": [assignment.id]}
    release(host, case, assignment, EndReason.REPLACED, reason, facts | recorded)


def _name(host: Host, case: Case, home: str, practitioner_id: str) -> Assignment:
    if practitioner_id not in host.members(home):
        rules = [NOT_OF_INSTITUTION]
        raise NotEligibleError(case_id=case.id, practitioner_id=practitioner_id, rules=rules)
    seating = Seating(host, in_mode(ModeName.DESIGNATION), [case.id])
    if obstacles := seating.give(case.id, practitioner_id, DECIDED):
        raise NotEligibleError(case_id=case.id, practitioner_id=practitioner_id, rules=list(obstacles))
    seating.resolve()
    return seating.given[-1]


def hand_over(
    host: Host, assignments: Sequence[Assignment], ground: ReplacementGround, facts: Mapping[str, Facts]
) -> list[HandedOver]:
    """
    Take someone off all these cases and place the cases anew in one go; a request that waits is answered by it.

    Nobody else's case is moved. Colleagues of the institution come first, because agreement and assignment are
    with it; what they cannot take goes to anyone, and what nobody can take waits with the manager called.
    """
    cases = {assignment.case_id: host.case(assignment.case_id) for assignment in assignments}
    for assignment in assignments:
        if waiting := host.waiting_replacement(assignment):
            host.settle_replacement(waiting, Review.APPROVED, same_institution=False)
        _take_off(host, cases[assignment.case_id], assignment, ground, facts.get(assignment.case_id, {}))
    homes = {assignment.case_id: assignment.institution_id for assignment in assignments}
    given: dict[str, Assignment] = {}
    for institution_id in sorted(set(homes.values())):
        theirs = [case_id for case_id in homes if homes[case_id] == institution_id]
        given |= _place(host, theirs, institution_id)
    given |= _place(host, [case_id for case_id in homes if case_id not in given])
    for case_id, case in cases.items():
        if case_id not in given and case.status is Status.PENDING:
            escalate(host, case, Because.NOBODY_ELIGIBLE)
            resume_chain(host, case)
    return [HandedOver(each.case_id, each.id, given.get(each.case_id)) for each in assignments]


def _place(host: Host, case_ids: Sequence[str], institution_id: str | None = None) -> dict[str, Assignment]:
    if not case_ids:
        return {}
    seating = Seating(host, in_mode(ModeName.OPTIMIZED), case_ids)
    docket = seating.docket if institution_id is None else seating.docket.reserved_for(institution_id)
    for i, j in enumerate(CHOICES[ModeName.OPTIMIZED](docket, seating.eligibility).tolist() if docket.n else ()):
        if j != NOBODY:
            seating.give(docket.case_at(i).id, docket.practitioner_at(j).id, HANDED_OVER)
    seating.resolve()
    return {assignment.case_id: assignment for assignment in seating.given}
