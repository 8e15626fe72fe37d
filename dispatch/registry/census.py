"""What the nightly check looks at: everyone on the roster, a year of cases by class, and absences that end."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import NamedTuple

from sqlmodel import Session, col, or_, select

from dispatch.domain.calendar import WorkingDays
from dispatch.domain.conflicts.declared import TieKind
from dispatch.domain.docket.absence import AbsenceKind, AbsenceState
from dispatch.domain.docket.facts import CaseFacts, DocketFacts, case_before, tied_to_organs
from dispatch.domain.findings import EndingAbsence, FindingKind, Observation, observe_alike, observe_unlisted
from dispatch.domain.texts import name_key
from dispatch.domain.texts.alike import alike
from dispatch.domain.texts.organs import Organs, organ_key
from dispatch.domain.texts.places import two_places
from dispatch.registry.docket.caseload import stated_facts
from dispatch.registry.docket.organs import list_unlisted, load_organs
from dispatch.registry.docket.roster import load_areas, load_roster, read_day
from dispatch.registry.due.calendar import load_days
from dispatch.registry.tables import (
    AbsenceRow,
    AttributesRow,
    CaseRow,
    CentreRow,
    DeclaredTieRow,
    DistinctRow,
    InstitutionRow,
    OrganRow,
    PractitionerRow,
)

YEAR = timedelta(days=365)
MAX_CASES = 5_000
"""Of the past year, the newest; they stand for what the centre is asked."""

ENDING = {
    AbsenceKind.LEAVE: FindingKind.LEAVE_ENDING,
    AbsenceKind.SUSPENSION: FindingKind.SUSPENSION_ENDING,
}


class Census(NamedTuple):
    """A centre's register on one day."""

    facts: DocketFacts
    today: date
    absences: tuple[EndingAbsence, ...]
    days: WorkingDays


def load_census(session: Session, centre_id: str, now: datetime) -> Census:
    """Return the roster, one case of each class of the past year, and what absences are known."""
    day = read_day(session, centre_id, now)
    roster, organs = load_roster(session, day), load_organs(session, centre_id)
    facts = DocketFacts(
        centre_id=centre_id,
        now=now,
        cases=_classes(session, centre_id, now, organs),
        practitioners=tuple(tied_to_organs(person, organs) for person in roster.practitioners),
        institutions=tuple(replace(each, room=None) for each in roster.institutions),
        areas=load_areas(session, day),
    )
    return Census(facts, day.today, tuple(_absences(session, centre_id, day.today)), load_days(session, centre_id))


def observe_names(session: Session, centre_id: str, today: date) -> Iterator[Observation]:
    """Yield entries of the register whose names may be those of one thing, and names of organs nobody entered."""
    tied = any(offices or relatives for offices, relatives in session.exec(
        select(AttributesRow.former_offices, AttributesRow.relatives_at)
        .where(AttributesRow.centre_id == centre_id, col(AttributesRow.until_on).is_(None))
    ))  # fmt: skip
    served = select(DeclaredTieRow.id).where(
        DeclaredTieRow.centre_id == centre_id, DeclaredTieRow.kind == TieKind.RELATIVE_AT_ORGAN
    )
    tied = tied or session.exec(served.limit(1)).first() is not None
    unlisted = list_unlisted(session, centre_id) if tied else []
    yield from observe_unlisted(
        (each.key, each.name, {"cases": each.cases, "practitioners": each.practitioners, "near": each.near})
        for each in unlisted
        if each.cases or each.practitioners
    )
    organs = select(OrganRow.id, OrganRow.name).where(OrganRow.centre_id == centre_id)
    named = {id: organ_key(name) for id, name in session.exec(organs)}
    yield from observe_alike(FindingKind.ORGANS_ALIKE, alike(named, apart=two_places))
    present = or_(col(InstitutionRow.left_on).is_(None), col(InstitutionRow.left_on) > today)
    firms = select(InstitutionRow.id, InstitutionRow.name).where(InstitutionRow.centre_id == centre_id, present)
    keys = {id: name_key(name) for id, name in session.exec(firms)}
    yield from observe_alike(FindingKind.INSTITUTIONS_ALIKE, alike(keys, changed=False))
    yield from observe_alike(FindingKind.PRACTITIONERS_ALIKE, _namesakes(session, centre_id, today))


def _namesakes(session: Session, centre_id: str, today: date) -> Iterator[tuple[str, str]]:
    people = (
        select(PractitionerRow.id, PractitionerRow.name, AttributesRow.institution_id, PractitionerRow.identity_key)
        .join(AttributesRow, col(AttributesRow.practitioner_id) == col(PractitionerRow.id))
        .where(PractitionerRow.centre_id == centre_id, col(AttributesRow.until_on).is_(None))
        .where(or_(col(PractitionerRow.left_on).is_(None), col(PractitionerRow.left_on) > today))
    )
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for id, name, institution_id, number in session.exec(people):
        found[name_key(name), institution_id].append(id)
        if number:
            found[number,].append(id)
    pairs = {pair for ids in found.values() for pair in combinations(sorted(ids), 2)}
    yield from sorted(pairs - marked_distinct(session, centre_id) if pairs else ())


def marked_distinct(session: Session, centre_id: str, subject: str = "practitioner") -> set[tuple[str, str]]:
    """Return the pairs of records of which somebody decided that they are two, the smaller id first."""
    about = (DistinctRow.centre_id == centre_id, DistinctRow.subject == subject)
    return set(session.exec(select(DistinctRow.one_id, DistinctRow.other_id).where(*about)))


def list_centres(session: Session) -> list[CentreRow]:
    """Return every centre."""
    return list(session.exec(select(CentreRow).order_by(col(CentreRow.id))))


def _classes(session: Session, centre_id: str, now: datetime, organs: Organs) -> tuple[CaseFacts, ...]:
    newest = (
        select(CaseRow)
        .where(CaseRow.centre_id == centre_id, col(CaseRow.received_at) > now - YEAR)
        .order_by(col(CaseRow.received_at).desc(), col(CaseRow.id))
        .limit(MAX_CASES)
    )
    alike = {"id": "", "lot_of": None, "entitled_at": now, "due_at": now, "demand": 1}
    stated = (CaseFacts(**stated_facts(row) | alike) for row in session.exec(newest))
    seen = dict.fromkeys(case_before(case, organs) for case in stated)
    return tuple(replace(case, id=str(number)) for number, case in enumerate(seen))


def _absences(session: Session, centre_id: str, today: date) -> Iterable[EndingAbsence]:
    row = AbsenceRow
    ending = select(row).where(
        row.centre_id == centre_id, row.state == AbsenceState.IN_FORCE, row.from_on <= today, col(row.until_on) >= today
    )
    for each in session.exec(ending.order_by(col(row.id))):
        whose = "practitioner" if each.practitioner_id else "institution"
        assert each.until_on is not None
        subject_id = each.practitioner_id or each.institution_id or ""
        yield EndingAbsence(each.id, ENDING[each.kind], whose, subject_id, each.until_on)
