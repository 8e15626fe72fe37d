"""The rotation: who is next and why, overrides, newcomers and returners at the median, and a bound on unfairness."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, func
from sqlmodel import Session, col, select

from dispatch.commands.desk import Desk
from dispatch.domain.docket import Docket
from dispatch.domain.eligibility import eligible
from dispatch.domain.errors import InvalidFieldError, NotFoundError, ReasonRequiredError
from dispatch.domain.facts import PractitionerFacts
from dispatch.domain.ledger import Entry, EntryKind, grown, opening_at
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.modes.rotation import queue_of
from dispatch.registry.docket import load_docket
from dispatch.registry.offers import UNDECIDED
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.roster import Day, load_roster, read_day
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import AdjustmentRow, CentreRow, LeaveRow, LedgerRow, PractitionerRow
from dispatch.registry.transaction import Begin, Read

MOST_OVERRIDE = 20
ZERO = (0, 0)
Sums = dict[str, tuple[int, int]]
"""Turns and effort by practitioner."""

CENTRE: BindParameter[str] = bindparam("centre_id")

# fmt: off
SUMS_BEFORE: Any = (
    select_rows(LedgerRow.practitioner_id, func.sum(LedgerRow.turns), func.sum(LedgerRow.effort))
    .where(LedgerRow.centre_id == CENTRE, col(LedgerRow.at) < bindparam("before"))
    .group_by(col(LedgerRow.practitioner_id))
)
LARGEST = (
    select(func.max(LedgerRow.effort))
    .where(LedgerRow.centre_id == CENTRE, LedgerRow.kind == EntryKind.TURN.value)
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


class Turn(NamedTuple):
    """One place in the rotation; ``skipped`` names the rules that pass over it."""

    place: int
    practitioner_id: str
    turns: int
    effort: int
    waiting_since: datetime | None
    next: bool
    skipped: tuple[str, ...]


class Excess(NamedTuple):
    """Someone above the ideal share by more than one largest case."""

    practitioner_id: str
    effort: int
    above: float


class Fairness(NamedTuple):
    """The spread of the ledger over those on the list, and who stands out of the bound."""

    practitioners: int
    ideal_effort: float
    largest_case: int
    most_effort: int
    least_effort: int
    above: list[Excess]


def rotation(read: Read, actor: Actor, now: datetime, case_id: str | None = None) -> list[Turn]:
    """Return the order of the rotation, who of it is next, and why those before are passed over.

    With a case every rule is asked; without one only leave, suspension, the list and caps.
    """
    require(actor, Verb.READ_ROTATION)
    with read() as session:
        policy = read_policy(policy_in_force(session, actor.centre_id))
        facts = load_docket(session, actor.centre_id, [case_id] if case_id else [], now, UNDECIDED)
    docket = Docket.build(facts, policy)
    if case_id and not docket.n:
        raise NotFoundError(what="undecided case", id=case_id)
    if case_id:
        refusals: list[tuple[str, ...]] = [tuple(r.code for r in each) for each in eligible(docket).why_row(0)]
    else:
        rooms = (docket.practitioner.room[0] > 0) & (docket.practitioner.month_room[0] > 0)
        refusals = [_absent(person, bool(room)) for person, room in zip(facts.practitioners, rooms, strict=True)]
    return list(_turns(docket, refusals))


def override(begin: Begin, actor: Actor, now: datetime, practitioner_id: str, turns: int, reason: str) -> AdjustmentRow:
    """Move someone back by giving turns, or forward by taking some, for a reason that is kept."""
    require(actor, Verb.OVERRIDE_ROTATION)
    if not reason.strip():
        raise ReasonRequiredError(field="reason")
    if turns == 0 or abs(turns) > MOST_OVERRIDE:
        raise InvalidFieldError(field="turns", value=turns, expected=f"-{MOST_OVERRIDE} to {MOST_OVERRIDE}, not 0")
    with begin() as tx:
        desk = Desk(tx, actor.centre_id, actor, now)
        tx.lock(PractitionerRow, practitioner_id, actor.centre_id)
        return _adjust(desk, practitioner_id, Entry(EntryKind.OVERRIDE, turns, 0), reason=reason.strip())


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


def fairness(read: Read, actor: Actor, now: datetime) -> Fairness:
    """Return the bound: nobody is above the ideal share by more than one largest case, or they are named."""
    require(actor, Verb.READ_ROTATION)
    with read() as session:
        people = _listed(session, read_day(session, actor.centre_id, now))
        largest = session.exec(LARGEST, params={"centre_id": actor.centre_id}).one() or 0
    efforts = [person.effort for person in people]
    ideal = sum(efforts) / len(efforts) if efforts else 0.0
    above = [
        Excess(person.id, person.effort, round(person.effort - ideal, 2))
        for person in people
        if person.effort - ideal > largest
    ]
    above.sort(key=lambda excess: (-excess.above, excess.practitioner_id))
    return Fairness(len(people), round(ideal, 2), largest, max(efforts, default=0), min(efforts, default=0), above)


def _turns(docket: Docket, refusals: Sequence[tuple[str, ...]]) -> Iterable[Turn]:
    found = False
    for place, j in enumerate(queue_of(docket).tolist(), start=1):
        person, skipped = docket.practitioner_at(j), refusals[j]
        following = not skipped and not found
        found = found or following
        yield Turn(place, person.id, person.turns, person.effort, person.waiting_since, following, skipped)


def _absent(person: PractitionerFacts, room: bool) -> tuple[str, ...]:
    stands = {
        "listed": person.listed,
        "not_on_leave": not person.on_leave,
        "not_suspended": not person.suspended,
        "under_cap": room,
    }
    return tuple(code for code, holds in stands.items() if not holds)


def _adjust(
    desk: Desk, practitioner_id: str, entry: Entry, *, reason: str | None = None, leave_id: str | None = None
) -> AdjustmentRow:
    plain: dict[str, Any] = {
        "centre_id": desk.centre_id,
        "practitioner_id": practitioner_id,
        "kind": entry.kind.value,
        "turns": entry.turns,
        "effort": entry.effort,
        "at": desk.now,
    }
    desk.tx.add(LedgerRow(**plain))
    return desk.tx.add(AdjustmentRow(**plain, reason=reason, leave_id=leave_id, made_by=desk.user_id))


def _listed(session: Session, day: Day) -> list[PractitionerFacts]:
    return [person for person in load_roster(session, day).practitioners if person.listed]


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
    listed = _listed(desk.tx.session, read_day(desk.tx.session, desk.centre_id, desk.now))
    known = [person for person in listed if person.id not in fresh]
    opening = opening_at([person.turns for person in known], [person.effort for person in known])
    for practitioner_id in sorted(fresh):
        _adjust(desk, practitioner_id, opening)
    return len(fresh)


def _meet_returners(desk: Desk) -> int:
    session, centre_id = desk.tx.session, desk.centre_id
    day = read_day(session, centre_id, desk.now)
    leaves, listed = _returned(session, centre_id, desk.now), _listed(session, day)
    for leave in leaves:
        began, ended = (
            datetime.combine(on, time(), day.zone).astimezone(UTC)
            for on in (leave.from_on, leave.until_on + timedelta(days=1))
        )
        others = [person.id for person in listed if person.id != leave.practitioner_id]
        before, after = (_sums(session, centre_id, at) for at in (began, ended))
        entry = grown([before.get(id, ZERO) for id in others], [after.get(id, ZERO) for id in others])
        _adjust(desk, leave.practitioner_id, entry, leave_id=leave.id)
    return len(leaves)


def _sums(session: Session, centre_id: str, before: datetime) -> Sums:
    found = session.exec(SUMS_BEFORE, params={"centre_id": centre_id, "before": before})
    return {id: (int(turns), int(effort)) for id, turns, effort in found}
