"""What is settled, by practitioner, grade and fund; a subsidy is for who has no public post."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.funds.sources import FundSource
from dispatch.domain.funds.subsidy import SubsidyItem
from dispatch.domain.report_data import PersonLine, ReportData, WorkLine
from dispatch.domain.states import EndReason, QualityGrade
from dispatch.domain.vocabulary import Matter, PractitionerKind, Service
from dispatch.reports.funds import UNGRADED, funds, settlements, subsidy, subsidy_grades

NOW = datetime(2026, 3, 31, 1, tzinfo=UTC)
LINES = (
    (SubsidyItem.BASIS, 100_000), (SubsidyItem.GRADE, 20_000), (SubsidyItem.COSTS, 9_000), (SubsidyItem.CAP, -1_000),
)  # fmt: skip


def work(person_id="p0", **facts):
    plain = {"number": "1", "matter": Matter.CIVIL, "service": Service.LITIGATION_AGENCY,
             "end_reason": EndReason.CLOSED, "effort": 10}  # fmt: skip
    return WorkLine(person_id, **plain | facts)


def data(*kinds, lines=None):
    """One case carried through by someone of each kind, or the lines named."""
    people = [PersonLine(f"p{k}", f"P{k}", "somebody", True, kind) for k, kind in enumerate(kinds)]
    done = tuple(work(person.id) for person in people) if lines is None else tuple(lines)
    return ReportData(
        since=date(2026, 3, 1), until=date(2026, 3, 31), now=NOW, zone=ZoneInfo("Asia/Shanghai"), causes={}, areas={},
        people=tuple(people), work=done, settled=tuple(line for line in done if line.settled),
    )  # fmt: skip


@pytest.mark.parametrize(
    "kind", [PractitionerKind.CENTRE_LAWYER, PractitionerKind.CENTRE_STAFF, PractitionerKind.GOVERNMENT_LAWYER]
)
def test_who_holds_a_public_post_is_in_no_subsidy_report(kind):
    """《法律援助法》第五十二条, with the ministry's guidance of 2019 on subsidies."""
    lawyer = PractitionerKind.LAWYER

    assert [row[0] for row in subsidy(data(kind, lawyer))] == ["p1"]
    assert [row[2:5] for row in subsidy_grades(data(kind, lawyer))] == [(1, 1, 10)]


def test_work_of_someone_whose_kind_is_unknown_is_left_to_a_person():
    assert [row[0] for row in subsidy(data(None))] == ["p0"]


def test_amounts_are_in_yuan_with_costs_apart_and_what_is_paid():
    paid = work(lines=LINES, service_days=2.5, grade=QualityGrade.EXCELLENT, fund=FundSource.LOTTERY,
                paid_on=date(2026, 3, 20), table_version=3)  # fmt: skip
    open_ = work(number="2", lines=LINES[:1], fund=FundSource.LOCAL, table_version=3)
    found = data(PractitionerKind.LAWYER, lines=[paid, open_, work(number="3")])

    [row] = subsidy(found)
    assert row[3:] == (Service.LITIGATION_AGENCY, 3, 30, 2, 2.5, 2200.0, 80.0, 2280.0, 1280.0)
    assert [(row[0], row[-2]) for row in subsidy_grades(found)] == [
        (QualityGrade.EXCELLENT, 1280.0),
        (UNGRADED, 1000.0),
    ]
    assert [(row[0], row[6:]) for row in settlements(found)] == [
        ("1", (2.5, 1200.0, 80.0, 1280.0, FundSource.LOTTERY, 3, date(2026, 3, 20))),
        ("2", (None, 1000.0, 0.0, 1000.0, FundSource.LOCAL, 3, None)),
    ]
    assert [row for row in funds(found) if row[1]] == [
        (FundSource.LOCAL, 1, 1, 1000.0, 0.0), (FundSource.LOTTERY, 1, 1, 1280.0, 1280.0),
    ]  # fmt: skip
