"""Malformed rows and files: each is answered by its own problem, and nothing is changed."""

import io
import zipfile

import pytest

from dispatch.commands.imports.files import Order, carry_out
from dispatch.domain.errors import DispatchError
from dispatch.exchange.columns import Kind
from dispatch.registry.tables import AttributesRow, CaseRow, InstitutionRow, OutboxRow, PractitionerRow
from tests.exchange.files import a_csv, a_workbook, good
from tests.rows import NOW

TABLES = (InstitutionRow, PractitionerRow, AttributesRow, CaseRow, OutboxRow)

# fmt: off
BAD_ROWS = [
    # kind           what is wrong                                field                     problem
    ("institutions",  {"机构编号": ""},                           "code",                   "blank"),
    ("institutions",  {"机构名称": "  "},                         "name",                   "blank"),
    ("institutions",  {"机构名称": "所" * 201},                   "name",                   "too_long"),
    ("institutions",  {"机构名称": "a\x07b"},                     "name",                   "unprintable"),
    ("institutions",  {"机构类型": "法院"},                       "kind",                   "not_listed"),
    ("institutions",  {"所在地区": "火星"},                       "area",                   "not_listed"),
    ("institutions",  {"纬度": "34.4"},                           "longitude",              "contradiction"),
    ("institutions",  {"纬度": "134.4", "经度": "115.6"},         "latitude",               "out_of_range"),
    ("institutions",  {"机构承办上限": "-1"},                     "capacity",               "out_of_range"),
    ("institutions",  {"机构承办上限": "many"},                   "capacity",               "not_a_number"),
    ("institutions",  {"入库日期": "2024-05-01", "出库日期": "2024-04-30"}, "left_on",      "contradiction"),
    ("institutions",  {"机构编号": "1-Jul"},                      "code",                   "converted"),
    ("cases",         {"案件编号": "Jul-26"},                     "number",                 "converted"),
    ("cases",         {"对方当事人": "某某公司；Jul-26"},         "opposing",               "converted"),
    ("cases",         {"案件编号": "1.41142E+016"},               "number",                 "inexact"),
    ("practitioners", {"执业证号": ""},                           "code",                   "blank"),
    ("practitioners", {"姓名": ""},                               "name",                   "blank"),
    ("practitioners", {"机构编号": ""},                           "institution",            "blank"),
    ("practitioners", {"机构编号": "F9"},                         "institution",            "unknown"),
    ("practitioners", {"人员类型": "法官"},                       "kind",                   "not_listed"),
    ("practitioners", {"性别": "王芳"},                           "sex",                    "not_listed"),
    ("practitioners", {"在册承办": "maybe"},                      "listed",                 "not_yes_or_no"),
    ("practitioners", {"年度考核称职": "x"},                      "assessment_passed",      "not_yes_or_no"),
    ("practitioners", {"执业证有效期至": "2030-02-30"},           "assessment_valid_to",    "not_a_day"),
    ("practitioners", {"执业证有效期至": "31/12/2030"},           "assessment_valid_to",    "not_a_day"),
    ("practitioners", {"执业起始日期": "1024-01-01"},             "practising_since",       "out_of_range"),
    ("practitioners", {"执业起始日期": "2020-01-01", "刑事辩护起始日期": "2019-01-01"},
                                                                  "criminal_defence_since", "contradiction"),
    ("practitioners", {"专业特长": "追索劳动报酬"},               "specialties",            "no_level"),
    ("practitioners", {"专业特长": "追索劳动报酬:180"},           "specialties",            "out_of_range"),
    ("practitioners", {"专业特长": "海盗:80"},                    "specialties",            "not_listed"),
    ("practitioners", {"专业特长": "wages:80;wages:70"},          "specialties",            "named_twice"),
    ("practitioners", {"受援人类别经验": "农民工:六十"},          "experience",             "not_a_number"),
    ("practitioners", {"语言": "克林贡语"},                       "languages",              "not_listed"),
    ("practitioners", {"服务地区": "A;Z"},                        "areas",                  "not_listed"),
    ("practitioners", {"曾任司法机关": "某法院@去年"},            "former_offices",         "not_a_day"),
    ("practitioners", {"近亲属任职机关": "市公安局"},             "relatives_at",           "contradiction"),
    ("practitioners", {"质量评价": "85.5"},                       "quality",                "not_whole"),
    ("practitioners", {"承办上限": "10001"},                      "capacity",               "out_of_range"),
    ("practitioners", {"入库日期": "2024-05-01", "出库日期": "2024-04-30"}, "left_on",      "contradiction"),
    ("cases",         {"案件编号": ""},                           "number",                 "blank"),
    ("cases",         {"案件编号": "T1"},                         "number",                 "taken"),
    ("cases",         {"案件类别": "海商"},                       "matter",                 "not_listed"),
    ("cases",         {"案件类别": "刑事"},                       "matter",                 "contradiction"),
    ("cases",         {"案由": "海盗"},                           "cause",                  "not_listed"),
    ("cases",         {"援助形式": ""},                           "service",                "blank"),
    ("cases",         {"办案阶段": "终审"},                       "stage",                  "not_listed"),
    ("cases",         {"案件地区": "Z"},                          "area",                   "not_listed"),
    ("cases",         {"受援人姓名": ""},                         "recipient_name",         "blank"),
    ("cases",         {"受援人证件号码": "123"},                  "recipient_identity_number", "contradiction"),
    ("cases",         {"受援人类别": "农民工;农民工"},            "categories",             "named_twice"),
    ("cases",         {"在押": "也许"},                           "detained",               "not_yes_or_no"),
    ("cases",         {"复核法院": "中级人民法院"},               "review_court",           "not_listed"),
    ("cases",         {"复核法院": "高级人民法院"},               "review_court",           "contradiction"),
    ("cases",         {"承办人数": "3"},                          "demand",                 "out_of_range"),
    ("cases",         {"收到时间": "上周"},                       "received_at",            "not_an_instant"),
    ("cases",         {"收到时间": "2027-01-01"},                 "received_at",            "contradiction"),
    ("cases",         {"案件来源": "notice_must", "决定给予法律援助时间": "2026-03-09 09:00"},
                                                                  "granted_at",             "contradiction"),
    ("cases",         {"决定给予法律援助时间": "2026-03-05"},     "granted_at",             "contradiction"),
    ("cases",         {"点援意愿": "P9"},                         "wishes",                 "unknown"),
    ("cases",         {"点援意愿": "P1;P2;P3;P4"},                "wishes",                 "too_many"),
    ("cases",         {"点援意愿": "P1;P1"},                      "wishes",                 "named_twice"),
    ("cases",         {"同案案件": "C9"},                         "co_defendants",          "unknown"),
    ("cases",         {"前一阶段案件": "C9"},                     "earlier_stage",          "unknown"),
    ("cases",         {"对立方案件": "C1"},                       "relations",                       "contradiction"),
]


def zipped(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as container:
        for name in names:
            container.writestr(name, "<x/>")
    return stream.getvalue()


HEADER = "机构编号,机构名称\n".encode()
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
TITLE = ["机构编号", "机构名称"]
WEB_PAGE = "<html xmlns:x='urn:schemas-microsoft-com:office:excel'><td>机构编号</td></html>".encode("gbk")
BAD_FILES = [
    # what is wrong                   content                                              reason told, or problem
    ("empty",                         b"",                                                   "empty"),
    ("blanks",                        b"\n  \n",                                             "empty"),
    ("empty_workbook",                a_workbook(),                                          "empty"),
    ("picture",                       b"\x89PNG\r\n\x1a\n\x00\x00\xff",                      "not_a_sheet"),
    ("web_page_called_xls",           WEB_PAGE,                                              "not_a_sheet"),
    ("web_page_in_gbk",               b" \r\n" + WEB_PAGE,                                   "not_a_sheet"),
    ("xml_of_an_old_excel",           b'<?xml version="1.0"?><Workbook/>',                   "not_a_sheet"),
    ("pdf",                           b"%PDF-1.7\n1 0 obj",                                  "not_a_sheet"),
    ("rtf",                           b"{\\rtf1\\ansi",                                      "not_a_sheet"),
    ("binary_workbook",               zipped("xl/workbook.bin"),                             "not_a_sheet"),
    ("numbers_document",              zipped("Index/Document.iwa"),                          "not_a_sheet"),
    ("zip_of_something",              zipped("letter.txt"),                                  "not_a_sheet"),
    ("cut_off_workbook",              a_workbook(TITLE, ["F1", "x"])[:900],                  "damaged"),
    ("hollow_workbook",               zipped("xl/workbook.xml"),                             "damaged"),
    ("macros",                        zipped("xl/workbook.xml", "xl/vbaProject.bin"),        "macro"),
    ("old_workbook",                  OLD,                                                   "old_workbook"),
    ("encrypted",                     OLD + "EncryptedPackage".encode("utf-16-le"),          "encrypted"),
    ("no_encoding",                   HEADER + b"F1,\xff\xff\xfe",                           "encoding"),
    ("open_quote",                    HEADER + b'F1,"never closed',                          "quotes"),
    ("no_header",                     a_workbook(["F1", "某所"], ["F2", "某所"]),                "no_header"),
    ("two_headers",                   a_workbook(TITLE, ["code", "name"], ["F1", "x"]),      "two_headers"),
    ("workbook_without_rows",         a_workbook(TITLE),                                     "no_rows"),
    ("no_rows",                       HEADER,                                                "no_rows"),
    ("column_twice",                  a_workbook([*TITLE, "机构名称"], ["F1", "x", "y"]),        "column_twice"),
    ("column_twice_in_two_languages", a_workbook([*TITLE, "name"], ["F1", "x", "y"]),        "column_twice"),
    ("missing_column",                a_workbook(["机构编号", "纬度"], ["F1", 34.4]),              "missing-column"),
    ("too_many_columns",              a_workbook([*TITLE, *map(str, range(300))], ["F1"]),   "too-large"),
]
# fmt: on


def bring_in(register, what, content, **order):
    return carry_out(register.begin, register.seal, register.clerk, NOW, Order(Kind(what), content, **order))


def prepared(register):
    """A register with an institution, four practitioners, and a case that is no longer amendable."""
    for code in ("P1", "P2", "P3", "P4"):
        register.a_practitioner(code, register.the_institution())
    register.a_case("T1", status="closed")
    return {table: register.all(table) for table in TABLES}


def test_every_bad_row_is_refused_by_name_and_changes_nothing(register, subtests):
    # One register for all of them: each leaves it as it was.
    before = prepared(register)
    for what, wrong, field, problem in BAD_ROWS:
        with subtests.test(what=what, wrong=wrong):
            there = {"机构编号": "firm"} if what == "practitioners" else {}
            content = a_csv(good(what, **there) | wrong, good_other(what))

            report = bring_in(register, what, content)

            refused = [(refusal.row, refusal.field, refusal.fault.value) for refusal in report.refused]
            assert refused == [(2, field, problem)]
            assert not report.applied
            assert {table: register.all(table) for table in TABLES} == before


def good_other(what):
    """A second row without fault, which must not come in alone."""
    changes = {"institutions": {"机构编号": "F2"}, "practitioners": {"执业证号": "P7", "机构编号": "firm"}}
    return good(what, **changes.get(what, {"案件编号": "C2"}))


def test_every_bad_file_is_refused_by_name_and_changes_nothing(register, subtests):
    before = prepared(register)
    for name, content, reason in BAD_FILES:
        with subtests.test(name):
            with pytest.raises(DispatchError) as refusal:
                bring_in(register, "institutions", content)

            assert refusal.value.facts.get("reason", refusal.value.code) == reason
            assert {table: register.all(table) for table in TABLES} == before


def test_column_that_nobody_knows_is_left_out_and_named_with_the_nearest(register):
    content = a_workbook(["序号", *TITLE, "机构类别", "备注"], [1, "F1", "x", "y", "z"])

    report = bring_in(register, "institutions", content)

    assert (report.created, report.refused) == (1, [])
    assert [remark.text("zh") for remark in report.remarks] == [
        "“序号”：没有这一列，未导入",
        "“机构类别”：没有这一列，未导入；最接近的列是“机构类型”",
        "“备注”：没有这一列，未导入",
    ]  # fmt: skip


def test_same_number_twice_in_a_file_is_refused_with_the_first_row(register):
    report = bring_in(register, "institutions", a_csv(good("institutions"), good("institutions")))

    [refusal] = report.refused
    assert (refusal.row, refusal.fault.value, refusal.expected.en) == (3, "repeated", "row 2 has it already")


def test_row_with_more_cells_than_the_header_is_refused(register):
    report = bring_in(register, "institutions", HEADER + "F1,某所,第三格\n".encode())

    assert [(refusal.row, refusal.fault.value) for refusal in report.refused] == [(2, "surplus")]


def test_row_with_several_faults_is_told_all_of_them(register):
    report = bring_in(register, "institutions", a_csv(good("institutions", 机构类型="法院", 机构承办上限="many")))

    assert [refusal.field for refusal in report.refused] == ["kind", "capacity"]
    assert report.refused_rows == 1


def test_report_repeats_no_name_and_no_identity_number(register):
    out_of_place = good("cases", 受援人证件号码="1", 受援人性别="李雷雷", 在押="410000199001011234")

    report = bring_in(register, "cases", a_csv(out_of_place))

    wording = str(report.to_document())
    assert report.refused_rows == 1
    assert "李雷" not in wording
    assert "410000199001011234" not in wording


def test_case_that_is_over_is_left_alone(register):
    register.a_case("T1", status="closed")

    report = bring_in(register, "cases", a_csv(good("cases", 案件编号="T1")))

    assert [refusal.fault.value for refusal in report.refused] == ["taken"]
