"""Twenty spreadsheets as offices make them, each by a function that says what is peculiar about it."""

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

import openpyxl
import xlsxwriter
from openpyxl.utils import get_column_letter

from tests.exchange.files import a_csv

FIRMS = ["机构编号", "机构名称", "机构类型"]
PEOPLE = ["执业证号", "姓名", "机构编号", "人员类型"]
CASES = ["案件编号", "案件类型", "案由", "援助形式", "办案阶段", "受援人姓名", "收到时间"]
SERIALS = [f"1411420201012345{n}" for n in range(10)]
RECEIVED = "2026-03-06 09:30"


class OfficeSheet(NamedTuple):
    """A spreadsheet, what it lists, and its bytes."""

    what: str
    content: bytes


def a_book(*lines: list[Any], edit: Callable[[Any, Any], None] | None = None) -> bytes:
    """Lines of cells as a workbook; ``edit`` gets its sheet and itself."""
    workbook = openpyxl.Workbook()
    for line in lines:
        workbook.active.append(line)
    if edit:
        edit(workbook.active, workbook)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def text(*lines: str) -> str:
    """Lines of a csv."""
    return "\r\n".join((*lines, ""))


def person(n: int, **more: str) -> dict[str, str]:
    """A lawyer of the firm F1."""
    return {"执业证号": SERIALS[n], "姓名": f"律师{n}", "机构编号": "F1", "人员类型": "律师", **more}


def merged_title_with_notes_and_a_sum() -> OfficeSheet:
    def edit(sheet, _):
        sheet.merge_cells("A1:E1")
        sheet.merge_cells("A6:B6")

    return OfficeSheet("institutions", a_book(
        ["某市法律援助承办机构名册（2026年度）"], ["序号", *FIRMS, "备注"], [1, "F1", "甲律师事务所", "律所", "民营"],
        [2, "F2", "乙法律服务所", "法律服务所", None], [3, "F3", "丙中心", "法律援助中心", None],
        ["合计", None, 3, None, None], ["填表人：王某　　审核人：李某", None, None, None, "2026年3月1日"], edit=edit,
    ))  # fmt: skip


def instructions_before_the_list() -> OfficeSheet:
    def edit(sheet, workbook):
        sheet.title = "名册"
        notes = workbook.create_sheet("填表说明", 0)
        notes.append(["一、本表由各县（区）法律援助中心填写。"])
        notes.append(["二、执业证号请填17位。"])

    return OfficeSheet("practitioners", a_book(PEOPLE, [SERIALS[0], "赵一", "F1", "专职律师"], edit=edit))


def a_sheet_for_each_quarter() -> OfficeSheet:
    def edit(sheet, workbook):
        sheet.title = "一季度"
        for title in ("二季度", "三季度"):
            other = workbook.create_sheet(title)
            other.append(PEOPLE)
            other.append([SERIALS[1], "钱二", "F1", "律师"])

    return OfficeSheet("practitioners", a_book(PEOPLE, [SERIALS[0], "赵一", "F1", "律师"], edit=edit))


def csv_of_a_chinese_excel() -> OfficeSheet:
    return OfficeSheet("institutions", a_csv(
        {"机构编号": "F1", "机构名称": "甲所，二分所", "机构类型": "律师事务所", "序号": "1"}, encoding="gbk"
    ))  # fmt: skip


def unicode_text_of_an_excel() -> OfficeSheet:
    return OfficeSheet("practitioners", a_csv(person(0), person(1), delimiter="\t", encoding="utf-16"))


def csv_with_semicolons_and_a_title() -> OfficeSheet:
    lines = ("名册，2026年，共2人;;;", ";".join(PEOPLE), f"{SERIALS[0]};律师0;F1;律师", f"{SERIALS[1]};律师1;F1;律师")
    return OfficeSheet("practitioners", text(*lines).encode("utf-8-sig"))


def csv_in_which_excel_has_damaged_the_numbers() -> OfficeSheet:
    rows = [person(0, 执业证号="1.41142E+16"), person(1, 执业证号="14114202010123400"), person(2)]
    return OfficeSheet("practitioners", a_csv(*rows, encoding="gbk"))


def csv_that_protects_its_numbers() -> OfficeSheet:
    rows = (f'="{SERIALS[0]}",律师0,="F1",律师', f"'{SERIALS[1]},律师1,F1,律师", f"\t{SERIALS[2]}\t,律师2,F1,律师")
    return OfficeSheet("practitioners", text(",".join(PEOPLE), *rows).encode())


def dates_of_every_kind() -> OfficeSheet:
    days: list[Any] = [
        "2015.7.1",
        "2015年7月1日",
        20150701,
        42186,
        "2015/7/1",
        date(2015, 7, 1),
        "2015年7月",
        "1/7/2015",
    ]
    lines = [[SERIALS[n], f"律师{n}", "F1", "律师", day] for n, day in enumerate(days)]
    return OfficeSheet("practitioners", a_book([*PEOPLE, "执业起始日期"], *lines))


def firm_merged_over_its_people() -> OfficeSheet:
    lines = [[SERIALS[n], f"律师{n}", "F1" if n in (0, 3) else None, "律师"] for n in range(4)]
    return OfficeSheet("practitioners", a_book(PEOPLE, *lines, edit=lambda sheet, _: sheet.merge_cells("C2:C4")))


def filtered_list() -> OfficeSheet:
    def edit(sheet, _):
        sheet.auto_filter.ref = "A1:C4"
        for row in (3, 4):
            sheet.row_dimensions[row].hidden = True

    rows = [[f"F{n}", f"第{n}所", "律所"] for n in range(1, 4)]
    return OfficeSheet("institutions", a_book(FIRMS, *rows, edit=edit))


def formulas_that_failed_or_were_never_computed() -> OfficeSheet:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, FIRMS)
        for row, (formula, value) in enumerate(
            (("=A9", ""), ("=VLOOKUP(A3,D:E,2,0)", "#N/A"), ('="丙"&"所"', "丙所")), 1
        ):
            sheet.write_string(row, 0, f"F{row}")
            sheet.write_formula(row, 1, formula, None, value)
    return OfficeSheet("institutions", stream.getvalue())


def header_over_two_rows() -> OfficeSheet:
    def edit(sheet, _):
        for letter in "ABC":
            sheet.merge_cells(f"{letter}2:{letter}3")
        sheet.merge_cells("D2:E2")
        sheet.merge_cells("A1:E1")

    return OfficeSheet("institutions", a_book(
        ["附件1"], [*FIRMS, "位置", None], [None, None, None, "纬度", "经度"], ["F1", "甲所", "律所", 34.4, 115.6],
        edit=edit,
    ))  # fmt: skip


def printed_in_pages() -> OfficeSheet:
    rows = [[f"F{n}", f"第{n}所", "律所"] for n in range(1, 5)]
    page = ["第1页，共2页", None, None]
    return OfficeSheet(
        "institutions", a_book(FIRMS, *rows[:2], page, [None], FIRMS, *rows[2:], ["说明：截至2026年3月"])
    )


def workbook_of_an_old_mac() -> OfficeSheet:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"date_1904": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, [*FIRMS, "入库日期"])
        sheet.write_row(1, 0, ["F1", "甲所", "律所", 43834])
        sheet.write_row(2, 0, ["F2", "乙所", "律所"])
        sheet.write_datetime(2, 3, datetime(2024, 1, 5), workbook.add_format({"num_format": "yyyy/m/d"}))
    return OfficeSheet("institutions", stream.getvalue())


def words_of_the_office() -> OfficeSheet:
    more = ["性别", "服务地区", "年度考核称职", "年度考核备案有效期至", "专业特长"]
    return OfficeSheet("practitioners", a_book(
        [*PEOPLE, *more],
        [SERIALS[0], "赵一", "F1", "社会律师", "女性", "全市", "称职", "长期", "盗窃罪：80、离婚：60"],
        [SERIALS[1], "钱二", "F1", "基层工作者", "男", "梁园、商丘市睢阳区", "不称职", "2027年5月31日", "无"],
        [SERIALS[2], "孙三", "F1", "律师", "男", "鼓楼区", "待定", "2027-5-31", "海事"],
    ))  # fmt: skip


def notices_of_organs() -> OfficeSheet:
    rows = [
        ["（2026）援刑字第1号", "刑事案件", "盗窃罪", "通知辩护", "审查起诉阶段", "甲某", RECEIVED, "通知辩护", "羁押",
         None],
        ["（2026）援刑字第2号", "刑事", "涉嫌盗窃罪一案", "辩护", "一审", "乙某", RECEIVED, "通知辩护", "取保候审",
         "(2026)援刑字第 1 号"],
    ]  # fmt: skip
    return OfficeSheet("cases", a_book([*CASES, "案件来源", "在押", "同案案件"], *rows))


def civil_applications() -> OfficeSheet:
    rows = [
        ["C1", "民事", "离婚", "民事代理", "一审", "甲某", RECEIVED, "梁园"],
        ["C2", "民事", "交通事故", "诉讼", "一审", "乙某", "2026年3月6日", "商丘市睢阳区"],
        ["C3", "民事", "追索劳动报酬纠纷", "仲裁", "仲裁", "丙某", "2026/3/6 9:30", "鼓楼区"],
        ["小计", 3],
    ]  # fmt: skip
    return OfficeSheet("cases", a_book([*CASES, "案件地区"], *rows))


def template_filled_in_below_its_example() -> OfficeSheet:
    header = [
        "机构编号（必填）\nInstitution code (required)",
        "机构名称（必填）\nInstitution name (required)",
        "机构类型\nKind",
    ]
    return OfficeSheet("institutions", a_book(
        header, ["SAMPLE-F1", "示例律师事务所", "律师事务所"], ["F1", "甲所", "律所"], ["F1 ", "甲所（重复）", "律所"]
    ))  # fmt: skip


def untidy_list_with_notes_beside_it() -> OfficeSheet:
    def edit(sheet, _):
        for place in range(4, 8):
            sheet.column_dimensions[get_column_letter(place)].hidden = True

    return OfficeSheet("institutions", a_book(
        [None], ["  机构　编号 ", "机构名称\n（全称）", "机构类型*", None, "联系人"],
        ["Ｆ１", "　甲  律师事务所 ", "律所", "已核", "王某"], ["'F2", "乙所", " 律 所 ", None, None],
        [None, None, "  ", None, None], ["F3", None, "茶馆", None, None], edit=edit,
    ))  # fmt: skip


SHEETS = (
    merged_title_with_notes_and_a_sum, instructions_before_the_list, a_sheet_for_each_quarter, csv_of_a_chinese_excel,
    unicode_text_of_an_excel, csv_with_semicolons_and_a_title, csv_in_which_excel_has_damaged_the_numbers,
    csv_that_protects_its_numbers, dates_of_every_kind, firm_merged_over_its_people, filtered_list,
    formulas_that_failed_or_were_never_computed, header_over_two_rows, printed_in_pages, workbook_of_an_old_mac,
    words_of_the_office, notices_of_organs, civil_applications, template_filled_in_below_its_example,
    untidy_list_with_notes_beside_it,
)  # fmt: skip
