"""Point selection under way: the recipient is reminded, and who they wish for is asked in office hours, in shares."""

from collections.abc import Sequence

from dispatch.casework.host import Host
from dispatch.casework.offers import make_offers
from dispatch.casework.reach import Attendance
from dispatch.casework.records import Case, Decision, Facts, Plan
from dispatch.casework.wish_time import Asking, share_out, turns
from dispatch.domain.chain import Because, Mark, chain_named, limit_of
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.lifecycle import Event
from dispatch.domain.vocabulary import ModeName

REMIND_AT_SHARE = 0.5
"""A recipient who has named nobody is reminded after this share of the window."""


def remind(host: Host, case_id: str) -> bool:
    """Remind a recipient who has named nobody, once half of the window is over; return whether it was time."""
    plan = host.open_plan(case_id)
    if plan is None or plan.mode is not ModeName.POINT_SELECTION or plan.ends_at is None:
        return False
    if plan.reminded_at or plan.asks_at:
        return False
    if not plan.started_at + REMIND_AT_SHARE * (plan.ends_at - plan.started_at) <= host.now < plan.ends_at:
        return False
    plan.reminded_at = host.now
    host.note(host.case(case_id), Mark.REMIND, plan.mode, {"ends_at": plan.ends_at.isoformat()})
    return True


def ask_wish(host: Host, case: Case, plan: Plan, wishes: Sequence[PractitionerFacts]) -> Because | None:
    """Ask the first of these wishes, or wait until it can be asked; return why none can be.

    The office is open then, and the person there. Who cannot wait for the first without leaving somebody out is
    asked before it; who is away for all of the time is left out.
    """
    practitioner_ids, asking = _in_turn(host, case, plan, wishes)
    if asking is None:
        plan.promised = 0
        return Because.NO_TIME_TO_ASK
    told: Facts = {"hours": round(asking.hours, 2), "left_out": list(practitioner_ids[asking.held :])}
    if asking.begins_at > host.now:
        _await(host, case, plan, asking, {"practitioner_ids": list(practitioner_ids[: asking.held]), **told})
        return None
    plan.asks_at, plan.ends_at, plan.promised = asking.begins_at, asking.ends_at, asking.held - 1
    first, *_ = turns(host.office, asking.begins_at, asking.ends_at, asking.held)
    make_offers(host, case, practitioner_ids[:1], Decision(plan.mode, Event.ACCEPT), plan, told, first.ends_at)
    return None


def _in_turn(
    host: Host, case: Case, plan: Plan, wishes: Sequence[PractitionerFacts]
) -> tuple[Sequence[str], Asking | None]:
    policy, due_at = host.policy_of(plan), case.due_at or host.now
    chain = chain_named(policy, plan.chain)
    limit = limit_of(chain, plan.step, due_at, policy, host.office)
    reach = Attendance(host, limit)
    there = [person for person in wishes if reach.can_answer(person, limit)]
    asking = None
    for order in (there, sorted(there, key=reach.back_at)) if there else ():
        begins_at, count = max(host.now, reach.back_at(order[0])), len(order)
        asking = share_out(chain, plan.step, count, begins_at, due_at, policy, host.office, plan.promised)
        there = order
        if asking and asking.held == count:
            break
    left_out = [person for person in wishes if person not in there]
    return [person.id for person in (*there, *left_out)], asking


def _await(host: Host, case: Case, plan: Plan, asking: Asking, facts: Facts) -> None:
    before = (plan.asks_at, plan.ends_at, plan.promised)
    plan.asks_at, plan.ends_at, plan.promised = asking.begins_at, asking.ends_at, asking.held
    if before != (plan.asks_at, plan.ends_at, plan.promised):
        moments = {"asks_at": asking.begins_at.isoformat(), "ends_at": asking.ends_at.isoformat()}
        host.note(case, Mark.AWAIT, plan.mode, {**moments, **facts})
