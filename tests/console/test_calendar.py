"""The year's notice about working days in the console: loaded from a sheet by an administrator, faults by row."""

import re

from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import NoticeRow

ADMIN = Role.ADMIN
SHEET = """起始日期,结束日期,安排,节日
2027-01-01,2027-01-03,放假,元旦
2027-02-05,2027-02-12,放假,春节
2027-02-20,,上班,春节
2027-04-03,2027-04-05,放假,清明节
2027-05-01,2027-05-05,放假,劳动节
2027-06-09,,放假,端午节
2027-09-15,,放假,中秋节
2027-10-01,2027-10-07,放假,国庆节
"""


def sent(console, sheet, **fields):
    """Send a sheet as the page's form does."""
    files = {"file": ("2027.csv", sheet.encode(), "text/csv")}
    return console.ask("POST", "/calendar/load-file", ADMIN, data={"tried": "sheet"} | fields, files=files)


def test_administrator_reaches_the_working_days_from_the_menu_and_loads_them_from_a_sheet(console, register):
    led = console.get("/", ADMIN).text
    made = sent(console, SHEET, **{"sheet.title": "示例，非正式通知"})
    shown = console.get(made.headers["location"], ADMIN).text

    assert 'href="/console/calendar"' in led
    assert 'href="/console/calendar"' not in console.get("/", Role.CLERK).text
    assert made.headers["location"] == "/console/calendar?year=2027&done=load-file"
    assert "示例，非正式通知" in shown
    assert [row.year for row in register.all(NoticeRow)] == [2027]


def test_sheet_with_a_fault_is_refused_by_its_row_and_one_without_title_at_the_field(console, register):
    wrong = sent(console, SHEET.replace("2027-02-20", "2027-02-30"), **{"sheet.title": "通知"})
    untitled = sent(console, SHEET)

    assert wrong.status_code == 422
    assert "第4行：" in wrong.text
    assert untitled.status_code == 422
    assert 'id="sheet.title-error"' in untitled.text
    assert register.all(NoticeRow) == []


def test_long_notice_that_is_saved_again_keeps_all_its_rows(console, register):
    head, *feasts = SHEET.splitlines()
    [rest] = [row for row in feasts if row.startswith("2027-10-01")]
    days = [*feasts, *(rest.replace("2027-10-01,2027-10-07", f"2027-10-0{k},") for k in range(1, 8))]
    days.remove(rest)
    days += [f"2027-11-0{k},,放假,校庆" for k in (1, 2)]
    sent(console, "\n".join([head, *days]), **{"sheet.title": "通知"})
    page = console.get("/calendar?year=2027", ADMIN).text
    form = dict(re.findall(r'<input[^>]* name="(rows\.\d+\.\w+)"[^>]* value="([^"]+)"', page))
    chosen = {f"rows.{k}.working": "true" if "上班" in row else "false" for k, row in enumerate(days)}

    console.press("/calendar/load-year", ADMIN, more={"year": "2027", "title": "更名的通知", **form, **chosen})

    [latest] = register.all(NoticeRow, NoticeRow.title == "更名的通知")
    assert len(latest.rows) == len(days)
    assert page.count("<legend>第") == len(days) + 3
