"""Every report of a town written out by hand, on both databases, down to the cell."""

from datetime import date, datetime

import pytest

from dispatch.commands.reports.period import report
from dispatch.domain.errors import ForbiddenError, InvalidFieldError, NotFoundError
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Role
from dispatch.reports import REPORTS, SETS
from dispatch.reports.rendering import plain
from dispatch.reports.shape import ColumnUnit
from tests.reports.town import C1, SINCE, UNTIL, fill
from tests.rows import NOW, register

__all__ = ["register"]

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)
NO_INTERVAL = (None,) * 12

# What each row says, words by their codes; P1 to P3 stand for what is said of a person.
EXPECTED = {
    "queue": [
        ("pending", 2, 1, 0, 1, 0, 96.0, 1),
        ("assigned", 1, 0, 0, 0, 1, 168.0, 0),
        ("undertaken", 1, 0, 0, 0, 1, 648.0, 0),
    ],
    "deadlines": [
        (FEBRUARY, 3, 1, 0, 0, 1, 1, 0.5),
        (MARCH, 3, 1, 1, 0, 1, 0, 0.5),
    ],
    "timeliness": [
        ("T2", "centre", 1, 0, 1, 0, 0, 0, 0.0),
        ("T4", "centre", 3, 0, 0, 1, 1, 1, 0.5),
        ("T12", "organ", 1, 0, 1, 0, 0, 0, 0.0),
        ("all", None, 4, 0, 1, 1, 1, 1, 0.3333),
    ],
    "time_to_assign": [
        ("optimized", 1, 2.0, 2.0, 2.0),
        ("point_selection", 1, 10.0, 10.0, 10.0),
        ("rotation", 1, 80.0, 80.0, 80.0),
        ("all", 3, 30.6667, 10.0, 66.0),
    ],
    "wishes": [(FEBRUARY, 2, 1, 0.5)],
    "load": [
        ("effort", 3, 35, 11.67, 25.0, 2.1429, 0.4762),
        ("turns", 3, 3, 1.0, 2.0, 2.0, 0.4444),
    ],
    "lorenz": [
        (0.0, 0.0), (0.1, 0.0), (0.2, 0.0), (0.3, 0.0), (0.4, 0.0571), (0.5, 0.1429), (0.6, 0.2286), (0.7, 0.3571),
        (0.8, 0.5714), (0.9, 0.7857), (1.0, 1.0),
    ],
    "hindsight": [
        (date(2026, 2, 10), 1, 1, 80.0, 80.0, 1.0),
        (date(2026, 2, 23), 1, 1, 50.0, 70.0, 0.7143),
    ],
    "parity": [
        ("quality", 0.1, 2, 1, 1, 0, 6, 2.0, 2.0),
        ("first_wish", 0.2, 2, 0, 0, 2, 5, 1.0, 3.0),
    ],
    "scarcity": [(MARCH, "theft", "B", 2, 1.5), (MARCH, "wages", "A", 1, 0.0)],
    "scarcity_causes": [(MARCH, "theft", 2, 1.5), (MARCH, "wages", 1, 0.0)],
    "scarcity_counties": [(MARCH, "A", 1, 0.0), (MARCH, "B", 2, 1.5)],
    "quality": [
        (FEBRUARY, "point_selection", 1, 80.0, 80.0, 1.0),
        (FEBRUARY, "rotation", 1, 50.0, 70.0, 0.7143),
        (MARCH, "optimized", 1, 60.0, 65.0, 0.9231),
    ],
    "quality_categories": [],
    "equity": [
        ("category", "minor", None, True, *NO_INTERVAL),
        ("category", "woman", None, True, *NO_INTERVAL),
        ("category", "elderly", None, True, *NO_INTERVAL),
        ("category", "disabled", None, True, *NO_INTERVAL),
        ("category", "migrant_worker", None, True, *NO_INTERVAL),
        ("county", "A", None, True, *NO_INTERVAL),
        ("county", "B", None, True, *NO_INTERVAL),
        ("matter", "criminal", None, True, *NO_INTERVAL),
        ("matter", "civil", None, True, *NO_INTERVAL),
        ("matter", "administrative", None, True, *NO_INTERVAL),
    ],
    "acceptance": [("rotation", 3, 1, 1, 1, 0, 0, 0.3333, 17.0), ("all", 3, 1, 1, 1, 0, 0, 0.3333, 17.0)],
    "reasons": [
        ("conflict", 0, 1), ("busy", 1, 0), ("away", 0, 0), ("specialty", 0, 0), ("distance", 0, 0), ("health", 0, 0),
        ("other", 0, 0),
    ],
    "grab": [(MARCH, 1, 0, 1, 0, 0, 2, 1.0, 30.0)],
    "subsidy": [("P2", "litigation_agency", 1, 10, 1, 1.5, 1500.0, 80.0, 1580.0, 1580.0)],
    "subsidy_grades": [("good", "litigation_agency", 1, 1, 10, 1, 1.5, 1500.0, 80.0, 1580.0, 1580.0)],
    "settlements": [("2", "P2", "litigation_agency", "good", 1.5, 1500.0, 80.0, 1580.0, "local", 1, date(2026, 3, 8))],
    "funds": [
        ("local", 1, 1, 1580.0, 1580.0), ("higher", 0, 0, 0.0, 0.0), ("lottery", 0, 0, 0.0, 0.0),
        ("donation", 0, 0, 0.0, 0.0),
    ],
    "fundings": [
        ("1", "lottery", "migrant_worker", date(2026, 2, 10), "approved", date(2026, 2, 20), "豫援彩〔2026〕12号", 0.0),
    ],
    "lottery": [
        ("1", "migrant_worker", "civil", "wages", "litigation_agency", "required", "undertaken",
         datetime(2026, 2, 10, 9), "approved", 0.0),
        ("2", "woman", "civil", "marriage_family", "litigation_agency", "required", "closed", datetime(2026, 2, 20, 9),
         None, 0.0),
        ("6", "elderly", "civil", "wages", "litigation_agency", "required", "withdrawn", datetime(2026, 2, 25, 9),
         None, 0.0),
        ("5", "disabled", "administrative", "social_insurance", "litigation_agency", "required", "pending",
         datetime(2026, 3, 5, 9), None, 0.0),
    ],
    "lottery_groups": [
        ("migrant_worker", 1, 1, 0, 1, 1), ("disabled", 1, 0, 1, 0, 0), ("elderly", 1, 1, 0, 0, 0),
        ("woman", 1, 1, 0, 0, 0), ("minor", 0, 0, 0, 0, 0),
    ],
    "grades": [("litigation_agency", 1, 0, 1, 0, 0, 0, 1.0)],
    "complaints": [
        ("neglect", 1, 0, 0, 0, 1, 0, 0),
        *((ground, *(0,) * 7) for ground in (
            "abandoned", "charged", "disclosed", "refused_aid", "unqualified", "other",
        )),
    ],
    "archive": [("商援卷字〔2026〕第1号", "2", "civil", "litigation_agency", "closed", date(2026, 3, 8))],
    "statement": [
        ("P1", 2, 1, 1, 0, 0, 0, 0, 0, 2, 25, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.0),
        ("P2", 1, 0, 0, 0, 1, 0, 0, 1, 1, 10, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1580.0),
        ("P3", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0.0),
    ],
}  # fmt: skip


def wording(cell):
    """A cell as the tables above have it."""
    rendered = plain(cell)
    if isinstance(rendered, dict):
        return rendered["code"]
    return cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell


def rows_of(rendered, people):
    """The rows with each person as one word."""
    places = {"practitioner_id", "code", "name"}
    named = {row.id: code.upper() for code, row in people.items()}
    keep = [k for k, column in enumerate(rendered.columns) if column.code not in places - {"practitioner_id"}]
    return [tuple(named.get(row[k], wording(row[k])) for k in keep) for row in rendered.rows]


def test_every_report_says_what_was_counted_by_hand(register):
    people = fill(register)

    answer = report(register.read, register.manager, NOW, "all", SINCE, UNTIL)

    found = {rendered.report.code: rows_of(rendered, people) for rendered in answer.reports}
    assert set(EXPECTED) == set(REPORTS)
    for code, rows in EXPECTED.items():
        assert found[code] == rows, code
    assert [policy.version for policy in answer.about.policies] == [1]


def test_practitioner_reads_the_own_statement_and_nothing_else(register):
    people = fill(register)
    lawyer = register.acting(people["p2"])

    [own] = report(register.read, lawyer, NOW, "statement", SINCE, UNTIL).reports

    assert rows_of(own, people) == [EXPECTED["statement"][1]]
    assert "name" not in {column.code for column in own.columns}
    for code in ("all", "queue"):
        with pytest.raises(ForbiddenError):
            report(register.read, lawyer, NOW, code, SINCE, UNTIL)
    with pytest.raises(ForbiddenError):
        report(register.read, register.clerk, NOW, "statement")


def test_auditor_reads_no_name_and_no_licence_number(register):
    fill(register)
    auditor = Actor("auditor", Role.AUDITOR, register.centre.id)

    answer = report(register.read, auditor, NOW, "all", SINCE, UNTIL)

    cells = {str(wording(cell)) for rendered in answer.reports for row in rendered.rows for cell in row}
    assert not cells & {"person p1", "person p2", "p1", "p2", "p3"}


def test_period_that_cannot_be_told_is_refused(register):
    for since, until in ((UNTIL, SINCE), (date(2020, 1, 1), UNTIL), (None, date(9999, 12, 31))):
        with pytest.raises(InvalidFieldError):
            report(register.read, register.manager, NOW, "queue", since, until)
    with pytest.raises(NotFoundError):
        report(register.read, register.manager, NOW, "weather")


def test_period_without_days_asked_for_is_this_year_until_today(register):
    answer = report(register.read, register.manager, C1, "queue")

    assert (answer.about.since, answer.about.until) == (date(2026, 1, 1), date(2026, 2, 10))


def test_page_of_a_month_is_about_the_last_one_that_is_over(register):
    answer = report(register.read, register.manager, NOW, "month")

    assert (answer.about.since, answer.about.until) == (date(2026, 2, 1), date(2026, 2, 28))
    assert [rendered.report.code for rendered in answer.reports] == list(SETS["month"])


def test_column_of_hours_says_so_wherever_it_is_read():
    columns = [column for report in REPORTS.values() for column in report.columns if column.unit is ColumnUnit.HOURS]

    assert columns
    assert [column.zh for column in columns if "（小时）" not in column.zh or "(hours)" not in column.en] == []
