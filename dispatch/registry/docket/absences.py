"""Who is away and who came back, joined from leaves, suspensions, days off the list and caps of nothing."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, exists, func, text, update
from sqlmodel import Session, col, or_, select

from dispatch.domain.docket.absence import (
    EVERY_DAY,
    ONE_DAY,
    WHOLE_DAY,
    Absence,
    AbsenceState,
    Away,
    Days,
    Met,
    Stay,
    away_days,
    gone_days,
    overlap,
    takes_cases,
)
from dispatch.domain.ledger import EntryKind
from dispatch.domain.permissions import PERMISSIONS, Verb
from dispatch.domain.shares import in_rotation
from dispatch.domain.vocabulary import Role
from dispatch.registry.docket.roster import load_roster, read_day
from dispatch.registry.statements import fetch, fetch_by, in_force, load_by, select_rows
from dispatch.registry.tables import (
    AbsenceRow,
    AdjustmentRow,
    ArrangementRow,
    AssignmentRow,
    AttributesRow,
    InstitutionRow,
    OfferRow,
    PractitionerRow,
    UserRow,
)
from dispatch.registry.tables.institutions import ABSENCE_UNSEEN

CENTRE: BindParameter[str] = bindparam("of_centre")
TODAY: BindParameter[date] = bindparam("today")
KEYS: Any = bindparam("keys", expanding=True)

OPENING = EntryKind.OPENING.value
NO_OFFICERS = [role for role in Role if Verb.EDIT_ROSTER not in PERMISSIONS[role]]

ABSENCE, ENTRY, ADJUSTMENT, HOUSE = AbsenceRow, AttributesRow, AdjustmentRow, InstitutionRow

# fmt: off
BELIEVED = col(ENTRY.superseded_at).is_(None)
IN_FORCE = (col(ABSENCE.centre_id) == CENTRE) & (col(ABSENCE.state) == AbsenceState.IN_FORCE)
IN_PARTS = or_(col(ABSENCE.from_minute) > 0, col(ABSENCE.until_minute) < WHOLE_DAY, col(ABSENCE.weekdays) != EVERY_DAY)
# In words, so that the index of those is found whatever is bound.
UNSEEN_YET: Any = text(re.sub(r"\b(state|looked_on|until_on)\b", r"absence.\1", str(ABSENCE_UNSEEN)))
UNSEEN = and_(
    col(ABSENCE.centre_id) == CENTRE, UNSEEN_YET, col(ABSENCE.from_on) < TODAY,
    or_(col(ABSENCE.until_on) < TODAY, IN_PARTS), or_(col(ABSENCE.looked_on).is_(None), col(ABSENCE.looked_on) < TODAY))
"""Absences that ended, or that go on in parts, since the rotation last looked at them."""


def _unmet(day: Any) -> Any:
    return ~exists().where(
        col(ADJUSTMENT.practitioner_id) == col(ENTRY.practitioner_id),
        col(ADJUSTMENT.from_on) < day, day <= col(ADJUSTMENT.until_on))


CAME_BACK: tuple[Any, ...] = (
    select_rows(ABSENCE.practitioner_id).where(UNSEEN, col(ABSENCE.practitioner_id).is_not(None)),
    select_rows(ENTRY.practitioner_id).join(ABSENCE, col(ABSENCE.institution_id) == col(ENTRY.institution_id))
    .where(UNSEEN, BELIEVED, or_(col(ENTRY.until_on).is_(None), col(ENTRY.until_on) > col(ABSENCE.from_on))),
    select_rows(ENTRY.practitioner_id)
    .where(col(ENTRY.centre_id) == CENTRE, BELIEVED, col(ENTRY.until_on) <= TODAY)
    .where(or_(~col(ENTRY.listed), ENTRY.capacity == 0, ENTRY.monthly_capacity == 0), _unmet(col(ENTRY.until_on))),
    select_rows(ENTRY.practitioner_id).join(HOUSE, col(HOUSE.id) == col(ENTRY.institution_id))
    .where(col(HOUSE.centre_id) == CENTRE, col(HOUSE.entered_on) <= TODAY)
    .where(BELIEVED, col(ENTRY.from_on) < col(HOUSE.entered_on), _unmet(col(HOUSE.entered_on))),
)
STAYS: Any = (
    select_rows(ENTRY.practitioner_id, ENTRY.institution_id, ENTRY.from_on, ENTRY.until_on, ENTRY.listed,
                ENTRY.capacity, ENTRY.monthly_capacity, PractitionerRow.entered_on, PractitionerRow.left_on)
    .join(PractitionerRow, col(PractitionerRow.id) == col(ENTRY.practitioner_id))
    .where(col(ENTRY.centre_id) == CENTRE, BELIEVED, col(ENTRY.practitioner_id).in_(KEYS))
)
OWN = select(ABSENCE).where(IN_FORCE, col(ABSENCE.practitioner_id).in_(KEYS))
OF_HOUSE = select(ABSENCE).where(IN_FORCE, col(ABSENCE.institution_id).in_(KEYS))
COMING: Any = select(ABSENCE).where(
    IN_FORCE, col(ABSENCE.from_on) <= bindparam("until"),
    or_(col(ABSENCE.until_on).is_(None), col(ABSENCE.until_on) >= TODAY))
HOUSES: Any = select_rows(HOUSE.id, HOUSE.entered_on, HOUSE.left_on).where(col(HOUSE.id).in_(KEYS))
MET = (
    select(ADJUSTMENT).where(col(ADJUSTMENT.practitioner_id).in_(KEYS), col(ADJUSTMENT.from_on).is_not(None))
    .where(col(ADJUSTMENT.kind).in_((EntryKind.RETURN.value, OPENING)))
    .order_by(col(ADJUSTMENT.from_on), col(ADJUSTMENT.id))
)
# In words, so that the index of what is open is found whatever is bound.
PENDING: Any = text("offer.state = 'pending'")
UNARRANGED: Any = text("arrangement.state = 'open'")
LASTS = IN_FORCE & (col(ABSENCE.from_on) <= TODAY) & or_(
    col(ABSENCE.until_on).is_(None), col(ABSENCE.until_on) >= TODAY)
PRESENT = (
    or_(col(HOUSE.entered_on).is_(None), col(HOUSE.entered_on) <= TODAY)
    & or_(col(HOUSE.left_on).is_(None), col(HOUSE.left_on) > TODAY))
TAKING = (
    exists().where(BELIEVED, col(ENTRY.practitioner_id) == col(OfferRow.practitioner_id), col(ENTRY.from_on) <= TODAY,
                   or_(col(ENTRY.until_on).is_(None), col(ENTRY.until_on) > TODAY),
                   col(ENTRY.listed), func.coalesce(ENTRY.capacity, 1) > 0,
                   func.coalesce(ENTRY.monthly_capacity, 1) > 0,
                   col(PractitionerRow.id) == col(ENTRY.practitioner_id),
                   or_(col(PractitionerRow.left_on).is_(None), col(PractitionerRow.left_on) > TODAY),
                   col(HOUSE.id) == col(ENTRY.institution_id), PRESENT,
                   ~exists().where(LASTS, or_(col(ABSENCE.practitioner_id) == col(ENTRY.practitioner_id),
                                              col(ABSENCE.institution_id) == col(ENTRY.institution_id)))))
ASKED: Any = select_rows(OfferRow.case_id, OfferRow.practitioner_id).where(
    OfferRow.centre_id == CENTRE, PENDING, ~TAKING)
"""Offers to people of whom something lasts today; leave may leave a part of the day."""
OPEN_QUESTIONS: Any = select_rows(OfferRow.case_id, OfferRow.practitioner_id).where(
    OfferRow.centre_id == CENTRE, PENDING)
QUESTIONS: Any = OPEN_QUESTIONS.where(col(OfferRow.practitioner_id).in_(KEYS))
OF_HOUSES: Any = (
    select_rows(OfferRow.case_id, OfferRow.practitioner_id)
    .join(ENTRY, col(ENTRY.practitioner_id) == col(OfferRow.practitioner_id))
    .where(OfferRow.centre_id == CENTRE, PENDING, in_force(ENTRY, TODAY), col(ENTRY.institution_id).in_(KEYS))
)
TO_UNFIT: Any = (
    select_rows(OfferRow.case_id, OfferRow.practitioner_id)
    .join(ENTRY, col(ENTRY.practitioner_id) == col(OfferRow.practitioner_id))
    .where(OfferRow.centre_id == CENTRE, PENDING, in_force(ENTRY, TODAY), ~col(ENTRY.assessment_passed))
)
ON_LIST = exists().where(
    col(PractitionerRow.id) == col(AssignmentRow.practitioner_id),
    or_(col(PractitionerRow.left_on).is_(None), col(PractitionerRow.left_on) > TODAY),
    BELIEVED, col(ENTRY.practitioner_id) == col(AssignmentRow.practitioner_id),
    col(ENTRY.from_on) <= TODAY, col(ENTRY.listed),
    or_(col(ENTRY.until_on).is_(None), col(ENTRY.until_on) > TODAY),
    col(HOUSE.id) == col(ENTRY.institution_id), PRESENT)
HOLDING: Any = (
    select_rows(AssignmentRow.practitioner_id, func.count())
    .where(AssignmentRow.centre_id == CENTRE, col(AssignmentRow.ended_at).is_(None), ~ON_LIST)
    .group_by(col(AssignmentRow.practitioner_id))
)
ENTRUSTED: Any = (
    select_rows(ArrangementRow.case_id).join(HOUSE, col(HOUSE.id) == col(ArrangementRow.institution_id))
    .where(ArrangementRow.centre_id == CENTRE, UNARRANGED)
    .where(~PRESENT | exists().where(LASTS, col(ABSENCE.institution_id) == col(HOUSE.id)))
)
# fmt: on


def asked_absent(session: Session, centre_id: str, now: datetime) -> dict[str, set[str]]:
    """Return the cases that somebody absent is asked about, and who that is."""
    day = read_day(session, centre_id, now)
    asked = _by_case(fetch(session, ASKED, of_centre=centre_id, today=day.today))
    people = {id: load_roster(session, day, id).practitioners for id in sorted(set().union(*asked.values()))}
    absent = {id for id, found in people.items() if not any(map(in_rotation, found))}
    return {case_id: who & absent for case_id, who in asked.items() if who & absent}


def questions_to(session: Session, centre_id: str, practitioner_ids: Collection[str]) -> dict[str, set[str]]:
    """Return who of these people is asked, by case."""
    return _by_case(fetch_by(session, QUESTIONS, practitioner_ids, of_centre=centre_id))


def open_questions(session: Session, centre_id: str) -> dict[str, set[str]]:
    """Return everyone who is asked, by case."""
    return _by_case(fetch(session, OPEN_QUESTIONS, of_centre=centre_id))


def questions_within(
    session: Session, centre_id: str, now: datetime, institution_ids: Collection[str]
) -> dict[str, set[str]]:
    """Return who of these institutions is asked, by case."""
    today = read_day(session, centre_id, now).today
    return _by_case(fetch_by(session, OF_HOUSES, institution_ids, of_centre=centre_id, today=today))


def questions_to_unfit(session: Session, centre_id: str, now: datetime) -> dict[str, set[str]]:
    """Return who of those whose last annual assessment was not passed is asked, by case."""
    today = read_day(session, centre_id, now).today
    return _by_case(fetch(session, TO_UNFIT, of_centre=centre_id, today=today))


def _by_case(rows: Iterable[Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for case_id, practitioner_id in rows:
        found[case_id].add(practitioner_id)
    return found


def entrusted_absent(session: Session, centre_id: str, now: datetime) -> set[str]:
    """Return the cases that an institution is to arrange while it is suspended or off the register."""
    today = read_day(session, centre_id, now).today
    return set(fetch(session, ENTRUSTED, of_centre=centre_id, today=today).scalars())


def leavers(session: Session, centre_id: str, now: datetime) -> dict[str, int]:
    """Return how many open cases each has who has left, was taken off the list, or whose institution has left."""
    today = read_day(session, centre_id, now).today
    return {id: count for id, count in fetch(session, HOLDING, of_centre=centre_id, today=today)}


def came_back(session: Session, centre_id: str, now: datetime) -> set[str]:
    """Return who may have come back from an absence that the rotation has not met."""
    bound = {"of_centre": centre_id, "today": read_day(session, centre_id, now).today}
    return {id for statement in CAME_BACK for (id,) in fetch(session, statement, **bound)}


def look_at(session: Session, centre_id: str, now: datetime) -> None:
    """Note the day with the absences that were looked at."""
    today = read_day(session, centre_id, now).today
    session.connection().execute(
        update(ABSENCE).where(UNSEEN).values(looked_on=today), {"of_centre": centre_id, "today": today}
    )


def away_of(
    session: Session, centre_id: str, now: datetime, practitioner_ids: Collection[str] | None = None
) -> Mapping[str, Away]:
    """Return the days away of these people, or of everyone who may have come back, and what was met of them."""
    session.flush()
    ids = came_back(session, centre_id, now) if practitioner_ids is None else practitioner_ids
    today = read_day(session, centre_id, now).today
    stays: dict[str, list[Stay]] = defaultdict(list)
    for id, house, since, until, listed, capacity, monthly, entered_on, left_on in fetch_by(
        session, STAYS, ids, of_centre=centre_id
    ):
        days = overlap((since, until or date.max), (entered_on, left_on or date.max))
        stays[id].append(Stay(house, days, takes_cases(listed, capacity, monthly)))
    own = _by_subject(load_by(session, OWN, ids, of_centre=centre_id))
    houses = _house_days(session, centre_id, {stay.institution_id for found in stays.values() for stay in found})
    met = _met(load_by(session, MET, ids))
    return {
        id: Away(away_days(stays[id], own.get(id, ()), houses, today + ONE_DAY), met.get(id, ())) for id in sorted(ids)
    }


def absences_until(session: Session, centre_id: str, now: datetime, until: date) -> dict[str, list[Absence]]:
    """Return what keeps people and institutions away at any time from today to that day, by whom it is about."""
    session.flush()
    bound = {"of_centre": centre_id, "today": read_day(session, centre_id, now).today, "until": until}
    return _by_subject(session.exec(COMING, params=bound))


def own_leaves(session: Session, practitioner_id: str, today: date) -> list[AbsenceRow]:
    """Return leaves that are not over, and that wait or hold without an officer having looked at them."""
    asked = select(ABSENCE).join(UserRow, col(UserRow.id) == col(ABSENCE.reported_by))
    return list(session.exec(asked.where(
        ABSENCE.practitioner_id == practitioner_id, col(ABSENCE.decided_by).is_(None),
        col(ABSENCE.state).in_((AbsenceState.WAITING, AbsenceState.IN_FORCE)), col(UserRow.role).in_(NO_OFFICERS),
        or_(col(ABSENCE.until_on).is_(None), col(ABSENCE.until_on) >= today, ABSENCE.state == AbsenceState.WAITING),
    )))  # fmt: skip


def members_ever(session: Session, institution_id: str) -> set[str]:
    """Return who belongs to the institution or ever has."""
    return set(session.exec(select(ENTRY.practitioner_id).where(BELIEVED, ENTRY.institution_id == institution_id)))


def _house_days(session: Session, centre_id: str, ids: Collection[str]) -> dict[str, list[Days]]:
    found = {id: gone_days(entered_on, left_on) for id, entered_on, left_on in fetch_by(session, HOUSES, ids)}
    for id, absences in _by_subject(load_by(session, OF_HOUSE, ids, of_centre=centre_id)).items():
        found[id] += [absence.days for absence in absences]
    return found


def _by_subject(rows: Iterable[AbsenceRow]) -> dict[str, list[Absence]]:
    found: dict[str, list[Absence]] = defaultdict(list)
    for row in rows:
        absence = row.stated
        found[absence.who].append(absence)
    return found


def _met(rows: Iterable[AdjustmentRow]) -> dict[str, list[Met]]:
    made = list(rows)
    undone = {row.undoes_id for row in made}
    found: dict[str, list[Met]] = defaultdict(list)
    for row in made:
        if row.undoes_id is None and row.id not in undone and row.from_on and row.until_on:
            days = (row.from_on, row.until_on)
            found[row.practitioner_id].append(
                Met(days, row.turns, row.effort, Fraction(row.share), row.id, row.kind == OPENING)
            )
    return found
