"""A report as it is handed out: the columns its reader may see, its rows, and its figures as data."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dispatch.domain.report_data import Label, ReportData
from dispatch.domain.vocabulary import Term
from dispatch.reports.shape import Cell, Chart, Report, ReportColumn, Row, Shape

MAX_SERIES = 6
"""Lines of one figure; of more, those with the greatest values are drawn."""


class PolicyInForce(NamedTuple):
    """A policy version that was in force in the period."""

    version: int
    name: str
    digest: str
    published_at: datetime | None


class About(NamedTuple):
    """What the reports are about."""

    centre: str
    since: date
    until: date
    read_at: datetime
    zone: ZoneInfo
    policies: tuple[PolicyInForce, ...]


class RenderedReport(NamedTuple):
    """A report with its rows; ``columns`` are those its reader may see."""

    report: Report
    columns: tuple[ReportColumn, ...]
    rows: list[Row]

    def of(self, practitioner_id: str) -> "RenderedReport":
        """Return only the rows about one practitioner."""
        place = next(k for k, column in enumerate(self.columns) if column.code == "practitioner_id")
        return self._replace(rows=[row for row in self.rows if row[place] == practitioner_id])


def render_report(report: Report, data: ReportData, *, names: bool) -> RenderedReport:
    """Return a report; practitioners are named only to those who may read names."""
    shown = [place for place, column in enumerate(report.columns) if names or not column.personal]
    rows = [tuple(row[place] for place in shown) for row in report.rows(data)]
    return RenderedReport(report, tuple(report.columns[place] for place in shown), rows)


def to_document(about: About, reports: list[RenderedReport]) -> dict[str, Any]:
    """Return reports with what they are about as JSON values."""
    return {
        "since": about.since.isoformat(),
        "until": about.until.isoformat(),
        "read_at": about.read_at.astimezone(about.zone).isoformat(timespec="seconds"),
        "policies": [each._asdict() | {"published_at": plain(each.published_at)} for each in about.policies],
        "reports": [report_document(rendered) for rendered in reports],
    }


def report_document(rendered: RenderedReport) -> dict[str, Any]:
    """Return a report as JSON values, its words in both languages."""
    report = rendered.report
    return {
        "code": report.code,
        "title": {"zh": report.zh, "en": report.en},
        "about": report.defined,
        "columns": [{"code": each.code, "unit": each.unit.value, **_both(each)} for each in rendered.columns],
        "rows": [
            {column.code: plain(cell) for column, cell in zip(rendered.columns, row, strict=True)}
            for row in rendered.rows
        ],
        "figures": [figure(rendered, chart) for chart in report.charts],
    }


def figure(rendered: RenderedReport, chart: Chart) -> dict[str, Any]:
    """Return what is drawn as series of points, every word in both languages."""
    places = {column.code: place for place, column in enumerate(rendered.columns)}
    rows = [row for row in rendered.rows if chart.only is None or _code(row[places[chart.only[0]]]) == chart.only[1]]
    column = {each.code: each for each in rendered.columns}
    series = [
        {"label": label, "points": [_point(row, chart, value, places) for row in group]}
        for value in chart.values
        for label, group in _groups(rows, chart, column[value], places)
    ]
    title = (rendered.report.zh, rendered.report.en)
    if chart.shape is Shape.RANGES:
        about = column[chart.values[0]]
        title = (f"{title[0]}：{about.zh}", f"{title[1]}: {about.en.lower()}")
    return {
        "shape": chart.shape.value,
        "title": dict(zip(("zh", "en"), title, strict=True)),
        "at": {"unit": column[chart.at].unit.value, **_both(column[chart.at])},
        "value": {"unit": column[chart.values[0]].unit.value, **_both(column[chart.values[0]])},
        "series": sorted(series, key=_most, reverse=True)[:MAX_SERIES] if chart.shape is Shape.LINES else series,
    }


def plain(cell: Cell) -> Any:
    """Return a cell as JSON: a word as its code and both labels."""
    if isinstance(cell, Term):
        return {"code": cell.value, "zh": cell.zh, "en": cell.en}
    if isinstance(cell, Label):
        return cell._asdict()
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return cell


def _groups(
    rows: list[Row], chart: Chart, value: ReportColumn, places: dict[str, int]
) -> Iterator[tuple[dict[str, str], list[Row]]]:
    if chart.by is None:
        yield {"code": value.code, "zh": value.zh, "en": value.en}, rows
        return
    place = places[chart.by]
    for group in dict.fromkeys(row[place] for row in rows):
        assert isinstance(group, Term | Label)
        yield {"code": _code(group), "zh": group.zh, "en": group.en}, [row for row in rows if row[place] == group]


def _point(row: Row, chart: Chart, value: str, places: dict[str, int]) -> dict[str, Any]:
    at, more = row[places[chart.at]], {"low": chart.low, "high": chart.high}
    interval = {name: row[places[code]] for name, code in more.items() if code}
    return {"at": plain(at), "value": row[places[value]], **interval}


def _most(series: dict[str, Any]) -> float:
    return max((point["value"] or 0 for point in series["points"]), default=0)


def _code(cell: Cell) -> str:
    return str(plain(cell)["code"])


def _both(column: ReportColumn) -> dict[str, str]:
    return {"zh": column.zh, "en": column.en}
