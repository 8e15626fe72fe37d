"""Reads the sheets of a workbook, and finds in its parts what a reader of cells does not tell.

A formula that was never computed and one that failed have no value, and a cell under a merged one shows
the other's: each would be a silent blank. Hidden rows and the day a workbook counts from are looked up too.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from dispatch.domain.errors import TooLargeError
from dispatch.exchange.extent import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, column_of, require_modest
from dispatch.exchange.faults import CellFault, Damage, FileFault, unreadable
from dispatch.exchange.moments import SERIAL_ZERO

MAX_SHEETS = 20
MAX_UNPACKED_BYTES = 500_000_000
MACROS = "vbaproject.bin"
BINARY = "workbook.bin"
WORKBOOK_PART = "xl/workbook.xml"
SERIAL_ZERO_1904 = date(1904, 1, 1)
"""What workbooks of old Macs count from."""

Grid = list[list[Any]]
Place = tuple[int, int]
FEATURE_MARKERS = (b'"e"', b"'e'", b"f>", b"f ", b"hidden=")
"""Without any of these in its XML a sheet has neither formulas nor errors nor hidden rows."""

CELL = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True)
class Worksheet:
    """The cells of one sheet, counted from its first row and column."""

    name: str
    grid: Sequence[Sequence[Any]]
    hidden: Sequence[int] = ()
    """Rows that are hidden, from 1."""
    merged: Sequence[int] = ()
    """Rows that take a value from a merged cell above, from 1."""
    serial_zero: date = SERIAL_ZERO


def read_workbook(content: bytes, sheet_name: str | None) -> list[Worksheet]:
    """Return the named sheet, else those that are visible and not empty; each once it is looked at."""
    _inspect(content)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            names = _choose(workbook, sheet_name)
            pages = [_page(content, workbook.get_sheet_by_name(name)) for name in names[:MAX_SHEETS]]
    except (CalamineError, ValueError, OSError, KeyError, expat.ExpatError):
        raise unreadable(FileFault.DAMAGED) from None
    if not pages:
        raise unreadable(FileFault.EMPTY)
    return pages


def _inspect(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            _require_sound(container.infolist())
            require_modest(container)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, OSError, expat.ExpatError):
        raise unreadable(FileFault.DAMAGED) from None


def _require_sound(parts: Sequence[zipfile.ZipInfo]) -> None:
    names = [_plain_name(part.filename) for part in parts]
    if any(name.endswith(MACROS) for name in names):
        raise unreadable(FileFault.MACRO)
    if any(part.flag_bits & 1 for part in parts):
        raise unreadable(FileFault.ENCRYPTED)
    if WORKBOOK_PART not in names or any(name.endswith(BINARY) for name in names):
        raise unreadable(FileFault.NOT_A_SHEET)
    if (unpacked := sum(part.file_size for part in parts)) > MAX_UNPACKED_BYTES:
        raise TooLargeError(what="bytes", most=MAX_UNPACKED_BYTES, found=unpacked)


def _choose(workbook: CalamineWorkbook, sheet_name: str | None) -> list[str]:
    if sheet_name is not None:
        if sheet_name not in workbook.sheet_names:
            raise unreadable(FileFault.SHEET_MISSING, sheet=sheet_name, known=workbook.sheet_names)
        return [sheet_name]
    seen = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    return [name for name in seen if workbook.get_sheet_by_name(name).end]


def _page(content: bytes, sheet: CalamineSheet) -> Worksheet:
    for what, most, found in (("rows", MAX_ROWS, sheet.total_height), ("columns", MAX_COLUMNS, sheet.width)):
        if found > most:
            raise TooLargeError(what=what, most=most, found=found)
    grid = sheet.to_python(skip_empty_area=False)
    scan, since_1904 = _look_closer(content, sheet.name)
    for (row, place), damage in scan.damages.items():
        _put(grid, row, place, damage)
    merged = _spread(grid, sheet.merged_cell_ranges or ())
    return Worksheet(sheet.name, grid, scan.hidden, merged, SERIAL_ZERO_1904 if since_1904 else SERIAL_ZERO)


def _spread(grid: Grid, ranges: Sequence[tuple[Place, Place]]) -> list[int]:
    """Let every row of a merged cell have its value, and call the columns it covers damaged; return those rows."""
    rows, covered = set[int](), 0
    for (top, left), (bottom, right) in ranges:
        value = _at(grid, top, left)
        if value in (None, ""):
            continue
        bottom, right = min(bottom, len(grid) - 1), min(right, len(grid[top]) - 1)
        covered += (bottom - top + 1) * (right - left + 1)
        if covered > MAX_CELLS:
            raise TooLargeError(what="cells", most=MAX_CELLS, found=covered)
        for row in range(top, bottom + 1):
            for place in range(left, right + 1):
                _put(grid, row, place, value if place == left else Damage(CellFault.MERGED))
        rows |= set(range(top + 2, bottom + 2))
    return sorted(rows)


def _at(grid: Grid, row: int, place: int) -> Any:
    return grid[row][place] if row < len(grid) and place < len(grid[row]) else None


def _put(grid: Grid, row: int, place: int, value: Any) -> None:
    if row < len(grid) and place < len(grid[row]):
        grid[row][place] = value


class _Scan:
    """Goes through the XML of a sheet for hidden rows, failed formulas and formulas without a value."""

    def __init__(self) -> None:
        self.hidden: list[int] = []
        self.damages: dict[Place, Damage] = {}
        self._row, self._place, self._kind = -1, -1, ""
        self._computed, self._value, self._reading = False, "", False

    def read(self, xml: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(xml, True)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
                self._place = -1
                if attributes.get("hidden") in ("1", "true"):
                    self.hidden.append(self._row + 1)
            case "c":
                found = CELL.fullmatch(attributes.get("r", ""))
                self._place = column_of(found[1]) - 1 if found else self._place + 1
                self._kind, self._computed, self._value = attributes.get("t", ""), False, ""
            case "f":
                self._computed = True
            case "v":
                self._reading = True

    def _end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "v":
                self._reading = False
            case "c" if self._kind == "e":
                self.damages[self._row, self._place] = Damage(CellFault.FORMULA_FAILED)
            case "c" if self._computed and not self._value and self._kind != "str":
                self.damages[self._row, self._place] = Damage(CellFault.NOT_COMPUTED)

    def _text(self, text: str) -> None:
        if self._reading:
            self._value += text


def _look_closer(content: bytes, sheet_name: str) -> tuple[_Scan, bool]:
    scan = _Scan()
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        parts = {_plain_name(name): name for name in container.namelist()}
        sheets, since_1904 = _index(container, parts)
        part = parts.get(sheets.get(sheet_name, "").lower())
        xml = container.read(part) if part else b""
    if any(telltale in xml for telltale in FEATURE_MARKERS):
        scan.read(xml)
    return scan, since_1904


def _index(container: zipfile.ZipFile, parts: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Return the part of each sheet by its name, and whether the workbook counts days from 1904."""
    targets = {
        each["Id"]: posixpath.normpath(posixpath.join("/xl", each["Target"])).lstrip("/")
        for element, each in _elements(container, parts.get("xl/_rels/workbook.xml.rels"))
        if element == "Relationship"
    }
    sheets, since_1904 = {}, False
    for element, each in _elements(container, parts[WORKBOOK_PART]):
        if element == "sheet":
            link = next((value for name, value in each.items() if name.rpartition(":")[2] == "id"), "")
            sheets[each.get("name", "")] = targets.get(link, "")
        elif element == "workbookPr":
            since_1904 = each.get("date1904") in ("1", "true")
    return sheets, since_1904


def _elements(container: zipfile.ZipFile, part: str | None) -> Iterator[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    if part:
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(":")[2], attributes))
        parser.Parse(container.read(part), True)
    yield from found


def _plain_name(name: str) -> str:
    """Return the name of a part as parts point at each other; some programs write it with backslashes."""
    return name.replace("\\", "/").lower()
