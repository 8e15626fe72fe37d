"""A docket holds what is true at its instant, and nothing else."""

from datetime import UTC, date, datetime, timedelta

from dispatch.domain.docket.absence import AbsenceKind
from dispatch.domain.docket.facts import FormerOffice
from dispatch.domain.states import EndReason, QualityGrade
from dispatch.domain.vocabulary import PairKind, RelationKind, Status
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.tables import (
    AbsenceRow,
    LedgerRow,
    PairRow,
    RelationRow,
    WishRow,
)
from testbed.rows import LONG_AGO, NOW, attributes_row
from tests.rows import open_register

TODAY = date(2026, 3, 9)
DAY = timedelta(days=1)


def load(register, case_ids=None, now=NOW):
    with register.read() as session:
        return load_docket(session, register.centre.id, case_ids, now)


def pairs_of(facts):
    return {(pair.case_id, pair.practitioner_id, pair.kind) for pair in facts.pairs}


def tie(register, kind, case, other):
    register.add(RelationRow(centre_id=register.centre.id, case_id=case.id, other_id=other.id, kind=kind))


def test_docket_holds_pending_cases_and_everyone_on_the_roster(register):
    case = register.a_case()
    register.a_case("2", status=Status.RECEIVED, granted_at=None)
    practitioner = register.a_practitioner(former_offices=[{"organ": "Court", "left_on": "2025-01-02"}])
    register.a_listed_organ("court")

    facts = load(register)

    assert [each.id for each in facts.cases] == [case.id]
    [found] = facts.practitioners
    assert (found.id, found.specialties, found.areas) == (practitioner.id, {"wages": 80, "theft": 60}, ("A",))
    assert found.former_offices == (FormerOffice(organ="court", left_on=date(2025, 1, 2)),)
    assert [area.code for area in facts.areas] == ["A", "B"]


def test_docket_names_no_person(register):
    register.a_case()
    register.a_practitioner()

    facts = load(register)

    assert "person p1" not in repr(facts)
    assert "firm firm" not in repr(facts)


def test_attributes_are_those_of_the_centres_own_date(register):
    practitioner = register.a_practitioner(capacity=5, until_on=TODAY)
    register.add(
        attributes_row(practitioner, register.the_institution(), capacity=2, from_on=TODAY, recorded_at=NOW + DAY)
    )
    late_on_the_eve_in_utc = datetime(2026, 3, 8, 15, 59, tzinfo=UTC)
    midnight_in_china = datetime(2026, 3, 8, 16, 0, tzinfo=UTC)

    before, after = load(register, now=late_on_the_eve_in_utc), load(register, now=midnight_in_china)

    assert [each.capacity for each in before.practitioners] == [5]
    assert [each.capacity for each in after.practitioners] == [2]


def test_unknown_attributes_stay_unknown(register):
    register.a_practitioner(specialties=None, areas=None, quality=None, capacity=None, former_offices=None, kind=None)

    [found] = load(register).practitioners

    assert (found.specialties, found.areas, found.quality, found.capacity) == (None, None, None, None)
    assert (found.former_offices, found.kind) == (None, None)


def test_who_has_left_or_not_yet_come_is_not_on_the_docket(register):
    for code, entered_on, left_on in (("gone", LONG_AGO, TODAY), ("new", TODAY + DAY, None)):
        row = register.a_practitioner(code)
        with register.begin() as tx:
            stored = tx.lock(type(row), row.id)
            stored.entered_on, stored.left_on = entered_on, left_on

    assert load(register).practitioners == ()


def test_grades_are_those_of_the_last_five_years_by_the_centres_own_day(register):
    practitioner = register.a_practitioner()
    late_in_utc = datetime(2026, 3, 8, 16, 30, tzinfo=UTC)
    for number, grade, graded_at in (
        ("1", QualityGrade.GOOD, late_in_utc),
        ("2", QualityGrade.FAIL, NOW - 400 * DAY),
        ("3", QualityGrade.EXCELLENT, NOW - 1900 * DAY),
        ("4", None, None),
    ):
        register.an_assignment(
            register.a_case(number, status=Status.EVALUATED), practitioner, assigned_at=NOW - 2000 * DAY,
            ended_at=NOW - 1950 * DAY, end_reason=EndReason.CLOSED, grade=grade, graded_at=graded_at,
        )  # fmt: skip

    [found] = load(register).practitioners

    assert [(each.grade, each.on) for each in found.grades] == [("fail", TODAY - 400 * DAY), ("good", TODAY)]


def test_load_month_and_ledger_are_counted(register):
    practitioner = register.a_practitioner()
    for number, columns in (
        ("1", {}),
        ("2", {"assigned_at": NOW - 40 * DAY}),
        ("3", {"ended_at": NOW, "end_reason": EndReason.CLOSED}),
        ("4", {"ended_at": NOW, "end_reason": EndReason.DECLINED}),
    ):
        register.an_assignment(register.a_case(number, status=Status.ASSIGNED), practitioner, **columns)
    for turns, effort in ((1, 10), (1, 6), (-1, -6)):
        register.add(
            LedgerRow(
                centre_id=register.centre.id, practitioner_id=practitioner.id, kind="turn", at=NOW - DAY,
                turns=turns, effort=effort,
            )
        )  # fmt: skip

    [found] = load(register).practitioners

    assert (found.load, found.month_count, found.turns, found.effort) == (2, 2, 1, 10)
    assert found.waiting_since == NOW - DAY


def test_leaves_and_suspensions_count_on_their_days_only(register):
    centre_id, people = register.centre.id, [register.a_practitioner(code) for code in "abcd"]
    shared = [{"centre_id": centre_id, "practitioner_id": person.id, "created_at": NOW} for person in people]
    register.add(
        AbsenceRow(kind=AbsenceKind.LEAVE, **shared[0], from_on=TODAY - DAY, until_on=TODAY),
        AbsenceRow(kind=AbsenceKind.LEAVE, **shared[1], from_on=TODAY + DAY, until_on=TODAY + DAY),
        AbsenceRow(kind=AbsenceKind.SUSPENSION, **shared[2], from_on=TODAY, reason="inquiry"),
    )

    found = {each.id: (each.on_leave, each.suspended) for each in load(register).practitioners}

    assert [found[person.id] for person in people] == [(True, False), (False, False), (False, True), (False, False)]


def test_room_of_an_institution_is_its_cap_less_what_it_holds(register):
    firm = register.an_institution("firm", capacity=2)
    register.an_institution("office")
    practitioner = register.a_practitioner(institution=firm)
    register.an_assignment(register.a_case("1", status=Status.ASSIGNED), practitioner, institution_id=firm.id)

    rooms = {each.id: each.room for each in load(register).institutions}

    assert rooms[firm.id] == 1
    assert sorted(rooms.values(), key=str) == [1, None]


def test_practitioner_of_a_closed_institution_is_not_listed(register):
    firm = register.an_institution(left_on=TODAY)
    register.a_practitioner(institution=firm)

    assert [each.listed for each in load(register).practitioners] == [False]


def test_joint_group_holds_together_through_a_case_already_assigned(register):
    first, middle, last = register.a_case("1"), register.a_case("2", status=Status.ASSIGNED), register.a_case("3")
    tie(register, RelationKind.CO_DEFENDANTS, first, middle)
    tie(register, RelationKind.CO_DEFENDANTS, middle, last)
    practitioner = register.a_practitioner()
    register.an_assignment(middle, practitioner)

    facts = load(register)

    assert len({case.joint_group for case in facts.cases}) == 1
    assert pairs_of(facts) == {
        (first.id, practitioner.id, PairKind.CO_DEFENCE),
        (last.id, practitioner.id, PairKind.CO_DEFENCE),
    }


def test_whole_institution_is_barred_from_the_opposing_side(register):
    firm, other = register.an_institution("firm"), register.an_institution("other")
    counsel, colleague = register.a_practitioner("p1", firm), register.a_practitioner("p2", firm)
    register.a_practitioner("p3", other)
    mine, theirs = register.a_case("1"), register.a_case("2", status=Status.ASSIGNED)
    tie(register, RelationKind.OPPOSING_SIDES, theirs, mine)
    register.an_assignment(theirs, counsel, institution_id=firm.id)

    facts = load(register)

    assert pairs_of(facts) == {
        (mine.id, counsel.id, PairKind.ADVERSE), (mine.id, colleague.id, PairKind.OPPOSITE),
    }  # fmt: skip


def test_two_open_opposing_cases_know_each_other(register):
    mine, theirs = register.a_case("1"), register.a_case("2")
    tie(register, RelationKind.OPPOSING_SIDES, mine, theirs)

    found = {case.id: case.opposing_case_ids for case in load(register).cases}

    assert found == {mine.id: (theirs.id,), theirs.id: (mine.id,)}


def test_counsel_of_the_earlier_stage_is_known(register):
    earlier, later = register.a_case("1", status=Status.CLOSED), register.a_case("2")
    tie(register, RelationKind.EARLIER_STAGE, later, earlier)
    practitioner = register.a_practitioner()
    register.an_assignment(earlier, practitioner, ended_at=NOW, end_reason=EndReason.CLOSED)

    [case] = load(register).cases

    assert case.earlier_counsel == (practitioner.id,)


def test_who_was_replaced_or_holds_the_other_seat_is_told(register):
    case = register.a_case(demand=2)
    before, lead = register.a_practitioner("before"), register.a_practitioner("lead")
    register.an_assignment(case, before, ended_at=NOW, end_reason=EndReason.ABANDONED)
    register.an_assignment(case, lead, seat=1)

    facts = load(register)

    assert [found.demand for found in facts.cases] == [1]
    assert pairs_of(facts) == {(case.id, before.id, PairKind.REFUSED), (case.id, lead.id, PairKind.SEATED)}


def test_recorded_pairs_and_wishes_come_along(register):
    case, practitioner = register.a_case(), register.a_practitioner()
    second = register.a_practitioner("p2")
    centre_id = register.centre.id
    register.add(
        WishRow(centre_id=centre_id, case_id=case.id, practitioner_id=second.id, rank=2),
        WishRow(centre_id=centre_id, case_id=case.id, practitioner_id=practitioner.id, rank=1),
        PairRow(
            centre_id=centre_id, case_id=case.id, practitioner_id=second.id, kind=PairKind.CONFLICT, created_at=NOW
        ),
    )

    facts = load(register)

    assert facts.cases[0].wishes == (practitioner.id, second.id)
    assert pairs_of(facts) == {(case.id, second.id, PairKind.CONFLICT)}


def test_only_named_cases_that_wait_are_loaded(register):
    first, second = register.a_case("1"), register.a_case("2")
    assigned = register.a_case("3", status=Status.ASSIGNED)

    facts = load(register, [second.id, assigned.id, "unknown"])

    assert [case.id for case in facts.cases] == [second.id]
    assert first.id != second.id


def test_other_centres_rows_stay_out(register, database_url):
    other = open_register(database_url, "other")
    other.a_case()
    other.a_practitioner()

    facts = load(register)

    assert (facts.cases, facts.practitioners) == ((), ())
    other.engine.dispose()
