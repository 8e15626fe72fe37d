"""Reads a period back out of the register: what came from outside, and everybody's turns and cases when it began."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, or_, select

from dispatch.casework.ending import REASONS
from dispatch.domain.chain import Mark
from dispatch.domain.conflicts.learned import known_at
from dispatch.domain.docket.absence import Absence, AbsenceState
from dispatch.domain.docket.facts import CaseFacts, GradeFact, PairFact, PractitionerFacts, case_before, tied_to_organs
from dispatch.domain.ledger import Account, EntryKind
from dispatch.domain.lifecycle import Event
from dispatch.domain.period import Earlier, House, LedgerStanding, NamedWishes, Period, Tenure
from dispatch.domain.states import ComplaintState
from dispatch.domain.texts.organs import Organs
from dispatch.domain.vocabulary import Status
from dispatch.registry.docket.caseload import CATEGORIES
from dispatch.registry.docket.caseload import STATED as CASE_STATED
from dispatch.registry.docket.conflicts import load_learned
from dispatch.registry.docket.organs import load_organs
from dispatch.registry.docket.roster import load_areas, read_day
from dispatch.registry.docket.stated import stated_facts
from dispatch.registry.due.calendar import load_notices
from dispatch.registry.statements import in_force, select_rows
from dispatch.registry.tables import (
    AbsenceRow,
    AssignmentRow,
    AttributesRow,
    CaseEventRow,
    CaseRow,
    CentreRow,
    ComplaintRow,
    InstitutionAttributesRow,
    InstitutionRow,
    LedgerRow,
    PairRow,
    PractitionerRow,
    WishRow,
)

EXITS = (Status.WITHDRAWN, Status.TERMINATED, Status.RETAINED, Status.TRANSFERRED)
LEAVING = {event.value: event for event in REASONS}
"""Events by which a granted case leaves from outside."""


class Span(NamedTuple):
    """A centre and a period, the end excluded."""

    centre_id: str
    since: datetime
    until: datetime


def load_period(session: Session, span: Span) -> Period:
    """Return what a replay of the period starts from."""
    day, organs = read_day(session, span.centre_id, span.since), load_organs(session, span.centre_id)
    earlier = list(_earlier(session, span))
    rows = _arrivals(session, span, earlier)
    named = _named_later(session, span, {row.id: row for row in rows})
    learned = load_learned(session, span.centre_id)
    return Period(
        centre_id=span.centre_id,
        draw_root=session.get_one(CentreRow, span.centre_id).draw_root,
        since=span.since.astimezone(UTC),
        until=span.until.astimezone(UTC),
        arrivals=tuple(case_before(case, organs) for case in _case_facts(session, rows, named)),
        tenures=tuple(_tenures(session, span, day.zone, organs)),
        absences=tuple(_absences(session, span.centre_id, day.today)),
        houses=tuple(_houses(session, span, day.zone)),
        areas=load_areas(session, day),
        relations=known_at(learned, span.since),
        learned=tuple(each for each in learned if span.since < each.at < span.until),
        pairs=tuple(_pairs(session, span, {row.id: row for row in rows})),
        standings=tuple(_standings(session, span)),
        earlier=tuple(earlier),
        named=tuple(_named_in(span, named)),
        gone=tuple(_gone(session, span, {row.id for row in rows})),
        notices=load_notices(session, span.centre_id),
        ledger_began_at=session.exec(
            select(func.min(LedgerRow.at)).where(LedgerRow.centre_id == span.centre_id, col(LedgerRow.at) < span.since)
        ).one(),
    )


def _all(session: Session, table: Any, centre_id: str, *conditions: Any) -> Any:
    return session.exec(select(table).where(table.centre_id == centre_id, *conditions).order_by(table.id)).all()


def _earlier(session: Session, span: Span) -> Iterator[Earlier]:
    for row in _all(session, AssignmentRow, span.centre_id, col(AssignmentRow.assigned_at) < span.since):
        yield Earlier(
            case_id=row.case_id,
            practitioner_id=row.practitioner_id,
            institution_id=row.institution_id,
            mode=row.mode,
            assigned_at=row.assigned_at,
            seat=row.seat,
            accepted_at=row.accepted_at,
            ends_at=row.ended_at,
            end_reason=row.end_reason,
        )


def _arrivals(session: Session, span: Span, earlier: list[Earlier]) -> list[CaseRow]:
    granted = _all(session, CaseRow, span.centre_id, col(CaseRow.entitled_at) < span.until)
    taken: dict[str, int] = defaultdict(int)
    for each in earlier:
        taken[each.case_id] += each.ends_at is None or each.ends_at >= span.since
    left = _left_before(session, span)
    return [
        row for row in granted
        if row.entitled_at >= span.since or (taken[row.id] < row.demand and row.id not in left)
    ]  # fmt: skip


def _left_before(session: Session, span: Span) -> set[str]:
    """Return the cases that had left the queue for good, or were carried through, when the period began."""
    over = (*EXITS, Status.CLOSED, Status.EVALUATED, Status.REFUSED)
    events = select(CaseEventRow.case_id).where(
        CaseEventRow.centre_id == span.centre_id,
        col(CaseEventRow.to_status).in_(over),
        col(CaseEventRow.at) < span.since,
    )
    return set(session.exec(events))


def _named_later(session: Session, span: Span, cases: Mapping[str, CaseRow]) -> dict[str, list[CaseEventRow]]:
    """Return when wishes were named for cases that could be assigned already, by case, the earliest first."""
    named = select(CaseEventRow).where(CaseEventRow.centre_id == span.centre_id, CaseEventRow.event == Mark.WISH.value)
    found: dict[str, list[CaseEventRow]] = defaultdict(list)
    for event in session.exec(named.order_by(col(CaseEventRow.at), col(CaseEventRow.id))):
        case = cases.get(event.case_id)
        if case and case.entitled_at and event.at > max(case.entitled_at, span.since):
            found[event.case_id].append(event)
    return found


def _named_in(span: Span, named: Mapping[str, Sequence[CaseEventRow]]) -> Iterator[NamedWishes]:
    events = sorted((event for found in named.values() for event in found), key=lambda event: (event.at, event.id or 0))
    for event in events:
        if event.at < span.until:
            yield NamedWishes(case_id=event.case_id, at=event.at, practitioner_ids=_ids(event, "practitioner_ids"))


def _ids(event: CaseEventRow, name: str) -> tuple[str, ...]:
    kept = (event.facts or {}).get(name)
    return tuple(map(str, kept)) if isinstance(kept, list) else ()


def _case_facts(
    session: Session, rows: list[CaseRow], named_later: Mapping[str, Sequence[CaseEventRow]]
) -> Iterator[CaseFacts]:
    wishes: dict[str, list[str]] = defaultdict(list)
    named = select(WishRow).order_by(col(WishRow.case_id), col(WishRow.rank))
    known = {row.id for row in rows}
    for wish in session.exec(named):
        if wish.case_id in known:
            wishes[wish.case_id].append(wish.practitioner_id)
    wishes.update({case_id: list(_ids(found[0], "before")) for case_id, found in named_later.items()})
    for row in rows:
        stated: dict[str, Any] = {name: getattr(row, name) for name in CASE_STATED} | {
            "categories": tuple(CATEGORIES[category] for category in row.categories),
            "languages": tuple(row.languages),
            "domicile_areas": tuple(row.domicile_areas),
            "relaxed": (),
            "due_at": row.due_at or row.entitled_at,
        }
        yield CaseFacts(**stated, wishes=tuple(wishes[row.id]))


def _tenures(session: Session, span: Span, zone: ZoneInfo, organs: Organs) -> Iterator[Tenure]:
    people = {row.id: row for row in _all(session, PractitionerRow, span.centre_id)}
    # Those of days to come count nothing yet, so that one list does for every day of the period.
    grades, complaints = _grades(session, span, zone), _complaints(session, span, zone)
    for row in _all(session, AttributesRow, span.centre_id, col(AttributesRow.superseded_at).is_(None)):
        who = people[row.practitioner_id]
        ends = [on for on in (row.until_on, who.left_on) if on is not None]
        person = PractitionerFacts(
            id=who.id,
            **stated_facts(row.model_dump()),
            grades=tuple(grades[who.id]),
            complaints=tuple(complaints[who.id]),
        )
        known = tied_to_organs(person, organs)
        yield Tenure(person=known, entered_on=who.entered_on, from_on=row.from_on, until_on=min(ends, default=None))


def _grades(session: Session, span: Span, zone: ZoneInfo) -> dict[str, list[GradeFact]]:
    found: dict[str, list[GradeFact]] = defaultdict(list)
    for row in _all(session, AssignmentRow, span.centre_id, col(AssignmentRow.graded_at) < span.until):
        found[row.practitioner_id].append(GradeFact(grade=row.grade, on=row.graded_at.astimezone(zone).date()))
    return found


def _complaints(session: Session, span: Span, zone: ZoneInfo) -> dict[str, list[date]]:
    found: dict[str, list[date]] = defaultdict(list)
    upheld = (ComplaintRow.state == ComplaintState.UPHELD, col(ComplaintRow.concluded_at) < span.until)
    for row in _all(session, ComplaintRow, span.centre_id, *upheld):
        if row.practitioner_id:
            found[row.practitioner_id].append(row.concluded_at.astimezone(zone).date())
    return found


def _absences(session: Session, centre_id: str, first: date) -> Iterator[Absence]:
    lasting = or_(col(AbsenceRow.until_on).is_(None), col(AbsenceRow.until_on) >= first)
    in_force = AbsenceRow.state == AbsenceState.IN_FORCE
    return (row.stated for row in _all(session, AbsenceRow, centre_id, lasting, in_force))


def _houses(session: Session, span: Span, zone: ZoneInfo) -> Iterator[House]:
    """Yield each institution as it was when the period ended."""
    last = span.until.astimezone(zone).date()
    of_day = _all(session, InstitutionAttributesRow, span.centre_id, in_force(InstitutionAttributesRow, last))
    stated = {row.institution_id: row for row in of_day}
    for row in _all(session, InstitutionRow, span.centre_id):
        facts = {name: getattr(stated.get(row.id), name, None) for name in ("kind", "area", "capacity")}
        yield House(id=row.id, entered_on=row.entered_on, left_on=row.left_on, **facts)


def _pairs(session: Session, span: Span, cases: dict[str, CaseRow]) -> Iterator[PairFact]:
    """Yield what was known of single pairs before the case could be decided; the rest comes from answers."""
    for row in _all(session, PairRow, span.centre_id):
        case = cases.get(row.case_id)
        if case is not None and row.created_at <= max(case.entitled_at or span.since, span.since):
            yield PairFact(case_id=row.case_id, practitioner_id=row.practitioner_id, kind=row.kind)


def _standings(session: Session, span: Span) -> Iterator[LedgerStanding]:
    sums: Any = (
        select_rows(LedgerRow.practitioner_id, LedgerRow.share, func.sum(LedgerRow.turns), func.sum(LedgerRow.effort),
                    func.max(LedgerRow.at).filter(col(LedgerRow.kind) == EntryKind.TURN.value))
        .where(LedgerRow.centre_id == span.centre_id, col(LedgerRow.at) < span.since)
        .group_by(col(LedgerRow.practitioner_id), col(LedgerRow.share))
    )  # fmt: skip
    found: dict[str, Account] = defaultdict(Account)
    last: dict[str, list[datetime]] = defaultdict(list)
    for id, share, turns, effort, last_at in session.exec(sums):
        found[id] = found[id].with_entry(int(turns), int(effort), Fraction(share))
        last[id] += [last_at] if last_at else []
    for id, account in sorted(found.items()):
        yield LedgerStanding(
            practitioner_id=id,
            turns=account.turns,
            effort=account.effort,
            weighed_turns=account.weighed_turns,
            weighed_effort=account.weighed_effort,
            last_turn_at=max(last[id], default=None),
        )


def _gone(session: Session, span: Span, cases: set[str]) -> Iterator[tuple[str, datetime, Event]]:
    left = select(CaseEventRow).where(
        CaseEventRow.centre_id == span.centre_id,
        col(CaseEventRow.to_status).in_(EXITS),
        col(CaseEventRow.from_status) != col(CaseEventRow.to_status),
        col(CaseEventRow.at) >= span.since,
        col(CaseEventRow.at) < span.until,
    )
    for row in session.exec(left.order_by(col(CaseEventRow.at), col(CaseEventRow.id))):
        if row.case_id in cases and row.event in LEAVING:
            yield row.case_id, row.at, LEAVING[row.event]
