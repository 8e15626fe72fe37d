"""The deadline watch: the manager is called before a legal limit is missed, days ahead where that can be known."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from dispatch.casework.chain import escalate, relax, resume_chain
from dispatch.casework.host import Host
from dispatch.casework.records import Judged, Records
from dispatch.domain.chain import Because
from dispatch.domain.docket.columns import Integers
from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.eligibility.rules import Mask
from dispatch.domain.lifecycle import UNDECIDED
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import ModeName
from dispatch.modes import CHOICES
from dispatch.modes.places import capacity_of, institution_rooms

AHEAD_DAYS = 3
"""Working days the watch looks ahead."""

AGAIN_AFTER = timedelta(hours=24)
"""A case the manager has been called for is brought up again after so long, while nobody is named."""

EVERY = timedelta(minutes=5)
"""The watch looks so often; a replay, which has no scheduler, at the full five minutes of the clock."""

Due = Sequence[tuple[str, datetime]]
"""Cases and their deadlines."""


class AtRisk(NamedTuple):
    """A case whose deadline is near, the office time left, what prevents meeting it, and what the deadline rests on."""

    case_id: str
    due_at: datetime
    office_hours_left: float
    eligible: int
    because: Because | None
    due_source: Sequence[Mapping[str, Any]] = ()


class OpenSeats(NamedTuple):
    """A case that waits: its open seats, who may take them, (m,), its joint group, and the cases of its opponents."""

    case_id: str
    seats: int
    may: Mask
    joint_group: str | None
    opposing: Collection[str]


class Capacities(NamedTuple):
    """How many cases each may still take, (m,), their institutions by number, (m,), and the room of each of those."""

    room: Integers
    institution: Integers
    institution_room: Integers


def watch(host: Host) -> int:
    """Call the manager for every case that will miss its limit if left to itself; return for how many.

    Where only soft rules prevent an assignment, they are relaxed instead.
    """
    due = host.uncalled(horizon(host.office, host.now, AHEAD_DAYS), host.now - AGAIN_AFTER)
    risks = judge(host, due) if due else []
    return call(host, [(risk.case_id, risk.because) for risk in risks if risk.because])


def call(host: Host, calls: Iterable[tuple[str, Because]]) -> int:
    """Call the manager for each of these cases, or relax the rules that prevent an assignment; return for how many."""
    return sum(_call(host, case_id, because) for case_id, because in calls)


def judge(records: Records, due: Due) -> list[AtRisk]:
    """Return for each case what is left of its time, who could take it, and whether all can be served together."""
    docket, eligibility = judged = records.docket([case_id for case_id, _ in due], *UNDECIDED)
    pools = {docket.case_at(i).id: int(eligibility.row(i).sum()) for i in range(docket.n)}
    left_over = _left_over(judged)
    return [
        AtRisk(case_id, due_at, left, pool, _because(records.policy, left, pool, open_seat=case_id in left_over))
        for case_id, due_at in due
        for left, pool in [(records.office.between(records.now, due_at), pools.get(case_id, 0))]
    ]


def foresee(
    policy: Policy, waiting: Sequence[OpenSeats], hours_left: Sequence[float], capacities: Capacities
) -> list[tuple[str, Because]] | None:
    """
    Return for which cases the manager is to be called, and why, as ``judge`` finds it; None where that takes a plan.

    Parameters
    ----------
    hours_left : sequence of float
        Office hours left of each case; infinite where its deadline is known not to be near.
    """
    left_over = _surely_left_over(waiting, capacities)
    if left_over is None:
        return None
    found = (
        (case.case_id, _because(policy, left, int(case.may.any()), open_seat=case.case_id in left_over))
        for case, left in zip(waiting, hours_left, strict=True)
    )
    return [(case_id, because) for case_id, because in found if because]


def next_look(now: datetime) -> datetime:
    """Return the first moment that is not before ``now`` at which the watch of a replay looks."""
    return now + (datetime.min.replace(tzinfo=UTC) - now) % EVERY


def horizon(office: OfficeHours, now: datetime, ahead_days: int) -> datetime:
    """Return the end of the last of the coming working days."""
    last = office.days.after(now.astimezone(office.zone).date(), ahead_days)
    return datetime.combine(last, datetime.max.time(), office.zone).astimezone(now.tzinfo)


def _left_over(judged: Judged) -> set[str]:
    docket, eligibility = judged
    if not eligibility.needs_reason.any():
        room = capacity_of(docket, eligibility)
        capacities = Capacities(room, docket.practitioner.institution[0], institution_rooms(docket))
        if (sure := _surely_left_over(list(_waiting(judged)), capacities)) is not None:
            return sure
    placed = CHOICES[ModeName.OPTIMIZED](docket, eligibility).tolist()
    return {docket.case_at(i).id for i, j in enumerate(placed) if j == NOBODY}


def _surely_left_over(waiting: Sequence[OpenSeats], capacities: Capacities) -> set[str] | None:
    """Return the cases that every best plan leaves over, those nobody may take; None unless the rest surely fit."""
    nobody = {case.case_id for case in waiting if not case.may.any()}
    return nobody if _all_fit([case for case in waiting if case.case_id not in nobody], capacities) else None


def _all_fit(cases: Sequence[OpenSeats], capacities: Capacities) -> bool:
    """
    Tell whether a first search, the narrowest case first, finds somebody for each open seat.

    A yes is certain; a no only means that a better search has to be made.
    """
    return not cases or _is_plenty(cases, capacities) or _seat_all(cases, capacities)


def _is_plenty(cases: Sequence[OpenSeats], capacities: Capacities) -> bool:
    """Tell whether each case, the narrowest first, has more people than all seats before it and its own can take."""
    here = {case.case_id for case in cases}
    if any(not here.isdisjoint(case.opposing) for case in cases):
        return False
    seats = np.array([case.seats for case in cases])
    roomy = capacities.institution_room >= seats.sum()
    people = np.count_nonzero(
        np.array([case.may for case in cases]) & (capacities.room > 0) & roomy[capacities.institution], 1
    )
    narrowest = people.argsort()
    return bool((seats[narrowest].cumsum() <= people[narrowest]).all())


def _seat_all(cases: Sequence[OpenSeats], capacities: Capacities) -> bool:
    room, institution_room = capacities.room.copy(), capacities.institution_room.copy()
    seated: dict[str, list[int]] = defaultdict(list)
    houses: dict[str, set[int]] = defaultdict(set)
    for case in sorted(cases, key=lambda case: int(np.count_nonzero(case.may))):
        barred = {house for id in case.opposing for house in houses.get(id, ())}
        group = seated[case.joint_group or case.case_id]
        for _ in range(case.seats):
            left = np.where(case.may & (institution_room[capacities.institution] > 0), room, 0)
            left[group] = 0
            if barred:
                left[np.isin(capacities.institution, list(barred))] = 0
            j = int(left.argmax()) if left.size else NOBODY
            if j == NOBODY or left[j] <= 0:
                return False
            house = int(capacities.institution[j])
            room[j] -= 1
            institution_room[house] -= 1
            group.append(j)
            houses[case.case_id].add(house)
    return True


def _waiting(judged: Judged) -> Iterable[OpenSeats]:
    docket, eligibility = judged
    for i in np.flatnonzero(docket.seat == 0).tolist():
        case = docket.case_at(i)
        yield OpenSeats(case.id, case.demand, eligibility.row(i), case.joint_group, case.opposing_case_ids)


def _because(policy: Policy, left: float, pool: int, *, open_seat: bool) -> Because | None:
    if left <= 0:
        return Because.NO_OFFICE_TIME
    if left <= policy.walk.escalate_hours:
        return Because.DEADLINE_NEAR
    if not pool:
        return Because.NOBODY_ELIGIBLE
    return Because.TOO_FEW if open_seat else None


def _call(host: Host, case_id: str, because: Because) -> bool:
    case, plan = host.case(case_id), host.open_plan(case_id)
    if relax(host, case, because, plan):
        resume_chain(host, case)
        return False
    escalate(host, case, because, plan)
    return True
