"""Reports as one page of Markdown for people, every heading in both languages."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from dispatch.reports.rendering import About, RenderedReport
from dispatch.reports.shape import Cell, ColumnUnit, ReportColumn
from dispatch.reports.workbook import shown

NOTHING = "–"

# fmt: off
WRITTEN: Mapping[ColumnUnit, Callable[[Any], str]] = {
    ColumnUnit.SHARE:  lambda value: f"{value:.1%}",
    ColumnUnit.HOURS:  lambda value: f"{value:,.1f}",
    ColumnUnit.POINTS: lambda value: f"{value:,.1f}",
    ColumnUnit.COUNT:  lambda value: f"{value:,}",
    ColumnUnit.NUMBER: lambda value: f"{value:,.2f}",
    ColumnUnit.MONTH:  lambda value: f"{value:%Y-%m}",
    ColumnUnit.MOMENT: lambda value: f"{value:%Y-%m-%d %H:%M}",
}
# fmt: on


def write_page(reports: list[RenderedReport], about: About) -> str:
    """Return the page; the same reports give the same text."""
    return "\n".join([*_head(about), *(line for rendered in reports for line in _section(rendered))]) + "\n"


def _head(about: About) -> Iterator[str]:
    yield f"# {about.centre}：{about.since} – {about.until}"
    yield ""
    for each in about.policies:
        yield f"- 指派方案版本 Policy version {each.version}: {each.name}, SHA-256 `{each.digest}`"


def _section(rendered: RenderedReport) -> Iterator[str]:
    yield from ("", f"## {rendered.report.zh} {rendered.report.en}", "")
    for text in rendered.report.defined.values():
        yield from (text, "")
    if not rendered.rows:
        yield "没有数据。 Nothing to tell."
        return
    yield _line(f"{column.zh} {column.en}" for column in rendered.columns)
    yield _line("---" if column.unit in (ColumnUnit.WORD, ColumnUnit.TEXT) else "---:" for column in rendered.columns)
    for row in rendered.rows:
        cells = (written(column, cell) for column, cell in zip(rendered.columns, row, strict=True))
        yield _line(cell.replace("|", "\\|") for cell in cells)


def _line(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def written(column: ReportColumn, cell: Cell, word: Callable[[Cell], str] = shown) -> str:
    """Return a cell as people read it: numbers as its column has them, what is no number by `word`."""
    if cell is None:
        return NOTHING
    if column.unit in WRITTEN and isinstance(cell, int | float | date | datetime):
        return WRITTEN[column.unit](cell)
    return word(cell)
