"""Replacement: a practitioner is taken off a case, and another one of the institution, or anyone else, follows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace as changed
from typing import NamedTuple

from dispatch.casework.arrangement import lose
from dispatch.casework.assignment import Seating, in_mode
from dispatch.casework.chain import escalate, resume_chain
from dispatch.casework.host import Host
from dispatch.casework.records import Assignment, Case, Facts
from dispatch.casework.undertaking import release
from dispatch.domain.chain import Because
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.errors import NotEligibleError
from dispatch.domain.states import EndReason, GivingBack, ReplacementGround
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.modes import CHOICES

HANDED_OVER = "handed_over"
"""Why a case went to someone in a hand-over."""

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


def take_off(host: Host, case: Case, assignment: Assignment, ground: ReplacementGround, facts: Facts) -> None:
    """Take a practitioner off a case: the turn is given back, and they are never asked again for it."""
    reason = AS_GIVEN_BACK.get(ground, GivingBack.OTHER)
    release(
        host,
        case,
        assignment,
        EndReason.REPLACED,
        reason,
        facts | {"ground": ground.value, "assignment_ids": [assignment.id]},
    )


def name_successor(host: Host, case: Case, practitioner_id: str, reason: str) -> Assignment:
    """
    Give the open seat to another person.

    Raises
    ------
    NotEligibleError
        If a hard rule excludes them.
    """
    seating = Seating(host, in_mode(ModeName.DESIGNATION), [case.id])
    if obstacles := seating.give(case.id, practitioner_id, reason):
        raise NotEligibleError(case_id=case.id, practitioner_id=practitioner_id, rules=list(obstacles))
    seating.resolve()
    return seating.given[-1]


def move_on(host: Host, case: Case, institution_id: str) -> None:
    """Let the institution lose the case, and the case go on to somebody else."""
    lose(host, case, institution_id)
    resume_chain(host, case)


def hand_over(
    host: Host, assignments: Sequence[tuple[Assignment, str]], ground: ReplacementGround, facts: Mapping[str, Facts]
) -> list[HandedOver]:
    """
    Take someone off all these cases, each with its institution, and place the cases anew in one go.

    Nobody else's case is moved. Colleagues of the institution come first, because agreement and assignment are
    with it; what they cannot take goes to anyone, and what nobody can take waits with the manager called.
    """
    cases = {assignment.case_id: host.case(assignment.case_id) for assignment, _ in assignments}
    for assignment, _ in assignments:
        take_off(host, cases[assignment.case_id], assignment, ground, facts[assignment.case_id])
    homes = {assignment.case_id: institution_id for assignment, institution_id in assignments}
    given: dict[str, Assignment] = {}
    for institution_id in sorted(set(homes.values())):
        theirs = [case_id for case_id in homes if homes[case_id] == institution_id]
        given |= _place(host, theirs, institution_id)
    given |= _place(host, [case_id for case_id in homes if case_id not in given])
    for case_id, case in cases.items():
        if case_id not in given and case.status is Status.PENDING:
            escalate(host, case, Because.NOBODY_ELIGIBLE)
            resume_chain(host, case)
    return [HandedOver(each.case_id, each.id, given.get(each.case_id)) for each, _ in assignments]


def _place(host: Host, case_ids: Sequence[str], institution_id: str | None = None) -> dict[str, Assignment]:
    if not case_ids:
        return {}
    seating = Seating(host, in_mode(ModeName.OPTIMIZED), case_ids)
    everyone = seating.docket.facts.practitioners
    people = tuple(person for person in everyone if institution_id in (None, person.institution_id))
    among = Docket.build(changed(seating.docket.facts, practitioners=people), host.policy)
    if among.n and among.m:
        for i, j in enumerate(CHOICES[ModeName.OPTIMIZED](among, eligible(among)).tolist()):
            if j != NOBODY:
                seating.give(among.case_at(i).id, among.practitioner_at(j).id, HANDED_OVER)
    seating.resolve()
    return {assignment.case_id: assignment for assignment in seating.given}
