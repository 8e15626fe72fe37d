"""Reads one sheet of an xlsx workbook, once its container has been found harmless."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from dispatch.domain.errors import TooLargeError
from dispatch.exchange.faults import FileFault, unreadable

MOST_UNPACKED_BYTES = 500_000_000
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
    if (unpacked := sum(part.file_size for part in parts)) > MOST_UNPACKED_BYTES:
        raise TooLargeError(what="bytes", most=MOST_UNPACKED_BYTES, found=unpacked)


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
