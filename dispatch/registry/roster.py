"""What a decision may know of practitioners and institutions on one day, by a handful of set queries."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, or_
from sqlmodel import Session, col, select

from dispatch.domain.facts import AreaFacts, FormerOffice, InstitutionFacts, PractitionerFacts
from dispatch.domain.ledger import Account, EntryKind
from dispatch.domain.states import OfferState
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import (
    AreaRow,
    AssignmentRow,
    AttributesRow,
    CentreRow,
    InstitutionRow,
    LeaveRow,
    LedgerRow,
    OfferRow,
    PractitionerRow,
    SuspensionRow,
)

NEVER_TAKEN = ("declined", "expired")
"""Reasons that end an assignment as if it had not been made: it fills no month and no load."""

STATED = tuple(
    field.name for field in fields(PractitionerFacts) if field.name != "id" and field.name in AttributesRow.model_fields
)
"""The facts that stand in a practitioner's attributes as they are."""

CENTRE: BindParameter[str] = bindparam("centre_id")
TODAY: BindParameter[date] = bindparam("today")
LIVE = col(AssignmentRow.ended_at).is_(None)


def _lasts(begin: Any, end: Any) -> ColumnElement[bool]:
    return (col(begin) <= TODAY) & or_(col(end).is_(None), col(end) >= TODAY)


# fmt: off
ROSTER: Any = (
    select_rows(col(PractitionerRow.entered_on), *(col(getattr(AttributesRow, name)) for name in STATED),
           col(PractitionerRow.id).label("practitioner_id"))
    .join(AttributesRow, col(AttributesRow.practitioner_id) == col(PractitionerRow.id))
    .where(col(PractitionerRow.centre_id) == CENTRE, col(PractitionerRow.entered_on) <= TODAY)
    .where(or_(col(PractitionerRow.left_on).is_(None), col(PractitionerRow.left_on) > TODAY))
    .where(col(AttributesRow.from_on) <= TODAY)
    .where(or_(col(AttributesRow.until_on).is_(None), col(AttributesRow.until_on) > TODAY))
    .order_by(col(PractitionerRow.id))
)
LOADS = (
    select(AssignmentRow.practitioner_id, func.count())
    .where(AssignmentRow.centre_id == CENTRE, LIVE).group_by(col(AssignmentRow.practitioner_id))
)
COUNTS: Any = (
    select_rows(AssignmentRow.practitioner_id, func.count(),
           func.count().filter(col(AssignmentRow.assigned_at) >= bindparam("month_began_at")))
    .where(AssignmentRow.centre_id == CENTRE, col(AssignmentRow.assigned_at) >= bindparam("year_began_at"))
    .where(or_(col(AssignmentRow.end_reason).is_(None), col(AssignmentRow.end_reason).not_in(NEVER_TAKEN)))
    .group_by(col(AssignmentRow.practitioner_id))
)
LEDGER: Any = (
    select_rows(LedgerRow.practitioner_id, LedgerRow.share, func.sum(LedgerRow.turns), func.sum(LedgerRow.effort),
           func.max(LedgerRow.at).filter(col(LedgerRow.kind) == EntryKind.TURN.value))
    .where(LedgerRow.centre_id == CENTRE).group_by(col(LedgerRow.practitioner_id), col(LedgerRow.share))
)
LEAVES = select(LeaveRow.practitioner_id).where(
    LeaveRow.centre_id == CENTRE, _lasts(LeaveRow.from_on, LeaveRow.until_on))
SUSPENSIONS: Any = select_rows(SuspensionRow.practitioner_id, SuspensionRow.institution_id).where(
    SuspensionRow.centre_id == CENTRE, _lasts(SuspensionRow.from_on, SuspensionRow.until_on))
ASKED = (
    select(OfferRow.practitioner_id, func.count())
    .where(OfferRow.centre_id == CENTRE, OfferRow.state == OfferState.PENDING).group_by(col(OfferRow.practitioner_id))
)
INSTITUTIONS: Any = select_rows(
    InstitutionRow.id, InstitutionRow.capacity, InstitutionRow.entered_on, InstitutionRow.left_on
).where(InstitutionRow.centre_id == CENTRE).order_by(col(InstitutionRow.id))
INSTITUTION_LOADS = (
    select(AssignmentRow.institution_id, func.count())
    .where(AssignmentRow.centre_id == CENTRE, LIVE).group_by(col(AssignmentRow.institution_id))
)
INSTITUTION: Any = INSTITUTIONS.where(InstitutionRow.id == bindparam("institution_id"))
INSTITUTION_LOAD = INSTITUTION_LOADS.where(AssignmentRow.institution_id == bindparam("institution_id"))
AREAS = select(AreaRow.code, AreaRow.latitude, AreaRow.longitude).where(
    AreaRow.centre_id == CENTRE).order_by(col(AreaRow.code))
# fmt: on


class People(NamedTuple):
    """The statements on practitioners: for everyone on the roster, or for one."""

    roster: Any
    loads: Any
    counts: Any
    ledger: Any
    leaves: Any
    suspensions: Any

    def only(self, column: str, about_institution: Any) -> "People":
        """Return the same statements about one practitioner."""
        tables = (PractitionerRow.id, AssignmentRow, AssignmentRow, LedgerRow, LeaveRow, SuspensionRow)
        wanted: BindParameter[str] = bindparam(column)
        columns = [getattr(table, column, table) for table in tables]
        narrowed = [each.where(col(of) == wanted) for each, of in zip(self, columns, strict=True)]
        return People(*narrowed)._replace(
            suspensions=self.suspensions.where(or_(col(SuspensionRow.practitioner_id) == wanted, about_institution))
        )


EVERYONE = People(ROSTER, LOADS, COUNTS, LEDGER, LEAVES, SUSPENSIONS)
ONE = EVERYONE.only("practitioner_id", col(SuspensionRow.institution_id).is_not(None))
"""Prebuilt, because a claim on the board asks them under the centre's lock."""


class Day(NamedTuple):
    """An instant as the centre's own calendar has it."""

    centre_id: str
    today: date
    month_began_at: datetime
    year_began_at: datetime
    zone: ZoneInfo

    def params(self) -> dict[str, Any]:
        """Return what the statements of this file are bound to."""
        return {
            "centre_id": self.centre_id,
            "today": self.today,
            "month_began_at": self.month_began_at,
            "year_began_at": self.year_began_at,
        }


class Roster(NamedTuple):
    """Everyone and every institution on the roster that day."""

    practitioners: tuple[PractitionerFacts, ...]
    institutions: tuple[InstitutionFacts, ...]


def read_day(session: Session, centre_id: str, now: datetime) -> Day:
    """Return the centre's date at ``now``, and when its month and its year began."""
    centre = session.get_one(CentreRow, centre_id)
    zone = ZoneInfo(centre.time_zone)
    today = now.astimezone(zone).date()
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    return Day(centre_id, today, _midnight(month, zone), _midnight(year, zone), zone)


def load_roster(session: Session, day: Day, practitioner_id: str | None = None) -> Roster:
    """Return the roster as of that day, with what each holds and owes; or that of one practitioner."""
    params = day.params() | ({"practitioner_id": practitioner_id} if practitioner_id else {})
    people = ONE if practitioner_id else EVERYONE
    suspended = session.exec(people.suspensions, params=params).all()
    listed = session.exec(people.roster, params=params).mappings().all()
    of, loads = INSTITUTIONS, INSTITUTION_LOADS
    if practitioner_id:
        of, loads = INSTITUTION, INSTITUTION_LOAD
        params |= {"institution_id": listed[0]["institution_id"] if listed else None}
    institutions = session.exec(of, params=params).all()
    taken: dict[str, int] = dict(session.exec(loads, params=params).all())
    gone = {row.id for row in institutions if not _present(row, day.today)}
    away = {row.practitioner_id for row in suspended}
    return Roster(
        tuple(_practitioners(session, day, people, params, listed, away, gone)),
        tuple(_institutions(institutions, taken, {row.institution_id for row in suspended})),
    )


def load_areas(session: Session, day: Day) -> tuple[AreaFacts, ...]:
    """Return the centre's areas."""
    found = session.exec(AREAS, params=day.params())
    return tuple(AreaFacts(code=code, latitude=latitude, longitude=longitude) for code, latitude, longitude in found)


def _practitioners(
    session: Session,
    day: Day,
    people: People,
    params: Mapping[str, Any],
    listed: Iterable[Any],
    suspended: set[str | None],
    gone: set[str],
) -> Iterator[PractitionerFacts]:
    loads: dict[str, int] = dict(session.exec(people.loads, params=params).all())
    counts = {id: (year, month) for id, year, month in session.exec(people.counts, params=params)}
    ledger = _ledger(session.exec(people.ledger, params=params))
    absent = set(session.exec(people.leaves, params=params))
    # Only an order of turns looks at it, and there is none of one person.
    asked: dict[str, int] = dict(session.exec(ASKED, params=params).all()) if people is EVERYONE else {}
    for row in listed:
        id = row["practitioner_id"]
        account, last_turn_at = ledger.get(id, (Account(), None))
        year_count, month_count = counts.get(id, (0, 0))
        stated = stated_facts(row)
        stated["listed"] = stated["listed"] and row["institution_id"] not in gone
        yield PractitionerFacts(
            **stated,
            id=id,
            load=loads.get(id, 0),
            month_count=month_count,
            asked=asked.get(id, 0),
            year_count=year_count,
            on_leave=id in absent,
            suspended=id in suspended,
            turns=account.turns,
            effort=account.effort,
            weighed_turns=None if account.even else account.weighed_turns,
            weighed_effort=None if account.even else account.weighed_effort,
            waiting_since=last_turn_at or _midnight(row["entered_on"], day.zone),
            entered_on=row["entered_on"],
        )


def _ledger(rows: Iterable[Any]) -> dict[str, tuple[Account, datetime | None]]:
    found: dict[str, tuple[Account, datetime | None]] = {}
    for id, share, turns, effort, last_at in rows:
        account, before = found.get(id, (Account(), None))
        latest = max(filter(None, (before, last_at)), default=None)
        found[id] = account.with_entry(int(turns), int(effort), Fraction(share)), latest
    return found


def stated_facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row of attributes says of its practitioner."""
    facts = {name: _frozen(row[name]) for name in STATED}
    offices = facts["former_offices"]
    return facts | {"former_offices": None if offices is None else tuple(map(_former_office, offices))}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _former_office(stated: Mapping[str, str | None]) -> FormerOffice:
    left_on = stated.get("left_on")
    return FormerOffice(organ=stated.get("organ"), left_on=date.fromisoformat(left_on) if left_on else None)


def _institutions(
    rows: Iterable[Any], loads: Mapping[str, int], suspended: set[str | None]
) -> Iterator[InstitutionFacts]:
    for row in rows:
        # A cap lowered below what is held leaves no room, not a negative one.
        room = None if row.capacity is None else max(row.capacity - loads.get(row.id, 0), 0)
        yield InstitutionFacts(id=row.id, suspended=row.id in suspended, room=room)


def _present(row: Any, today: date) -> bool:
    return (row.entered_on is None or row.entered_on <= today) and (row.left_on is None or row.left_on > today)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
