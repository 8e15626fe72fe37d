"""The roster changes for the very next decision, and past decisions keep what they saw."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dispatch.commands.roster.absences import Leave, lift, report_leave, suspend
from dispatch.domain.docket.absence import AbsenceState
from dispatch.domain.errors import (
    ForbiddenError,
    InvalidFieldError,
    NotFoundError,
    ReasonRequiredError,
    StaleError,
    UnknownReferenceError,
)
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Role
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.tables import AbsenceRow, AttributesRow, AuditRow
from tests.rows import NOW

DAY = timedelta(days=1)
TODAY = date(2026, 3, 9)


def facts_of(register, practitioner, now=NOW):
    with register.read() as session:
        known = load_docket(session, register.centre.id, None, now).practitioners
    return next(each for each in known if each.id == practitioner.id)


def house_of(register, institution, now=NOW):
    with register.read() as session:
        known = load_docket(session, register.centre.id, None, now).institutions
    return next(each for each in known if each.id == institution.id)


def secretary(register, institution):
    return Actor("s", Role.INSTITUTION, register.centre.id, institution_id=institution.id)


def test_change_holds_for_the_next_decision_and_not_for_past_ones(register):
    practitioner = register.a_practitioner(quality=70)

    changed = register.keep(practitioner, {"quality": 90}, if_match=1)

    assert changed.revision == 2
    assert facts_of(register, practitioner).quality == 90
    assert facts_of(register, practitioner, NOW - DAY).quality == 70


def test_change_against_an_old_revision_is_refused(register):
    practitioner = register.a_practitioner()
    register.keep(practitioner, {"quality": 90}, if_match=1)

    with pytest.raises(StaleError) as refusal:
        register.keep(practitioner, {"quality": 95}, if_match=1)

    assert (refusal.value.facts["expected"], refusal.value.facts["actual"]) == (1, 2)


def test_change_that_changes_nothing_is_no_revision(register):
    practitioner = register.a_practitioner(quality=70)

    same = register.keep(practitioner, {"quality": 70}, if_match=1)

    assert same.revision == 1
    assert len(register.all(AttributesRow)) == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"institution": "nowhere"}, UnknownReferenceError),
        ({"colour": "red"}, InvalidFieldError),
        ({"code": "p2"}, ReasonRequiredError),
        ({"longitude": None}, InvalidFieldError),
        ({"left_on": date(2019, 1, 1)}, InvalidFieldError),
    ],
)
def test_change_that_cannot_be_is_refused_and_changes_nothing(register, changes, error):
    practitioner = register.a_practitioner()

    with pytest.raises(error):
        register.keep(practitioner, changes, if_match=1)

    assert len(register.all(AttributesRow)) == 1


def test_practitioner_changes_their_own_capacity_and_nothing_else(register):
    practitioner = register.a_practitioner(capacity=5)
    self = Actor("u", Role.PRACTITIONER, register.centre.id, practitioner_id=practitioner.id)

    register.keep(practitioner, {"capacity": 2}, if_match=1, actor=self)

    assert facts_of(register, practitioner).capacity == 2
    with pytest.raises(ForbiddenError):
        register.keep(practitioner, {"quality": 100}, if_match=2, actor=self)


def test_secretary_changes_their_own_people_only(register):
    own, other = register.an_institution("own"), register.an_institution("other")
    member, stranger = register.a_practitioner("p1", own), register.a_practitioner("p2", other)

    register.keep(member, {"minor_trained": False}, if_match=1, actor=secretary(register, own))

    with pytest.raises(NotFoundError):
        register.keep(stranger, {"capacity": 1}, if_match=1, actor=secretary(register, own))
    with pytest.raises(ForbiddenError):
        register.keep(member, {"institution": "x"}, if_match=2, actor=secretary(register, own))


def test_institution_changes_under_its_revision(register):
    institution = register.an_institution()

    changed = register.keep(institution, {"capacity": 7}, if_match=1)

    assert changed.revision == 2
    assert house_of(register, institution).room == 7
    assert house_of(register, institution, NOW - DAY).room is None
    with pytest.raises(StaleError):
        register.keep(institution, {"capacity": 8}, if_match=1)
    with pytest.raises(UnknownReferenceError):
        register.keep(institution, {"area": "Z"}, if_match=2)
    with pytest.raises(ReasonRequiredError):
        register.keep(institution, {"code": "x"}, if_match=2)


def test_leave_counts_on_both_of_its_days_and_is_kept_once(register):
    practitioner = register.a_practitioner()

    first = report_leave(register.begin, register.clerk, NOW, practitioner.id, Leave(TODAY, TODAY + DAY))

    again = report_leave(register.begin, register.clerk, NOW, practitioner.id, Leave(TODAY, TODAY + DAY))
    assert (again.id, len(register.all(AbsenceRow))) == (first.id, 1)
    away = [facts_of(register, practitioner, NOW + k * DAY).on_leave for k in (-1, 0, 1, 2)]
    assert away == [False, True, True, False]


def test_leave_that_ends_before_it_begins_is_refused(register):
    practitioner = register.a_practitioner()

    with pytest.raises(InvalidFieldError):
        report_leave(register.begin, register.clerk, NOW, practitioner.id, Leave(TODAY, TODAY - DAY))


def test_leave_of_someone_else_is_not_a_practitioners_to_report(register):
    one, other = register.a_practitioner("p1"), register.a_practitioner("p2")
    self = replace(register.clerk, role=Role.PRACTITIONER, practitioner_id=one.id)

    report_leave(register.begin, self, NOW, one.id, Leave(TODAY, TODAY))

    with pytest.raises(ForbiddenError):
        report_leave(register.begin, self, NOW, other.id, Leave(TODAY, TODAY))


def test_suspension_keeps_new_cases_away_until_it_is_lifted(register):
    practitioner = register.a_practitioner()
    row = suspend(register.begin, register.manager, NOW, TODAY, None, "complaint", practitioner_id=practitioner.id)

    lift(register.begin, register.manager, NOW + 3 * DAY, row.id)

    out = [facts_of(register, practitioner, NOW + k * DAY).suspended for k in (0, 2, 3)]
    assert out == [True, True, False]
    lift(register.begin, register.manager, NOW + 9 * DAY, row.id)
    assert register.get(AbsenceRow, row.id).until_on == TODAY + 2 * DAY


def test_suspension_lifted_on_its_first_day_leaves_only_the_log(register):
    institution = register.an_institution()
    row = suspend(register.begin, register.manager, NOW, TODAY, None, "audit", institution_id=institution.id)

    lift(register.begin, register.manager, NOW, row.id)

    assert [row.state for row in register.all(AbsenceRow)] == [AbsenceState.CANCELLED]
    assert [note.verb for note in register.all(AuditRow)] == ["suspend", "suspend"]


def test_clerk_suspends_nobody(register):
    practitioner = register.a_practitioner()

    with pytest.raises(ForbiddenError):
        suspend(register.begin, register.clerk, NOW, TODAY, None, "complaint", practitioner_id=practitioner.id)


@pytest.mark.parametrize("wrong", [{}, {"practitioner_id": "p", "institution_id": "i"}])
def test_suspension_is_of_one_person_or_one_institution(register, wrong):
    with pytest.raises(InvalidFieldError):
        suspend(register.begin, register.manager, NOW, TODAY, None, "complaint", **wrong)
