"""The one place where a case walks its chain of modes, step by step, always in time for the legal deadline."""

from dispatch.casework.asking import ask_wish
from dispatch.casework.board import post, resolve_windows, unpost
from dispatch.casework.host import Host
from dispatch.casework.matching import enter_queue
from dispatch.casework.offers import expire, make_offers
from dispatch.casework.reach import for_step
from dispatch.casework.records import Case, Decision, Facts, Judged, Plan
from dispatch.domain.chain import Because, Mark, chain_for, chain_named, end_of_step, limit_of
from dispatch.domain.eligibility.table import to_relax
from dispatch.domain.lifecycle import UNDECIDED, Event
from dispatch.domain.states import PlanState, PostingState
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.modes.openings import Ask, AskWish, CallRun, Post, Question, opening_of

ASKING = (ModeName.CONTINUITY, ModeName.ROTATION)
"""Modes that ask whom they choose at once."""


def begin_plan(host: Host, case: Case) -> bool:
    """Put the case on its chain at the first step for which there is time and someone to ask.

    One that is on it already stays where it is; return whether it was put there now.
    """
    if host.open_plan(case.id):
        return False
    if case.relaxed:
        # Every rule is asked again for a case that sets out anew.
        case.relaxed = []
        host.touch(case)
    chain = chain_for(case, host.policy)
    plan = host.add_plan(case, chain)
    host.note(case, Mark.PLAN, None, {"chain": chain.code, "steps": [step.mode.value for step in chain.steps]})
    if case.status is Status.PENDING:
        _take_steps(host, case, plan, 0)
    return True


def resume_chain(host: Host, case: Case) -> None:
    """Go on with a case that came back to the queue: ask the next in its step, or take the next step."""
    if case.status is not Status.PENDING:
        return
    plan = host.open_plan(case.id)
    if plan is None:
        # Given back after it was assigned: a case that was on a chain walks it again, with the time that is left.
        if host.was_planned(case.id):
            begin_plan(host, case)
        else:
            enter_queue(host, [case])
        return
    _go_on(host, case, plan)


def hear_wishes(host: Host, case: Case) -> bool:
    """Share the time out anew among the wishes, and ask the first in office hours; return whether it is their step."""
    plan = host.open_plan(case.id)
    if plan is None or plan.mode is not ModeName.POINT_SELECTION or case.status is not Status.PENDING:
        return False
    plan.promised = 0
    _open_or_leave(host, case, plan)
    return True


def ask_waiting(host: Host, case_id: str) -> bool:
    """Ask the next wish once the office is open; return whether it was time."""
    plan, case = host.open_plan(case_id), host.case(case_id)
    if plan is None or case.status is not Status.PENDING or plan.mode is not ModeName.POINT_SELECTION:
        return False
    if plan.asks_at is None or plan.asks_at > host.now:
        return False
    _go_on(host, case, plan)
    return True


def skip_step(host: Host, case: Case, because: Because) -> None:
    """Leave the step at hand for the next one, if the case is on a chain and waits."""
    plan = host.open_plan(case.id)
    if plan is not None and case.status is Status.PENDING:
        _leave_step(host, case, plan, because)


def end_step(host: Host, case_id: str) -> bool:
    """End the step whose window is over and take the next; return whether there was one."""
    plan = host.open_plan(case_id)
    if plan is None or plan.ends_at is None or plan.ends_at > host.now:
        return False
    case = host.case(case_id)
    if case.status is Status.POSTED:
        resolve_windows(host, [case_id])
    if case.status is Status.POSTED:
        unpost(host, case, Event.EXPIRE, PostingState.EXPIRED)
    expire(host, case, host.pending_offers(case_id))
    if case.status is Status.PENDING:
        _go_on(host, case, plan)
    return True


def end_posting(host: Host, case_id: str) -> None:
    """Take a case off the board that nobody wanted in time and that no chain has put there."""
    case = host.case(case_id)
    if case.status is Status.POSTED:
        unpost(host, case, Event.EXPIRE, PostingState.EXPIRED)
        resume_chain(host, case)


def start_waiting(host: Host, case_id: str) -> bool:
    """Put a case that waits on its chain; return whether it was put there now."""
    case = host.case(case_id)
    return case.status is Status.PENDING and begin_plan(host, case)


def retime(host: Host, case: Case) -> None:
    """Let the step at hand end where it does by the calendar and the deadline as they are now.

    What is asked or posted in it ends with it; one that should be over by now ends at the next look. Wishes that
    share the step keep their turns, but for what would reach into the time of the steps that follow.
    """
    plan = host.open_plan(case.id)
    if plan is None or plan.ends_at is None or case.due_at is None:
        return
    policy = host.policy_of(plan)
    chain = chain_named(policy, plan.chain)
    end = end_of_step(chain, plan.step, plan.started_at, case.due_at, policy, host.office)
    if plan.asks_at:
        end = min(plan.ends_at, limit_of(chain, plan.step, case.due_at, policy, host.office))
    plan.ends_at = host.now if isinstance(end, Because) else max(end, host.now)


def stop_plan(host: Host, case_id: str) -> bool:
    """Let a case that has left the queue be on no chain; return whether it was on one."""
    if host.open_plan(case_id) is None or host.case(case_id).status in UNDECIDED:
        return False
    host.end_plan(case_id, PlanState.STOPPED)
    return True


def open_step(host: Host, case: Case, plan: Plan, judged: Judged) -> Because | None:
    """Begin the plan's step for a queued case, or ask the next in it; return why nobody can be asked."""
    docket, eligibility = asked = _asked(host, plan, judged)
    if not docket.n:
        return None
    if asked is not judged and not eligibility.row(0).any():
        return Because.OUT_OF_HOURS
    match opening_of(Question(plan.mode, docket, eligibility)):
        case Because.NOBODY_NAMED if plan.mode is ModeName.POINT_SELECTION and plan.asks_at is None:
            # None of the wishes can be asked; the recipient has the window to name others.
            return None
        case Because() as because:
            return because
        case Ask(practitioner_ids, skipped, owed):
            turn: Facts = {"skipped": skipped, "by": docket.policy.rotation.by.value, "owed": owed}
            decision = Decision(plan.mode, Event.ACCEPT)
            make_offers(host, case, practitioner_ids, decision, plan, turn if skipped is not None else {})
        case AskWish(practitioner_ids):
            people = [docket.practitioner_at(docket.column_of(id)) for id in practitioner_ids]
            return ask_wish(host, case, plan, people)
        case Post():
            if plan.ends_at is None:
                return Because.NOT_OPEN
            post(host, case, plan.ends_at, plan)
        case CallRun(urgent=True):
            host.join_run()
    return None


def _asked(host: Host, plan: Plan, judged: Judged) -> Judged:
    """Return the docket of the question the step puts, or the same one where it puts none or somebody is there."""
    docket, _ = judged
    nobody_followed = plan.mode is ModeName.CONTINUITY and not len(docket.counsel.rows)
    return for_step(host, judged, plan.ends_at) if plan.mode in ASKING and docket.n and not nobody_followed else judged


def escalate(host: Host, case: Case, because: Because, plan: Plan | None = None) -> None:
    """Call the manager: the case cannot be left to itself."""
    due_at = case.due_at.isoformat() if case.due_at else None
    host.note(case, Mark.ESCALATE, plan.mode if plan else None, {"because": because.value, "due_at": due_at})
    if plan:
        plan.escalated_at = host.now


def relax(host: Host, case: Case, because: Because, plan: Plan | None) -> bool:
    """Relax what lets someone take a case that nobody may or will take; return whether anything could be."""
    if because is not Because.NOBODY_ELIGIBLE:
        return False
    docket, _ = host.docket([case.id], case.status)
    codes = to_relax(docket) if docket.n else ()
    for code in codes:
        case.relaxed = [*case.relaxed, code.value]
        host.note(case, Mark.RELAX, plan.mode if plan else None, {"rule": code.value, "order": len(case.relaxed)})
    if codes:
        host.touch(case)
    return bool(codes)


def _take_steps(host: Host, case: Case, plan: Plan, first: int) -> None:
    """Take the steps from ``first`` on until one has begun; past the last one the manager is called."""
    policy = host.policy_of(plan)
    chain, due_at = chain_named(policy, plan.chain), case.due_at or host.now
    judged: Judged | None = None
    for step in range(first, len(chain.steps)):
        end = end_of_step(chain, step, host.now, due_at, policy, host.office)
        plan.step, plan.mode, plan.started_at, plan.reminded_at = step, chain.steps[step].mode, host.now, None
        plan.asks_at, plan.promised = None, 0
        if isinstance(end, Because):
            plan.ends_at, because = host.now, end
        else:
            plan.ends_at = end
            host.note(case, Mark.STEP, plan.mode, {"step": step, "ends_at": end.isoformat()})
            # A step that is passed over changes nothing that the next one looks at.
            judged = judged or host.docket([case.id])
            opened = open_step(host, case, plan, judged)
            if opened is None:
                return
            because = opened
        if step == len(chain.steps) - 1:
            _give_up(host, case, plan, because)
        else:
            host.note(case, Mark.SKIP, plan.mode, {"step": step, "because": because.value})


def _go_on(host: Host, case: Case, plan: Plan) -> None:
    """Ask the next in the step, or leave it where its window is over; a wish that was promised its turn has it."""
    if plan.ends_at is not None and plan.ends_at <= host.now and not plan.promised:
        _leave_step(host, case, plan, Because.WINDOW_OVER)
    else:
        _open_or_leave(host, case, plan)


def _open_or_leave(host: Host, case: Case, plan: Plan) -> None:
    if because := open_step(host, case, plan, host.docket([case.id])):
        _leave_step(host, case, plan, because)


def _leave_step(host: Host, case: Case, plan: Plan, because: Because) -> None:
    """Leave the step at hand for the next one, or call the manager after the last."""
    if plan.step == len(chain_named(host.policy_of(plan), plan.chain).steps) - 1:
        _give_up(host, case, plan, because)
        return
    host.note(case, Mark.SKIP, plan.mode, {"step": plan.step, "because": because.value})
    _take_steps(host, case, plan, plan.step + 1)


def _give_up(host: Host, case: Case, plan: Plan, because: Because) -> None:
    relaxed = relax(host, case, because, plan)
    still = open_step(host, case, plan, host.docket([case.id])) if relaxed else because
    if still:
        plan.ends_at = None
        escalate(host, case, still, plan)
