"""Reports as a workbook: typed cells, both languages in every header, and a first sheet that says what is counted."""

import io
from datetime import date, datetime
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter

from dispatch.domain.report_data import Label
from dispatch.domain.vocabulary import Term
from dispatch.reports.rendering import About, RenderedReport
from dispatch.reports.shape import Cell, ColumnUnit, ReportColumn

README = "说明 Read me"
MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - the same reports give the same bytes, whenever they are written
HEADER = {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#E8EEF7"}
TITLE = {"bold": True, "font_size": 14}
WRAPPED = {"text_wrap": True, "valign": "top"}
NARROWEST, WIDEST, MAX_SHEET_NAME = 10, 44, 31

# fmt: off
FORMATS = {
    ColumnUnit.WORD:   "@",
    ColumnUnit.TEXT:   "@",
    ColumnUnit.COUNT:  "#,##0",
    ColumnUnit.SHARE:  "0.0%",
    ColumnUnit.HOURS:  "#,##0.0",
    ColumnUnit.POINTS: "#,##0.0",
    ColumnUnit.NUMBER: "#,##0.00",
    ColumnUnit.MONTH:  "yyyy-mm",
    ColumnUnit.DAY:    "yyyy-mm-dd",
    ColumnUnit.MOMENT: "yyyy-mm-dd hh:mm",
    ColumnUnit.YES:    "@",
}
# fmt: on


def write_workbook(reports: list[RenderedReport], about: About) -> bytes:
    """Return the workbook: a sheet of explanations, then one a report; the same reports give the same bytes."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        workbook.set_properties({"title": README, "created": MADE})
        formats = {unit: workbook.add_format({"num_format": code}) for unit, code in FORMATS.items()}
        _explain(workbook, reports, about)
        for rendered in reports:
            _write(workbook, rendered, formats)
    return content.getvalue()


def _explain(workbook: Any, reports: list[RenderedReport], about: About) -> None:
    sheet = workbook.add_worksheet(README)
    title, bold, wrapped = (workbook.add_format(style) for style in (TITLE, {"bold": True}, WRAPPED))
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2, 70)
    sheet.write_string(0, 0, f"{about.centre}：报表 Reports", title)
    for row, (name, value) in enumerate(_facts(about), start=1):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, value)
    at = 2 + len(_facts(about))
    for place, heading in enumerate(("报表 Report", "统计口径", "What is counted")):
        sheet.write_string(at, place, heading, workbook.add_format(HEADER))
    for row, rendered in enumerate(reports, start=at + 1):
        for place, text in enumerate(
            (f"{rendered.report.zh}\n{rendered.report.en}", *rendered.report.defined.values())
        ):
            sheet.write_string(row, place, text, wrapped)


def _facts(about: About) -> list[tuple[str, str]]:
    read_at = about.read_at.astimezone(about.zone).strftime("%Y-%m-%d %H:%M")
    policies = [
        ("指派方案版本 Policy version", f"{each.version} · {each.name} · SHA-256 {each.digest}")
        for each in about.policies
    ]
    return [
        ("期间 Period", f"{about.since} – {about.until}"),
        ("数据截至 Read at", f"{read_at} ({about.zone.key})"),
        *policies,
    ]


def _write(workbook: Any, rendered: RenderedReport, formats: dict[ColumnUnit, Any]) -> None:
    sheet = workbook.add_worksheet(_sheet_name(rendered))
    header = workbook.add_format(HEADER)
    for place, column in enumerate(rendered.columns):
        sheet.write_string(0, place, f"{column.zh}\n{column.en}", header)
        cells = (shown(row[place]) for row in rendered.rows)
        widest = max((_width(text) for text in (column.zh, *cells)), default=0)
        sheet.set_column(place, place, min(max(NARROWEST, widest + 2), WIDEST))
    for number, row in enumerate(rendered.rows, start=1):
        for place, (column, cell) in enumerate(zip(rendered.columns, row, strict=True)):
            _put(sheet, (number, place), column, cell, formats)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rendered.rows), 1), len(rendered.columns) - 1)


def _put(sheet: Any, at: tuple[int, int], column: ReportColumn, cell: Cell, formats: dict[ColumnUnit, Any]) -> None:
    style = formats[column.unit]
    if isinstance(cell, datetime):
        sheet.write_datetime(*at, cell.replace(tzinfo=None), style)
    elif isinstance(cell, date):
        sheet.write_datetime(*at, cell, style)
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        sheet.write_number(*at, cell, style)
    elif cell is not None:
        sheet.write_string(*at, shown(cell), style)


def shown(cell: Cell) -> str:
    """Return a cell as text, words in both languages."""
    if isinstance(cell, bool):
        return "是 yes" if cell else "否 no"
    if isinstance(cell, Term | Label):
        return cell.zh if cell.zh == cell.en else f"{cell.zh} {cell.en}"
    return "" if cell is None else str(cell)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _sheet_name(rendered: RenderedReport) -> str:
    return f"{rendered.report.code} {rendered.report.zh}"[:MAX_SHEET_NAME]
