"""The register as plain records, a query a kind: what an import is compared with and an export is made of."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from dispatch.domain.docket.absence import EVERY_DAY, WHOLE_DAY, AbsenceState
from dispatch.domain.vocabulary import RelationKind
from dispatch.registry.docket.organs import aliases_of
from dispatch.registry.roster.entries import HOUSES, PEOPLE
from dispatch.registry.statements import fetch, fetch_by, in_force, load_by, select_rows
from dispatch.registry.tables import (
    AbsenceRow,
    AreaRow,
    AssessmentRow,
    AssignmentRow,
    AttributesRow,
    CaseRow,
    InstitutionAttributesRow,
    InstitutionRow,
    OrganRow,
    PartyRow,
    PractitionerRow,
    RelationRow,
    SpecialtyRow,
    WishRow,
)

Record = dict[str, Any]

CENTRE: BindParameter[str] = bindparam("centre_id")
DAY: BindParameter[date] = bindparam("on")


def _columns(table: Any, names: Iterable[str]) -> list[Any]:
    return [getattr(table, name) for name in names]


KEYS: BindParameter[Sequence[str]] = bindparam("keys", expanding=True)
ONE: Any = aliased(CaseRow)
OTHER: Any = aliased(CaseRow)

# fmt: off
AREAS = select(AreaRow).where(AreaRow.centre_id == CENTRE).order_by(col(AreaRow.code))
INSTITUTIONS: Any = (
    select_rows(*_columns(InstitutionRow, HOUSES.identity), *_columns(InstitutionAttributesRow, HOUSES.facts))
    .join(InstitutionAttributesRow, col(InstitutionAttributesRow.institution_id) == col(InstitutionRow.id))
    .where(InstitutionRow.centre_id == CENTRE, in_force(InstitutionAttributesRow, DAY))
    .order_by(col(InstitutionRow.code))
)
PRACTITIONERS: Any = (
    select_rows(*_columns(PractitionerRow, PEOPLE.identity), *_columns(AttributesRow, PEOPLE.facts),
                col(InstitutionRow.code).label("institution"))
    .join(AttributesRow, col(AttributesRow.practitioner_id) == col(PractitionerRow.id))
    .join(InstitutionRow, col(InstitutionRow.id) == col(AttributesRow.institution_id))
    .where(PractitionerRow.centre_id == CENTRE, in_force(AttributesRow, DAY))
    .where(col(PractitionerRow.merged_into).is_(None)).order_by(col(PractitionerRow.code))
)
CASES: Any = select(CaseRow).where(CaseRow.centre_id == CENTRE).order_by(col(CaseRow.number))
PARTIES: Any = (
    select_rows(PartyRow.case_id, PartyRow.role, PartyRow.sealed).where(PartyRow.centre_id == CENTRE)
    .order_by(col(PartyRow.case_id), col(PartyRow.id))
)
WISHES: Any = (
    select_rows(WishRow.case_id, PractitionerRow.code)
    .join(PractitionerRow, col(PractitionerRow.id) == col(WishRow.practitioner_id))
    .where(WishRow.centre_id == CENTRE).order_by(col(WishRow.case_id), col(WishRow.rank))
)
TIES: Any = (
    select_rows(RelationRow.case_id, RelationRow.other_id, RelationRow.kind, ONE.number, OTHER.number)
    .join(ONE, ONE.id == col(RelationRow.case_id)).join(OTHER, OTHER.id == col(RelationRow.other_id))
    .where(RelationRow.centre_id == CENTRE).order_by(ONE.number, OTHER.number)
)
ABSENCES: Any = (
    select(AbsenceRow, PractitionerRow.code, InstitutionRow.code)
    .join(PractitionerRow, col(PractitionerRow.id) == col(AbsenceRow.practitioner_id), isouter=True)
    .join(InstitutionRow, col(InstitutionRow.id) == col(AbsenceRow.institution_id), isouter=True)
    .where(AbsenceRow.centre_id == CENTRE, AbsenceRow.state == AbsenceState.IN_FORCE)
    .order_by(col(AbsenceRow.from_on), col(AbsenceRow.id))
)
ASSIGNMENTS = (
    select(  # type: ignore[call-overload]  # typed for four columns at most
           CaseRow.number, AssignmentRow.seat, PractitionerRow.code, PractitionerRow.name,
           col(InstitutionRow.code).label("institution"), AssignmentRow.mode, AssignmentRow.assigned_at,
           AssignmentRow.accepted_at, AssignmentRow.ended_at, AssignmentRow.end_reason, AssignmentRow.run_id)
    .join(CaseRow, col(CaseRow.id) == col(AssignmentRow.case_id))
    .join(PractitionerRow, col(PractitionerRow.id) == col(AssignmentRow.practitioner_id))
    .join(InstitutionRow, col(InstitutionRow.id) == col(AssignmentRow.institution_id))
    .where(AssignmentRow.centre_id == CENTRE)
    .order_by(col(AssignmentRow.assigned_at), col(CaseRow.number), col(AssignmentRow.seat))
)
# fmt: on


def list_areas(session: Session, centre_id: str) -> list[Record]:
    """Return the centre's areas."""
    return [row.model_dump() for row in session.exec(AREAS, params={"centre_id": centre_id})]


def list_organs(session: Session, centre_id: str) -> list[Record]:
    """Return the catalogue of organs, each with the names it goes by beside its own."""
    organs = select(OrganRow).where(OrganRow.centre_id == centre_id).order_by(col(OrganRow.name), col(OrganRow.id))
    rows = list(session.exec(organs))
    aliases = aliases_of(session, rows)
    return [row.model_dump() | {"aliases": aliases[row.id] or None} for row in rows]


def list_institutions(session: Session, centre_id: str, on: date) -> list[Record]:
    """Return the centre's institutions as of a day."""
    return [dict(row) for row in fetch(session, INSTITUTIONS, centre_id=centre_id, on=on).mappings()]


def list_practitioners(session: Session, centre_id: str, on: date) -> list[Record]:
    """Return everyone on the register with what is true of them on a day; what is sealed stays so."""
    return [dict(row) for row in fetch(session, PRACTITIONERS, centre_id=centre_id, on=on).mappings()]


def list_assessments(session: Session, centre_id: str) -> list[Record]:
    """Return the annual assessments that are believed, by practitioner and year."""
    believed = _by_code(AssessmentRow).where(col(AssessmentRow.superseded_at).is_(None)).order_by(AssessmentRow.year)
    return [row.model_dump() | {"code": code} for code, row in session.exec(believed, params={"centre_id": centre_id})]


def list_specialties(session: Session, centre_id: str) -> list[Record]:
    """Return the evidence of specialties that is not withdrawn, by practitioner and day."""
    standing = _by_code(SpecialtyRow).where(col(SpecialtyRow.withdrawn_at).is_(None))
    ordered = standing.order_by(SpecialtyRow.on, SpecialtyRow.recorded_at)
    return [row.model_dump() | {"code": code} for code, row in session.exec(ordered, params={"centre_id": centre_id})]


def list_absences(session: Session, centre_id: str) -> list[Record]:
    """Return the leaves and suspensions that hold, each once, by its first day; a part of a day in minutes."""
    return list({tuple(record.values()): record for record in _absences(session, centre_id)}.values())


def _absences(session: Session, centre_id: str) -> Iterator[Record]:
    for row, person, house in session.exec(ABSENCES, params={"centre_id": centre_id}):
        yield {
            "code": person or house,
            "of": "practitioner" if person else "institution",
            **row.model_dump(include={"kind", "from_on", "until_on", "reason"}),
            "from_time": row.from_minute or None,
            "until_time": row.until_minute if row.until_minute < WHOLE_DAY else None,
            "weekdays": row.weekdays if row.weekdays != EVERY_DAY else None,
        }


def _by_code(table: Any) -> Any:
    joined = select(PractitionerRow.code, table).join(table, table.practitioner_id == PractitionerRow.id)
    return joined.where(PractitionerRow.centre_id == CENTRE).order_by(col(PractitionerRow.code))


def list_used_causes(session: Session, centre_id: str) -> set[str]:
    """Return every cause that a case has or someone is graded in, by code, whether a policy still knows it or not."""
    of_centre, cause = CaseRow.centre_id == centre_id, col(CaseRow.cause)
    # From each cause to the one after it by the index: a few hundred looks, however many cases there are.
    first = select(func.min(cause).label("cause")).where(of_centre).cte("found", recursive=True)
    after = select(func.min(cause)).where(of_centre, cause > first.c.cause).scalar_subquery()
    found = first.union_all(select(after).where(first.c.cause.is_not(None)))
    causes = select(found.c.cause).where(found.c.cause.is_not(None))
    graded = select(AttributesRow.specialties).where(
        AttributesRow.centre_id == centre_id, col(AttributesRow.superseded_at).is_(None)
    )
    return set(session.exec(causes)) | {code for levels in session.exec(graded) for code in levels or ()}


def list_assignments(session: Session, centre_id: str) -> list[Record]:
    """Return every assignment ever made, the earliest first."""
    return [dict(row) for row in session.exec(ASSIGNMENTS, params={"centre_id": centre_id}).mappings()]


def list_cases(session: Session, centre_id: str, case_ids: Collection[str] | None = None) -> list[Record]:
    """Return the cases, or those of these ids, with their wishes, ties and sealed people; what is sealed stays so."""

    def found(statement: Any, *columns: Any, load: Any = fetch_by) -> Iterator[Any]:
        if case_ids is None:
            return iter(session.execute(statement, {"centre_id": centre_id}))
        named = statement.where(or_(*(column.in_(KEYS) for column in columns)))
        return iter(load(session, named, case_ids, centre_id=centre_id))

    rows = session.exec(CASES, params={"centre_id": centre_id}) if case_ids is None else found(
        CASES, col(CaseRow.id), load=load_by)  # fmt: skip
    cases = {row.id: row.model_dump() for row in rows}
    for record in cases.values():
        record.update(people=[], wishes=[], **{kind.value: [] for kind in RelationKind})
    for case_id, role, sealed in found(PARTIES, col(PartyRow.case_id)):
        cases[case_id]["people"].append((role, sealed))
    for case_id, code in found(WISHES, col(WishRow.case_id)):
        cases[case_id]["wishes"].append(code)
    for case_id, other_id, kind, number, other in set(found(TIES, col(RelationRow.case_id), col(RelationRow.other_id))):
        if case_id in cases:
            cases[case_id][kind].append(other)
        if other_id in cases and kind != RelationKind.EARLIER_STAGE:
            cases[other_id][kind].append(number)
    return list(cases.values())
