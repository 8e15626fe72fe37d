"""A subsidy is for who has no public post."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.report_data import PersonLine, ReportData, WorkLine
from dispatch.domain.vocabulary import PractitionerKind, Service
from dispatch.reports.people import subsidy, subsidy_grades

NOW = datetime(2026, 3, 31, 1, tzinfo=UTC)


def data(*kinds):
    """One case carried through by someone of each kind."""
    people = [PersonLine(f"p{k}", f"P{k}", "somebody", True, 70, kind) for k, kind in enumerate(kinds)]
    return ReportData(
        since=date(2026, 3, 1), until=date(2026, 3, 31), now=NOW, zone=ZoneInfo("Asia/Shanghai"), causes={}, areas={},
        people=tuple(people), work=tuple(WorkLine(person.id, Service.LITIGATION_AGENCY, 1, 10) for person in people),
    )  # fmt: skip


@pytest.mark.parametrize(
    "kind", [PractitionerKind.CENTRE_LAWYER, PractitionerKind.CENTRE_STAFF, PractitionerKind.GOVERNMENT_LAWYER]
)
def test_who_holds_a_public_post_is_in_no_subsidy_report(kind):
    """《法律援助法》第五十二条, with the ministry's guidance of 2019 on subsidies."""
    lawyer = PractitionerKind.LAWYER

    assert [row[0] for row in subsidy(data(kind, lawyer))] == ["p1"]
    assert [row[-2:] for row in subsidy_grades(data(kind, lawyer))] == [(1, 10)]


def test_work_of_someone_whose_kind_is_unknown_is_left_to_a_person():
    assert [row[0] for row in subsidy(data(None))] == ["p0"]
