"""Cases on their chains: begun, carried on, left for the next step; the manager is called past the last."""

from datetime import datetime

from dispatch.domain.chain import Because, chain_for
from dispatch.domain.chain_walker import take_steps
from dispatch.domain.eligibility.table import to_relax
from dispatch.domain.vocabulary import Status
from dispatch.modes.openings import Ask, CallRun, Post, Question, opening_of
from dispatch.simulation.replay import asking, hall, matching
from dispatch.simulation.replay.centre import Centre
from dispatch.simulation.replay.files import File, Plan


class _Walk:
    """A case on its chain as the replay keeps it."""

    def __init__(self, centre: Centre, file: File, plan: Plan) -> None:
        self.centre, self.file, self.plan = centre, file, plan

    def enter(self, step: int, ends_at: datetime | None) -> None:
        plan, now = self.plan, self.centre.now
        plan.step, plan.mode = step, plan.chain.steps[step].mode
        plan.started_at, plan.ends_at = now, ends_at or now

    def begin(self, step: int, ends_at: datetime) -> Because | None:
        self.centre.agenda.wake(ends_at)
        return open_step(self.centre, self.file, self.plan)

    def skip(self, step: int, because: Because) -> None:
        """Leave nothing behind: what was skipped can be seen from the step at hand."""

    def call(self, because: Because) -> None:
        _give_up(self.centre, self.file, self.plan, because)


def begin_plan(centre: Centre, file: File) -> None:
    """Put the case on its chain at the first step for which there is time and someone to ask."""
    if file.open_plan:
        return
    if file.relaxed:
        file.relaxed = ()
        centre.touch(file, moved=False)
    chain, now = chain_for(file.case, centre.policy), centre.now
    file.plan, file.planned = Plan(chain, 0, chain.steps[0].mode, now, now), True
    if file.status is Status.PENDING:
        _take_steps(centre, file, file.plan, 0)


def carry_on(centre: Centre, file: File) -> None:
    """Go on with a case that came back to the queue: ask the next in its step, or take the next step."""
    if file.status is not Status.PENDING:
        return
    plan = file.open_plan
    if plan is None:
        if file.planned:
            begin_plan(centre, file)
        return
    over = plan.ends_at is not None and plan.ends_at <= centre.now
    because = Because.WINDOW_OVER if over else open_step(centre, file, plan)
    if because:
        leave(centre, file, plan, because)


def leave(centre: Centre, file: File, plan: Plan, because: Because) -> None:
    """Leave the step at hand for the next one, or call the manager after the last."""
    if plan.last:
        _give_up(centre, file, plan, because)
        return
    _take_steps(centre, file, plan, plan.step + 1)


def open_step(centre: Centre, file: File, plan: Plan) -> Because | None:
    """Begin the plan's step for a queued case, or ask the next in it; return why nobody can be asked."""
    docket, eligibility = centre.docket([file.case.id])
    if not docket.n:
        return None
    match opening_of(Question(plan.mode, docket, eligibility)):
        case Because() as because:
            return because
        case Ask(practitioner_ids, skipped):
            if skipped is not None:
                centre.people.note_passed(docket.column_of(practitioner_ids[0]), eligibility.refused_by(0))
            asking.offer(centre, file, practitioner_ids, plan.mode, plan)
        case Post():
            if plan.ends_at is None:
                return Because.NOT_OPEN
            hall.post(centre, file, plan.ends_at, docket, eligibility)
        case CallRun(urgent=True):
            matching.call_run(centre)
    return None


def _take_steps(centre: Centre, file: File, plan: Plan, first: int) -> None:
    way = _Walk(centre, file, plan)
    take_steps(way, plan.chain, first, centre.now, file.case.due_at, centre.policy, centre.office)


def _give_up(centre: Centre, file: File, plan: Plan, because: Because) -> None:
    still = open_step(centre, file, plan) if _relax(centre, file, because) else because
    if still:
        plan.ends_at = None
        file.escalations += 1


def _relax(centre: Centre, file: File, because: Because) -> bool:
    """Relax what lets someone take a case that nobody may take; return whether anything could be."""
    if because is not Because.NOBODY_ELIGIBLE:
        return False
    docket, _ = centre.docket([file.case.id], file.status)
    codes = to_relax(docket) if docket.n else ()
    if codes:
        file.relaxed = (*file.relaxed, *(code.value for code in codes))
        centre.touch(file, moved=False)
    return bool(codes)
