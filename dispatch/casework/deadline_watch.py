"""The deadline watch: the manager is called before a legal limit is missed, days ahead where that can be known."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from dispatch.casework.chain import escalate, relax, resume_chain
from dispatch.casework.host import Host
from dispatch.casework.records import Judged, Records
from dispatch.domain.chain import Because
from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.lifecycle import UNDECIDED
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import ModeName
from dispatch.modes import CHOICES

AHEAD_DAYS = 3
"""Working days the watch looks ahead."""

AGAIN_AFTER = timedelta(hours=24)
"""A case the manager has been called for is brought up again after so long, while nobody is named."""

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


def watch(host: Host) -> int:
    """Call the manager for every case that will miss its limit if left to itself; return for how many.

    Where only soft rules stand in the way, they are relaxed instead.
    """
    due = host.uncalled(horizon(host.office, host.now, AHEAD_DAYS), host.now - AGAIN_AFTER)
    risks = judge(host, due) if due else []
    return sum(_call(host, risk.case_id, risk.because) for risk in risks if risk.because)


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


def horizon(office: OfficeHours, now: datetime, ahead_days: int) -> datetime:
    """Return the end of the last of the coming working days."""
    last = office.days.after(now.astimezone(office.zone).date(), ahead_days)
    return datetime.combine(last, datetime.max.time(), office.zone).astimezone(now.tzinfo)


def _left_over(judged: Judged) -> set[str]:
    docket, eligibility = judged
    placed = CHOICES[ModeName.OPTIMIZED](docket, eligibility).tolist()
    return {docket.case_at(i).id for i, j in enumerate(placed) if j == NOBODY}


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
