"""Reports (报表): which there are, each with its period, figures, table and workbook; the public pack of a month."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.responses import Response

from dispatch.api.routes.imports import WORKBOOK
from dispatch.api.routes.reports import PeriodQuery, get_transparency_pack
from dispatch.commands.reports.period import MONTH, PeriodReports, report
from dispatch.console.frame.page import ConsolePage, Context, LocalizedText, Menu, PageAct
from dispatch.console.frame.rendering import spoken
from dispatch.console.frame.visit import FilledForm, Visit, attached
from dispatch.console.pages.reports.drawing import Drawing, draw
from dispatch.domain.permissions import Verb
from dispatch.domain.report_data import Label
from dispatch.domain.vocabulary import Term
from dispatch.reports import REPORTS, SETS, answers, balance, equity, funds, people, queue
from dispatch.reports.page import written
from dispatch.reports.rendering import RenderedReport, figure
from dispatch.reports.shape import Cell, ColumnUnit, Report, ReportColumn, Row
from dispatch.reports.workbook import shown, write_workbook

MAX_ROWS = 200
"""Rows of a report on its page; the workbook has all of them."""

# fmt: off
GROUPS: tuple[tuple[LocalizedText, tuple[Report, ...]], ...] = (
    (("案件办理和期限", "Cases and time limits"),       queue.REPORTS),
    (("工作量均衡和人员紧缺", "Balance and scarcity"),   balance.REPORTS),
    (("匹配得分和受援人群体", "Matches and recipients"), equity.REPORTS),
    (("征询和抢单", "Offers and the board"),             answers.REPORTS),
    (("补贴和经费", "Subsidies and funds"),              funds.REPORTS),
    (("承办人员、质量、投诉和归档", "Practitioners, quality, complaints and the archive"), people.REPORTS),
)
SET_TITLES: dict[str, LocalizedText] = {
    "month": ("月度报表", "The month"),
    "all":   ("全部报表", "All reports"),
}
# fmt: on
WORDY = (ColumnUnit.WORD, ColumnUnit.TEXT, ColumnUnit.YES)
DATED = (ColumnUnit.MONTH, ColumnUnit.DAY, ColumnUnit.MOMENT)
CASE, PERSON, NAME = "number", "practitioner_id", "name"
"""Columns whose cells lead to another page."""


class ShownCell(NamedTuple):
    """A cell in words, of what kind, and where it leads; nowhere if empty."""

    text: str
    kind: str
    to: str = ""


class ShownReport(NamedTuple):
    """A report as its page has it."""

    title: LocalizedText
    defined: dict[str, str]
    columns: list[tuple[str, ...]]
    rows: list[list[ShownCell]]
    total: int
    drawings: list[Drawing]


def reports_page(visit: Visit) -> Context:
    """Return what reports there are, by their subject."""
    first = today_of(visit).replace(day=1)
    return {
        "groups": GROUPS,
        "period": {"since": visit.asked("since"), "until": visit.asked("until")},
        "month": (first - timedelta(days=1)).isoformat()[:7],
    }


def report_page(visit: Visit) -> Context:
    """Return one report, or several under one name, of the period that is asked for."""
    code, answer = visit.part("code"), _report(visit)
    return {
        "code": code,
        "title": _title(code),
        "about": answer.about,
        "reports": [_shown(visit, each) for each in answer.reports],
        "periods": list(periods(today_of(visit))),
        "most": MAX_ROWS,
        "monthly": code == MONTH,
    }


def report_workbook(visit: Visit) -> Response:
    """Return the same as a workbook."""
    about, found = _report(visit)
    name = f"{_title(visit.part('code'))[0]}-{about.since}-{about.until}.xlsx"
    return attached(write_workbook(found, about), WORKBOOK, name)


def pack(visit: Visit, form: FilledForm) -> Response:
    """Download the public data of a month; a manager may decide that proofs with scores are in it."""
    scores = visit.may(Verb.PUBLISH_SCORES) and form.text("scores") == "yes"
    packed = get_transparency_pack(
        form.text("month"), visit.actor, visit.read, visit.seal, visit.begin, visit.now, scores
    )
    packed.headers["Cache-Control"] = "no-store"
    return packed


def periods(today: date) -> Iterator[tuple[LocalizedText, date, date]]:
    """Yield the periods most asked for, both days included; what goes on ends today."""
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    quarter = month.replace(month=month.month - (month.month - 1) % 3)
    for now, before, first, months in (
        (("今年以来", "This year"), ("上一年度", "Last year"), year, 12),
        (("本季度", "This quarter"), ("上季度", "Last quarter"), quarter, 3),
        (("本月", "This month"), ("上月", "Last month"), month, 1),
    ):
        yield now, first, today
        yield before, _months_before(first, months), first - timedelta(days=1)


def _months_before(first: date, months: int) -> date:
    years, month = divmod(first.year * 12 + first.month - 1 - months, 12)
    return date(years, month + 1, 1)


def _report(visit: Visit) -> PeriodReports:
    wanted = visit.search(PeriodQuery)
    return report(visit.read, visit.actor, visit.now, visit.part("code"), wanted.since, wanted.until)


def today_of(visit: Visit) -> date:
    """Return the day by the clock of the centre."""
    return visit.now.astimezone(visit.zone).date()


def _title(code: str) -> LocalizedText:
    return SET_TITLES[code] if code in SETS else (REPORTS[code].zh, REPORTS[code].en)


def _shown(visit: Visit, rendered: RenderedReport) -> ShownReport:
    codes = [column.code for column in rendered.columns]
    places = [k for k, code in enumerate(codes) if not (code == PERSON and NAME in codes)]
    word = wording(visit.language)
    return ShownReport(
        (rendered.report.zh, rendered.report.en),
        rendered.report.defined,
        [_heading(rendered.columns[k]) for k in places],
        [[_cell(visit, rendered.columns, row, k, word) for k in places] for row in rendered.rows[:MAX_ROWS]],
        len(rendered.rows),
        [drawn for chart in rendered.report.charts if (drawn := draw(figure(rendered, chart)))],
    )


def _heading(column: ReportColumn) -> tuple[str, ...]:
    return (column.zh, column.en, "num") if _kind(column) == "num" else (column.zh, column.en)


def _kind(column: ReportColumn) -> str:
    return "" if column.unit in WORDY else "tight" if column.unit in DATED else "num"


def _cell(
    visit: Visit, columns: tuple[ReportColumn, ...], row: Row, place: int, word: Callable[[Cell], str]
) -> ShownCell:
    column = columns[place]
    return ShownCell(written(column, row[place], word), _kind(column), _to(visit, columns, row, place))


def _to(visit: Visit, columns: tuple[ReportColumn, ...], row: Row, place: int) -> str:
    """Return where a cell leads: a number to its case, a name to its entry in the roster."""
    code: Any = columns[place].code
    if code == CASE and visit.may(Verb.READ_CASE):
        return f"/cases?{urlencode({'number_prefix': row[place]})}"
    if code == NAME and row[place] and visit.may(Verb.READ_ROSTER):
        id = next(cell for column, cell in zip(columns, row, strict=True) if column.code == PERSON)
        return f"/practitioners/{id}"
    return ""


def wording(language: str) -> Callable[[Cell], str]:
    """Return what says a cell that is no number, in one language."""

    def word(cell: Cell) -> str:
        if isinstance(cell, bool):
            return spoken(language, "是" if cell else "否", "yes" if cell else "no")
        return spoken(language, cell.zh, cell.en) if isinstance(cell, Term | Label) else shown(cell)

    return word


# fmt: off
PAGES = (
    ConsolePage(
        "/reports", "reports_page", (Verb.READ_REPORTS,), ("报表", "Reports"),
        ("每一张报表有统计口径、图和表，可以按年、季、月或者自定的期间查看，打印或者导出。",
         "Each says what it counts, with a figure and a table, for a year, a quarter, a month or any days; to print or "
         "take along."),
        reports_page, "reports/reports.html", Menu.WATCH,
        acts={"pack": PageAct(pack, ("", ""), once=False)},
    ),
    ConsolePage(
        "/reports/{code}", "report_page", (Verb.READ_REPORTS,), ("报表", "Report"),
        ("与导出的表格为同一数据。", "The same numbers as the workbook has."),
        report_page, "reports/report.html",
    ),
    ConsolePage(
        "/reports/{code}/xlsx", "report_workbook", (Verb.READ_REPORTS,), ("导出报表", "Export a report"),
        ("按所选期间导出。", "The report of the period, as a spreadsheet."),
        report_workbook,
    ),
)
# fmt: on
