"""Rows that were refused, as a workbook to put right and bring in again: each as it was, and beside it why."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from dispatch.exchange.columns import Table
from dispatch.exchange.faults import Damage, RowRefusal
from dispatch.exchange.moments import SERIAL_ZERO
from dispatch.exchange.readable import HEADER
from dispatch.exchange.sheets import PROBLEM, Cell, Sheet, protected
from dispatch.exchange.spreadsheet import MAX_CELL
from dispatch.exchange.wording import header_keys

LOST = "###"
"""Stands for what the file has lost: refused again until somebody has filled it in."""

PROBLEM_WIDTH, WIDTH = 46, 18
WRONG = {"bg_color": "#FCE0DC", "font_color": "#7A1010"}
TEXT = {"num_format": "@"}
"""Keeps the long numbers and leading zeros that people type."""

# fmt: off
FORMS = (
    # a cell that is    is shown as
    (datetime,  "yyyy-mm-dd hh:mm:ss"),
    (date,      "yyyy-mm-dd"),
    (time,      "hh:mm:ss"),
    (timedelta, "[h]:mm:ss"),
)
# fmt: on


def write_refused(path: Path, sheet: Sheet, table: Table, refusals: Iterable[RowRefusal], language: str = "zh") -> int:
    """Write the refused rows with every column they had, what is wrong in words before them; return how many."""
    faults: dict[int, list[RowRefusal]] = defaultdict(list)
    for refusal in refusals:
        faults[refusal.row].append(refusal)
    rows = [row for row in sheet.rows if row.number in faults]
    # Numbers that are days are counted from the day the file counts from.
    with xlsxwriter.Workbook(path, {"date_1904": sheet.serial_zero != SERIAL_ZERO}) as workbook:
        page = workbook.add_worksheet(f"{table.kind.zh} {table.kind.en}".title())
        brush = _Brush(workbook)
        page.set_column(0, 0, PROBLEM_WIDTH)
        page.set_column(1, max(1, len(sheet.header)), WIDTH, brush.of(TEXT))
        for place, name in enumerate((PROBLEM, *sheet.header)):
            page.write_string(0, place, name, brush.of(HEADER))
        for at, row in enumerate(rows, start=1):
            wording = _problem(table, row.number, faults[row.number], language)
            page.write_string(at, 0, wording[:MAX_CELL], brush.of({"text_wrap": True, "valign": "top"} | WRONG))
            wrong = _places(table, sheet.header, {fault.field for fault in faults[row.number]})
            for place, cell in enumerate(row.cells):
                _put(page, at, place + 1, cell, brush, WRONG if place in wrong else {})
        page.freeze_panes(1, 1)
    return len(rows)


class _Brush:
    """Cell formats of a workbook, each made once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, style: dict[str, Any]) -> Any:
        key = tuple(sorted(style.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(style)
        return self._made[key]


def _problem(table: Table, row: int, faults: Sequence[RowRefusal], language: str) -> str:
    """Return what is wrong with a row, a line for each fault, under the number it had."""
    zh = language == "zh"
    names = {column.field: column.zh if zh else column.en for column in table.columns}
    lines = [f"原第{row}行" if zh else f"Row {row} of the file"]
    for fault in faults:
        name, reason = names.get(fault.field, ""), fault.fault.label(language)
        expected = fault.expected.zh if zh else fault.expected.en
        where = (f"“{name}”：" if zh else f"{name}: ") if name else ""
        need = (f"；填写要求：{expected}" if zh else f"; it should be: {expected}") if expected else ""
        lines.append(where + reason + need)
    return "\n".join(lines)


def _places(table: Table, header: Sequence[str], fields: set[str]) -> set[int]:
    """Return where the cells at fault are, as far as the header itself says so."""
    names = frozenset().union(*(column.names for column in table.columns if column.field in fields))
    return {place for place, wording in enumerate(header) if names & header_keys(wording)}


def _put(page: Any, at: int, place: int, cell: Cell, brush: _Brush, style: dict[str, Any]) -> None:
    """Write a cell so that it is read as it was: what was a date stays one, and what was refused is refused again."""
    form = next((form for kind, form in FORMS if isinstance(cell, kind)), None)
    if cell is None:
        page.write_blank(at, place, None, brush.of(TEXT | style))
    elif isinstance(cell, bool):
        page.write_boolean(at, place, cell, brush.of(style))
    elif form:
        page.write_datetime(at, place, cell, brush.of({"num_format": form} | style))
    elif isinstance(number := protected(cell), int | float):
        page.write_number(at, place, number, brush.of(style))
    else:
        text = LOST if isinstance(cell, Damage) else str(number)
        page.write_string(at, place, text[:MAX_CELL], brush.of(TEXT | style))
