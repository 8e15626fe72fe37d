"""The nightly check comes once a local night, opens each finding once, and closes what is gone."""

from datetime import date, datetime, timedelta

import pytest

from dispatch.commands.housekeeping import check_register, request_checks
from dispatch.commands.webhooks.endpoints import create_webhook
from dispatch.domain.docket.absence import AbsenceKind
from dispatch.domain.findings import FindingKind
from dispatch.domain.vocabulary import PolicyStatus, PractitionerKind, Status
from dispatch.domain.webhooks import HookType
from dispatch.registry.tables import (
    AbsenceRow,
    AttributesRow,
    DeliveryRow,
    FindingRow,
    OutboxRow,
    PolicyRow,
)
from tests.rows import NOW, attributes_row

NIGHT = NOW.replace(hour=18)
"""Two at night, China time, of the tenth."""

TODAY = date(2026, 3, 10)


def check(register, now: datetime = NIGHT):
    return check_register(register.begin, register.read, now, register.centre.id)


def request(register, now):
    return request_checks(register.begin, register.read, now)


def findings(register):
    return sorted(register.all(FindingRow), key=lambda row: (row.opened_at, row.kind))


def test_check_is_asked_for_once_a_night_however_many_ask(register):
    asked = [request(register, NOW), request(register, NIGHT - timedelta(minutes=1))]
    asked += [request(register, NIGHT), request(register, NIGHT), request(register, NIGHT + timedelta(hours=20))]
    asked += [request(register, NIGHT + timedelta(days=1))]

    assert asked == [0, 0, 1, 0, 0, 1]
    assert [row.job for row in register.all(OutboxRow)] == [
        "workers.jobs.check_register",
        "workers.jobs.check_log",
        "workers.jobs.appraise_days",
    ] * 2


def test_night_that_was_missed_is_made_up_the_next_day(register):
    assert request(register, NIGHT + timedelta(hours=9)) == 1


def test_finding_is_opened_once_and_kept_while_it_lasts(register):
    person = register.a_practitioner(assessment_valid_to=TODAY + timedelta(days=30))

    for nights in range(3):
        check(register, NIGHT + timedelta(days=nights))

    [row] = findings(register)
    assert (row.kind, row.subject_id, row.due_on) == (
        FindingKind.ASSESSMENT_EXPIRING,
        person.id,
        TODAY + timedelta(days=30),
    )
    assert (row.opened_at, row.closed_at) == (NIGHT, None)


def test_assessment_that_ran_out_closes_one_finding_and_opens_another(register):
    register.a_practitioner(assessment_valid_to=TODAY)

    check(register)
    later = NIGHT + timedelta(days=1)
    check(register, later)

    assert [(row.kind, row.closed_at) for row in findings(register)] == [
        (FindingKind.ASSESSMENT_EXPIRING, later),
        (FindingKind.ASSESSMENT_EXPIRED, None),
    ]


def test_field_that_is_filled_in_closes_its_finding(register):
    person = register.a_practitioner(minor_trained=None)
    check(register)
    with register.begin() as tx:
        [stated] = [row for row in register.all(AttributesRow) if row.practitioner_id == person.id]
        tx.session.get_one(AttributesRow, stated.id).until_on = TODAY
    register.add(attributes_row(person, register.the_institution(), from_on=TODAY))

    check(register, NIGHT + timedelta(days=1))

    assert [row.closed_at is not None for row in findings(register)] == [True]


def test_ends_of_leave_and_suspension_are_found(register):
    person, firm = register.a_practitioner(), register.the_institution()
    plain = {"centre_id": register.centre.id, "from_on": TODAY - timedelta(days=9), "created_at": NOW}
    until = {"until_on": TODAY + timedelta(days=3)}
    leave = AbsenceRow(kind=AbsenceKind.LEAVE, practitioner_id=person.id, **plain, **until)
    of_firm = AbsenceRow(kind=AbsenceKind.SUSPENSION, institution_id=firm.id, reason="review", **plain, **until)
    of_person = AbsenceRow(kind=AbsenceKind.SUSPENSION, practitioner_id=person.id, reason="review", **plain, **until)
    endless = AbsenceRow(kind=AbsenceKind.SUSPENSION, institution_id=firm.id, reason="review", **plain)
    register.add(leave, of_firm, of_person, endless)

    check(register)

    assert {(row.kind, row.subject_id, *row.facts.items()) for row in findings(register)} == {
        (FindingKind.LEAVE_ENDING, leave.id, ("practitioner_id", person.id)),
        (FindingKind.SUSPENSION_ENDING, of_firm.id, ("institution_id", firm.id)),
        (FindingKind.SUSPENSION_ENDING, of_person.id, ("practitioner_id", person.id)),
    }


def test_who_could_take_none_of_the_years_cases_is_found_whatever_became_of_those(register):
    register.a_practitioner("p1")
    nobody = register.a_practitioner("p2", kind=PractitionerKind.GOVERNMENT_LAWYER)
    register.a_case("1", status=Status.CLOSED)
    register.a_case("2")

    check(register)

    [row] = findings(register)
    assert (row.kind, row.subject_id) == (FindingKind.NEVER_ELIGIBLE, nobody.id)
    assert row.facts == {"classes": 1, "rules": ["takes_outside_cases"]}


def test_cases_of_long_ago_say_nothing_about_today(register):
    register.a_practitioner(kind=PractitionerKind.GOVERNMENT_LAWYER)
    long_ago = NOW - timedelta(days=400)
    register.a_case("1", received_at=long_ago, granted_at=long_ago)

    check(register)

    assert findings(register) == []


def test_change_is_told_outside_once(register):
    create_webhook(
        register.begin, register.seal, register.manager, NOW, "x", "https://hooks.example.org/",
        [HookType.REGISTER_CHECKED], private=False,
    )  # fmt: skip
    register.a_practitioner(minor_trained=None)

    wording = [check(register), check(register)]

    assert [row.data for row in register.all(DeliveryRow)] == [{"opened": 1, "closed": 0, "open": 1}]
    assert [text.partition(": ")[2] for text in wording] == ["1 new, 0 gone, 1 open", "0 new, 0 gone, 1 open"]


def test_centre_without_a_policy_is_left_alone(register):
    register.a_practitioner(minor_trained=None)
    with register.begin() as tx:
        tx.lock(PolicyRow, register.policy.id).status = PolicyStatus.SUPERSEDED

    assert check(register).endswith("no policy in force")
    assert findings(register) == []


@pytest.mark.parametrize("column", ["facts", "subject"])
def test_finding_holds_no_name(register, column):
    register.a_practitioner("p1", minor_trained=None)

    check(register)

    assert "person" not in str(getattr(findings(register)[0], column))
