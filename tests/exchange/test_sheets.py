"""Sheets as they come: encodings, delimiters, titles above the header, cells of every type."""

from datetime import date

import pytest

from dispatch.domain.errors import TooLargeError, UnreadableFileError
from dispatch.exchange.columns import Kind
from dispatch.exchange.layout import known_headers
from dispatch.exchange.sheets import MAX_ROWS, read_sheet
from dispatch.exchange.tables import TABLES
from tests.exchange.files import a_csv, a_workbook

KNOWN = known_headers(TABLES[Kind.INSTITUTIONS], None)
ROWS = ({"机构编号": "F1", "机构名称": "某某所"}, {"机构编号": "F2", "机构名称": "某,某;所"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_encoding_with_every_delimiter(encoding, delimiter):
    sheet = read_sheet(a_csv(*ROWS, delimiter=delimiter, encoding=encoding), KNOWN)

    assert sheet.header == ("机构编号", "机构名称")
    assert [(row.number, list(row.cells)) for row in sheet.rows] == [(2, ["F1", "某某所"]), (3, ["F2", "某,某;所"])]


def test_rows_are_numbered_as_people_see_them():
    content = a_workbook(["某市承办机构名册"], [None], ["机构编号", "机构名称"], ["F1", "甲"], [None], ["F2", "乙"])

    sheet = read_sheet(content, KNOWN)

    assert sheet.header_row == 3
    assert [row.number for row in sheet.rows] == [4, 6]


def test_line_break_in_a_quoted_cell_does_not_shift_the_rows():
    sheet = read_sheet('机构编号,机构名称\r\nF1,"甲\r\n乙"\r\nF2,丙\r\n'.encode(), KNOWN)

    assert [(row.number, row.cells[1]) for row in sheet.rows] == [(2, "甲\r\n乙"), (3, "丙")]


@pytest.mark.parametrize(
    "header",
    [("code", "name"), ("Institution code", "INSTITUTION NAME"), ("机构编号*", "机构名称（必填）"),
     (" 机构　编号 ", "机构名称\nInstitution name"), ("name", "code"),
     ("机构编号（必填）\nInstitution code (required)", "机构名称（必填）\nInstitution name (required)")],
)  # fmt: skip
def test_header_is_known_in_both_languages_in_any_order(header):
    assert read_sheet(a_workbook(list(header), ["x", "y"]), KNOWN).header_row == 1


def test_workbook_cells_keep_their_types():
    content = a_workbook(["机构编号", "机构名称"], [(date(2024, 1, 5), "yyyy-mm-dd"), 3], [True, 3.5])

    sheet = read_sheet(content, KNOWN)

    assert [list(row.cells) for row in sheet.rows] == [[date(2024, 1, 5), 3.0], [True, 3.5]]


def test_named_sheet_is_read_and_a_missing_one_refused():
    content = a_workbook(["机构编号", "机构名称"], ["F1", "甲"], name="名册")

    assert read_sheet(content, KNOWN, sheet_name="名册").rows[0].number == 2
    with pytest.raises(UnreadableFileError, match="cannot be read") as refusal:
        read_sheet(content, KNOWN, sheet_name="其他")
    assert refusal.value.facts["known"] == ["名册"]


def test_header_row_of_a_mapping_settles_which_of_two_is_meant():
    content = a_workbook(["code", "name"], ["机构编号", "机构名称"], ["F1", "甲"])

    assert read_sheet(content, KNOWN, header_row=2).header == ("机构编号", "机构名称")


def test_more_rows_than_anyone_has_are_refused():
    content = "机构编号,机构名称\n".encode() + b"a,b\n" * MAX_ROWS

    with pytest.raises(TooLargeError) as refusal:
        read_sheet(content, KNOWN)

    assert refusal.value.facts == {"what": "rows", "most": MAX_ROWS, "found": MAX_ROWS + 1}
