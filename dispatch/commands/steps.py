"""How each mode begins its step of a chain: someone is asked, the case is posted, a run is called, or why not."""

from collections.abc import Callable
from datetime import timedelta

from dispatch.commands.desk import Desk
from dispatch.commands.offering import offer
from dispatch.commands.posting import post
from dispatch.commands.requests import join_urgent_run
from dispatch.domain.chain import Because, guarded
from dispatch.domain.docket import NOBODY, Docket
from dispatch.domain.rules import Refusal
from dispatch.domain.verdicts import Eligibility
from dispatch.domain.vocabulary import ModeName
from dispatch.modes import MODES
from dispatch.modes.places import Places
from dispatch.modes.rotation import queue_of
from dispatch.registry.tables import CaseRow, PlanRow

MOST_SKIPPED_TOLD = 20

Opener = Callable[[Desk, CaseRow, PlanRow, Docket, Eligibility], Because | None]


def open_step(desk: Desk, case: CaseRow, plan: PlanRow) -> Because | None:
    """Begin the plan's step for a queued case, or ask the next in it; return why nobody can be asked."""
    docket, eligibility = desk.docket([case.id])
    if not docket.n:
        return None
    if not eligibility.row(0).any():
        return Because.NOBODY_ELIGIBLE
    return OPENERS[plan.mode](desk, case, plan, docket, eligibility)


def _ask_named(desk: Desk, case: CaseRow, plan: PlanRow, docket: Docket, eligibility: Eligibility) -> Because | None:
    j = int(MODES[plan.mode].choose(docket, eligibility)[0])
    if j == NOBODY:
        return Because.NOBODY_NAMED
    offer(desk, case, [docket.practitioner_at(j).id], plan.mode, plan)
    return None


def _ask_wished(desk: Desk, case: CaseRow, plan: PlanRow, docket: Docket, eligibility: Eligibility) -> Because | None:
    # Without a wish the recipient still has the window to name one.
    return _ask_named(desk, case, plan, docket, eligibility) if docket.case_at(0).wishes else None


def _ask_in_turn(desk: Desk, case: CaseRow, plan: PlanRow, docket: Docket, eligibility: Eligibility) -> Because | None:
    free = Places(docket, eligibility).free(0)
    queue = queue_of(docket).tolist()
    asked = [j for j in queue if free[j]][: desk.policy.walk.offers_at_once]
    if not asked:
        return Because.NOBODY_LEFT
    passed = [j for j in queue[: queue.index(asked[-1])] if not free[j]][:MOST_SKIPPED_TOLD]
    skipped = {docket.practitioner_at(j).id: _codes(eligibility.why(0, j)) for j in passed}
    offer(desk, case, [docket.practitioner_at(j).id for j in asked], plan.mode, plan, {"skipped": skipped})
    return None


def _codes(refusals: tuple[Refusal, ...]) -> list[str]:
    return [refusal.code for refusal in refusals]


def _post(desk: Desk, case: CaseRow, plan: PlanRow, docket: Docket, eligibility: Eligibility) -> Because | None:
    if guarded(case) or plan.ends_at is None:
        return Because.NOT_OPEN
    post(desk, case, plan.ends_at, plan)
    return None


def _call_run(desk: Desk, case: CaseRow, plan: PlanRow, docket: Docket, eligibility: Eligibility) -> None:
    # A case with time joins the next run that comes by itself.
    if case.due_at and case.due_at - desk.now < timedelta(hours=desk.policy.walk.direct_below_hours):
        join_urgent_run(desk.tx, desk.centre_id, desk.actor, desk.now)


def _wait_for_officer(
    desk: Desk, case: CaseRow, plan: PlanRow, docket: Docket, eligibility: Eligibility
) -> Because | None:
    return None


# fmt: off
OPENERS: dict[ModeName, Opener] = {
    ModeName.CONTINUITY:      _ask_named,
    ModeName.POINT_SELECTION: _ask_wished,
    ModeName.GRAB:            _post,
    ModeName.ROTATION:        _ask_in_turn,
    ModeName.OPTIMIZED:       _call_run,
    ModeName.DESIGNATION:     _wait_for_officer,
}
# fmt: on
