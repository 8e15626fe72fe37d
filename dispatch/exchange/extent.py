"""How far the cells of a workbook reach, read from its parts as they unpack.

The reader of cells makes room for every cell between the first and the last: two of them at the ends of a sheet are
gigabytes, and end its process. So it is given only what was found to be modest.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.parsers import expat

from dispatch.domain.errors import TooLargeError

MAX_ROWS = 200_000
MAX_COLUMNS = 300
MAX_CELLS = 8_000_000
"""Rows times columns of a sheet: half a gigabyte once read."""

CHUNK, OVERLAP = 2**20, 512
TEXTS = ("sharedstrings.xml", "styles.xml")
"""Parts that may be long and hold no cells."""

# A cell with something in it; one that only looks pretty takes no room.
FILLED = re.compile(rb"<(?:\w+:)?c\b[^>]*?\sr\s*=\s*[\"']([A-Z]{1,7})(\d{1,9})[\"'][^>]*(?<!/)>(?=\s*<[^/])")
UNPLACED = re.compile(rb"<(?:\w+:)?c(?![\w:])(?![^>]*\sr\s*=)[^>]*(?<!/)>")
PLACE = re.compile(r"([A-Z]+)(\d+)")


class SheetExtent(NamedTuple):
    """The last row and the last column with something in it, counted from 1."""

    rows: int = 0
    columns: int = 0


def require_modest(container: zipfile.ZipFile) -> None:
    """
    Refuse a workbook with a sheet that reaches too far.

    Raises
    ------
    TooLargeError
        Names what there is too much of, and how much may be.
    """
    for part in container.namelist():
        if part.lower().endswith(".xml") and not part.lower().endswith(TEXTS):
            reach = _extent(container, part)
            for what, most, found in (
                ("rows", MAX_ROWS, reach.rows),
                ("columns", MAX_COLUMNS, reach.columns),
                ("cells", MAX_CELLS, reach.rows * reach.columns),
            ):
                if found > most:
                    raise TooLargeError(what=what, most=most, found=found)


def _extent(container: zipfile.ZipFile, part: str) -> SheetExtent:
    rows, columns = 0, set[bytes]()
    for chunk in _chunks(container, part):
        if UNPLACED.search(chunk):
            return _counted(container, part)
        found = FILLED.findall(chunk)
        columns |= {letters for letters, _ in found}
        rows = max([rows, *(int(row) for _, row in found)])
        if rows > MAX_ROWS:
            break
    return SheetExtent(rows, max((column_of(letters.decode()) for letters in columns), default=0))


def _chunks(container: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield a part piece by piece; what may be half a cell at the end of one comes again with the next."""
    rest = b""
    with container.open(part) as stream:
        while piece := stream.read(CHUNK):
            yield (chunk := rest + piece)
            rest = chunk[-OVERLAP:]


def _counted(container: zipfile.ZipFile, part: str) -> SheetExtent:
    """Return the extent of a sheet whose cells do not all say where they are: they follow one another."""
    row = place = rows = columns = 0

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal row, place, rows, columns
        match name.rpartition(":")[2]:
            case "row":
                row, place = int(attributes.get("r", row + 1)), 0
            case "c":
                found = PLACE.fullmatch(attributes.get("r", ""))
                place = column_of(found[1]) if found else place + 1
            case "v" | "is":
                rows, columns = max(rows, row), max(columns, place)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    with container.open(part) as stream:
        while piece := stream.read(CHUNK):
            parser.Parse(piece, False)
            if rows > MAX_ROWS or columns > MAX_COLUMNS:
                break
    return SheetExtent(rows, columns)


def column_of(letters: str) -> int:
    """Return the number of a column, from 1."""
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place
