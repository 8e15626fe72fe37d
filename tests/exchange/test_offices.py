"""Spreadsheets as offices make them come in, and the report says plainly what became of each part."""

import pytest

from dispatch.commands.imports.files import Order, carry_out
from dispatch.commands.imports.report import ranges
from dispatch.exchange.columns import Kind
from dispatch.registry.tables import AreaRow
from tests.exchange.offices import SHEETS
from tests.rows import NOW

# fmt: off
REPORTS = {
    # spreadsheet                          rows that came in, refusals (row, field, fault), remarks (what, where)
    "merged_title_with_notes_and_a_sum":   ("3-5", [], ["ignored_column 序号", "ignored_column 备注", "foot_row 6-7"]),
    "instructions_before_the_list":        ("2", [], []),
    "a_sheet_for_each_quarter":            ("2", [], ["other_sheet 二季度", "other_sheet 三季度"]),
    "csv_of_a_chinese_excel":              ("2", [], ["ignored_column 序号"]),
    "unicode_text_of_an_excel":            ("2-3", [], []),
    "csv_with_semicolons_and_a_title":     ("3-4", [], []),
    "csv_in_which_excel_has_damaged_the_numbers": ("4", ["2 code inexact", "3 code inexact"], []),
    "csv_that_protects_its_numbers":       ("2-4", [], []),
    "dates_of_every_kind":                 ("2-7", ["8 practising_since not_a_day",
                                                    "9 practising_since not_a_day"], []),
    "firm_merged_over_its_people":         ("2-5", [], ["merged_rows 3-4"]),
    "filtered_list":                       ("2-4", [], ["hidden_rows 3-4"]),
    "formulas_that_failed_or_were_never_computed": ("4", ["2 name not_computed", "3 name formula_failed"], []),
    "header_over_two_rows":                ("4", [], []),
    "printed_in_pages":                    ("2-3, 7-8", [], ["repeated_header 6", "foot_row 4, 9"]),
    "workbook_of_an_old_mac":              ("2-3", [], []),
    "words_of_the_office":                 ("2-3", ["4 areas ambiguous", "4 assessment_passed not_yes_or_no",
                                                    "4 specialties no_level"], []),
    "notices_of_organs":                   ("2-3", [], []),
    "civil_applications":                  ("2-3", ["4 area ambiguous"], ["foot_row 5"]),
    "template_filled_in_below_its_example": ("3", ["4 code repeated"], ["sample_row 2"]),
    "untidy_list_with_notes_beside_it":    ("3-4", ["6 name blank", "6 kind not_listed"],
                                            ["nameless_column D", "ignored_column 联系人"]),
}
# fmt: on


def report_on(register, sheet):
    """The report of an import in a line: which rows came in, which were refused why, and what else there was."""
    order = Order(Kind(sheet.what), sheet.content, partial=True)
    report = carry_out(register.begin, register.seal, register.clerk, NOW, order)
    return (
        ranges(row for fate, rows in report.fates.items() if fate != "refused" for row in rows),
        [f"{refusal.row} {refusal.field} {refusal.fault.value}" for refusal in report.refused],
        [f"{remark.kind.value} {remark.where or ranges(remark.rows)}" for remark in report.remarks],
    )


@pytest.mark.parametrize("make", SHEETS, ids=lambda make: make.__name__)
def test_spreadsheet_of_an_office_comes_in_with_a_plain_report(register, make):
    for code, name in (("411402", "梁园区"), ("411403", "睢阳区"), ("411424", "鼓楼区"), ("411481", "鼓楼区")):
        register.add(AreaRow(centre_id=register.centre.id, code=code, name=name))
    sheet = make()
    if sheet.what != "institutions":
        register.an_institution("F1")

    assert report_on(register, sheet) == REPORTS[make.__name__]
