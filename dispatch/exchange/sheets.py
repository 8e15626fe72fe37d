"""Reads an xlsx or csv file into a header and rows of cells, numbered as people see them.

What a file is shows in its first bytes, never in its name. Blank rows are passed over, and a title above the
header is allowed; everything else that is unclear is refused with its reason, or named in a remark.
"""

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple

from xlsxwriter.utility import xl_col_to_name

from dispatch.domain.errors import TooLargeError, UnreadableFileError
from dispatch.exchange.extent import MAX_ROWS
from dispatch.exchange.faults import CellFault, Damage, FileFault, Remark, RemarkKind, unreadable
from dispatch.exchange.wording import header_keys
from dispatch.exchange.workbooks import Worksheet, read_workbook

Cell = str | int | float | bool | date | datetime | time | timedelta | Damage | None
Grid = Sequence[Sequence[Any]]

MAX_BYTES = 50_000_000
HEADER_WITHIN = 20
"""The header is looked for among so many rows; above it may be a title and notes."""

ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")

PROBLEM = "问题（更正后保留或者删去本列均可） Problem (keep or delete this column)"
"""Heads the column that refused rows come back with; it says nothing when they come in again."""


class SheetRow(NamedTuple):
    """One row that is not blank; ``number`` counts from 1 and counts blank rows too."""

    number: int
    cells: Sequence[Cell]


class Sheet(NamedTuple):
    """A sheet below its header."""

    header: tuple[str, ...]
    header_row: int
    rows: list[SheetRow]
    remarks: list[Remark]
    serial_zero: date


def read_sheet(
    content: bytes, known: Collection[str], sheet_name: str | None = None, header_row: int | None = None
) -> Sheet:
    """Read the sheet whose header holds the ``known`` header keys, or raise what is wrong with the file."""
    pages = _read_pages(content, frozenset(known), sheet_name)
    page, at, remarks = _find_page(pages, frozenset(known)) if header_row is None else (pages[0], header_row - 1, [])
    grid = page.grid
    if at >= len(grid) or not _filled(grid[at]):
        raise unreadable(FileFault.NO_HEADER, row=at + 1)
    rows = [SheetRow(number, row) for number, row in enumerate(grid[at + 1 :], at + 2) if _filled(row)]
    repeated = [row.number for row in rows if _same(row.cells, grid[at])]
    rows = [row for row in rows if row.number not in set(repeated)]
    if not rows:
        raise unreadable(FileFault.NO_ROWS, header_row=at + 1)
    header = tuple("" if cell is None or isinstance(cell, Damage) else str(cell).strip() for cell in grid[at])
    numbers = {row.number for row in rows}
    for kind, named in (
        (RemarkKind.REPEATED_HEADER, repeated),
        (RemarkKind.HIDDEN_ROWS, [row for row in page.hidden if row in numbers]),
        (RemarkKind.MERGED_ROWS, [row for row in page.merged if row in numbers]),
    ):
        remarks += [Remark(kind, rows=tuple(named))] if named else []
    nameless = [
        place for place, name in enumerate(header) if not name and any(_filled(r.cells[place:][:1]) for r in rows)
    ]
    remarks += [Remark(RemarkKind.NAMELESS_COLUMN, xl_col_to_name(place)) for place in nameless]
    if PROBLEM in header:
        header, rows = _without(header.index(PROBLEM), header, rows)
    return Sheet(header, at + 1, rows, remarks, page.serial_zero)


def _without(place: int, header: tuple[str, ...], rows: list[SheetRow]) -> tuple[tuple[str, ...], list[SheetRow]]:
    """Return header and rows without a column, and without rows that had nothing else."""
    cut = [row._replace(cells=[*row.cells[:place], *row.cells[place + 1 :]]) for row in rows]
    return (*header[:place], *header[place + 1 :]), [row for row in cut if _filled(row.cells)]


def _read_pages(content: bytes, known: frozenset[str], sheet_name: str | None) -> list[Worksheet]:
    if len(content) > MAX_BYTES:
        raise TooLargeError(what="bytes", most=MAX_BYTES, found=len(content))
    if not content.strip():
        raise unreadable(FileFault.EMPTY)
    if content.startswith(OLD_OFFICE):
        raise unreadable(FileFault.ENCRYPTED if ENCRYPTED_PART in content else FileFault.OLD_WORKBOOK)
    if content.startswith(ZIP):
        pages = [_unwrapped(page) for page in read_workbook(content, sheet_name)]
    else:
        pages = [_unwrapped(Worksheet("", read_csv(content, known)), rounded=True)]
    for page in pages:
        if len(page.grid) > MAX_ROWS:
            raise TooLargeError(what="rows", most=MAX_ROWS, found=len(page.grid))
    if not any(_filled(row) for page in pages for row in page.grid):
        raise unreadable(FileFault.EMPTY)
    return pages


PROTECTED = re.compile(r'="(.*)"|\'(?=[-+=@\d\'#])(.*)', re.DOTALL)
"""How Excel and other programs keep a number a text: ="0123" and '0123."""

FORMULA = re.compile(r"=[A-Za-z.]+\(.*\)", re.DOTALL)
FAILED = re.compile(r"#(?:REF|NAME|VALUE|DIV/0|NUM|NULL|SPILL|CALC)!?\??|#N/A|#{3,}", re.IGNORECASE)
ROUNDED = re.compile(r"[1-9]\d{14}0+", re.ASCII)
"""A number of which Excel has kept the first fifteen digits; in a csv nobody can tell it from one that ends so."""


def protected(cell: Any) -> Any:
    """Return a cell that is read again as it is: a number a workbook would round as a text, a text unchanged."""
    if isinstance(cell, float) and float(f"{cell:.16G}") != cell:
        return repr(cell)
    return cell if _unwrap(cell, rounded=False) == cell else f"'{cell}"


def _unwrapped(page: Worksheet, *, rounded: bool = False) -> Worksheet:
    """Return a page whose texts are without what only protects them, and whose damaged ones are called so."""
    return replace(page, grid=[[_unwrap(cell, rounded=rounded) for cell in row] for row in page.grid])


def _unwrap(cell: Any, *, rounded: bool) -> Any:
    if not isinstance(cell, str) or not cell:
        return cell
    if cell[0] in "='" and (match := PROTECTED.fullmatch(cell)):
        return match[1] if match[1] is not None else match[2]
    if cell[0] == "=" and FORMULA.fullmatch(cell.strip()):
        return Damage(CellFault.NOT_COMPUTED)
    if "#" in cell[:2] and FAILED.fullmatch(cell.strip()):
        return Damage(CellFault.FORMULA_FAILED)
    return Damage(CellFault.INEXACT) if rounded and ROUNDED.fullmatch(cell.strip()) else cell


def _find_page(pages: Sequence[Worksheet], known: frozenset[str]) -> tuple[Worksheet, int, list[Remark]]:
    """Return the first sheet with a header and the place of it, and a remark on others that have one too."""
    found: list[tuple[Worksheet, int]] = []
    refused: UnreadableFileError | None = None
    for page in pages:
        try:
            found.append((page, _find_header(page.grid, known)))
        except UnreadableFileError as error:
            if error.facts["reason"] == FileFault.TWO_HEADERS and not found:
                raise
            refused = refused or error
    if not found:
        raise refused or unreadable(FileFault.EMPTY)
    return *found[0], [Remark(RemarkKind.OTHER_SHEET, page.name) for page, _ in found[1:]]


def _find_header(grid: Grid, known: frozenset[str]) -> int:
    """Return the row that holds the most headers; of one row written twice or merged downwards, its last part."""
    hits = [[place for place, cell in enumerate(row) if known & header_keys(cell)] for row in grid[:HEADER_WITHIN]]
    counts = [len(places) for places in hits]
    best = max(counts, default=0)
    header = counts.index(best) if best else 0
    if not best or (best == 1 < len(known) and not (counts.count(1) == 1 and _spans(grid, header))):
        raise unreadable(FileFault.NO_HEADER)
    alike = [
        at
        for at, count in enumerate(counts)
        if (count >= max(2, best / 2) or count == best) and any(grid[at][k] != grid[header][k] for k in hits[at])
    ]
    if alike:
        raise unreadable(FileFault.TWO_HEADERS, rows=sorted(row + 1 for row in (header, *alike)))
    return header


def _spans(grid: Grid, at: int) -> bool:
    """Tell whether a row has as many cells as any below: with one known name a header has them, a title has not."""
    widths = [sum(_filled([cell]) for cell in row) for row in grid[at : at + HEADER_WITHIN]]
    return widths[0] == max(widths)


def _filled(row: Sequence[Any]) -> bool:
    return any(
        cell is not None and cell != Damage(CellFault.MERGED) and (not isinstance(cell, str) or cell.strip())
        for cell in row
    )


def _same(row: Sequence[Any], header: Sequence[Any]) -> bool:
    return [cell for cell in row if cell not in (None, "")] == [cell for cell in header if cell not in (None, "")]


DELIMITERS = ",;\t|，；"
LOOKED_AT = 20
FOREIGN = re.compile(r"\s*(?:<[!?a-z]|%PDF-|\{\\rtf)", re.IGNORECASE)
"""How web pages, which old systems call .xls, XML, PDF and RTF begin."""

MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
ENCODINGS = ("utf-8", "gb18030")
"""Without a mark at its head: what decodes as UTF-8 is UTF-8; most else in China is GB18030."""


def read_csv(content: bytes, known: frozenset[str]) -> list[list[str]]:
    """Return the cells as text; a record over several lines counts as one row, as in a spreadsheet."""
    text = decode(content)
    if "\0" in text or FOREIGN.match(text):
        raise unreadable(FileFault.NOT_A_SHEET)
    return _parse(text, _sniff(text, known))


def decode(content: bytes) -> str:
    """Return the text, or refuse bytes that are text in none of the encodings met in practice."""
    marked = [encoding for mark, encoding in MARKS if content.startswith(mark)]
    for encoding in marked or ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable(FileFault.NOT_A_SHEET if b"\0" in content else FileFault.ENCODING)


def _sniff(text: str, known: frozenset[str]) -> str:
    """Return the delimiter that cuts the first rows into the most headers, else into the most columns."""

    def worth(delimiter: str) -> tuple[int, int]:
        try:
            rows = [row for row in islice(_rows(text, delimiter), LOOKED_AT) if row]
        except csv.Error:
            return 0, 0
        widths = sorted(map(len, rows))
        headers = max((sum(bool(known & header_keys(cell)) for cell in row) for row in rows), default=0)
        return headers, widths[len(widths) // 2] if widths else 0

    return max(DELIMITERS, key=worth)


def _rows(text: str, delimiter: str, strict: bool = False) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _parse(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(_rows(text, delimiter, strict=True))
    except csv.Error:
        raise unreadable(FileFault.QUOTES, row=len(rows) + 1) from None
    return rows
