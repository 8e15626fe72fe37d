"""The one place where a case walks its chain of modes, step by step, always in time for the legal deadline."""

from datetime import datetime
from functools import cached_property

from dispatch.commands.desk import Desk
from dispatch.commands.offering import expire
from dispatch.commands.posting import settle, unpost
from dispatch.commands.relaxing import relax, restore
from dispatch.commands.steps import open_step
from dispatch.domain.chain import Because, Mark, chain_for
from dispatch.domain.chain_walker import chain_named, take_steps
from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.errors import IllegalTransitionError
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.chain_schema import Chain
from dispatch.domain.policy.schema import Policy
from dispatch.domain.states import PlanState, PostingState
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.registry.offers import (
    ENDED,
    LEFT_QUEUE,
    UNDECIDED,
    UNPLANNED,
    UNREMINDED,
    due,
    last_plan,
    open_plan,
    pending_offers,
)
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.tables import CaseRow, PlanRow, PolicyRow
from dispatch.registry.transaction import Begin, Read

REMIND_AT_SHARE = 0.5
"""A recipient who has named nobody is reminded after this share of the window."""


def start_plan(begin: Begin, actor: Actor, now: datetime, case_id: str) -> PlanRow:
    """Put a waiting case on the chain of its class; one that is on it already stays where it is."""
    require(actor, Verb.OFFER)
    with begin() as tx:
        desk = Desk(tx, actor.centre_id, actor, now)
        case = desk.case(case_id)
        if case.status not in UNDECIDED:
            raise IllegalTransitionError(status=case.status.value, event=Mark.PLAN.value)
        return begin_plan(desk, case)


def start_granted(begin: Begin, read: Read, now: datetime, case_id: str) -> str:
    """Put a granted case on its chain where the policy starts them by itself; one that has moved on is left alone."""
    with read() as session:
        centre_id = session.get_one(CaseRow, case_id).centre_id
    with begin() as tx:
        desk = Desk(tx, centre_id, None, now)
        started = desk.policy.walk.start_on_grant and _start(desk, case_id)
        return f"case {case_id}: {'on its chain' if started else 'left alone'}"


def begin_plan(desk: Desk, case: CaseRow) -> PlanRow:
    """Put the case on its chain at the first step for which there is time and someone to ask."""
    if there := open_plan(desk.tx.session, case.id):
        return there
    restore(desk, case)
    chain = chain_for(case, desk.policy)
    plan = desk.tx.add(
        PlanRow(
            centre_id=case.centre_id,
            case_id=case.id,
            policy_id=desk.in_force.id,
            chain=chain.code,
            step=0,
            mode=chain.steps[0].mode,
            state=PlanState.OPEN,
            began_at=desk.now,
            started_at=desk.now,
            ends_at=desk.now,
        )
    )
    desk.tx.session.flush()
    desk.note(case, Mark.PLAN, None, {"chain": chain.code, "steps": [step.mode.value for step in chain.steps]})
    if case.status is Status.PENDING:
        _enter(desk, case, plan, 0)
    return plan


def carry_on(desk: Desk, case: CaseRow) -> None:
    """Go on with a case that came back to the queue: ask the next in its step, or take the next step."""
    desk.tx.session.flush()
    if case.status is not Status.PENDING:
        return
    plan = open_plan(desk.tx.session, case.id)
    if plan is None:
        # Given back after it was assigned: a case that was on a chain walks it again, with the time that is left.
        if last_plan(desk.tx.session, case.id):
            begin_plan(desk, case)
        return
    because = _over(desk, plan) or open_step(desk, case, plan, *desk.docket([case.id]))
    if because:
        _leave(desk, case, plan, because)


def skip_step(desk: Desk, case: CaseRow, because: Because) -> None:
    """Leave the step at hand for the next one, if the case is on a chain and waits."""
    plan = open_plan(desk.tx.session, case.id)
    if plan is not None and case.status is Status.PENDING:
        _leave(desk, case, plan, because)


def walk_plans(begin: Begin, read: Read, now: datetime) -> int:
    """End what is over, remind who has not chosen, put on chains what waits; return how many cases moved."""
    with read() as session:
        over, left, unreminded = due(session, ENDED, now), due(session, LEFT_QUEUE), due(session, UNREMINDED)
        unplanned = {id: cases for id, cases in due(session, UNPLANNED).items() if _starts_itself(session, id)}
    moved = 0
    for act, found in ((_stop, left), (_remind, unreminded), (_end, over), (_start, unplanned)):
        for centre_id, case_ids in found.items():
            for case_id in case_ids:
                # One case a transaction: whoever else decides in the centre waits for one of them, not for all.
                with begin() as tx:
                    moved += act(Desk(tx, centre_id, None, now), case_id)
    return moved


def escalate(desk: Desk, case: CaseRow, because: Because, plan: PlanRow | None = None) -> None:
    """Call the manager: the case cannot be left to itself."""
    desk.note(
        case,
        Mark.ESCALATE,
        plan.mode if plan else None,
        {"because": because.value, "due_at": case.due_at.isoformat() if case.due_at else None},
    )
    if plan:
        plan.escalated_at = desk.now


class _Walk:
    """A case on its chain as the register keeps it."""

    def __init__(self, desk: Desk, case: CaseRow, plan: PlanRow, chain: Chain) -> None:
        self.desk, self.case, self.plan, self.chain = desk, case, plan, chain

    @cached_property
    def _seen(self) -> tuple[Docket, Eligibility]:
        # A step that is passed over changes nothing that the next one looks at.
        return self.desk.docket([self.case.id])

    def enter(self, step: int, ends_at: datetime | None) -> None:
        plan, now = self.plan, self.desk.now
        plan.step, plan.mode = step, self.chain.steps[step].mode
        plan.started_at, plan.ends_at, plan.reminded_at = now, ends_at or now, None

    def begin(self, step: int, ends_at: datetime) -> Because | None:
        self.desk.note(self.case, Mark.STEP, self.plan.mode, {"step": step, "ends_at": ends_at.isoformat()})
        self.desk.tx.session.flush()
        return open_step(self.desk, self.case, self.plan, *self._seen)

    def skip(self, step: int, because: Because) -> None:
        self.desk.note(self.case, Mark.SKIP, self.plan.mode, {"step": step, "because": because.value})

    def call(self, because: Because) -> None:
        _give_up(self.desk, self.case, self.plan, because)


def _enter(desk: Desk, case: CaseRow, plan: PlanRow, step: int) -> None:
    policy = _policy(desk, plan)
    chain = chain_named(policy, plan.chain)
    due_at = case.due_at or desk.now
    take_steps(_Walk(desk, case, plan, chain), chain, step, desk.now, due_at, policy, desk.office)


def _leave(desk: Desk, case: CaseRow, plan: PlanRow, because: Because) -> None:
    policy = _policy(desk, plan)
    if _is_last(plan, policy):
        _give_up(desk, case, plan, because)
        return
    desk.note(case, Mark.SKIP, plan.mode, {"step": plan.step, "because": because.value})
    _enter(desk, case, plan, plan.step + 1)


def _give_up(desk: Desk, case: CaseRow, plan: PlanRow, because: Because) -> None:
    relaxed = relax(desk, case, because, plan)
    still = open_step(desk, case, plan, *desk.docket([case.id])) if relaxed else because
    if still:
        plan.ends_at = None
        escalate(desk, case, still, plan)


def _end(desk: Desk, case_id: str) -> bool:
    plan = open_plan(desk.tx.session, case_id)
    if plan is None or plan.ends_at is None or plan.ends_at > desk.now:
        return False
    case = desk.case(case_id)
    if case.status is Status.POSTED:
        settle(desk, [case_id])
    if case.status is Status.POSTED:
        unpost(desk, case, Event.EXPIRE, PostingState.EXPIRED)
    expire(desk, case, pending_offers(desk.tx.session, case_id))
    if case.status is Status.PENDING:
        _leave(desk, case, plan, Because.WINDOW_OVER)
    return True


def _remind(desk: Desk, case_id: str) -> bool:
    plan = open_plan(desk.tx.session, case_id)
    if plan is None or plan.mode is not ModeName.POINT_SELECTION or plan.reminded_at or plan.ends_at is None:
        return False
    if not plan.started_at + REMIND_AT_SHARE * (plan.ends_at - plan.started_at) <= desk.now < plan.ends_at:
        return False
    plan.reminded_at = desk.now
    desk.note(desk.case(case_id), Mark.REMIND, plan.mode, {"ends_at": plan.ends_at.isoformat()})
    return True


def _stop(desk: Desk, case_id: str) -> bool:
    plan = open_plan(desk.tx.session, case_id)
    if plan is None or desk.case(case_id).status in UNDECIDED:
        return False
    plan.state, plan.ended_at = PlanState.STOPPED, desk.now
    return True


def _start(desk: Desk, case_id: str) -> bool:
    case = desk.case(case_id)
    if case.status is not Status.PENDING:
        return False
    return begin_plan(desk, case).began_at == desk.now


def _over(desk: Desk, plan: PlanRow) -> Because | None:
    over = plan.ends_at is not None and plan.ends_at <= desk.now
    return Because.WINDOW_OVER if over else None


def _policy(desk: Desk, plan: PlanRow) -> Policy:
    if plan.policy_id == desk.in_force.id:
        return desk.policy
    return read_policy(desk.tx.session.get_one(PolicyRow, plan.policy_id))


def _is_last(plan: PlanRow, policy: Policy) -> bool:
    return plan.step == len(chain_named(policy, plan.chain).steps) - 1


def _starts_itself(session: object, centre_id: str) -> bool:
    return read_policy(policy_in_force(session, centre_id)).walk.start_on_grant  # type: ignore[arg-type]
