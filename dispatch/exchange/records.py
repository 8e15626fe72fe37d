"""Turns the rows of a sheet into records of values, and says of every other row why not."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from dispatch.exchange.cells import CellLookups, Converter, is_unknown
from dispatch.exchange.faults import NOTHING, CellError, CellFault, RowRefusal, Words, shown
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


def read_records(sheet: Sheet, layout: Layout, lookups: CellLookups, notify: Notify | None = None) -> SheetRecords:
    """Convert every row; a row with any fault is refused with all of its faults."""
    records: list[RowRecord] = []
    refusals: list[RowRefusal] = []
    same = next(column.converter.key for column in layout.table.columns if column.field == layout.table.key)
    first_rows: dict[Any, int] = {}
    passed_over = 0
    for done, row in enumerate(sheet.rows):
        if notify and done % STEP == 0:
            notify(done, len(sheet.rows))
        values: dict[str, Any] = {}
        faults = list(_convert(row, layout, lookups, values))
        stated = values.get(layout.table.key)
        key = None if stated is None else same(stated)
        first = first_rows.setdefault(key, row.number) if key is not None else row.number
        if layout.once and first != row.number:
            passed_over += 1
            continue
        if first != row.number:
            expected = Words(f"第{first}行已有该编号，请改正", f"row {first} has it already")
            faults.append(RowRefusal(row.number, layout.table.key, CellFault.REPEATED, expected, shown(stated)))
        if faults:
            refusals += faults
        else:
            records.append(RowRecord(row.number, values))
    return SheetRecords(records, refusals, passed_over)


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
        cell = origin.source(row.cells)
        value = None if is_unknown(cell) else column.converter.read(cell, lookups)
    except CellError as fault:
        return RowRefusal(row.number, column.field, fault.fault, fault.expected, shown(cell))
    if value is None and column.required:
        return RowRefusal(row.number, column.field, CellFault.BLANK, _expected(column.converter))
    values[column.field] = value
    return None


def _expected(converter: Converter) -> Words:
    return converter.expected if converter.expected != NOTHING else Words("不能为空", "not blank")
