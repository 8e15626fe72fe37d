"""Newcomers open at the median, returners take on what the median grew: joining and absence neither win nor lose."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import BindParameter, bindparam, func
from sqlmodel import Session, col, select

from dispatch.commands.desk import Desk
from dispatch.commands.turns import adjust, entitled
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.ledger import Account, account_of, grown, opening_at
from dispatch.domain.shares import ONE
from dispatch.registry.roster import Day, load_roster, read_day
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import AdjustmentRow, CentreRow, LeaveRow, LedgerRow, PractitionerRow
from dispatch.registry.transaction import Begin, Read

CENTRE: BindParameter[str] = bindparam("centre_id")

# fmt: off
SUMS_BEFORE: Any = (
    select_rows(LedgerRow.practitioner_id, LedgerRow.share, func.sum(LedgerRow.turns), func.sum(LedgerRow.effort))
    .where(LedgerRow.centre_id == CENTRE, col(LedgerRow.at) < bindparam("before"))
    .group_by(col(LedgerRow.practitioner_id), col(LedgerRow.share))
)
FIRST = select(func.min(LedgerRow.at)).where(LedgerRow.centre_id == CENTRE)
NEWCOMERS = (
    select(PractitionerRow.id).where(PractitionerRow.centre_id == CENTRE)
    .where(col(PractitionerRow.entered_on) > bindparam("first_on"))
    .where(col(PractitionerRow.entered_on) <= bindparam("today"))
    .where(~select(LedgerRow.id).where(col(LedgerRow.practitioner_id) == col(PractitionerRow.id)).exists())
)
UNCALIBRATED = (
    select(LeaveRow).where(col(LeaveRow.centre_id) == CENTRE, col(LeaveRow.until_on) < bindparam("today"))
    .where(~select(AdjustmentRow.id).where(col(AdjustmentRow.leave_id) == col(LeaveRow.id)).exists())
    .order_by(col(LeaveRow.until_on), col(LeaveRow.id))
)
# fmt: on


def calibrate(begin: Begin, read: Read, now: datetime) -> int:
    """Let newcomers open at the median, and returners take on what the median grew while they were away."""
    with read() as session:
        centres = list(session.exec(select(CentreRow.id).order_by(col(CentreRow.id))))
        due = [id for id in centres if _newcomers(session, id, now) or _returned(session, id, now)]
    done = 0
    for centre_id in due:
        with begin() as tx:
            desk = Desk(tx, centre_id, None, now)
            done += _open_newcomers(desk) + _meet_returners(desk)
    return done


def _newcomers(session: Session, centre_id: str, now: datetime) -> set[str]:
    """Return who joined after the ledger began and has no entry in it yet."""
    first = session.exec(FIRST, params={"centre_id": centre_id}).one()
    if first is None:
        return set()
    day = read_day(session, centre_id, now)
    bound = {"centre_id": centre_id, "first_on": first.astimezone(day.zone).date(), "today": day.today}
    return set(session.exec(NEWCOMERS, params=bound))


def _returned(session: Session, centre_id: str, now: datetime) -> Sequence[LeaveRow]:
    today = read_day(session, centre_id, now).today
    return session.exec(UNCALIBRATED, params={"centre_id": centre_id, "today": today}).all()


def _open_newcomers(desk: Desk) -> int:
    fresh = _newcomers(desk.tx.session, desk.centre_id, desk.now)
    people = _people(desk, read_day(desk.tx.session, desk.centre_id, desk.now))
    shares = entitled(people, desk.policy)
    known = [account_of(person) for person in people if person.listed and person.id not in fresh]
    turns, effort = [each.weighed_turns for each in known], [each.weighed_effort for each in known]
    for practitioner_id in sorted(fresh):
        share = shares.get(practitioner_id, ONE)
        adjust(desk, practitioner_id, opening_at(turns, effort, share), share)
    return len(fresh)


def _meet_returners(desk: Desk) -> int:
    session, centre_id = desk.tx.session, desk.centre_id
    day = read_day(session, centre_id, desk.now)
    leaves, people = _returned(session, centre_id, desk.now), _people(desk, day)
    shares = entitled(people, desk.policy)
    for leave in leaves:
        began, ended = (
            datetime.combine(on, time(), day.zone).astimezone(UTC)
            for on in (leave.from_on, leave.until_on + timedelta(days=1))
        )
        others = [person.id for person in people if person.listed and person.id != leave.practitioner_id]
        before, after = (_sums(session, centre_id, others, at) for at in (began, ended))
        share = shares.get(leave.practitioner_id, ONE)
        adjust(desk, leave.practitioner_id, grown(before, after, share), share, leave_id=leave.id)
    return len(leaves)


def _sums(session: Session, centre_id: str, ids: Iterable[str], before: datetime) -> list[tuple[Fraction, Fraction]]:
    found: dict[str, Account] = defaultdict(Account)
    for id, share, turns, effort in session.exec(SUMS_BEFORE, params={"centre_id": centre_id, "before": before}):
        found[id] = found[id].with_entry(int(turns), int(effort), Fraction(share))
    return [(found[id].weighed_turns, found[id].weighed_effort) for id in ids]


def _people(desk: Desk, day: Day) -> tuple[PractitionerFacts, ...]:
    return load_roster(desk.tx.session, day).practitioners
