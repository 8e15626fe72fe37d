"""Turns the rows of a sheet into records of values, and says of every other row why not."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from dispatch.domain.texts import plain, tidy
from dispatch.exchange.cells import CellLookups, Converter, is_unknown
from dispatch.exchange.faults import (
    NOTHING,
    CellError,
    CellFault,
    Damage,
    Remark,
    RemarkKind,
    RowRefusal,
    Words,
    shown,
)
from dispatch.exchange.layout import Layout, Origin
from dispatch.exchange.sheets import Sheet, SheetRow

STEP = 500
Notify = Callable[[int, int], None]


class RowRecord(NamedTuple):
    """What one row says; a field the file has no column for is absent, a blank one is None."""

    row: int
    values: dict[str, Any]


class SheetRecords(NamedTuple):
    """Every row of a sheet as a record or as refusals; ``passed_over`` counts repeated keys under ``once``."""

    records: list[RowRecord]
    refusals: list[RowRefusal]
    passed_over: int
    remarks: list[Remark]


SUM = re.compile(r"(?:本页|全部)?(?:[合总小共累]\s*计|平均|(?:sub)?total|sum)\s*:?", re.IGNORECASE)
FOOT = re.compile(
    r"(?:本页|全部|以上)?(?:[合总小共累]\s*计|共\s*\d+|第\s*\d+\s*页|[填制]\s*表|[审复]\s*核|经\s*办\s*人|报送|单位负责|负责人"
    r"|联系人|联系电话|备?注\s*[0-9一二三]?\s*[:、.]|说明|日期|填报|截止|notes?\b|prepared|page).*",
    re.IGNORECASE | re.DOTALL,
)
"""How the lines under a table begin: sums, notes, and who filled it in."""


def read_records(sheet: Sheet, layout: Layout, lookups: CellLookups, notify: Notify | None = None) -> SheetRecords:
    """Convert every row; a row with any fault is refused with all of its faults."""
    lookups = replace(lookups, serial_zero=sheet.serial_zero)
    beside = {kind: tuple(row.number for row in sheet.rows if is_so(row, layout)) for kind, is_so in BESIDE.items()}
    remarks = [*sheet.remarks, *layout.remarks, *(Remark(kind, rows=rows) for kind, rows in beside.items() if rows)]
    left_out = {row for rows in beside.values() for row in rows}
    reading = _Reading(layout, lookups)
    for done, row in enumerate(sheet.rows):
        if notify and done % STEP == 0:
            notify(done, len(sheet.rows))
        if row.number not in left_out:
            reading.take(row)
    return SheetRecords(reading.records, reading.refusals, reading.passed_over, remarks)


class _Reading:
    """The rows of a sheet so far, and the row in which each key was first."""

    def __init__(self, layout: Layout, lookups: CellLookups) -> None:
        self._layout, self._lookups = layout, lookups
        self._first_rows: dict[Any, int] = {}
        self.records: list[RowRecord] = []
        self.refusals: list[RowRefusal] = []
        self.passed_over = 0

    def take(self, row: SheetRow) -> None:
        """Convert a row; of a key that was there before, pass it over or refuse it."""
        values: dict[str, Any] = {}
        faults = list(_convert(row, self._layout, self._lookups, values))
        table = self._layout.table
        column, key = table.key_column, table.key_of(values)
        first = row.number if key is None else self._first_rows.setdefault(key, row.number)
        if first != row.number and self._layout.once:
            self.passed_over += 1
            return
        if first != row.number:
            expected = Words(f"第{first}行已有该编号，请改正", f"row {first} has it already")
            faults.append(
                RowRefusal(row.number, column.field, CellFault.REPEATED, expected, shown(values[column.field]))
            )
        if faults:
            self.refusals += faults
        else:
            self.records.append(RowRecord(row.number, values))


def _is_sample(row: SheetRow, layout: Layout) -> bool:
    """Tell whether a row is the worked example of the template, known by its key."""
    column = layout.table.key_column
    return any(_text(row, origin) == str(column.example) for origin in layout.origins if origin.column is column)


def _is_foot(row: SheetRow, layout: Layout) -> bool:
    """Tell whether a row is a sum or a note: it begins as one, and lacks what every record has."""
    first = next((cell for cell in row.cells if not is_unknown(cell) and not isinstance(cell, Damage)), None)
    if not isinstance(first, str):
        return False
    wording, key = plain(first), layout.table.key_column.field
    is_sum = SUM.fullmatch(wording)
    if not is_sum and not FOOT.fullmatch(wording):
        return False
    stated = {origin.column.field: _text(row, origin) for origin in layout.origins}
    lacking = any(not stated[origin.column.field] for origin in layout.origins if origin.column.required)
    if is_sum:
        # How many there are may be under any header; no record goes by the name of a sum.
        return lacking or tidy(first) not in {text for field, text in stated.items() if field != key}
    return lacking and stated[key] in ("", tidy(first))


BESIDE = {RemarkKind.SAMPLE_ROW: _is_sample, RemarkKind.FOOT_ROW: _is_foot}


def _text(row: SheetRow, origin: Origin) -> str:
    try:
        cell = origin.raw(row.cells)
        return "" if is_unknown(cell) else tidy(str(cell))
    except CellError:
        return ""


def _convert(row: SheetRow, layout: Layout, lookups: CellLookups, values: dict[str, Any]) -> Iterator[RowRefusal]:
    if any(not is_unknown(cell) for cell in row.cells[layout.width :]):
        yield RowRefusal(row.number, "", CellFault.SURPLUS, Words(f"{layout.width}列", f"{layout.width} columns"))
    faults = [fault for origin in layout.origins if (fault := _take(row, origin, lookups, values))]
    yield from faults
    if not faults:
        yield from layout.table.contradictions(row.number, values)


def _take(row: SheetRow, origin: Origin, lookups: CellLookups, values: dict[str, Any]) -> RowRefusal | None:
    column, cell = origin.column, None
    try:
        cell = origin.cell(row.cells, lookups)
        value = None if is_unknown(cell) else column.converter.read(cell, lookups)
    except CellError as fault:
        return RowRefusal(row.number, column.field, fault.fault, fault.expected, shown(cell))
    if value is None and column.required:
        return RowRefusal(row.number, column.field, CellFault.BLANK, _expected(column.converter))
    values[column.field] = value
    return None


def _expected(converter: Converter) -> Words:
    return converter.expected if converter.expected != NOTHING else Words("不能为空", "not blank")
