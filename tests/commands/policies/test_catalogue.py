"""A full catalogue comes from a file: known names keep code and place, new ones join the tree, all as a draft."""

import pytest
from openpyxl import load_workbook

from dispatch.commands.imports.exports import export_records, export_template
from dispatch.commands.imports.files import Order, carry_out
from dispatch.commands.policies.catalogue import code_of
from dispatch.domain.errors import ForbiddenError
from dispatch.domain.policy.causes import shipped
from dispatch.domain.vocabulary import Matter, PolicyStatus
from dispatch.exchange.columns import Kind
from dispatch.registry.policies import read_policy
from dispatch.registry.tables import PolicyRow
from tests.exchange.files import a_csv
from tests.rows import NOW

PART = {"案由": "海事海商纠纷", "案件类型": "民事"}
LEAF = {"案由": "船舶碰撞损害责任纠纷", "上级": "海事海商纠纷", "其他写法": "撞船；船舶{碰撞、触碰}"}
KNOWN = {"案由": "追索劳动报酬纠纷", "上级": "海事海商纠纷", "其他写法": "要账"}
HEADER = ["案由", "上级", "案件类型", "英文名称", "其他写法", "也可属于", "代码"]


def load(register, *rows, **order):
    content = a_csv(*rows, header=HEADER)
    return carry_out(register.begin, register.seal, register.manager, NOW, Order(Kind.CAUSES, content, **order))


def drafts(register):
    return register.all(PolicyRow, PolicyRow.status == PolicyStatus.DRAFT)


def test_new_names_join_the_tree_of_a_draft_and_known_ones_keep_code_and_place(register):
    report = load(register, LEAF, PART, KNOWN)

    [draft] = drafts(register)
    catalogue = read_policy(draft).catalogue
    leaf = catalogue.require("船舶触碰一案")
    assert (report.created, report.updated, report.applied) == (2, 1, True)
    assert (leaf.zh, leaf.code, leaf.matter) == ("船舶碰撞损害责任纠纷", code_of(leaf.zh), Matter.CIVIL)
    assert catalogue.lineage[leaf.code] == (leaf.code, code_of("海事海商纠纷"))
    assert catalogue.find("要账").code == "wages"
    assert catalogue.lineage["wages"] == ("wages", "labour_contract", "employment")
    assert draft.base_id == register.policy.id
    assert register.get(PolicyRow, register.policy.id).status is PolicyStatus.PUBLISHED


def test_file_loaded_again_finds_the_draft_that_is_there(register):
    load(register, PART, LEAF)

    load(register, PART, LEAF)

    assert len(drafts(register)) == 1


def test_file_that_says_nothing_new_drafts_nothing(register):
    report = load(register, {"案由": "盗窃罪", "上级": "侵犯财产罪"})

    assert (report.unchanged, drafts(register)) == (1, [])


def test_catalogue_taken_out_comes_in_unchanged(register, tmp_path):
    book = tmp_path / "causes.xlsx"
    export = register.begin, register.read, register.seal, register.manager, NOW, "causes", book
    count = export_records(*export).rows

    order = Order(Kind.CAUSES, book.read_bytes())
    report = carry_out(register.begin, register.seal, register.manager, NOW, order)

    assert (count, report.unchanged, report.refused) == (len(shipped()), len(shipped()), [])


def test_example_of_the_template_of_causes_comes_in_under_a_name_of_its_own(register, tmp_path):
    book = tmp_path / "template.xlsx"
    export_template(book, "causes", register.read, register.manager)
    workbook = load_workbook(book)
    workbook.active["A2"] = "另一责任纠纷"
    workbook.save(book)

    report = carry_out(register.begin, register.seal, register.manager, NOW, Order(Kind.CAUSES, book.read_bytes()))

    assert (report.created, report.refused) == (1, [])


@pytest.mark.parametrize(
    ("rows", "refused", "expected"),
    [
        ([{"案由": "某纠纷"}], [(2, "matter")], "案件类型"),
        ([{"案由": "某纠纷", "上级": "劳务纠纷"}], [(2, "parent")], "劳务合同纠纷"),
        ([{"案由": "某纠纷", "上级": "某某纠纷"}, {"案由": "某某纠纷", "上级": "某纠纷"}],
         [(2, "matter"), (3, "matter")], "required"),
        ([{"案由": "某纠纷", "上级": "某某纠纷", "案件类型": "民事"},
          {"案由": "某某纠纷", "上级": "某纠纷", "案件类型": "民事"}], [(2, "parent"), (3, "parent")], "不超过"),
        ([{"案由": "某纠纷", "上级": "侵权责任纠纷", "案件类型": "刑事"}], [(2, "matter")], "civil"),
        ([{"案由": "某纠纷", "案件类型": "民事", "代码": "BAD-CODE"}], [(2, "code")], "underscores"),
        ([{"案由": "盗窃罪", "代码": "fraud"}], [(2, "code")], "number"),
        ([{"案由": "某纠纷", "案件类型": "民事", "其他写法": "{甲、乙"}], [(2, "aliases")], "needs its }"),
        ([{"案由": "某纠纷", "上级": "无此案由"}, {"案由": "某某纠纷", "上级": "某纠纷"}],
         [(2, "parent"), (3, "parent")], ""),
        ([{"案由": "某纠纷", "案件类型": "海事"}], [(2, "matter")], "民事"),
    ],
)  # fmt: skip
def test_row_that_has_no_place_is_refused_and_the_file_changes_nothing(register, rows, refused, expected):
    report = load(register, *rows)

    assert [(refusal.row, refusal.field) for refusal in report.refused] == refused
    assert expected in str(report.refused[0].expected)
    assert (report.applied, drafts(register)) == (False, [])


def test_good_rows_are_kept_where_that_is_asked_for(register):
    report = load(register, PART, {"案由": "某纠纷", "上级": "无此案由"}, LEAF, partial=True)

    [draft] = drafts(register)
    assert (report.created, [refusal.row for refusal in report.refused]) == (2, [3])
    assert read_policy(draft).catalogue.find("某纠纷") is None


def test_official_name_changes_under_its_code(register):
    load(register, {"案由": "侵犯财物罪", "代码": "property_offence"})

    [draft] = drafts(register)
    assert read_policy(draft).catalogue.by_code["property_offence"].zh == "侵犯财物罪"
    assert read_policy(draft).catalogue.lineage["theft"] == ("theft", "property_offence")


def test_clerk_may_not_load_a_catalogue(register):
    with pytest.raises(ForbiddenError):
        carry_out(register.begin, register.seal, register.clerk, NOW, Order(Kind.CAUSES, a_csv(PART)))
