"""How far a workbook reaches is judged before anything makes room for it; the files are made here."""

import io
import time
import tracemalloc
import zipfile

import pytest
import xlsxwriter

from dispatch.domain.errors import TooLargeError, UnreadableFileError
from dispatch.exchange.extent import MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from dispatch.exchange.sheets import read_sheet

KNOWN = ("机构编号", "机构名称")


def texts(row, *cells):
    inside = "".join(f'<c r="{place}{row}" t="inlineStr"><is><t>{text}</t></is></c>' for place, text in cells)
    return f'<row r="{row}">{inside}</row>'


HEADER = texts(1, ("A", KNOWN[0]), ("B", KNOWN[1]))
ROW = texts(2, ("A", "F1"), ("B", "甲"))


def a_workbook(more="", merged="", head=HEADER + ROW):
    """A workbook whose sheet is written by hand: the header, one row, and what else is said."""
    plain = io.BytesIO()
    with xlsxwriter.Workbook(plain) as book:
        book.add_worksheet("机构")
    sheet = (
        '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{head}{more}</sheetData>{merged}</worksheet>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, sheet if part.endswith("sheet1.xml") else old.read(part))
    return made.getvalue()


def cell(place, text="<v>1</v>"):
    row = "".join(filter(str.isdigit, place))
    return f'<row r="{row}"><c r="{place}">{text}</c></row>'


def test_workbook_as_it_should_be_is_read():
    assert [row.cells[:2] for row in read_sheet(a_workbook(), KNOWN).rows] == [["F1", "甲"]]


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (cell("XFD1048576"), "rows"),
        (cell("CV1048576"), "rows"),
        (cell("A200001"), "rows"),
        (cell("XFD9"), "columns"),
        (cell("KO3"), "columns"),
        (cell("KN200000"), "cells"),
        (cell("XFD1048576").replace('r="X', "r = 'X").replace('576"', "576'"), "rows"),
        (cell("XFD1048576").replace("<c r", '<c s="1" t="n" r'), "rows"),
        ('<row r="1048576"><c><v>1</v></c></row>', "rows"),
        ("<row r='5'>" + "<c><v>1</v></c>" * (MAX_COLUMNS + 1) + "</row>", "columns"),
        (cell("A3") + "<!--" + " " * 2**20 + "-->" + cell("XFD1048576"), "rows"),
    ],
)
def test_workbook_that_reaches_too_far_is_refused_before_there_is_room_for_it(more, what):
    content = a_workbook(more)
    tracemalloc.start()
    with pytest.raises(TooLargeError) as refused:
        read_sheet(content, KNOWN)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert refused.value.facts["what"] == what
    assert len(content) < 50_000
    assert most < 50_000_000


def test_far_cells_with_nothing_in_them_refuse_nothing():
    blank = '<row r="1048576"><c r="XFD1048576" s="1"/><c r="XFE1048576" s="1"></c></row>'

    assert len(read_sheet(a_workbook(blank), KNOWN).rows) == 1


def test_workbook_without_places_in_it_is_read():
    head = HEADER.replace(' r="A1"', "").replace(' r="B1"', "").replace(' r="1"', "")
    row = ROW.replace(' r="A2"', "").replace(' r="B2"', "").replace(' r="2"', "")

    assert len(read_sheet(a_workbook(head=head + row), KNOWN).rows) == 1


def test_merged_cells_over_a_whole_sheet_cost_no_more_than_what_is_in_it():
    merged = '<mergeCells count="1"><mergeCell ref="A2:XFD1048576"/></mergeCells>'
    began = time.process_time()

    sheet = read_sheet(a_workbook(merged=merged), KNOWN)

    assert len(sheet.rows) == 1
    assert time.process_time() - began < 2


def test_binary_workbook_is_refused():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as new:
        new.writestr("xl/workbook.bin", b"\0" * 100)

    with pytest.raises(UnreadableFileError):
        read_sheet(made.getvalue(), KNOWN)


def test_limits_leave_room_for_a_city():
    assert MAX_CELLS >= 60_000 * 100
    assert MAX_ROWS >= 60_000
