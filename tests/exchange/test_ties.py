"""Declared ties come in by file, each by its code, and what is exported comes in unchanged."""

import pytest
from openpyxl import load_workbook

from dispatch.commands.imports.exports import export_template
from dispatch.commands.imports.files import import_file
from dispatch.domain.vocabulary import PartyRole
from dispatch.registry.tables import DeclaredTieRow, FindingRow
from tests.exchange.test_evidence import brought_in, fates, why
from tests.exchange.test_round_trip import again
from tests.rows import NOW

NUMBER = "411402198505051232"
ADVISER = {"申报编号": "GX-1", "机构编号": "firm", "申报类型": "法律顾问", "姓名（名称）": "大河建材有限公司",
           "证件号码": "91411400MA40000001", "起始日期": "2024-01-05"}  # fmt: skip
RELATIVE = {"申报编号": "GX-2", "执业证号": "p1", "申报类型": "亲属", "与本人关系": "配偶", "姓名（名称）": "古丽·米热",
            "证件号码": NUMBER, "起始日期": ""}  # fmt: skip
AT_ORGAN = {"申报编号": "GX-3", "执业证号": "p1", "申报类型": "亲属任职机关", "与本人关系": "子女",
            "任职机关": "商丘中院", "终止日期": "2027年6月30日"}  # fmt: skip
ORGAN_CLIENT = {"申报编号": "GX-4", "执业证号": "p1", "申报类型": "担任法律顾问", "姓名（名称）": "梁园区农业局"}


@pytest.fixture
def person(register):
    register.a_listed_organ("court")
    register.a_listed_organ("商丘市中级人民法院")
    register.a_listed_organ("商丘市梁园区农业农村局", "梁园区农业局")
    return register.a_practitioner("p1", register.an_institution("firm"))


def test_ties_of_a_file_hold_at_once_and_report_who_has_a_case_they_touch(register, person):
    case = register.a_case()
    register.a_party(case, PartyRole.OPPOSING, "不同名", NUMBER)
    register.an_assignment(case, person)

    rehearsed = brought_in(register, "ties", ADVISER, RELATIVE, AT_ORGAN, ORGAN_CLIENT, dry_run=True)
    assert (fates(rehearsed), register.all(DeclaredTieRow)) == ({"created": 4}, [])
    first = brought_in(register, "ties", ADVISER, RELATIVE, AT_ORGAN, ORGAN_CLIENT)
    assert [row.facts["rules"] for row in register.all(FindingRow)] == [["no_declared_tie"]]
    second = brought_in(register, "ties", ADVISER, RELATIVE, AT_ORGAN, ORGAN_CLIENT)
    third = brought_in(register, "ties", {**RELATIVE, "终止日期": "2025-12-31"}, ADVISER)

    assert [fates(each) for each in (first, second)] == [{"created": 4}, {"unchanged": 4}]
    assert fates(third) == {"updated": 1, "unchanged": 1}
    assert [row.closed_at for row in register.all(FindingRow)] == [NOW], "a tie that is over touches nobody"
    organs = {row.code: row.organ for row in register.all(DeclaredTieRow)}
    assert organs == {
        "GX-1": None, "GX-2": None, "GX-3": "商丘市中级人民法院", "GX-4": "商丘市梁园区农业农村局",
    }  # fmt: skip


# fmt: off
WRONG = [
    # what a row says otherwise                                     what is refused
    (ADVISER | {"执业证号": "p1"},                                    ("practitioner", "contradiction")),
    (ADVISER | {"机构编号": ""},                                      ("practitioner", "contradiction")),
    (ADVISER | {"机构编号": "F9"},                                    ("institution", "unknown")),
    (ADVISER | {"申报类型": "股东"},                                   ("kind", "not_listed")),
    (ADVISER | {"姓名（名称）": ""},                                   ("name", "contradiction")),
    (ADVISER | {"与本人关系": "子女"},                                 ("relation", "contradiction")),
    (RELATIVE | {"与本人关系": ""},                                    ("relation", "contradiction")),
    (RELATIVE | {"执业证号": "", "机构编号": "firm"},                   ("institution", "contradiction")),
    (RELATIVE | {"证件号码": "411402198505051233"},                    ("identity_number", "contradiction")),
    (RELATIVE | {"姓名（名称）": "古某"},                               ("name", "contradiction")),
    (RELATIVE | {"姓名（名称）": "古丽（411402198505051232）"},          ("name", "contradiction")),
    (AT_ORGAN | {"任职机关": ""},                                      ("name", "contradiction")),
    (AT_ORGAN | {"终止日期": "2023-01-01", "起始日期": "2024-01-01"},   ("until_on", "contradiction")),
]
# fmt: on


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_row_that_cannot_be_is_refused_by_its_column_and_repeats_no_number(register, person):
    told = [brought_in(register, "ties", row) for row, _ in WRONG]

    assert [[(field, fault) for _, field, fault in why(each)] for each in told] == [[refusal] for _, refusal in WRONG]
    assert "411402198505051233" not in str([each.to_document() for each in told])
    assert register.all(DeclaredTieRow) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_code_of_anothers_declaration_is_refused(register, person):
    register.a_practitioner("p2")
    brought_in(register, "ties", RELATIVE)

    assert why(brought_in(register, "ties", {**RELATIVE, "执业证号": "p2"})) == [(2, "practitioner", "contradiction")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_exported_comes_in_unchanged(register, person, tmp_path, language):
    brought_in(register, "ties", ADVISER, RELATIVE, AT_ORGAN, ORGAN_CLIENT)

    exported, report = again(register, tmp_path, "ties", language)

    assert (exported.rows, exported.left_out) == (4, ())
    assert (report.refused, report.remarks, fates(report)) == ([], [], {"unchanged": 4})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_template_is_filled_in_below_its_example_which_is_never_taken_in(register, person, tmp_path):
    path = tmp_path / "template.xlsx"
    export_template(path, "ties", register.read, register.clerk)
    book = load_workbook(path)
    headers = [str(cell.value).split("\n")[0].removesuffix("（必填）") for cell in book.worksheets[0][1]]
    row = RELATIVE | {"执业证号（无执业证的填人员编号）": "p1", "证件号码（统一社会信用代码）": NUMBER}
    book.worksheets[0].append([row.get(header) for header in headers])
    book.save(path)

    report = import_file(register.begin, register.seal, register.clerk, NOW, "ties", path)

    assert (report.refused, fates(report)) == ([], {"created": 1})
