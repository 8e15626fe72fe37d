"""Reads an xlsx or csv file into a header and rows of cells, numbered as people see them.

What a file is shows in its first bytes, never in its name. Blank rows are passed over, and a
title above the header is allowed; everything else that is unclear is refused with its reason.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from dispatch.domain.errors import TooLargeError
from dispatch.exchange.faults import FileFault, unreadable
from dispatch.exchange.wording import header_keys

Cell = str | int | float | bool | date | datetime | time | timedelta | None
Grid = Sequence[Sequence[Cell]]

MAX_BYTES = 50_000_000
MAX_ROWS = 200_000
MAX_COLUMNS = 300
HEADER_WITHIN = 20
"""The header is looked for among so many rows; above it may stand a title and notes."""

ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")


class SheetRow(NamedTuple):
    """One row that is not blank; ``number`` counts from 1 and counts blank rows too."""

    number: int
    cells: Sequence[Cell]


class Sheet(NamedTuple):
    """A sheet below its header."""

    header: tuple[str, ...]
    header_row: int
    rows: list[SheetRow]


def read_sheet(
    content: bytes, known: Collection[str], sheet_name: str | None = None, header_row: int | None = None
) -> Sheet:
    """Read the sheet whose header holds the ``known`` header keys, or raise what is wrong with the file."""
    grid = _read_grid(content, sheet_name)
    if len(grid) > MAX_ROWS:
        raise TooLargeError(what="rows", most=MAX_ROWS, found=len(grid))
    if not any(_filled(row) for row in grid):
        raise unreadable(FileFault.EMPTY)
    at = _find_header(grid, known) if header_row is None else header_row - 1
    if at >= len(grid) or not _filled(grid[at]):
        raise unreadable(FileFault.NO_HEADER, row=at + 1)
    header = tuple("" if cell is None else str(cell).strip() for cell in grid[at])
    rows = [SheetRow(number, row) for number, row in enumerate(grid[at + 1 :], at + 2) if _filled(row)]
    if not rows:
        raise unreadable(FileFault.NO_ROWS, header_row=at + 1)
    return Sheet(header, at + 1, rows)


def _read_grid(content: bytes, sheet_name: str | None) -> Grid:
    if len(content) > MAX_BYTES:
        raise TooLargeError(what="bytes", most=MAX_BYTES, found=len(content))
    if not content.strip():
        raise unreadable(FileFault.EMPTY)
    for signature, read in READERS:
        if content.startswith(signature):
            return read(content, sheet_name)
    return read_csv(content)


def _refuse_old(content: bytes, _sheet_name: str | None) -> Grid:
    encrypted = ENCRYPTED_PART in content
    raise unreadable(FileFault.ENCRYPTED if encrypted else FileFault.OLD_WORKBOOK)


def _read_workbook(content: bytes, sheet_name: str | None) -> Grid:
    return read_workbook(content, sheet_name, MAX_ROWS, MAX_COLUMNS)


READERS: tuple[tuple[bytes, Callable[[bytes, str | None], Grid]], ...] = (
    (ZIP, _read_workbook),
    (OLD_OFFICE, _refuse_old),
)


def _find_header(grid: Grid, known: Collection[str]) -> int:
    words = frozenset(known)
    hits = [sum(bool(words & header_keys(cell)) for cell in row) for row in grid[:HEADER_WITHIN]]
    best = max(hits)
    if best < min(2, len(words)):
        raise unreadable(FileFault.NO_HEADER)
    alike = [at for at, count in enumerate(hits) if count >= max(2, best / 2) or count == best]
    if len(alike) > 1:
        raise unreadable(FileFault.TWO_HEADERS, rows=[at + 1 for at in alike])
    return alike[0]


def _filled(row: Sequence[Cell]) -> bool:
    return any(cell is not None and (not isinstance(cell, str) or cell.strip()) for cell in row)


DELIMITERS = ",;\t"
LOOKED_AT = 20
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
ENCODINGS = ("utf-8", "gb18030")
"""Without a mark at its head: what decodes as UTF-8 is UTF-8; most else in China is GB18030."""


def read_csv(content: bytes) -> list[list[str]]:
    """Return the cells as text; a record over several lines counts as one row, as in a spreadsheet."""
    text = decode(content)
    if "\0" in text:
        raise unreadable(FileFault.NOT_A_SHEET)
    return _parse(text, _sniff(text))


def decode(content: bytes) -> str:
    """Return the text, or refuse bytes that are text in none of the encodings met in practice."""
    marked = [encoding for mark, encoding in MARKS if content.startswith(mark)]
    for encoding in marked or ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable(FileFault.NOT_A_SHEET if b"\0" in content else FileFault.ENCODING)


def _sniff(text: str) -> str:
    """Return the delimiter that cuts the first rows into the most columns, by their median width."""

    def width(delimiter: str) -> int:
        try:
            widths = sorted(len(row) for row in islice(_rows(text, delimiter), LOOKED_AT) if row)
        except csv.Error:
            return 0
        return widths[len(widths) // 2] if widths else 0

    return max(DELIMITERS, key=width)


def _rows(text: str, delimiter: str, strict: bool = False) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _parse(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(_rows(text, delimiter, strict=True))
    except csv.Error:
        raise unreadable(FileFault.QUOTES, row=len(rows) + 1) from None
    return rows


MAX_UNPACKED_BYTES = 500_000_000
MACROS = "vbaproject.bin"
WORKBOOK_PART = "workbook"


def read_workbook(content: bytes, sheet_name: str | None, most_rows: int, most_columns: int) -> Sequence[Sequence[Any]]:
    """Return the cells of the named sheet, else of the first visible one that is not empty."""
    _inspect(content)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            sheet = _choose(workbook, sheet_name)
            for what, most, found in (("rows", most_rows, sheet.total_height), ("columns", most_columns, sheet.width)):
                if found > most:
                    raise TooLargeError(what=what, most=most, found=found)
            return sheet.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError):
        raise unreadable(FileFault.DAMAGED) from None


def _inspect(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            parts = container.infolist()
    except (zipfile.BadZipFile, NotImplementedError):
        raise unreadable(FileFault.DAMAGED) from None
    names = [part.filename.lower() for part in parts]
    if any(name.endswith(MACROS) for name in names):
        raise unreadable(FileFault.MACRO)
    if any(part.flag_bits & 1 for part in parts):
        raise unreadable(FileFault.ENCRYPTED)
    if not any(WORKBOOK_PART in name for name in names):
        raise unreadable(FileFault.NOT_A_SHEET)
    if (unpacked := sum(part.file_size for part in parts)) > MAX_UNPACKED_BYTES:
        raise TooLargeError(what="bytes", most=MAX_UNPACKED_BYTES, found=unpacked)


def _choose(workbook: CalamineWorkbook, sheet_name: str | None) -> CalamineSheet:
    if sheet_name is not None:
        if sheet_name not in workbook.sheet_names:
            raise unreadable(FileFault.SHEET_MISSING, sheet=sheet_name, known=workbook.sheet_names)
        return workbook.get_sheet_by_name(sheet_name)
    for seen in workbook.sheets_metadata:
        sheet = workbook.get_sheet_by_name(seen.name)
        if seen.visible == SheetVisibleEnum.Visible and sheet.total_height:
            return sheet
    raise unreadable(FileFault.EMPTY)
