"""What a decision may know of practitioners and institutions on one day, by a handful of set queries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, ColumnElement, String, bindparam, cast, func, literal_column, null, or_, union_all
from sqlmodel import Session, col, select

from dispatch.domain.docket.absence import AbsenceKind, AbsenceState, Minutes, away_at, falls_on, fills, minute_of
from dispatch.domain.docket.facts import AreaFacts, GradeFact, InstitutionFacts, PractitionerFacts
from dispatch.domain.docket.roster import Latest
from dispatch.domain.ledger import Account, EntryKind
from dispatch.domain.policy.schema import MAX_QUALITY_DAYS
from dispatch.domain.states import NEVER_TAKEN, ComplaintState, OfferState, QualityGrade
from dispatch.registry.docket.stated import Stated, stated_in
from dispatch.registry.statements import fetch, in_force, select_rows
from dispatch.registry.tables import (
    AbsenceRow,
    AreaRow,
    AssignmentRow,
    AttributesRow,
    CentreRow,
    ComplaintRow,
    InstitutionAttributesRow,
    InstitutionRow,
    LedgerRow,
    OfferRow,
    PractitionerRow,
)

CENTRE: BindParameter[str] = bindparam("centre_id")
TODAY: BindParameter[date] = bindparam("today")
BEFORE: BindParameter[datetime] = bindparam("before")
ONCE: Any = literal_column("1")
NONE: Any = literal_column("0")


def _absent(kind: AbsenceKind) -> tuple[ColumnElement[bool], ...]:
    row = AbsenceRow
    lasts = (col(row.from_on) <= TODAY) & or_(col(row.until_on).is_(None), col(row.until_on) >= TODAY)
    return (col(row.centre_id) == CENTRE) & (col(row.kind) == kind), col(row.state) == AbsenceState.IN_FORCE, lasts


# fmt: off
ROSTER: Any = (
    select_rows(col(PractitionerRow.id), col(PractitionerRow.entered_on), col(AttributesRow.id).label("attributes_id"))
    .join(AttributesRow, col(AttributesRow.practitioner_id) == col(PractitionerRow.id))
    .where(col(PractitionerRow.centre_id) == CENTRE, col(PractitionerRow.entered_on) <= TODAY)
    .where(or_(col(PractitionerRow.left_on).is_(None), col(PractitionerRow.left_on) > TODAY))
    .where(in_force(AttributesRow, TODAY))
    .order_by(col(PractitionerRow.id))
)


def _tally(what: str, about: Any, number: Any = ONCE, more: Any = NONE, at: Any = None, share: Any = None) -> Any:
    """Begin a statement in the one shape of all tallies, so that one statement asks for them all."""
    return select_rows(literal_column(f"'{what}'").label("what"), about.label("about"), number, more,
                       null() if at is None else at, null() if share is None else share)


def _people(live: Any, pending: Any, waived: Any, taken: Any, past: bool) -> tuple[Any, ...]:
    def known(moment: Any) -> list[Any]:
        return [col(moment) < BEFORE] if past else []

    return (
        _tally("ledger", col(LedgerRow.practitioner_id), func.sum(LedgerRow.turns), func.sum(LedgerRow.effort),
               func.max(LedgerRow.at).filter(col(LedgerRow.kind) == EntryKind.TURN.value), col(LedgerRow.share))
        .where(LedgerRow.centre_id == CENTRE, *known(LedgerRow.at))
        .group_by(col(LedgerRow.practitioner_id), col(LedgerRow.share)),
        _tally("load", col(AssignmentRow.practitioner_id), func.count())
        .where(AssignmentRow.centre_id == CENTRE, live).group_by(col(AssignmentRow.practitioner_id)),
        _tally("year", col(AssignmentRow.practitioner_id), func.count(),
               func.count().filter(col(AssignmentRow.assigned_at) >= bindparam("month_began_at")))
        .where(AssignmentRow.centre_id == CENTRE, col(AssignmentRow.assigned_at) >= bindparam("year_began_at"))
        .where(taken, *known(AssignmentRow.assigned_at)).group_by(col(AssignmentRow.practitioner_id)),
        _tally("leave", col(AbsenceRow.practitioner_id), col(AbsenceRow.from_minute), col(AbsenceRow.until_minute),
               share=col(AbsenceRow.weekdays))
        .where(*_absent(AbsenceKind.LEAVE), *known(AbsenceRow.created_at)),
        _tally("suspended", col(AbsenceRow.practitioner_id))
        .where(*_absent(AbsenceKind.SUSPENSION), col(AbsenceRow.practitioner_id).is_not(None))
        .where(*known(AbsenceRow.created_at)),
        _tally("asked", col(OfferRow.practitioner_id), func.count())
        .where(OfferRow.centre_id == CENTRE, pending).group_by(col(OfferRow.practitioner_id)),
        _tally("waived", col(OfferRow.practitioner_id), func.count())
        .where(OfferRow.centre_id == CENTRE, waived).group_by(col(OfferRow.practitioner_id)),
        _tally("grade", col(AssignmentRow.practitioner_id), at=col(AssignmentRow.graded_at),
               share=cast(col(AssignmentRow.grade), String))
        .where(AssignmentRow.centre_id == CENTRE, col(AssignmentRow.graded_at) >= bindparam("quality_since"))
        .where(*known(AssignmentRow.graded_at)),
        _tally("complaint", col(ComplaintRow.practitioner_id), at=col(ComplaintRow.concluded_at))
        .where(ComplaintRow.centre_id == CENTRE, ComplaintRow.state == ComplaintState.UPHELD,
               col(ComplaintRow.practitioner_id).is_not(None),
               col(ComplaintRow.concluded_at) >= bindparam("quality_since"), *known(ComplaintRow.concluded_at)),
    )


def _houses(live: Any) -> tuple[Any, ...]:
    return (
        _tally("load", col(AssignmentRow.institution_id), func.count())
        .where(AssignmentRow.centre_id == CENTRE, live).group_by(col(AssignmentRow.institution_id)),
        _tally("suspended", col(AbsenceRow.institution_id))
        .where(*_absent(AbsenceKind.SUSPENSION), col(AbsenceRow.institution_id).is_not(None)),
    )


LIVE = col(AssignmentRow.ended_at).is_(None)
TAKEN = or_(col(AssignmentRow.end_reason).is_(None), col(AssignmentRow.end_reason).not_in(NEVER_TAKEN))
WAIVED = col(OfferRow.waived_until) > bindparam("at")
PEOPLE, HOUSES = _people(LIVE, OfferRow.state == OfferState.PENDING, WAIVED, TAKEN, past=False), _houses(LIVE)
NOT_OVER = col(AssignmentRow.ended_at) >= BEFORE
LIVE_THEN = (col(AssignmentRow.assigned_at) < BEFORE) & or_(LIVE, NOT_OVER)
PENDING_THEN = (col(OfferRow.offered_at) < BEFORE) & or_(
    col(OfferRow.state) == OfferState.PENDING, col(OfferRow.answered_at) >= BEFORE)
WAIVED_THEN = WAIVED & (col(OfferRow.answered_at) < BEFORE)
PEOPLE_THEN = _people(LIVE_THEN, PENDING_THEN, WAIVED_THEN, or_(TAKEN, NOT_OVER), past=True)
INSTITUTIONS: Any = (
    select_rows(InstitutionRow.id, InstitutionAttributesRow.kind, InstitutionAttributesRow.capacity,
                InstitutionRow.entered_on, InstitutionRow.left_on)
    .outerjoin(InstitutionAttributesRow, (col(InstitutionAttributesRow.institution_id) == col(InstitutionRow.id))
               & in_force(InstitutionAttributesRow, TODAY))
    .where(InstitutionRow.centre_id == CENTRE).order_by(col(InstitutionRow.id))
)
AREAS = select(AreaRow.code, AreaRow.latitude, AreaRow.longitude).where(
    AreaRow.centre_id == CENTRE).order_by(col(AreaRow.code))
# fmt: on


class Questions(NamedTuple):
    """What is asked about the roster: for everyone on it, or for one. Prebuilt: a claim asks under the lock."""

    roster: Any
    institutions: Any
    tallies: Any


def _about(statement: Any, name: str) -> Any:
    return statement.where(statement.selected_columns.about == bindparam(name))


EVERYONE = Questions(ROSTER, INSTITUTIONS, union_all(*PEOPLE, *HOUSES))
EVERYONE_THEN = Questions(ROSTER, INSTITUTIONS, union_all(*PEOPLE_THEN, *_houses(LIVE_THEN)))
"""What was true before a moment that is past."""
ONE = Questions(
    ROSTER.where(col(PractitionerRow.id) == bindparam("practitioner_id")),
    INSTITUTIONS.where(InstitutionRow.id == bindparam("institution_id")),
    union_all(
        *(_about(each, "practitioner_id") for each in PEOPLE), *(_about(each, "institution_id") for each in HOUSES)
    ),
)


class LocalInstant(NamedTuple):
    """An instant as the centre's own calendar has it."""

    centre_id: str
    today: date
    minute: int
    """Of the day."""
    month_began_at: datetime
    year_began_at: datetime
    zone: ZoneInfo
    at: datetime

    def params(self) -> dict[str, Any]:
        """Return what the statements of this file are bound to."""
        return {
            "centre_id": self.centre_id,
            "today": self.today,
            "at": self.at,
            "month_began_at": self.month_began_at,
            "year_began_at": self.year_began_at,
            "quality_since": _midnight(self.today - timedelta(days=MAX_QUALITY_DAYS), self.zone),
        }


Rows = Sequence[Any]


class PastCounts(NamedTuple):
    """What was counted about one practitioner or institution: turns and effort, cases of the year and the month."""

    number: int
    more: int
    at: datetime | None
    share: str | None


NOTHING = PastCounts(0, 0, None, None)
EVEN = "1"
"""The share of an entry that counts as it is."""

Tallies = dict[str, dict[str, PastCounts]]
"""By what is counted, then by whom it is about; ids of people and of institutions never meet."""

Ledger = dict[str, list[PastCounts]]
"""What each has had, a tally for each share."""

GRADES = {grade.value: grade for grade in QualityGrade}
Grades = dict[str, list[GradeFact]]
"""The grades of each practitioner's closed cases."""


class Tallied(NamedTuple):
    """All that was counted about a roster."""

    counts: Tallies
    ledger: Ledger
    grades: Grades
    complaints: dict[str, list[date]]
    """The days on which complaints about each were upheld."""
    leaves: dict[str, list[Minutes]]
    """The parts of the day that each is on leave."""


class RosterRows(NamedTuple):
    """Everyone and every institution on the roster that day."""

    practitioners: tuple[PractitionerFacts, ...]
    institutions: tuple[InstitutionFacts, ...]


def read_day(session: Session, centre_id: str, now: datetime) -> LocalInstant:
    """Return the centre's date at ``now``, and when its month and its year began."""
    centre = session.get_one(CentreRow, centre_id)
    zone = ZoneInfo(centre.time_zone)
    local = now.astimezone(zone)
    today = local.date()
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    return LocalInstant(centre_id, today, minute_of(local), _midnight(month, zone), _midnight(year, zone), zone, now)


def load_roster(
    session: Session,
    day: LocalInstant,
    practitioner_id: str | None = None,
    before: datetime | None = None,
    latest: Latest[RosterRows] | None = None,
) -> RosterRows:
    """Return the roster as of that day, with what each holds and owes; or that of one practitioner.

    ``before`` leaves out whatever came at that moment of the day or later.
    """
    asked = ONE if practitioner_id else EVERYONE_THEN if before else EVERYONE
    params = day.params() | ({"practitioner_id": practitioner_id} if practitioner_id else {})
    params |= {"before": before} if before else {}
    listed = fetch(session, asked.roster, **params).all()
    if practitioner_id:
        stated = stated_in(session, [row.attributes_id for row in listed])
        params |= {"institution_id": next((stated[row.attributes_id]["institution_id"] for row in listed), None)}
    institutions = fetch(session, asked.institutions, **params).all()
    read = listed, institutions, fetch(session, asked.tallies, **params).all()
    # All that a roster is made of, since a row of attributes never changes; as tuples, which compare sooner than rows.
    made_of = day.zone, day.today, day.minute, [list(map(tuple, rows)) for rows in read]
    return (latest or Latest()).of(made_of, lambda: _made(session, day, *read))


def _made(session: Session, day: LocalInstant, listed: Rows, institutions: Rows, tallies: Rows) -> RosterRows:
    stated = stated_in(session, [row.attributes_id for row in listed])
    tallied = _tallies(tallies, day)
    gone = {row.id for row in institutions if not _present(row, day.today)}
    people = _practitioners(day, tallied, listed, stated, gone)
    return RosterRows(tuple(people), tuple(_institutions(institutions, tallied.counts)))


def load_areas(session: Session, day: LocalInstant) -> tuple[AreaFacts, ...]:
    """Return the centre's areas."""
    found = fetch(session, AREAS, **day.params())
    return tuple(AreaFacts(code=code, latitude=latitude, longitude=longitude) for code, latitude, longitude in found)


def _tallies(rows: Iterable[Any], day: LocalInstant) -> Tallied:
    found = Tallied(defaultdict(dict), defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(list))
    zone = day.zone
    for what, about, number, more, at, share in rows:
        if what == "leave":
            found.leaves[about] += [(number, more)] if falls_on(share, day.today) else []
            continue
        if what == "grade":
            found.grades[about].append(GradeFact(grade=GRADES[share], on=at.astimezone(zone).date()))
            continue
        if what == "complaint":
            found.complaints[about].append(at.astimezone(zone).date())
            continue
        tally = PastCounts(int(number), int(more), at, share)
        if what == "ledger":
            found.ledger[about].append(tally)
        else:
            found.counts[what][about] = tally
    return found


def _practitioners(
    day: LocalInstant,
    tallied: Tallied,
    listed: Iterable[Any],
    stated: Mapping[str, Stated],
    gone: set[str],
) -> Iterator[PractitionerFacts]:
    tallies, ledger = tallied.counts, tallied.ledger
    for id, entered_on, attributes_id in listed:
        facts, year = stated[attributes_id], tallies["year"].get(id, NOTHING)
        yield PractitionerFacts(
            **facts | {"listed": facts["listed"] and facts["institution_id"] not in gone},
            id=id,
            load=tallies["load"].get(id, NOTHING).number,
            month_count=year.more,
            asked=tallies["asked"].get(id, NOTHING).number,
            waived=tallies["waived"].get(id, NOTHING).number,
            year_count=year.number,
            on_leave=id in tallied.leaves and fills(tallied.leaves[id]),
            away_now=away_at(tallied.leaves.get(id, ()), day.minute),
            suspended=id in tallies["suspended"],
            institution_suspended=facts["institution_id"] in tallies["suspended"],
            grades=_in_order(tallied.grades.get(id, ())),
            complaints=tuple(sorted(tallied.complaints.get(id, ()))),
            **_account(ledger.get(id, ())),
            waiting_since=max(
                (each.at for each in ledger.get(id, ()) if each.at), default=_midnight(entered_on, day.zone)
            ),
            entered_on=entered_on,
        )


def _in_order(grades: Iterable[GradeFact]) -> tuple[GradeFact, ...]:
    return tuple(sorted(grades, key=lambda each: (each.on, each.grade)))


def _account(entries: Sequence[PastCounts]) -> dict[str, Any]:
    plain = {"turns": sum(each.number for each in entries), "effort": sum(each.more for each in entries)}
    if all(each.share == EVEN for each in entries):
        return plain
    account = Account()
    for each in entries:
        account = account.with_entry(each.number, each.more, Fraction(each.share or EVEN))
    return plain | {"weighed_turns": account.weighed_turns, "weighed_effort": account.weighed_effort}


def _institutions(rows: Iterable[Any], tallies: Tallies) -> Iterator[InstitutionFacts]:
    for row in rows:
        # A cap lowered below what is held leaves no room, not a negative one.
        load = tallies["load"].get(row.id, NOTHING).number
        room = None if row.capacity is None else max(row.capacity - load, 0)
        yield InstitutionFacts(id=row.id, kind=row.kind, room=room)


def _present(row: Any, today: date) -> bool:
    return (row.entered_on is None or row.entered_on <= today) and (row.left_on is None or row.left_on > today)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
