"""Reads csv text: finds the encoding, then the delimiter, then the cells."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from dispatch.exchange.faults import FileFault, unreadable

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
