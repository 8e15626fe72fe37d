"""Twenty more spreadsheets, as other programs, old systems and tired hands leave them, with their reports in words."""

import io
import zipfile
from datetime import datetime

import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from dispatch.commands.imports.files import Order, carry_out
from dispatch.commands.imports.report import ranges
from dispatch.domain.errors import UnreadableFileError
from dispatch.exchange.columns import Kind
from dispatch.exchange.faults import FileFault
from tests.exchange.files import a_csv
from tests.exchange.offices import CASES, FIRMS, PEOPLE, RECEIVED, SERIALS, a_book, person, text
from tests.rows import NOW
from tests.words import banned

FIRM = ["F1", "甲所", "律所"]
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.fixture
def database_url(clean_sqlite_url):
    """One database: what is shown is how a file is read."""
    return clean_sqlite_url


def repacked(content, rename=str, change=lambda name, part: part):
    """The parts of a workbook under other names, or changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            target.writestr(rename(name), change(name, source.read(name)))
    return stream.getvalue()


def case(number, **more):
    return dict(zip(CASES, [number, "民事", "离婚", "诉讼", "一审", "甲某", RECEIVED], strict=True)) | more


def of_numbers():
    def edit(sheet, workbook):
        sheet.title = "表格 1"
        about = workbook.create_sheet("导出概要", 0)
        for line in (["此文稿是从“Numbers 表格”导出的"], ["工作表名称", "Numbers 表格名称", "Excel 工作表名称"]):
            about.append(line)
        sheet.merge_cells("A1:C1")

    return a_book(["机构名册"], FIRMS, FIRM, edit=edit)


def of_wps_with_backslashes_and_a_filter():
    def edit(sheet, _):
        sheet.row_dimensions[3].hidden = True

    content = a_book(FIRMS, FIRM, ["F2", "=VLOOKUP(A9,B:C,2,0)", "律所"], edit=edit)
    return repacked(content, lambda name: name.replace("/", "\\"))


def with_texts_inside_the_cells():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for row, line in enumerate((FIRMS, FIRM)):
            sheet.write_row(row, 0, line)
    return stream.getvalue()


def with_coloured_words():
    red = InlineFont(color="FFFF0000")
    return a_book(FIRMS, ["F1", CellRichText("甲律师", TextBlock(red, "事务所")), "律所"])


def with_a_thousand_blank_lines():
    def edit(sheet, _):
        for row in range(4, 1004):
            sheet.cell(row, 2).number_format = "@"
        sheet.cell(500, 2).value, sheet.cell(501, 3).value = "  ", "\u3000\u00a0"

    return a_book(FIRMS, FIRM, [" F2\u00a0", "乙所\t", "律所 "], edit=edit)


def in_full_width_from_a_government_form():
    numbers = {"执业证号": "１４１１４２０２０１０１２３４５０", "机构编号": "Ｆ１", "执业起始日期": "２０１５．７．１"}
    return a_csv(person(0, **numbers), encoding="gbk")


def with_case_numbers_that_became_dates():
    rows = [[datetime(2026, 7, 1), *list(case("").values())[1:]], list(case("2026-8").values())]
    return a_book(CASES, *rows)


def csv_with_case_numbers_that_became_dates():
    return a_csv(case("Jul-26"), case("2026-8"), encoding="gbk")


def with_subtotals_among_the_rows():
    return a_book(FIRMS, FIRM, ["小计", "1家", "律所"], ["F2", "乙所", "律所"], ["小  计：", "1家", None],
                  ["总计", "2家", "律所"])  # fmt: skip


def with_empty_columns_between():
    lines = [[cell for pair in zip(line, [None] * 3, strict=True) for cell in pair] for line in (FIRMS, FIRM)]
    return a_book([None], [None], *lines)


def with_failed_formulas_where_they_matter_and_where_not():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, [*FIRMS, "机构承办上限", "审核"])
        for row in (1, 2):
            sheet.write_row(row, 0, [f"F{row}", "甲所", "律所", 5, "x"])
        sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 4, "=NA()", None, "#N/A")
    return stream.getvalue()


def csv_that_names_its_separator():
    return text("sep=;", ";".join(FIRMS), ";".join(FIRM)).encode("utf-8-sig")


def csv_of_an_old_mac():
    return "\r".join((",".join(FIRMS), ",".join(FIRM), "")).encode("gbk")


def csv_with_quotes_breaks_and_commas():
    return text(",".join(FIRMS), 'F1,"甲,""所""\n二分所",律所,,,', ",,,").encode("utf-8-sig")


def text_with_tabs_in_big_endian():
    return a_csv(person(0), delimiter="\t", encoding="utf-16-be").join((b"\xfe\xff", b""))


def with_days_in_many_hands():
    days = ["2015-07-01 00:00:00", "2015年07月01日", "2015/7/1 0:00", "2015-7-1号", "七月一日", 2015, "2015-13-01"]
    return a_book([*PEOPLE, "执业起始日期"], *([SERIALS[k], "甲", "F1", "律师", day] for k, day in enumerate(days)))


def with_percents_and_units():
    header = [*PEOPLE, "质量评价", "承办上限", "每月上限"]
    return a_book(header, [SERIALS[0], "甲", "F1", "律师", "85分", "5件", 3.0], [SERIALS[1], "乙", "F1", "律师", 0.85,
                                                                                "五件", None])  # fmt: skip


# fmt: off
IMPORTED = [
    # spreadsheet                      kind            rows in  refusals: row, field, reason          remarks
    (of_numbers,                       "institutions",  "3",   [], []),
    (of_wps_with_backslashes_and_a_filter, "institutions", "2",
     ["3 name 公式没有计算结果，请在 Excel 中打开并保存，或者改为数值"], ["3 隐藏（被筛选）的行，同样导入"]),
    (with_texts_inside_the_cells,      "institutions",  "2",   [], []),
    (with_coloured_words,              "institutions",  "2",   [], []),
    (with_a_thousand_blank_lines,      "institutions",  "2-3", [], []),
    (in_full_width_from_a_government_form, "practitioners", "2", [], []),
    (with_case_numbers_that_became_dates, "cases",      "3",
     ["2 number Excel 已把内容改成日期、时间或者逻辑值，请把单元格设为文本后重填"], []),
    (csv_with_case_numbers_that_became_dates, "cases",  "3",
     ["2 number Excel 已把内容改成日期、时间或者逻辑值，请把单元格设为文本后重填"], []),
    (with_subtotals_among_the_rows,    "institutions",  "2, 4", [], ["3, 5-6 合计、填表人等表尾内容，未导入"]),
    (with_empty_columns_between,       "institutions",  "4",   [], []),
    (with_failed_formulas_where_they_matter_and_where_not, "institutions", "3",
     ["2 capacity 公式出错或者没有显示完整（如 #REF!），请改正"], [" “审核”：没有这一列，未导入"]),
    (csv_that_names_its_separator,     "institutions",  "3",   [], []),
    (csv_of_an_old_mac,                "institutions",  "2",   [], []),
    (csv_with_quotes_breaks_and_commas, "institutions", "2",   [], []),
    (text_with_tabs_in_big_endian,     "practitioners", "2",   [], []),
    (with_days_in_many_hands,          "practitioners", "2-4",
     [f"{row} practising_since 不是有效日期" for row in (5, 6, 7, 8)], []),
    (with_percents_and_units,          "practitioners", "2",
     ["3 quality 不是整数", "3 capacity 不是数字"], []),
]
UNREADABLE = [
    # file                                                       what is said of it
    (OLD,                                                        FileFault.OLD_WORKBOOK),
    (OLD + "EncryptedPackage".encode("utf-16-le"),               FileFault.ENCRYPTED),
    ("<html><table><tr><td>机构编号</td></tr></table></html>".encode("gbk"), FileFault.NOT_A_SHEET),
    (a_book(["机构编号", "F1"], ["机构名称", "甲所"]),           FileFault.NO_HEADER),
    (a_book([*FIRMS, "机构类型"], [*FIRM, "律所"]),              FileFault.COLUMN_TWICE),
    (a_book(FIRMS, ["Institution code", "Institution name", "Kind"], FIRM), FileFault.TWO_HEADERS),
]
# fmt: on


def brought_in(register, what, content):
    if what != "institutions":
        register.an_institution("F1")
    return carry_out(register.begin, register.seal, register.clerk, NOW, Order(Kind(what), content, partial=True))


@pytest.mark.parametrize(
    ("make", "what", "rows", "refused", "remarks"), IMPORTED, ids=[make.__name__ for make, *_ in IMPORTED]
)
def test_spreadsheet_comes_in_with_a_plain_report_in_both_languages(register, make, what, rows, refused, remarks):
    report = brought_in(register, what, make())
    told = report.to_document()

    assert ranges(row for fate, found in report.fates.items() if fate != "refused" for row in found) == rows
    assert [f"{each['row']} {each['field']} {each['reason']['zh']}" for each in told["refusals"]] == refused
    assert [f"{each['rows']} {each['text']['zh']}" for each in told["remarks"]] == remarks
    texts = [each["reason"] for each in told["refusals"]] + [each["text"] for each in told["remarks"]]
    assert all(each["en"] and not banned(each["zh"]) for each in texts)


@pytest.mark.parametrize(("content", "fault"), UNREADABLE, ids=[fault.value for _, fault in UNREADABLE])
def test_file_that_is_no_such_list_says_what_to_do(register, content, fault):
    with pytest.raises(UnreadableFileError) as refusal:
        brought_in(register, "institutions", content)

    assert refusal.value.facts["detail"] == {"zh": fault.zh, "en": fault.en}
