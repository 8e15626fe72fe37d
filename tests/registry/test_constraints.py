"""The database itself refuses what must never be, and says so in the domain's words."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from dispatch.domain.docket.absence import AbsenceKind
from dispatch.domain.errors import (
    ConstraintBrokenError,
    DuplicateNumberError,
    SeatTakenError,
    UnavailableError,
)
from dispatch.domain.states import EndReason
from dispatch.domain.vocabulary import CaseSource, ModeName, RelationKind, Status
from dispatch.registry.border import ERRORS, named_uniques
from dispatch.registry.tables import (
    AbsenceRow,
    AssignmentRow,
    AttributesRow,
    AuditRow,
    CaseEventRow,
    CaseRow,
    LedgerRow,
    PartyRow,
    RelationRow,
    WishRow,
)
from dispatch.registry.transaction import make_engine, make_read
from tests.rows import NOW, attributes_row, case_row, practitioner_row

DAY = timedelta(days=1)


def test_number_is_used_once_per_centre(register):
    register.a_case("1")

    with pytest.raises(DuplicateNumberError) as refusal:
        register.a_case("1")

    assert refusal.value.facts == {"constraint": "case_number_once"}


def test_practitioner_code_is_used_once(register):
    register.add(practitioner_row(register.centre.id))

    with pytest.raises(DuplicateNumberError):
        register.add(practitioner_row(register.centre.id))


def test_seat_has_one_live_assignment(register):
    case, first, second = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")
    register.an_assignment(case, first)

    with pytest.raises(SeatTakenError):
        register.an_assignment(case, second)


def test_ended_assignment_frees_its_seat(register):
    case, first, second = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")
    register.an_assignment(case, first, ended_at=NOW, end_reason=EndReason.ABANDONED)

    register.an_assignment(case, second)

    assert len(register.all(AssignmentRow)) == 2


def test_one_person_cannot_hold_both_seats(register):
    case, practitioner = register.a_case(demand=2), register.a_practitioner()
    register.an_assignment(case, practitioner)

    with pytest.raises(SeatTakenError):
        register.an_assignment(case, practitioner, seat=1)


@pytest.mark.parametrize(
    ("constraint", "columns"),
    [
        ("case_demand", {"demand": 3}),
        ("case_due_after_receipt", {"due_at": NOW - 2 * DAY}),
        ("case_entitled", {"entitled_at": None}),
        ("case_noticed_not_granted", {"source": CaseSource.NOTICE_MUST, "entitled_at": NOW}),
    ],
)
def test_senseless_case_is_refused_by_its_constraint(register, constraint, columns):
    with pytest.raises(ConstraintBrokenError) as refusal:
        register.a_case(**columns)

    assert refusal.value.facts == {"constraint": constraint}


@pytest.mark.parametrize(
    ("constraint", "columns"),
    [
        ("attributes_dates", {"until_on": date(2019, 1, 1)}),
        ("attributes_capacity_not_negative", {"capacity": -1}),
        ("attributes_quality_level", {"quality": 101}),
        ("attributes_point_whole", {"latitude": None}),
        ("attributes_one_open", {"from_on": date(2021, 1, 1)}),
    ],
)
def test_senseless_attributes_are_refused_by_their_constraint(register, constraint, columns):
    practitioner = register.a_practitioner()

    with pytest.raises(ConstraintBrokenError) as refusal:
        register.add(attributes_row(practitioner, register.the_institution(), **columns))

    assert refusal.value.facts["constraint"] == constraint


def test_row_that_points_nowhere_is_refused(register):
    practitioner = register.a_practitioner()

    with pytest.raises(ConstraintBrokenError):
        register.add(WishRow(centre_id=register.centre.id, case_id="none", practitioner_id=practitioner.id, rank=1))


def test_period_that_ends_before_it_begins_is_refused(register):
    practitioner, today = register.a_practitioner(), NOW.date()
    shared = {"centre_id": register.centre.id, "practitioner_id": practitioner.id, "created_at": NOW}

    with pytest.raises(ConstraintBrokenError):
        register.add(AbsenceRow(kind=AbsenceKind.LEAVE, **shared, from_on=today, until_on=today - DAY))
    with pytest.raises(ConstraintBrokenError):
        register.add(
            AbsenceRow(kind=AbsenceKind.SUSPENSION, **shared, from_on=today, until_on=today - DAY, reason="inquiry")
        )


def test_case_has_no_tie_to_itself(register):
    case = register.a_case()

    with pytest.raises(ConstraintBrokenError):
        register.add(
            RelationRow(
                centre_id=register.centre.id, case_id=case.id, other_id=case.id, kind=RelationKind.CO_DEFENDANTS
            )
        )


@pytest.mark.parametrize("change", ["update", "delete"])
@pytest.mark.parametrize("table", [CaseEventRow, LedgerRow, AuditRow])
def test_history_is_only_ever_added_to(register, table, change):
    case, practitioner = register.a_case(), register.a_practitioner()
    centre_id = register.centre.id
    row = {
        CaseEventRow: lambda: CaseEventRow(
            centre_id=centre_id, case_id=case.id, event="grant", to_status=Status.PENDING, at=NOW
        ),
        LedgerRow: lambda: LedgerRow(
            centre_id=centre_id, practitioner_id=practitioner.id, kind="turn", turns=1, effort=1, at=NOW
        ),
        AuditRow: lambda: AuditRow(centre_id=centre_id, verb="read_case", subject="case", at=NOW),
    }[table]()
    register.add(row)
    statement = update(table).values(at=NOW + DAY) if change == "update" else delete(table)

    with pytest.raises((ConstraintBrokenError, DBAPIError)), register.begin() as tx:
        tx.session.exec(statement)

    assert [stored.at for stored in register.all(table)] == [NOW]


def test_error_of_the_database_quotes_no_value(register):
    with pytest.raises(DuplicateNumberError) as refusal:
        register.add(case_row(register.centre.id, "secret 1"), case_row(register.centre.id, "secret 1"))

    assert "secret" not in repr(refusal.value.facts)
    assert refusal.value.__cause__ is None


def test_every_translated_constraint_exists():
    known = {name for table in CaseRow.metadata.tables.values() for name, _ in named_uniques(table)}

    assert ERRORS.keys() <= known


def test_lost_table_is_reported_as_unavailable():
    engine = make_engine("sqlite://")
    with pytest.raises(UnavailableError), make_read(engine)() as session:
        session.exec(text("SELECT 1 FROM nothing"))
    engine.dispose()


def test_party_keeps_nothing_in_the_clear():
    assert set(PartyRow.model_fields) == {
        "id", "centre_id", "case_id", "role", "sealed", "identity_key", "name_key", "organ", "recorded_at",
    }  # fmt: skip


def test_assignment_knows_its_mode(register):
    case, practitioner = register.a_case(), register.a_practitioner()

    assignment = register.an_assignment(case, practitioner, mode=ModeName.ROTATION)

    assert register.get(AssignmentRow, assignment.id).mode is ModeName.ROTATION


@pytest.mark.parametrize("change", [{"quality": 1}, {"specialties": {}}, {"listed": False}])
def test_attributes_are_closed_but_never_say_something_else(register, change):
    register.a_practitioner()

    with pytest.raises((ConstraintBrokenError, DBAPIError)), register.begin() as tx:
        tx.session.exec(update(AttributesRow).values(**change))
    with register.begin() as tx:
        tx.session.exec(update(AttributesRow).values(until_on=date(2027, 1, 1)))

    [row] = register.all(AttributesRow)
    assert (row.quality, row.listed, row.until_on) == (70, True, date(2027, 1, 1))
