"""A period as rows of a register: its roster from the first day, its cases received and waiting for their grant."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert

from dispatch.domain.docket.absence import AbsenceState
from dispatch.domain.docket.facts import CaseFacts
from dispatch.domain.law.means import MeansStatus
from dispatch.domain.period import Period, Tenure
from dispatch.domain.texts import case_number_key, case_number_order
from dispatch.domain.texts.organs import organ_key
from dispatch.domain.vocabulary import ON_NOTICE, InstitutionKind, MeansTest, Status
from dispatch.registry import tables
from dispatch.registry.docket.stated import STATED
from dispatch.registry.tables.columns import new_id
from dispatch.registry.transaction import Begin

ROWS_AT_ONCE = 2_000

BEGINNING = date(2000, 1, 1)
"""Before any period that is kept."""

Row = dict[str, Any]
Rows = tuple[Any, list[Row]]


def store(begin: Begin, centre_id: str, rows: Iterator[Rows]) -> None:
    """Store rows table by table, so many at once, all of them the centre's."""
    for table, found in rows:
        with begin() as tx:
            for start in range(0, len(found), ROWS_AT_ONCE):
                portion = [{"centre_id": centre_id} | row for row in found[start : start + ROWS_AT_ONCE]]
                tx.session.execute(insert(table), portion)


def roster_rows(period: Period) -> Iterator[Rows]:
    """Yield institutions, people, what is true of them, and when they are away."""
    since = period.since
    yield from _organs(period)
    yield (
        tables.InstitutionRow,
        [
            {"id": each.id, "code": each.id, "name": each.id, "revision": 1, "updated_at": since}
            for each in period.houses
        ],
    )
    yield tables.InstitutionAttributesRow, [
        {"id": new_id(), "institution_id": each.id, "kind": each.kind or InstitutionKind.LAW_FIRM,
         "area": each.area, "capacity": each.capacity, "from_on": BEGINNING, "recorded_at": since}
        for each in period.houses
    ]  # fmt: skip
    yield tables.PractitionerRow, [
        {"id": each.person.id, "code": each.person.id, "name": f"样本律师{number}", "entered_on": each.entered_on,
         "left_on": each.until_on, "revision": 1, "updated_at": since}
        for number, each in enumerate(period.tenures)
    ]  # fmt: skip
    yield tables.AttributesRow, [_attributes(each, since) for each in period.tenures]
    yield tables.AbsenceRow, [
        {"id": new_id(), "kind": each.kind, "practitioner_id": each.who, "from_on": each.from_on,
         "until_on": each.until_on, "created_at": since, "history": [], "state": AbsenceState.IN_FORCE,
         "from_minute": each.minutes[0], "until_minute": each.minutes[1], "weekdays": each.weekdays}
        for each in period.absences
    ]  # fmt: skip


def _organs(period: Period) -> Iterator[Rows]:
    """Yield the catalogue of organs: every organ that a case or a practitioner names."""
    people = [each.person for each in period.tenures]
    offices = {office.organ for person in people for office in person.former_offices or ()}
    named = offices.union(*(person.relatives_at or () for person in people), (case.organ for case in period.arrivals))
    organs = {organ_key(name): (new_id(), name) for name in sorted(filter(None, named))}
    yield tables.OrganRow, [{"id": id, "name": name, "revision": 1, "updated_at": period.since}
                            for id, name in organs.values()]  # fmt: skip
    yield tables.OrganNameRow, [{"id": new_id(), "organ_id": id, "name": name, "key": key}
                                for key, (id, name) in organs.items()]  # fmt: skip


def arrival_rows(period: Period) -> Iterator[Rows]:
    """Yield the cases as they are before their grant, with their wishes and their ties."""
    yield tables.CaseRow, [case_row(case) | {"status": Status.RECEIVED} for case in period.arrivals]
    yield tables.WishRow, list(wish_rows(period.arrivals))
    yield tables.RelationRow, [
        {"id": new_id(), "kind": kind, "case_id": case_id, "other_id": other}
        for kind, case_id, other in period.relations
    ]  # fmt: skip


def wish_rows(cases: Any) -> Iterator[Row]:
    """Yield whom the recipients have named."""
    for case in cases:
        for rank, who in enumerate(case.wishes, start=1):
            yield {"id": new_id(), "case_id": case.id, "practitioner_id": who, "rank": rank}


def case_row(case: CaseFacts) -> Row:
    """Return a case as it waits at the moment of its grant."""
    stated = {name: getattr(case, name) for name in tables.CaseRow.model_fields if hasattr(case, name)}
    listed = {name: list(value) if isinstance(value, tuple) else value for name, value in stated.items()}
    return listed | {
        "number": case.id, "number_key": case_number_key(case.id), "number_order": case_number_order(case.id),
        "status": Status.PENDING,
        "means_test": MeansTest.NOT_APPLICABLE if case.source in ON_NOTICE else MeansTest.REQUIRED,
        "means_status": None if case.source in ON_NOTICE else MeansStatus.PROVEN,
        "received_at": case.entitled_at, "granted_at": None if case.source in ON_NOTICE else case.entitled_at,
        "updated_at": case.entitled_at, "revision": 1, "due_estimated": False, "demand": case.demand,
    }  # fmt: skip


def _attributes(tenure: Tenure, at: datetime) -> Row:
    stated = {name: getattr(tenure.person, name) for name in STATED}
    listed = {name: list(value) if isinstance(value, tuple) else value for name, value in stated.items()}
    listed["former_offices"] = [
        {"organ": each.organ, "left_on": each.left_on and each.left_on.isoformat()}
        for each in tenure.person.former_offices or ()
    ]
    return listed | {"id": new_id(), "practitioner_id": tenure.person.id, "from_on": tenure.from_on,
                     "until_on": None, "recorded_at": at}  # fmt: skip
