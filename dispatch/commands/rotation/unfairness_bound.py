"""The bound on unfairness, proved on demand, after each run that is applied, and at the close of each month."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import BindParameter, bindparam, func
from sqlmodel import Session, col, select

from dispatch.casework.calibration import entitled, uncalibrated
from dispatch.domain.ledger import EntryKind
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.shares import in_rotation
from dispatch.domain.unfairness_bound import Bound, CreditByKind, Holder, prove
from dispatch.registry.docket.roster import read_day
from dispatch.registry.host import RegisterHost
from dispatch.registry.records import RegisterRecords
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import AssignmentRow, BoundRow, CentreRow, LedgerRow
from dispatch.registry.transaction import Begin, Read

KINDS = {kind.value: kind for kind in EntryKind}

CENTRE: BindParameter[str] = bindparam("centre_id")
BEFORE: BindParameter[datetime] = bindparam("before")

# fmt: off
CREDITS: Any = (
    select_rows(LedgerRow.practitioner_id, LedgerRow.kind, AssignmentRow.mode, AssignmentRow.pool, LedgerRow.share,
           func.sum(LedgerRow.turns), func.sum(LedgerRow.effort))
    .outerjoin(AssignmentRow, col(AssignmentRow.id) == col(LedgerRow.assignment_id))
    .where(col(LedgerRow.centre_id) == CENTRE, col(LedgerRow.at) < BEFORE)
    .group_by(col(LedgerRow.practitioner_id), col(LedgerRow.kind), col(AssignmentRow.mode), col(AssignmentRow.pool),
              col(LedgerRow.share))
)
LARGEST = select(func.max(LedgerRow.effort)).where(
    LedgerRow.centre_id == CENTRE, LedgerRow.kind == EntryKind.TURN.value, col(LedgerRow.at) < BEFORE)
CALIBRATED: Any = select_rows(
    LedgerRow.practitioner_id, LedgerRow.kind, LedgerRow.share, LedgerRow.turns, LedgerRow.effort
).where(
    col(LedgerRow.centre_id) == CENTRE, col(LedgerRow.at) >= BEFORE, col(LedgerRow.at) < bindparam("until"),
    col(LedgerRow.kind).in_((EntryKind.OPENING.value, EntryKind.RETURN.value)))
OF_RUN = select(BoundRow).where(col(BoundRow.run_id) == bindparam("of_run"))
CLOSED = select(BoundRow.id).where(col(BoundRow.centre_id) == CENTRE, col(BoundRow.month) == bindparam("of_month"))
FIRST = select(func.min(LedgerRow.at)).where(LedgerRow.centre_id == CENTRE)
# fmt: on


def fairness(read: Read, actor: Actor, now: datetime) -> Bound:
    """Return the current bound: nobody is above the entitled share by more than one largest case, or named."""
    require(actor, Verb.READ_ROTATION)
    with read() as session:
        return measure(RegisterRecords(session, actor.centre_id, now))


def measure(records: RegisterRecords, before: datetime | None = None) -> Bound:
    """Return the bound over those in the rotation now, by the entries made until now or only those ``before``."""
    session, people, until = records.session, records.roster(), records.now + timedelta(microseconds=1)
    bound = {"centre_id": records.centre_id, "before": before or until}
    credits: dict[str, list[CreditByKind]] = defaultdict(list)
    for id, kind, mode, pool, share, turns, effort in session.exec(CREDITS, params=bound):
        credits[id].append(CreditByKind(KINDS[kind], mode, pool, int(turns), int(effort), Fraction(share)))
    shares, unmet = entitled(people, records.policy), _unmet(records, bound | {"until": until})
    holders = [
        Holder(each.id, shares[each.id], credits[each.id], unmet[each.id]) for each in people if in_rotation(each)
    ]
    return prove(holders, session.exec(LARGEST, params=bound).one() or 0)


def _unmet(records: RegisterRecords, bound: Mapping[str, Any]) -> Mapping[str, list[CreditByKind]]:
    """Return what calibrations gave to each person after the bound's moment, and what they will."""
    found: dict[str, list[CreditByKind]] = defaultdict(list)
    for id, kind, share, turns, effort in records.session.exec(CALIBRATED, params=bound):
        found[id].append(CreditByKind(KINDS[kind], None, None, int(turns), int(effort), Fraction(share)))
    for id, entry, share, *_ in uncalibrated(records):
        found[id].append(CreditByKind(entry.kind, None, None, entry.turns, entry.effort, share))
    return found


def prove_run(host: RegisterHost, run_id: str) -> None:
    """Record the bound once a run's proposals are applied; applying more of them proves it anew."""
    host.tx.session.flush()
    found = measure(host)
    row = host.tx.session.exec(OF_RUN, params={"of_run": run_id}).one_or_none()
    if row is None:
        host.tx.add(BoundRow(centre_id=host.centre_id, run_id=run_id, at=host.now, **_stored(found)))
        return
    for name, value in {**_stored(found), "at": host.now}.items():
        setattr(row, name, value)


def close_months(begin: Begin, read: Read, now: datetime) -> int:
    """Keep the bound of the month that is over, once a centre; return for how many."""
    with read() as session:
        centres = session.exec(select(CentreRow.id).order_by(col(CentreRow.id))).all()
        due = [id for id in centres if _open_month(session, id, now)]
    for centre_id in due:
        with begin() as tx:
            host = RegisterHost(tx, centre_id, None, now)
            if month := _open_month(tx.session, centre_id, now):
                end = read_day(tx.session, centre_id, now).month_began_at
                found = measure(host, before=end)
                tx.add(BoundRow(centre_id=centre_id, month=month, at=now, **_stored(found)))
    return len(due)


def _open_month(session: Session, centre_id: str, now: datetime) -> str | None:
    """Return the month before this one if its bound is still to be kept, and anything was written down in it."""
    day = read_day(session, centre_id, now)
    month = (day.today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    known = session.exec(CLOSED, params={"centre_id": centre_id, "of_month": month}).first()
    first = session.exec(FIRST, params={"centre_id": centre_id}).one()
    return None if known or first is None or first >= day.month_began_at else month


def _stored(found: Bound) -> dict[str, Any]:
    return {**found._asdict(), "above": [{**each._asdict(), "cause": each.cause.value} for each in found.above]}
