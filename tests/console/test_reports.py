"""Reports in the console: by subject, of a period, with figures and tables, to take along, as the API has them."""

import html
import io
import re
import zipfile
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from dispatch.commands.reports.period import report
from dispatch.console.pages.reports.drawing import MAX_PLACES, draw
from dispatch.console.pages.reports.listing import GROUPS, MAX_ROWS, periods
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import CaseRow
from dispatch.reports import REPORTS
from dispatch.reports.page import written
from dispatch.reports.rendering import figure
from tests.reports.town import NOW, SINCE, UNTIL, fill

MANAGER, AUDITOR = Role.MANAGER, Role.AUDITOR
ASKED = f"?since={SINCE}&until={UNTIL}"


def cells(page):
    """Return what stands in the cells of a page's tables."""
    return [html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", page)]


def test_every_report_is_found_under_one_subject_with_what_it_counts(console):
    page = console.get(f"/reports{ASKED}", AUDITOR).text

    assert sorted(each.code for _, reports in GROUPS for each in reports) == sorted(REPORTS)
    assert all(f'/reports/{code}?since={SINCE}&amp;until={UNTIL}"' in page for code in REPORTS)
    assert "目前各状态的案件" in page
    assert 'href="/console/reports"' in console.get("/", MANAGER).text
    assert 'href="/console/reports"' not in console.get("/", Role.CLERK).text


def test_pages_show_the_same_numbers_as_the_reports_in_their_order(console, register):
    fill(register)
    found = report(register.read, register.manager, NOW, "all", SINCE, UNTIL)
    named = {column.code for each in found.reports for column in each.columns}

    page = console.get(f"/reports/all{ASKED}", MANAGER, lang="en").text

    expected = [
        written(column, cell, lambda cell: {True: "yes", False: "no"}.get(cell) or str(getattr(cell, "en", cell)))
        for each in found.reports for row in each.rows for column, cell in zip(each.columns, row, strict=True)
        if column.code != "practitioner_id"
    ]  # fmt: skip
    assert "name" in named
    assert cells(page) == expected


def test_report_has_its_period_figure_definition_and_policy_and_leads_to_cases_and_people(console, register):
    people = fill(register)
    with register.begin() as tx:
        for case in tx.session.exec(select(CaseRow).where(CaseRow.number == "2")):
            case.number = "2&3#4"

    page = console.get(f"/reports/deadlines{ASKED}", MANAGER).text
    paid, own = (console.get(f"/reports/{code}{ASKED}", MANAGER).text for code in ("settlements", "statement"))
    seen = console.get(f"/reports/statement{ASKED}", AUDITOR).text

    assert f"{SINCE} – {UNTIL}" in page
    assert "依据：《" in page
    assert 'role="img"' in page
    assert register.policy.digest in page
    assert 'href="/console/cases?number_prefix=2%263%234"' in paid
    assert f'href="/console/practitioners/{people["p2"].id}"' in own
    assert "person p2" in own
    assert "person p2" not in seen
    assert people["p2"].id in seen
    assert console.get("/reports/weather", MANAGER).status_code == 404
    assert console.get("/reports/queue?since=2026-03-02&until=2026-03-01", MANAGER).status_code == 422
    assert console.get("/reports/queue?since=gestern", MANAGER).status_code == 422


def test_groups_of_few_cases_are_named_without_figures(console, register):
    fill(register)

    page = console.get(f"/reports/equity{ASKED}", MANAGER).text

    assert "少于10件的组不显示数值" in page
    assert cells(page)[:4] == ["受援人类别", "未成年人", "–", "是"]


def test_report_is_taken_along_as_the_workbook_of_its_period(console, register):
    fill(register)

    answer = console.get(f"/reports/funds/xlsx{ASKED}", AUDITOR)

    assert answer.headers["cache-control"] == "no-store"
    assert f"{SINCE}-{UNTIL}.xlsx" in answer.headers["content-disposition"]
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[1]
    assert [cell.value for cell in sheet[2]] == [
        "本级财政法律援助经费 budget of the centre's own level",
        1,
        1,
        1580,
        1580,
    ]


def test_page_of_the_month_is_about_the_last_that_is_over(console, register):
    page = console.get("/reports/month", MANAGER).text

    assert "2026-02-01 – 2026-02-28" in page
    assert "期间内没有数据" in page


def test_long_report_says_that_the_workbook_has_all_of_it(console, register, monkeypatch):
    monkeypatch.setattr("dispatch.console.pages.reports.listing.MAX_ROWS", 1)
    fill(register)

    page = console.get(f"/reports/settlements{ASKED}", MANAGER).text
    long = console.get(f"/reports/lottery{ASKED}", MANAGER).text

    assert MAX_ROWS > 1
    assert "本页列出前" not in page
    assert "共4行，本页列出前1行" in long


@pytest.mark.parametrize(("role", "scores"), [(AUDITOR, False), (MANAGER, False), (MANAGER, True)])
def test_pack_of_a_month_is_downloaded_and_holds_scores_only_by_a_managers_decision(console, register, role, scores):
    fill(register)

    form = console.get("/reports", role).text
    wrong = console.press("/reports/pack", role, month="2026-03")
    answer = console.press("/reports/pack", role, month="2026-02", scores="yes" if scores or role is AUDITOR else "no")

    assert ('name="scores"' in form) == (role is MANAGER)
    assert 'value="2026-02"' in form
    assert wrong.status_code == 422
    assert 'id="month-error"' in wrong.text
    names = zipfile.ZipFile(io.BytesIO(answer.content)).read("README.md").decode()
    assert ("经本机构负责人决定" in names) == scores
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("today", "year", "quarter", "month"),
    [
        (date(2026, 11, 30), ("2025-01-01", "2025-12-31"), ("2026-07-01", "2026-09-30"), ("2026-10-01", "2026-10-31")),
        (date(2026, 1, 1), ("2025-01-01", "2025-12-31"), ("2025-10-01", "2025-12-31"), ("2025-12-01", "2025-12-31")),
        (date(2026, 8, 31), ("2025-01-01", "2025-12-31"), ("2026-04-01", "2026-06-30"), ("2026-07-01", "2026-07-31")),
    ],
)
def test_periods_are_whole_years_quarters_and_months_or_go_on_until_today(today, year, quarter, month):
    found = [(str(since), str(until)) for _, since, until in periods(today)]

    assert found[1::2] == [year, quarter, month]
    assert {until for _, until in found[::2]} == {str(today)}
    assert found[0][0] == f"{today.year}-01-01"
    assert found[4][0] == str(today.replace(day=1))


def a_figure(shape, *series, at="word", value="count"):
    """A figure with series of (label, [(at, value)])."""
    one = {"zh": "一", "en": "one"}
    return {
        "shape": shape, "title": one, "at": one | {"unit": at}, "value": one | {"unit": value},
        "series": [
            {"label": {"code": name, "zh": name, "en": name},
             "points": [{"at": {"code": p, "zh": p, "en": p} if at == "word" else p, "value": v, "low": None,
                         "high": None} for p, v in points]}
            for name, points in series
        ],
    }  # fmt: skip


def test_bars_are_as_long_as_their_values_and_stand_below_each_other_or_one_behind_the_other():
    series = ("a", [("x", 3), ("y", 1)]), ("b", [("x", 1), ("y", 0)]), ("nothing", [("x", 0), ("y", 0)])

    beside, stacked = (draw(a_figure(shape, *series)) for shape in ("bars", "stack"))

    assert [[(bar.tone, bar.x, bar.y, bar.width) for bar in place.bars] for place in beside.places] == [
        [(1, 0, 0, 100), (2, 0, 6, 33.33)], [(1, 0, 0, 33.33)],
    ]  # fmt: skip
    assert beside.height == 18
    assert [[(bar.tone, bar.x, bar.width) for bar in place.bars] for place in stacked.places] == [
        [(1, 0, 75), (2, 75, 25)], [(1, 0, 25), (2, 25, 0)],
    ]  # fmt: skip
    assert [label["zh"] for label in stacked.series] == ["a", "b"]
    assert stacked.places[0].captions == (({"code": "a", "zh": "a", "en": "a"}, "3"),
                                      ({"code": "b", "zh": "b", "en": "b"}, "1"))  # fmt: skip


def test_of_many_bars_the_largest_are_drawn_and_of_many_months_the_last():
    words = draw(a_figure("bars", ("a", [(f"w{k:02}", k) for k in range(40)])))
    days = [(f"2026-{1 + k // 28:02}-{1 + k % 28:02}", 50 - k) for k in range(40)]
    months = draw(a_figure("bars", ("a", days), at="day"))

    assert len(words.places) == len(months.places) == MAX_PLACES
    assert words.left_out == 10
    assert words.places[0].at["zh"] == "w10"
    assert months.places[0].at == "2026-01-11"


def test_lines_run_from_the_first_day_to_the_last_and_one_day_alone_stands_in_the_middle():
    line = draw(a_figure("lines", ("a", [("2026-01-01", 2), ("2026-01-02", None), ("2026-01-03", 4)]), at="day"))
    share = draw(a_figure("lines", ("a", [("2026-01-01", 0.5)]), at="month", value="share"))

    assert [curve.path for curve in line.curves] == ["M0.00 20.00 L100.00 0.00"]
    assert (line.ends, line.top, line.curves[0].last) == (("2026-01-01", "2026-01-03"), "4", "4")
    assert share.curves[0].dots == "M50.00 20.00h0"
    assert (share.ends, share.top) == (("2026-01", "2026-01"), "100.0%")


def test_curve_of_the_load_and_intervals_are_drawn_to_scale():
    curve = draw(a_figure("lorenz", ("a", [(0.0, 0.0), (1.0, 1.0)]), at="share", value="share"))
    ranged = a_figure("ranges", ("a", [("x", 2.0), ("y", 4.0)]), value="hours")
    ranged["series"][0]["points"][1] |= {"low": 3.0, "high": 5.0}

    assert curve.curves[0].path == "M0.00 100.00 L100.00 0.00"
    assert curve.square
    assert [[(bar.x, bar.width) for bar in place.bars] for place in draw(ranged).places] == [
        [(39.5, 1)], [(60, 40), (79.5, 1)],
    ]  # fmt: skip
    assert [place.captions[0][1] for place in draw(ranged).places] == ["2.0", "4.0 [3.0, 5.0]"]


def test_nothing_is_drawn_of_what_is_not_known(register):
    assert draw(a_figure("lines", ("a", [("2026-01-01", None)]), at="day")) is None
    [empty] = report(register.read, register.manager, NOW, "grades", SINCE, UNTIL).reports
    assert [draw(figure(empty, chart)) for chart in empty.report.charts] == [None]


def test_practitioner_reads_the_own_statement_of_a_period_and_nobody_elses(console, register):
    people = fill(register)
    console.sign_in(Role.PRACTITIONER, practitioner_id=people["p2"].id)

    page = console.get(f"/my-statement{ASKED}", Role.PRACTITIONER).text
    english = console.get(f"/my-statement{ASKED}", Role.PRACTITIONER, lang="en").text
    before = console.get("/my-statement?since=2025-01-01&until=2025-12-31", Role.PRACTITIONER).text

    assert "<dt>指派</dt><dd>1</dd>" in page
    assert "<dt>已核算补贴（元）</dt><dd>1,580.00</dd>" in page
    assert "质量等次：良好；补贴1,580.00元，已于2026-03-08支付" in page
    assert "期间内查实的投诉：2026-03-06" in page
    assert people["p2"].id not in page
    assert "an upheld complaint" in english
    assert 'aria-current="true">上一年度' in before
    assert "期间内没有结束的办理" in before
    assert 'href="/console/my-statement"' in console.get("/my-cases", Role.PRACTITIONER).text
    assert console.get("/reports/statement", Role.PRACTITIONER).status_code == 403
    assert console.get("/my-statement", MANAGER).status_code == 403


def test_practitioner_without_a_quality_level_reads_that_the_neutral_one_counts(console, register):
    known = console.get("/my-statement", Role.PRACTITIONER).text
    new = register.a_practitioner("new", quality=None)
    console.sign_in(Role.PRACTITIONER, "newcomer", practitioner_id=new.id)

    assert "分（百分制），此前登记的得分为" in known
    assert "按中性得分计" in console.get("/my-statement", Role.PRACTITIONER).text
