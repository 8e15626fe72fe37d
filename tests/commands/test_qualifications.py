"""An assessment counts for the days of its year, a level rests on evidence; both are corrected and stay readable."""

from datetime import date, timedelta

import pytest

from dispatch.commands.chain import start_plan
from dispatch.commands.housekeeping import check_register
from dispatch.commands.imports.files import Order, carry_out
from dispatch.commands.roster.qualifications import (
    SpecialtyEvidence,
    YearResult,
    add_evidence,
    assess,
    list_qualifications,
    withdraw_evidence,
)
from dispatch.domain.errors import InvalidFieldError, ReasonRequiredError, StaleError, UnknownReferenceError
from dispatch.domain.findings import FindingKind
from dispatch.domain.roster.words import AssessmentResult, SpecialtySource
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import Status
from dispatch.exchange.columns import Kind
from dispatch.registry.tables import FindingRow, OfferRow, PractitionerRow
from tests.commands.test_roster import facts_of
from tests.exchange.files import a_csv
from tests.rows import NOW

GOOD, BAD, NONE = AssessmentResult.COMPETENT, AssessmentResult.INCOMPETENT, AssessmentResult.UNDETERMINED
TODAY = date(2026, 3, 9)


def as_clerk(register):
    return register.begin, register.seal, register.clerk, NOW


def record(register, person, year, result, decided_on, valid_to=None, reason=None):
    revision = register.get(PractitionerRow, person.id).revision
    return assess(*as_clerk(register), person.id, YearResult(year, result, decided_on, valid_to), revision, reason)


def passed_on(register, person, *days):
    return [facts_of(register, person, NOW + (day - TODAY)).assessment_passed for day in days]


def test_rule_reads_the_year_that_counted_on_its_day(register):
    person = register.a_practitioner(assessment_passed=None)

    record(register, person, 2025, GOOD, date(2026, 2, 1), date(2027, 5, 31))
    record(register, person, 2024, BAD, date(2025, 5, 20))

    days = (date(2025, 5, 19), date(2025, 5, 20), date(2026, 1, 31), date(2026, 2, 1), TODAY)
    assert passed_on(register, person, *days) == [None, False, False, True, True]
    assert facts_of(register, person).assessment_valid_to == date(2027, 5, 31)


def test_corrected_year_leaves_the_others_and_stays_readable(register):
    person = register.a_practitioner(assessment_passed=None)
    record(register, person, 2024, GOOD, date(2025, 5, 20))
    record(register, person, 2025, GOOD, date(2026, 2, 1))
    with pytest.raises(ReasonRequiredError):
        record(register, person, 2024, BAD, date(2025, 5, 25))

    record(register, person, 2024, BAD, date(2025, 5, 25), reason="another person's result")

    days = (date(2025, 5, 20), date(2025, 5, 25), date(2026, 2, 1))
    assert passed_on(register, person, *days) == [None, False, True]
    assessed, _ = list_qualifications(register.read, register.clerk, NOW, person.id)
    assert [(row.year, row.result, row.superseded_at is None) for row in assessed] == [
        (2024, GOOD, False), (2024, BAD, True), (2025, GOOD, True)
    ]  # fmt: skip


def test_year_without_a_grade_is_unknown_and_the_same_again_is_no_change(register):
    person = register.a_practitioner(assessment_passed=True)

    first = record(register, person, 2025, NONE, date(2026, 2, 1))
    revision = register.get(PractitionerRow, person.id).revision

    assert passed_on(register, person, date(2026, 1, 31), TODAY) == [True, None]
    assert record(register, person, 2025, NONE, date(2026, 2, 1)).id == first.id
    assert register.get(PractitionerRow, person.id).revision == revision


@pytest.mark.parametrize(
    ("year", "decided_on", "valid_to"),
    [
        (2025, TODAY + timedelta(days=1), None),
        (2025, date(2025, 6, 1), None),
        (2025, date(2024, 12, 31), None),
        (2025, date(2026, 2, 1), date(2026, 1, 1)),
    ],
)
def test_assessment_out_of_order_is_refused(register, year, decided_on, valid_to):
    person = register.a_practitioner()
    record(register, person, 2024, GOOD, date(2025, 6, 1))

    with pytest.raises(InvalidFieldError):
        record(register, person, year, GOOD, decided_on, valid_to)


def shown(register, person, level, on=TODAY, source=SpecialtySource.TRAINING, **more):
    revision = register.get(PractitionerRow, person.id).revision
    return add_evidence(*as_clerk(register), person.id, SpecialtyEvidence("wages", level, source, on, **more), revision)


def test_level_is_that_of_the_newest_evidence_that_stands(register):
    person = register.a_practitioner(specialties={"wages": 10, "theft": 60})
    register.a_case("（2026）1号")

    shown(register, person, 50, date(2026, 1, 1))
    newest = shown(register, person, 90, source=SpecialtySource.CASE, case_number="(2026)1")
    assert facts_of(register, person).specialties == {"wages": 90, "theft": 60}

    for _ in range(2):
        withdraw_evidence(*as_clerk(register), newest.id, "the case was another's")
    assert facts_of(register, person).specialties == {"wages": 50, "theft": 60}
    _, evidence = list_qualifications(register.read, register.clerk, NOW, person.id)
    assert [(row.level, row.reason) for row in evidence] == [(50, None), (90, "the case was another's")]
    withdraw_evidence(*as_clerk(register), evidence[0].id, "no certificate")
    assert facts_of(register, person).specialties == {"theft": 60}


def test_evidence_nobody_can_look_up_is_refused(register):
    person = register.a_practitioner()

    for more, error in (
        ({"source": SpecialtySource.CASE}, InvalidFieldError),
        ({"source": SpecialtySource.CASE, "case_number": "unknown"}, UnknownReferenceError),
        ({"on": TODAY + timedelta(days=1)}, InvalidFieldError),
    ):
        with pytest.raises(error):
            shown(register, person, 90, **more)
    with pytest.raises(StaleError):
        add_evidence(*as_clerk(register), person.id, SpecialtyEvidence("wages", 9, SpecialtySource.TRAINING, TODAY), 7)


def by_file(register, person, result, reason=""):
    row = {
        "执业证号": person.code,
        "考核年度": "2025",
        "考核结果": result.zh,
        "考核日期": "2026-02-01",
        "更正理由": reason,
    }
    report = carry_out(*as_clerk(register), Order(Kind.ASSESSMENTS, a_csv(row)))
    assert report.refused == []


def by_roster_file(register, person, result, reason=""):
    row = {"执业证号": person.code, "姓名": person.name, "机构编号": "firm", "年度考核称职": result.zh}
    assert carry_out(*as_clerk(register), Order(Kind.PRACTITIONERS, a_csv(row))).refused == []


# fmt: off
DOORS = {
    "of a year":        lambda r, p, result, reason=None: record(r, p, 2025, result, date(2026, 2, 1), reason=reason),
    "file of years":    by_file,
    "file of people":   by_roster_file,
    "change":           lambda r, p, result, reason=None: r.keep(
        p, {"assessment_passed": result is GOOD}, r.get(PractitionerRow, p.id).revision),
}
# fmt: on


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_is_found_not_competent_is_named_with_their_cases_and_asked_no_more(register, door):
    register.a_policy([("rotation", 8), ("designation", None)], checks={"assessment": True})
    person = register.a_practitioner("a")
    held, asked = register.a_case("1", status=Status.ASSIGNED), register.a_case("2")
    assignment = register.an_assignment(held, person)
    start_plan(register.begin, register.clerk, NOW, asked.id)
    other = register.a_practitioner("b")

    def reported():
        rows = register.all(FindingRow, FindingRow.kind == FindingKind.HOLDER_BARRED)
        return [(row.subject_id, row.facts["rules"], row.closed_at is None) for row in rows]

    door(register, person, BAD)
    found, offers = reported(), {row.practitioner_id: row.state for row in register.all(OfferRow)}
    check_register(register.begin, register.read, NOW + timedelta(days=1), register.centre.id)
    again = reported()
    door(register, person, GOOD, "录错人员")

    assert found == again == [(assignment.id, ["assessment_passed"], True)]
    assert offers == {person.id: OfferState.WITHDRAWN, other.id: OfferState.PENDING}
    assert reported() == [(assignment.id, ["assessment_passed"], False)]
    assert str(register.history(held)).count("doubt") == 1
