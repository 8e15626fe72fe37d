"""Reads an xlsx or csv file into a header and rows of cells, numbered as people see them.

What a file is shows in its first bytes, never in its name. Blank rows are passed over, and a
title above the header is allowed; everything else that is unclear is refused with its reason.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from dispatch.domain.errors import TooLargeError
from dispatch.exchange.csv_text import read_csv
from dispatch.exchange.faults import FileFault, unreadable
from dispatch.exchange.headers import header_keys
from dispatch.exchange.workbook import read_workbook

Cell = str | int | float | bool | date | datetime | time | timedelta | None
Grid = Sequence[Sequence[Cell]]

MOST_BYTES = 50_000_000
MOST_ROWS = 200_000
MOST_COLUMNS = 300
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
    if len(grid) > MOST_ROWS:
        raise TooLargeError(what="rows", most=MOST_ROWS, found=len(grid))
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
    if len(content) > MOST_BYTES:
        raise TooLargeError(what="bytes", most=MOST_BYTES, found=len(content))
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
    return read_workbook(content, sheet_name, MOST_ROWS, MOST_COLUMNS)


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
