"""Runs: called when a case cannot wait or has waited long enough; proposals become assignments or offers."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from dispatch.casework.assignment import Seating
from dispatch.casework.host import Host
from dispatch.casework.offers import answer_by, make_offers
from dispatch.casework.reach import ON_LEAVE, Attendance
from dispatch.casework.records import Case, Decision
from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import Status
from dispatch.modes.seating import NOT_LISTED

URGENT_WITHIN = timedelta(hours=24)
"""A case with less time left does not wait for the next run."""

CHANGED = "case_changed"
"""The case has changed since the run looked at it."""


class Proposal(Protocol):
    """Whom a run proposes for a seat, and the revision of the case it saw."""

    @property
    def case_id(self) -> str: ...
    @property
    def practitioner_id(self) -> str | None: ...
    @property
    def case_revision(self) -> int: ...


def enter_queue(host: Host, cases: Iterable[Case]) -> None:
    """Start what waits and is on no chain yet; say it once what is known of the cases is written down."""
    waiting = [case for case in cases if case.status is Status.PENDING]
    if host.policy.walk.start_on_grant:
        # A case without time for anyone's answer calls a run from its chain.
        host.ask_for_plans(waiting)
    elif any(is_urgent(case, host.now) and not host.open_plan(case.id) for case in waiting):
        host.join_run()


def is_urgent(case: Case, now: datetime) -> bool:
    """Tell whether the case cannot wait until a run is due."""
    return case.due_at is not None and case.due_at - now <= URGENT_WITHIN


def is_due(policy: Policy, office: OfficeHours, waiting_since: datetime, now: datetime) -> bool:
    """Tell whether a case that waits since then makes a run due now."""
    every = policy.runs.every_minutes
    if every is None or office.open_from(now) != now:
        return False
    return waiting_since <= now - timedelta(minutes=every)


def call_due_run(host: Host) -> bool:
    """Ask for a run if the policy lets no case wait longer; return whether it was time."""
    waiting_since = host.waiting_since()
    if waiting_since is None or not is_due(host.policy, host.office, waiting_since, host.now):
        return False
    host.open_run()
    return True


def apply(host: Host, proposals: Sequence[Proposal], decision: Decision) -> list[tuple[str, ...]]:
    """Turn proposals into assignments, or into offers where everyone is asked first.

    Return for each what prevented it; nothing where it was applied.
    """
    if host.policy.walk.ask_after_runs:
        return list(_ask(host, proposals, decision))
    seating = Seating(host, decision, {each.case_id for each in proposals})
    revisions = seating.revisions()
    obstacles = []
    for each in proposals:
        changed = revisions[each.case_id] != each.case_revision and seating.waits(each.case_id)
        obstacles.append((CHANGED,) if changed else seating.give(each.case_id, each.practitioner_id or ""))
    seating.resolve()
    return obstacles


def _ask(host: Host, proposals: Sequence[Proposal], decision: Decision) -> Iterator[tuple[str, ...]]:
    case_ids = sorted({each.case_id for each in proposals})
    cases = host.cases(case_ids)
    docket, eligibility = host.docket(case_ids)
    reach = Attendance(host, host.office.after(host.now, host.policy.walk.answer_hours))
    rows = {docket.case_at(i).id: i for i in reversed(range(docket.n))}
    for each in proposals:
        case, j = cases[each.case_id], docket.column_of(each.practitioner_id or "")
        if case.status is not Status.PENDING or case.revision != each.case_revision:
            yield (CHANGED,)
        elif j == NOBODY:
            yield (NOT_LISTED,)
        elif refusals := eligibility.why(rows[case.id], j):
            yield tuple(refusal.code for refusal in refusals)
        elif not reach.can_answer(docket.practitioner_at(j), _answer_by(host, case)):
            yield (ON_LEAVE.code,)
        else:
            asked = docket.practitioner_at(j).id
            make_offers(host, case, [asked], decision, host.open_plan(case.id))
            yield ()


def _answer_by(host: Host, case: Case) -> datetime:
    plan = host.open_plan(case.id)
    return answer_by(host.now, plan.ends_at if plan else None, host.policy, host.office)
