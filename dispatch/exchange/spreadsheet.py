"""Writes workbooks: templates to fill in, and exports that can be brought in again as they are."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter

from dispatch.exchange.cells import CellLookups
from dispatch.exchange.columns import Column, Kind, Need, Table
from dispatch.exchange.readable import HEADER, put
from dispatch.exchange.sheets import protected
from dispatch.exchange.tables import TABLES
from dispatch.exchange.wording import Wordlist

CHOICES = "取值 Values"
CHECKED_ROWS = 5_000
"""Rows of a template in which a choice is offered as a list."""

NEEDED = HEADER | {"bg_color": "#FBE5D6"}
NARROWEST, WIDEST = 10, 40

LEFT_OUT = "未导出 Left out"
MAX_CELL = 32_767
"""Characters that a cell of a workbook holds."""


class Unwritable(NamedTuple):
    """A record that is not in an export, by its key, and the column that could not be written."""

    key: str
    field: str


class Exported(NamedTuple):
    """How many rows of records a workbook has, and those that could not be written."""

    rows: int
    left_out: tuple[Unwritable, ...] = ()


def write_template(path: Path, kind: Kind, lookups: CellLookups, language: str = "zh") -> None:
    """Write a workbook with headers, help, lists to choose from, and one worked example."""
    table = TABLES[kind]
    with xlsxwriter.Workbook(path) as workbook:
        rows, _ = _in_cells(table, [example_of(table, lookups)], lookups, language)
        sheet = _write(workbook, table, rows)
        _explain(workbook, sheet, table)
        _offer(workbook, sheet, table, lookups, language)


def write_records(
    path: Path, kind: Kind, records: Iterable[Mapping[str, Any]], lookups: CellLookups, language: str = "zh"
) -> Exported:
    """Write records as a workbook that imports unchanged.

    One that cannot be written is named on a sheet of its own, and the rest goes on.
    """
    table = TABLES[kind]
    rows, left_out = _in_cells(table, records, lookups, language)
    with xlsxwriter.Workbook(path) as workbook:
        _write(workbook, table, rows)
        if left_out:
            _name(workbook, table, left_out)
    return Exported(len(rows), tuple(left_out))


def example_of(table: Table, lookups: CellLookups) -> dict[str, Any]:
    """Return the worked example, with causes and areas that this centre knows."""
    example = {column.field: column.example for column in table.columns}
    cause = next((code for code, matter in lookups.matters.items() if matter == "civil"), next(iter(lookups.matters)))
    areas = [code for code, _, _ in lookups.areas.labels[:1]]
    first_area = areas[0] if areas else None
    known: dict[str, Any] = {
        "matter": lookups.matters[cause],
        "cause": cause,
        "specialties": {cause: 80},
        "areas": areas or None,
        "area": first_area,
        "domicile_areas": areas or None,
    }
    return example | {field: value for field, value in known.items() if field in example}


def _in_cells(
    table: Table, records: Iterable[Mapping[str, Any]], lookups: CellLookups, language: str
) -> tuple[list[list[Any]], list[Unwritable]]:
    rows, left_out = [], []
    for record in records:
        cells: list[Any] = []
        for column in table.columns:
            try:
                cells.append(_cell(column, record.get(column.field), lookups, language))
            except Exception:  # whatever a stored row may hold that no converter expects
                left_out.append(Unwritable(str(record.get(table.key_column.field, "")), column.field))
                break
        else:
            rows.append(cells)
    return rows, left_out


def _cell(column: Column, value: Any, lookups: CellLookups, language: str) -> Any:
    cell = None if value is None else column.converter.write(value, lookups, language)
    if not isinstance(cell, str | int | float | None) or len(str(cell)) > MAX_CELL:
        raise TypeError("no cell holds it")
    return cell


def _name(workbook: Any, table: Table, left_out: Iterable[Unwritable]) -> None:
    """Name the records that are not in the workbook, and what of each could not be written."""
    sheet = workbook.add_worksheet(LEFT_OUT)
    columns = {column.field: f"{column.zh} {column.en}" for column in table.columns}
    named = ((key, columns[field]) for key, field in left_out)
    for row, line in enumerate((("未导出 Left out", "无法写出的列 Column that cannot be written"), *named)):
        sheet.write_row(row, 0, line)


def _write(workbook: Any, table: Table, rows: Sequence[Sequence[Any]]) -> Any:
    sheet = workbook.add_worksheet(f"{table.kind.zh} {table.kind.en}".title())
    styles = {False: workbook.add_format(HEADER), True: workbook.add_format(NEEDED)}
    as_text = workbook.add_format({"num_format": "@"})
    for place, column in enumerate(table.columns):
        zh, en = ("（必填）", " (required)") if column.required else ("", "")
        sheet.write_string(0, place, f"{column.zh}{zh}\n{column.en}{en}", styles[column.required])
        width = min(max(NARROWEST, 2 * len(column.zh + zh) + 2, len(column.en + en) + 2), WIDEST)
        # Text cells keep the long numbers and leading zeros that people type into them.
        sheet.set_column(place, place, width, as_text if _textual(column) else None)
    for row, cells in enumerate(rows, start=1):
        for place, cell in enumerate(cells):
            put(sheet, row, place, protected(cell))
    sheet.freeze_panes(1, 2)
    return sheet


def _textual(column: Column) -> bool:
    return column.need is Need.KEY or column.converter.expected.zh.endswith(("编号", "字"))


def _explain(workbook: Any, sheet: Any, table: Table) -> None:
    for place, column in enumerate(table.columns):
        need = ("必填。", "Required. ") if column.required else ("", "")
        lines = (
            f"{need[0]}{column.help.zh}\n{column.converter.expected.zh}".strip(),
            f"{need[1]}{column.help.en}\n{column.converter.expected.en}".strip(),
        )
        if wording := "\n".join(line for line in lines if line):
            sheet.write_comment(0, place, wording, {"x_scale": 2, "y_scale": 1.5})


def _offer(workbook: Any, sheet: Any, table: Table, lookups: CellLookups, language: str) -> None:
    values = workbook.add_worksheet(CHOICES)
    bold = workbook.add_format({"bold": True})
    offered = [column for column in table.columns if column.converter.choices]
    for place, column in enumerate(offered):
        words = column.converter.choices(lookups) if column.converter.choices else Wordlist({}, ())
        values.write_string(0, 2 * place, f"{column.zh} {column.en}", bold)
        values.set_column(2 * place, 2 * place + 1, 22)
        for row, (code, _, _) in enumerate(words.labels, start=1):
            values.write_string(row, 2 * place, words.label(code, language))
            values.write_string(row, 2 * place + 1, code)
        if column.converter.single and words.labels:
            _validate(sheet, table.columns.index(column), 2 * place, len(words.labels))


def _validate(sheet: Any, place: int, values_place: int, count: int) -> None:
    letter = xlsxwriter.utility.xl_col_to_name(values_place)
    # Codes and labels of the other language are right too, so the list offers and does not refuse.
    rule = {"validate": "list", "source": f"='{CHOICES}'!${letter}$2:${letter}${count + 1}", "show_error": False}
    sheet.data_validation(1, place, CHECKED_ROWS, place, rule)
