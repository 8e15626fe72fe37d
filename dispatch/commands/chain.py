"""Cases put on their chains, and what the clock does to them: steps end, deadlines come near."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from dispatch.casework.asking import remind
from dispatch.casework.chain import ask_waiting, begin_plan, end_step, start_waiting, stop_plan
from dispatch.casework.deadline_watch import AGAIN_AFTER, AHEAD_DAYS, AtRisk, horizon, judge, watch
from dispatch.domain.chain import Mark
from dispatch.domain.errors import IllegalTransitionError
from dispatch.domain.lifecycle import UNDECIDED
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.vocabulary import Status
from dispatch.registry.due.cases import centres_to_watch, due_sources, list_due
from dispatch.registry.host import RegisterHost
from dispatch.registry.offers import ENDED, LEFT_QUEUE, UNASKED, UNPLANNED, UNREMINDED, due, last_plan
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.records import RegisterRecords
from dispatch.registry.tables import CaseRow, PlanRow
from dispatch.registry.transaction import Begin, Read

Act = Callable[[RegisterHost, str], bool]

MAX_DAYS_AHEAD = AHEAD_DAYS * 5
"""Calendar days in which the working days the watch looks ahead are over for certain."""


def start_plan(begin: Begin, actor: Actor, now: datetime, case_id: str) -> PlanRow:
    """Put a waiting case on the chain of its class; one that is on it already stays where it is."""
    require(actor, Verb.OFFER)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        case = host.case(case_id)
        if case.status not in UNDECIDED or case.status is Status.ENTRUSTED:
            raise IllegalTransitionError(status=case.status.value, event=Mark.PLAN.value)
        begin_plan(host, case)
        plan = last_plan(tx.session, case_id)
        assert plan is not None
        return plan


def start_granted(begin: Begin, read: Read, now: datetime, case_id: str) -> str:
    """Put a granted case on its chain if the policy starts chains automatically. Idempotent."""
    with read() as session:
        centre_id = session.get_one(CaseRow, case_id).centre_id
    with begin() as tx:
        host = RegisterHost(tx, centre_id, None, now)
        started = host.policy.walk.start_on_grant and start_waiting(host, case_id)
        return f"case {case_id}: {'on its chain' if started else 'left alone'}"


def advance_plans(begin: Begin, read: Read, now: datetime) -> int:
    """End what is over, remind who has not chosen, ask wishes, put on chains what waits; return how many moved."""
    with read() as session:
        over, left, unreminded = due(session, ENDED, now), due(session, LEFT_QUEUE), due(session, UNREMINDED)
        unasked = due(session, UNASKED, now)
        unplanned = {id: cases for id, cases in due(session, UNPLANNED).items() if _starts_itself(session, id)}
    moved = 0
    acts: tuple[tuple[Act, dict[str, list[str]]], ...] = (
        (stop_plan, left), (remind, unreminded), (end_step, over), (ask_waiting, unasked), (start_waiting, unplanned)
    )  # fmt: skip
    for act, found in acts:
        for centre_id, case_ids in found.items():
            for case_id in case_ids:
                # One case a transaction: other decisions in the centre wait for one of them, not for all.
                with begin() as tx:
                    moved += act(RegisterHost(tx, centre_id, None, now), case_id)
    return moved


def forecast(read: Read, actor: Actor, now: datetime, ahead_days: int = AHEAD_DAYS) -> list[AtRisk]:
    """Return the cases due within the coming working days, the nearest first, and which of them cannot be met."""
    require(actor, Verb.READ_CASE)
    with read() as session:
        records = RegisterRecords(session, actor.centre_id, now)
        risks = judge(records, list_due(session, actor.centre_id, horizon(records.office, now, ahead_days)))
        sources = due_sources(session, [risk.case_id for risk in risks])
    return [risk._replace(due_source=sources[risk.case_id]) for risk in risks]


def watch_deadlines(begin: Begin, read: Read, now: datetime) -> int:
    """Call the manager for every case that will miss its limit if left to itself; return for how many.

    Where only soft rules prevent an assignment, they are relaxed instead.
    """
    with read() as session:
        centres = centres_to_watch(session, now + timedelta(days=MAX_DAYS_AHEAD), now - AGAIN_AFTER)
    called = 0
    for centre_id in centres:
        with begin() as tx:
            called += watch(RegisterHost(tx, centre_id, None, now))
    return called


def _starts_itself(session: Session, centre_id: str) -> bool:
    return read_policy(policy_in_force(session, centre_id)).walk.start_on_grant
