"""Reports over HTTP: what there is, as JSON with figures and as a workbook, to whom it is open."""

import io

import pytest
from openpyxl import load_workbook

from dispatch.domain.vocabulary import Role
from dispatch.reports import REPORTS
from tests.reports.town import SINCE, UNTIL, fill

PERIOD = {"since": SINCE.isoformat(), "until": UNTIL.isoformat()}


def test_reports_are_listed_with_titles_and_what_is_counted(office):
    listed = office.get("/v1/reports", role=Role.MANAGER).json()

    assert [each["code"] for each in listed] == list(REPORTS)
    assert listed[0]["title"] == {"zh": "在办案件：状态与等待时长", "en": "Queue by state and age"}
    assert all(text for each in listed for text in (*each["title"].values(), *each["about"].values()))


def test_report_has_typed_cells_and_figures_in_both_languages(office):
    fill(office.register)

    reported = office.get("/v1/reports/time_to_assign", role=Role.AUDITOR, params=PERIOD).json()

    [report] = reported["reports"]
    assert reported["policies"][0]["digest"] == office.register.policy.digest
    assert report["rows"][0] == {
        "mode": {"code": "optimized", "zh": "精准指派", "en": "optimised matching"},
        "cases": 1, "mean": 2.0, "median": 2.0, "slow": 2.0,
    }  # fmt: skip
    [figure] = report["figures"]
    assert [each["label"] for each in figure["series"]] == [
        {"code": "median", "zh": "中位数（小时）", "en": "Median (hours)"},
        {"code": "slow", "zh": "90%的案件不超过（小时）", "en": "Nine in ten within (hours)"},
    ]
    assert figure["series"][0]["points"][1]["value"] == 10.0


def test_workbook_is_sent_as_one(office):
    fill(office.register)

    answer = office.get("/v1/reports/all", role=Role.MANAGER, params=PERIOD | {"format": "xlsx"})

    assert answer.headers["content-disposition"] == 'attachment; filename="all.xlsx"'
    assert len(load_workbook(io.BytesIO(answer.content)).sheetnames) == 1 + len(REPORTS)


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (Role.MANAGER, "queue", 200),
        (Role.AUDITOR, "queue", 200),
        (Role.CLERK, "queue", 403),
        (Role.PRACTITIONER, "queue", 403),
        (Role.PRACTITIONER, "statement", 200),
        (Role.INSTITUTION, "statement", 403),
        (Role.MANAGER, "weather", 404),
        (Role.MANAGER, "queue?since=2026-03-02&until=2026-03-01", 422),
        (Role.MANAGER, "queue?format=pdf", 422),
    ],
)
def test_report_is_open_to_whom_it_is_meant_for(office, role, path, status):
    assert office.get(f"/v1/reports/{path}", role=role).status_code == status
