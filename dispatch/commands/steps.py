"""Begins the step of a chain as its mode wants it: someone is asked, the case is posted, a run is called."""

from dispatch.commands.desk import Desk
from dispatch.commands.offering import offer
from dispatch.commands.posting import post
from dispatch.commands.requests import join_urgent_run
from dispatch.domain.chain import Because
from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.modes.openings import Ask, CallRun, Post, Question, opening_of
from dispatch.registry.tables import CaseRow, PlanRow


def open_step(desk: Desk, case: CaseRow, plan: PlanRow, docket: Docket, eligibility: Eligibility) -> Because | None:
    """Begin the plan's step for a queued case, or ask the next in it; return why nobody can be asked."""
    if not docket.n:
        return None
    match opening_of(Question(plan.mode, docket, eligibility)):
        case Because() as because:
            return because
        case Ask(practitioner_ids, skipped, owed):
            turn: dict[str, object] = {"skipped": skipped, "by": docket.policy.rotation.by.value, "owed": owed}
            offer(desk, case, practitioner_ids, plan.mode, plan, turn if skipped is not None else {})
        case Post():
            if plan.ends_at is None:
                return Because.NOT_OPEN
            post(desk, case, plan.ends_at, plan)
        case CallRun(urgent=True):
            join_urgent_run(desk.tx, desk.centre_id, desk.actor, desk.now)
    return None
