"""Entries of the roster kept one by one: registered, changed in advance, corrected, undone, and told in the history."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dispatch.commands.roster.changes import register_entry
from dispatch.commands.roster.history import institution_history, practitioner_history
from dispatch.domain.errors import DuplicateNumberError, ForbiddenError, InvalidFieldError, ReasonRequiredError
from dispatch.domain.vocabulary import Role, Status
from dispatch.exchange.columns import Kind
from dispatch.registry.reads import Slice
from dispatch.registry.tables import AttributesRow, FindingRow, LedgerRow, PractitionerRow, RosterChangeRow, UserRow
from tests.commands.test_roster import facts_of, house_of
from tests.rows import NOW

DAY = timedelta(days=1)
TODAY = date(2026, 3, 9)
ALL = Slice(50, None)


def login_of(register):
    return register.get(UserRow, register.clerk.user_id).login


def reported(register, practitioner, actor=None):
    who = actor or register.clerk
    found = practitioner_history(register.read, register.seal, who, NOW, practitioner.id, ALL)
    return [
        (row.act.value, row.from_on, row.by, row.reason, [tuple(each) for each in row.changes]) for row in found.rows
    ]


def enter(register, kind=Kind.PRACTITIONERS, actor=None, **row):
    return register_entry(register.begin, register.seal, actor or register.clerk, NOW, kind, row)


def test_registered_practitioner_is_on_the_roster_with_what_was_said(register):
    register.the_institution()

    row = enter(register, code="14101", name="甲", institution="firm", sex="female", areas=["A"], phone="13800000001")

    known = facts_of(register, row)
    assert (known.sex, known.areas, known.capacity, known.listed) == ("female", ("A",), None, True)
    assert (row.entered_on, row.revision) == (TODAY, 1)
    assert reported(register, row) == [("registered", TODAY, login_of(register), None, [])]


def test_code_is_registered_once(register):
    register.a_practitioner("14101")

    with pytest.raises(DuplicateNumberError):
        enter(register, code="14101", name="乙", institution="firm")
    with pytest.raises(DuplicateNumberError):
        enter(register, Kind.INSTITUTIONS, code="firm", name="另一所")


def test_secretary_registers_own_people_and_the_centre_lists_them(register):
    firm, other = register.an_institution("own"), register.an_institution("other")
    secretary = register.secretary(firm)

    row = enter(register, actor=secretary, code="14101", name="甲")

    assert (facts_of(register, row).listed, facts_of(register, row).institution_id) == (False, firm.id)
    for more in ({"institution": other.code}, {"listed": True}, {"quality": 100}):
        with pytest.raises(ForbiddenError):
            enter(register, actor=secretary, code="14102", name="乙", **more)
    with pytest.raises(ForbiddenError):
        register.keep(row, {"listed": True}, actor=secretary)
    register.keep(row, {"listed": True})
    assert facts_of(register, row).listed


def test_change_in_advance_waits_for_its_day_and_others_do_not_undo_it(register):
    old, new = register.the_institution(), register.an_institution("new")
    person = register.a_practitioner(capacity=5)

    register.keep(person, {"institution": "new"}, from_on=TODAY + 30 * DAY)
    register.keep(person, {"capacity": 9}, 2)

    assert (facts_of(register, person).institution_id, facts_of(register, person).capacity) == (old.id, 9)
    then = facts_of(register, person, NOW + 30 * DAY)
    assert (then.institution_id, then.capacity) == (new.id, 9)

    register.keep(person, {"institution": "firm"}, 3, from_on=TODAY + 30 * DAY)
    assert facts_of(register, person, NOW + 30 * DAY).institution_id == old.id


def test_correction_holds_since_the_day_it_names_and_is_undone_by_another(register):
    person = register.a_practitioner(criminal_defence_since=date(2016, 1, 1))
    ledger = register.all(LedgerRow)

    register.keep(person, {"criminal_defence_since": date(2024, 1, 1)}, from_on=TODAY - 60 * DAY, reason="misread")

    since = [facts_of(register, person, NOW - n * DAY).criminal_defence_since for n in (61, 60, 0)]
    assert since == [date(2016, 1, 1), date(2024, 1, 1), date(2024, 1, 1)]
    assert register.all(LedgerRow) == ledger
    register.keep(
        person, {"criminal_defence_since": date(2016, 1, 1)}, 2, from_on=TODAY - 60 * DAY, reason="it was right"
    )
    believed = register.all(AttributesRow, AttributesRow.superseded_at.is_(None))
    assert [(row.until_on, row.criminal_defence_since) for row in believed] == [(None, date(2016, 1, 1))]
    field = "criminal_defence_since"
    assert reported(register, person) == [
        ("corrected", TODAY - 60 * DAY, login_of(register), why, [(field, *values)])
        for why, values in (
            ("misread", ("2016-01-01", "2024-01-01")), ("it was right", ("2024-01-01", "2016-01-01"))
        )
    ]  # fmt: skip


def test_correction_needs_a_reason_and_the_centre(register):
    firm = register.an_institution("own")
    person = register.a_practitioner(institution=firm)

    with pytest.raises(ReasonRequiredError):
        register.keep(person, {"capacity": 1}, from_on=TODAY - DAY)
    with pytest.raises(ForbiddenError):
        register.keep(person, {"capacity": 1}, from_on=TODAY - DAY, reason="x", actor=register.secretary(firm))
    with pytest.raises(InvalidFieldError):
        register.keep(person, {"capacity": 1}, from_on=date(2019, 1, 1), reason="before the register")
    assert register.all(RosterChangeRow) == []


def test_wrong_licence_number_is_corrected_unless_somebody_else_has_it(register):
    person, other = register.a_practitioner("14101"), register.a_practitioner("14102")

    assert register.keep(person, {"code": "14103"}, reason="a digit was wrong").code == "14103"
    with pytest.raises(DuplicateNumberError):
        register.keep(other, {"code": "14103"}, reason="x")
    assert reported(register, person)[0][-1] == [("code", "14101", "14103")]


def test_what_tells_a_person_is_sealed_and_its_history_too(register):
    person = register.a_practitioner()

    register.keep(person, {"name": "新名字", "phone": "13812345678", "identity_number": "410105198001010017"})

    stored = register.get(PractitionerRow, person.id)
    [change] = register.all(RosterChangeRow)
    assert stored.identity_key == register.seal.identity_key("410105198001010017")
    for row in (stored, change):
        assert b"13812345678" not in row.sealed
        assert "13812345678" not in row.model_dump_json(exclude={"sealed"})
    assert (change.before, change.after) == ({}, {})
    auditor = replace(register.clerk, role=Role.AUDITOR)
    [clear], [masked] = reported(register, person), reported(register, person, auditor)
    assert clear[-1] == [
        ("identity_number", None, "410105198001010017"), ("name", "person p1", "新名字"), ("phone", None, "13812345678")
    ]  # fmt: skip
    assert masked[-1][-1] == ("phone", None, "138****5678")


def test_institution_is_changed_in_advance_corrected_and_told(register):
    firm = register.an_institution(capacity=5, kind="law_firm")

    register.keep(firm, {"capacity": 9}, from_on=TODAY + 10 * DAY)
    register.keep(firm, {"kind": "grassroots_office"}, 2, from_on=TODAY - 10 * DAY, reason="entered as a firm")

    kinds = [house_of(register, firm, NOW + n * DAY) for n in (-11, -10, 0, 10)]
    assert [(each.kind, each.room) for each in kinds] == [
        ("law_firm", 5), ("grassroots_office", 5), ("grassroots_office", 5), ("grassroots_office", 9)
    ]  # fmt: skip
    found = institution_history(register.read, register.seal, register.clerk, firm.id, ALL)
    assert [(row.act.value, [tuple(each) for each in row.changes]) for row in found.rows] == [
        ("changed", [("capacity", 5, 9)]), ("corrected", [("kind", "law_firm", "grassroots_office")])
    ]  # fmt: skip


def test_holder_whom_a_correction_excludes_is_reported(register):
    person = register.a_practitioner(kind="lawyer")
    case = register.a_case(recipient_is_minor=True, status=Status.ASSIGNED)
    register.an_assignment(case, person)

    register.keep(person, {"kind": "grassroots_worker"}, from_on=TODAY - DAY, reason="no lawyer")

    [finding] = register.all(FindingRow)
    assert (finding.kind, finding.facts["practitioner_id"]) == ("holder_barred", person.id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identity_number": "410105198001010018"}, "identity_number"),
        ({"identity_number": "410105198002300017"}, "identity_number"),
        ({"identity_number": "11010519491231002X"}, "sex"),
        ({"identity_number": "410105198001010017", "sex": "female"}, "sex"),
        ({"identity_number": "41010519800101001"}, "identity_number"),
    ],
)
def test_identity_number_no_card_has_or_of_another_sex_is_refused(register, changes, field):
    person = register.a_practitioner(sex="male")

    with pytest.raises(InvalidFieldError) as refusal:
        register.keep(person, changes)

    assert refusal.value.facts["field"] == field
    assert "410105" not in str(refusal.value.facts)
    assert register.keep(person, {"identity_number": "H12345678"}).revision == 2
