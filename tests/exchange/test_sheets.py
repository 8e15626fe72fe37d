"""Sheets as they come: encodings, delimiters, titles above the header, cells of every type."""

import io
from datetime import date

import openpyxl
import pytest
import xlsxwriter

from dispatch.commands.imports.report import ranges
from dispatch.domain.errors import TooLargeError, UnreadableFileError
from dispatch.domain.policy.schema import load_preset
from dispatch.exchange.columns import Kind
from dispatch.exchange.extent import MAX_ROWS
from dispatch.exchange.layout import known_headers, plan_layout
from dispatch.exchange.lookups import make_lookups
from dispatch.exchange.records import read_records
from dispatch.exchange.sheets import read_sheet
from dispatch.exchange.tables import TABLES
from tests.exchange.files import a_csv, a_workbook

LOOKUPS = make_lookups(load_preset("national"), [], "Asia/Shanghai")
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


def an_edited_workbook(edit, *lines):
    """Lines of cells as a workbook that a second program has edited."""
    workbook = openpyxl.Workbook()
    for line in lines:
        workbook.active.append(line)
    edit(workbook.active, workbook)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def report_on(content):
    """What is read of a file of institutions: codes and names, refusals, and remarks."""
    table = TABLES[Kind.INSTITUTIONS]
    sheet = read_sheet(content, KNOWN)
    read = read_records(sheet, plan_layout(table, sheet.header, None), LOOKUPS)
    return (
        [(record.row, record.values["code"], record.values["name"]) for record in read.records],
        [(refusal.row, refusal.field, refusal.fault.value) for refusal in read.refusals],
        [(remark.kind.value, remark.where or ranges(remark.rows)) for remark in read.remarks],
    )


TITLE = ["机构编号", "机构名称"]
SERIAL = "14114201510123456"

# fmt: off
DAMAGED = [
    # a cell of a csv          what is read, or why not
    ("1.41142E+16",            "inexact"),
    ("1.4114202E+16",          "inexact"),
    ("1E+16",                  "inexact"),
    ("14114201510123400",      "inexact"),
    ("1411420151012350",       "inexact"),
    (SERIAL,                   SERIAL),
    ("141142015101230",        "141142015101230"),
    (f"'{SERIAL}",             SERIAL),
    (f'="{SERIAL}"',           SERIAL),
    ('="0012"',                "0012"),
    ("'0012",                  "0012"),
    (f"\t{SERIAL}",            SERIAL),
    ("#REF!",                  "formula_failed"),
    ("#N/A",                   "formula_failed"),
    ("#NAME?",                 "formula_failed"),
    ("######",                 "formula_failed"),
    ("=VLOOKUP(A1,B:C,2,0)",   "not_computed"),
    ("#1所",                   "#1所"),
    ("'t所",                   "'t所"),
]
# fmt: on


@pytest.mark.parametrize(("cell", "meaning"), DAMAGED)
def test_number_that_excel_has_damaged_in_a_csv_is_named_and_one_it_protects_is_read(cell, meaning):
    read, refused, _ = report_on(a_csv({"机构编号": cell, "机构名称": "甲"}))

    assert [code for _, code, _ in read] + [fault for _, _, fault in refused] == [meaning]


def test_long_number_of_a_workbook_is_read_from_text_alone():
    read, refused, _ = report_on(a_workbook(TITLE, [14114201510123456, "甲"], ["14114201510123400", "乙"]))

    assert (read, refused) == ([(3, "14114201510123400", "乙")], [(2, "code", "inexact")])


def test_failed_and_uncomputed_formulas_are_named_and_no_blank():
    def edit(sheet, _):
        sheet["B2"], sheet["B4"] = "=A2", "#REF!"
        sheet["B4"].data_type = "e"

    read, refused, _ = report_on(an_edited_workbook(edit, TITLE, ["F1", ""], ["F2", "乙"], ["F3", ""]))

    assert read == [(3, "F2", "乙")]
    assert refused == [(2, "name", "not_computed"), (4, "name", "formula_failed")]


def test_computed_formula_is_read_by_its_value():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, TITLE)
        sheet.write_formula(1, 0, '="F"&1', None, "F1")
        sheet.write_formula(1, 1, '=A2&"所"', None, "F1所")

    assert report_on(stream.getvalue()) == ([(2, "F1", "F1所")], [], [])


def test_cell_merged_downwards_is_the_value_of_each_row_and_one_merged_sideways_is_named():
    def edit(sheet, _):
        sheet.merge_cells("B2:B3")
        sheet.merge_cells("A4:B4")

    read, refused, remarks = report_on(an_edited_workbook(edit, TITLE, ["F1", "甲"], ["F2", None], ["F3", None]))

    assert read == [(2, "F1", "甲"), (3, "F2", "甲")]
    assert refused == [(4, "name", "merged")]
    assert remarks == [("merged_rows", "3")]


def test_hidden_rows_are_read_and_named():
    def edit(sheet, _):
        for row in (2, 3):
            sheet.row_dimensions[row].hidden = True

    read, _, remarks = report_on(an_edited_workbook(edit, TITLE, ["F1", "甲"], ["F2", "乙"], ["F3", "丙"]))

    assert (len(read), remarks) == (3, [("hidden_rows", "2-3")])


@pytest.mark.parametrize("written", [date(2024, 1, 5), 43834, (43834, "yyyy-mm-dd")])
def test_day_of_a_workbook_that_counts_from_1904_is_its_own_day(written):
    cell = (written, "yyyy-mm-dd") if isinstance(written, date) else written
    content = a_workbook([*TITLE, "入库日期"], ["F1", "甲", cell], options={"date_1904": True})
    sheet = read_sheet(content, KNOWN)

    read = read_records(sheet, plan_layout(TABLES[Kind.INSTITUTIONS], sheet.header, None), LOOKUPS)

    assert [record.values["entered_on"] for record in read.records] == [date(2024, 1, 5)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("办案机关\n商丘中院\n睢县法院\n", ["商丘中院", "睢县法院"]),
        ("序号,机关名称,备注\n1,商丘中院,\n2,睢县法院,新\n", ["商丘中院", "睢县法院"]),
        ("办案机关名录\n\n办案机关\n商丘中院\n", ["商丘中院"]),
        ("机关名称\n", "no_rows"),
        ("办案机关,\n序号,机关,电话\n1,商丘中院,1\n", "no_header"),
    ],
)
def test_sheet_of_which_one_column_is_known_is_read_if_its_header_is_no_title(text, names):
    table = TABLES[Kind.ORGANS]
    try:
        sheet = read_sheet(text.encode(), known_headers(table, None))
        read = read_records(sheet, plan_layout(table, sheet.header, None), LOOKUPS)
        found = [record.values["name"] for record in read.records]
    except UnreadableFileError as error:
        found = error.facts["reason"]

    assert found == names


@pytest.mark.parametrize("delimiter", ";\t|，；")
def test_delimiter_is_the_one_that_yields_the_headers(delimiter):
    rows = ({"机构编号": "F1", "机构名称": "a,b,c,d,e"}, {"机构编号": "F2", "机构名称": "甲,乙,丙,丁,戊"})
    text = "名册,2026年,第一季度,共两家,二,\n" + a_csv(*rows, delimiter=delimiter).decode().replace('"', "")

    assert report_on(text.encode())[0] == [(3, "F1", "a,b,c,d,e"), (4, "F2", "甲,乙,丙,丁,戊")]


def test_sheet_with_a_header_is_read_and_others_with_one_are_named():
    def edit(sheet, workbook):
        workbook.create_sheet("填写说明", 0).append(["请先阅读说明"])
        for title, state in (("二季度", "visible"), ("旧", "hidden")):
            other = workbook.create_sheet(title)
            other.append(TITLE)
            other.append(["F9", "丁"])
            other.sheet_state = state

    read, _, remarks = report_on(an_edited_workbook(edit, TITLE, ["F1", "甲"]))

    assert (read, remarks) == ([(2, "F1", "甲")], [("other_sheet", "二季度")])


def test_sums_notes_repeated_headers_and_nameless_columns_are_left_out_and_named():
    content = a_workbook(
        ["某县承办机构名册（2026年）"], ["序号", *TITLE], [1, "F1", "甲", "旁注"], ["序号", *TITLE], [2, "F2", "乙"],
        ["合计", 2, None], ["填表人：张三", None, "审核人：李四"], ["注：以上为截至3月数据"],
    )  # fmt: skip

    read, refused, remarks = report_on(content)

    assert (read, refused) == ([(3, "F1", "甲"), (5, "F2", "乙")], [])
    assert remarks == [
        ("repeated_header", "4"), ("nameless_column", "D"), ("ignored_column", "序号"), ("foot_row", "6-8"),
    ]  # fmt: skip


def test_row_that_only_begins_like_a_sum_is_a_record():
    read, refused, _ = report_on(a_csv({"机构编号": "合计1", "机构名称": "合计律师事务所"}, {"机构名称": "丙所"}))

    assert (read, refused) == ([(2, "合计1", "合计律师事务所")], [(3, "code", "blank")])


def test_header_over_two_rows_is_read_where_its_merged_cells_reach():
    def edit(sheet, _):
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:B2")
        sheet.merge_cells("C1:D1")

    lines = (["机构编号", "机构名称", "坐标"], [None, None, "纬度", "经度"], ["F1", "甲", 34.4, 115.6])
    sheet = read_sheet(an_edited_workbook(edit, *lines), KNOWN)

    assert (sheet.header, sheet.header_row) == (("机构编号", "机构名称", "纬度", "经度"), 2)
    assert [row.number for row in sheet.rows] == [3]
