"""The nightly check names what runs out, what is missing, and who is listed for nothing."""

from datetime import date, timedelta

import pytest

from dispatch.domain.findings import EndingAbsence, FindingKind, observe, of_leavers
from dispatch.domain.vocabulary import PractitionerKind
from tests.builders import a_case, a_defence, a_policy, a_practitioner, docket_facts

TODAY = date(2026, 3, 9)


def found(*practitioners, cases=(), absences=(), **policy):
    facts = docket_facts(list(cases), list(practitioners))
    return list(observe(facts, a_policy(**policy), TODAY, absences))


def kinds(*practitioners, **more):
    return [each.kind for each in found(*practitioners, **more)]


def test_register_without_a_fault_has_no_findings():
    assert found(a_practitioner(), cases=[a_case()]) == []


@pytest.mark.parametrize(
    ("days", "kind"),
    [
        (-1, FindingKind.ASSESSMENT_EXPIRED),
        (0, FindingKind.ASSESSMENT_EXPIRING),
        (60, FindingKind.ASSESSMENT_EXPIRING),
        (61, None),
    ],
)
def test_assessment_on_record_that_runs_out_is_named_with_its_day(days, kind):
    last = TODAY + timedelta(days=days)

    seen = found(a_practitioner(assessment_valid_to=last))

    assert [(each.kind, each.due_on) for each in seen] == ([(kind, last)] if kind else [])


def test_policy_says_how_far_ahead_the_assessment_on_record_is_watched():
    soon = a_practitioner(assessment_valid_to=TODAY + timedelta(days=90))

    assert kinds(soon, nightly={"assessment_days": 100}) == [FindingKind.ASSESSMENT_EXPIRING]


def test_assessment_of_who_has_no_certificate_is_not_watched():
    assert kinds(a_practitioner(kind=PractitionerKind.VOLUNTEER, assessment_valid_to=TODAY - timedelta(days=1))) == []


@pytest.mark.parametrize(("passed", "known"), [(False, True), (None, False)])
def test_assessment_is_overdue_where_the_policy_asks_for_it(passed, known):
    practitioner = a_practitioner(assessment_passed=passed)

    [seen] = found(practitioner, checks={"assessment": True})

    assert (seen.kind, seen.facts) == (FindingKind.ASSESSMENT_OVERDUE, {"known": known})
    assert kinds(practitioner) == []


def test_blank_fields_that_rules_read_are_named():
    [seen] = found(a_practitioner(minor_trained=None, criminal_defence_since=None, quality=None))

    assert (seen.kind, seen.facts) == (
        FindingKind.FACTS_MISSING,
        {"fields": ["minor_trained", "criminal_defence_since"]},
    )


@pytest.mark.parametrize(
    ("fields", "policy", "missing"),
    [
        ({"kind": None}, {}, ["kind"]),
        ({"kind": PractitionerKind.CENTRE_STAFF, "legal_qualification": None}, {}, ["legal_qualification"]),
        ({"practising_since": None}, {"thresholds": {"duty_years": 3}}, ["practising_since"]),
        ({"specialties": None}, {"thresholds": {"specialty_floor": 0}}, ["specialties"]),
        ({"latitude": None}, {"thresholds": {"reach_km": 50}}, ["latitude"]),
        ({"areas": None}, {"checks": {"area": True}}, ["areas"]),
        ({"kind": PractitionerKind.GRASSROOTS_WORKER, "areas": None}, {}, ["areas"]),
        ({"languages": None}, {"checks": {"language": True}}, ["languages"]),
        ({"assessment_valid_to": None}, {}, ["assessment_valid_to"]),
    ],
)
def test_field_is_missed_where_a_rule_in_force_reads_it(fields, policy, missing):
    seen = [each for each in found(a_practitioner(**fields), **policy) if each.kind is FindingKind.FACTS_MISSING]

    assert [each.facts["fields"] for each in seen] == [missing]


def test_who_is_not_listed_is_not_looked_at():
    assert kinds(a_practitioner(listed=False, assessment_valid_to=None, kind=None)) == []


@pytest.mark.parametrize(("days", "named"), [(-1, False), (0, True), (7, True), (8, False)])
@pytest.mark.parametrize("kind", [FindingKind.LEAVE_ENDING, FindingKind.SUSPENSION_ENDING])
def test_absence_that_ends_soon_is_named(kind, days, named):
    absence = EndingAbsence("a1", kind, "practitioner", "p1", TODAY + timedelta(days=days))

    seen = found(absences=[absence])

    assert [(each.kind, each.subject_id, each.facts) for each in seen] == (
        [(kind, "a1", {"practitioner_id": "p1"})] if named else []
    )


def test_listed_person_who_may_take_no_case_is_named_with_the_rules():
    worker = a_practitioner("p2", kind=PractitionerKind.COMPANY_LAWYER)

    seen = found(a_practitioner(), worker, cases=[a_case("c1"), a_defence("c2")])

    assert [(each.kind, each.subject_id) for each in seen] == [(FindingKind.NEVER_ELIGIBLE, "p2")]
    assert seen[0].facts["classes"] == 2
    assert "takes_outside_cases" in seen[0].facts["rules"]


def test_what_passes_does_not_make_anyone_never_eligible():
    busy = a_practitioner(load=99, month_count=99, on_leave=True, suspended=True)

    assert kinds(busy, cases=[a_case()]) == []


def test_without_cases_nobody_is_called_never_eligible():
    assert kinds(a_practitioner(kind=PractitionerKind.COMPANY_LAWYER)) == []


def test_who_left_with_cases_in_hand_is_named_with_how_many():
    found = [(each.kind, each.subject_id, each.facts) for each in of_leavers({"p2": 1, "p1": 3})]

    assert found == [
        (FindingKind.LEFT_WITH_CASES, "p1", {"cases": 3}),
        (FindingKind.LEFT_WITH_CASES, "p2", {"cases": 1}),
    ]
