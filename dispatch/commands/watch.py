"""The deadline watch: the manager is called before a legal limit is missed, days ahead where that can be known."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Session, col, select

from dispatch.commands.desk import Desk
from dispatch.commands.plan import carry_on, escalate
from dispatch.commands.relaxing import relax
from dispatch.domain.calendar import china
from dispatch.domain.chain import Because, Mark
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.office import OfficeHours
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import ModeName
from dispatch.modes import MODES
from dispatch.registry.docket import load_docket
from dispatch.registry.offers import UNDECIDED, open_plan
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import CaseEventRow, CaseRow
from dispatch.registry.transaction import Begin, Read

AHEAD_DAYS = 3
"""Working days the watch looks ahead."""

AGAIN_AFTER = timedelta(hours=24)
"""A case the manager has been called for is brought up again after so long, while nobody is named."""

UNTIL: BindParameter[datetime] = bindparam("until")
RECENT = (
    select(CaseEventRow.id)
    .where(col(CaseEventRow.case_id) == col(CaseRow.id), col(CaseEventRow.event) == Mark.ESCALATE.value)
    .where(col(CaseEventRow.at) > bindparam("called_since"))
    .exists()
)
DUE_SOON: Any = (
    select_rows(CaseRow.centre_id, CaseRow.id, CaseRow.due_at)
    .where(col(CaseRow.status).in_(UNDECIDED), col(CaseRow.due_at) <= UNTIL)
    .order_by(col(CaseRow.due_at), col(CaseRow.id))
)
UNCALLED: Any = DUE_SOON.where(~RECENT)


class AtRisk(NamedTuple):
    """A case whose deadline is near, how much office time is left, and what stands against meeting it."""

    case_id: str
    due_at: datetime
    office_hours_left: float
    eligible: int
    because: Because | None


def forecast(read: Read, actor: Actor, now: datetime, ahead_days: int = AHEAD_DAYS) -> list[AtRisk]:
    """Return the cases due within the coming working days, the nearest first, and which of them cannot be met."""
    require(actor, Verb.READ_CASE)
    with read() as session:
        policy = read_policy(policy_in_force(session, actor.centre_id))
        until = horizon(policy, now, ahead_days)
        rows = session.exec(DUE_SOON.where(CaseRow.centre_id == actor.centre_id), params={"until": until}).all()
        return judge(session, policy, now, actor.centre_id, [(row.id, row.due_at) for row in rows])


def watch_deadlines(begin: Begin, read: Read, now: datetime) -> int:
    """Call the manager for every case that will miss its limit if left to itself; return for how many.

    Where only soft rules stand in the way, they are relaxed instead.
    """
    called = 0
    bound = {"until": now + timedelta(days=AHEAD_DAYS * 5), "called_since": now - AGAIN_AFTER}
    with read() as session:
        centres = sorted({row.centre_id for row in session.exec(UNCALLED, params=bound)})
    for centre_id in centres:
        with begin() as tx:
            desk = Desk(tx, centre_id, None, now)
            soon = bound | {"until": horizon(desk.policy, now, AHEAD_DAYS)}
            rows = tx.session.exec(UNCALLED.where(CaseRow.centre_id == centre_id), params=soon).all()
            risks = judge(tx.session, desk.policy, now, centre_id, [(row.id, row.due_at) for row in rows])
            called += _call(desk, (risk for risk in risks if risk.because))
    return called


def judge(
    session: Session, policy: Policy, now: datetime, centre_id: str, due: Iterable[tuple[str, datetime]]
) -> list[AtRisk]:
    """Return for each case what is left of its time, who could take it, and whether all can be served together."""
    deadlines = dict(due)
    facts = load_docket(session, centre_id, deadlines, now, UNDECIDED)
    docket = Docket.build(facts, policy)
    eligibility, office = eligible(docket), OfficeHours.of(policy)
    pools = {docket.case_at(i).id: int(eligibility.row(i).sum()) for i in range(docket.n)}
    placed = MODES[ModeName.OPTIMIZED].choose(docket, eligibility).tolist()
    left_over = {docket.case_at(i).id for i, j in enumerate(placed) if j == NOBODY}
    return [
        AtRisk(case_id, due_at, left := office.between(now, due_at), pool, _because(policy, left, pool, open_seat))
        for case_id, due_at in deadlines.items()
        for pool, open_seat in [(pools.get(case_id, 0), case_id in left_over)]
    ]


def horizon(policy: Policy, now: datetime, ahead_days: int) -> datetime:
    """Return the end of the last of the coming working days."""
    office = OfficeHours.of(policy)
    last = china().after(now.astimezone(office.zone).date(), ahead_days)
    return datetime.combine(last, datetime.max.time(), office.zone).astimezone(now.tzinfo)


def _because(policy: Policy, left: float, pool: int, open_seat: bool) -> Because | None:
    if left <= 0:
        return Because.NO_OFFICE_TIME
    if left <= policy.walk.escalate_hours:
        return Because.DEADLINE_NEAR
    if not pool:
        return Because.NOBODY_ELIGIBLE
    return Because.TOO_FEW if open_seat else None


def _call(desk: Desk, risks: Iterable[AtRisk]) -> int:
    called = 0
    for risk in risks:
        case, because = desk.case(risk.case_id), risk.because or Because.DEADLINE_NEAR
        plan = open_plan(desk.tx.session, case.id)
        if relax(desk, case, because, plan):
            carry_on(desk, case)
        else:
            escalate(desk, case, because, plan)
            called += 1
    return called
