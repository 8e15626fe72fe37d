"""Mapping files: any layout becomes ours, and a mapping at fault says where."""

import pytest

from dispatch.commands.imports.files import Order, carry_out
from dispatch.domain.errors import MappingInvalidError, MissingColumnError
from dispatch.exchange.columns import Kind
from dispatch.exchange.mapping import read_mapping
from dispatch.registry.tables import AttributesRow, InstitutionAttributesRow, InstitutionRow, PractitionerRow
from tests.exchange.files import a_csv, a_workbook
from tests.rows import NOW

OFFICES = (
    {"id": "1", "org": "340", "org name": "North LLP", "type": "Solicitor", "city": "Leeds", "lat": "53.8",
     "lon": "-1.5", "codes": "CRM;MAT"},
    {"id": "2", "org": "340", "org name": "North LLP", "type": "Solicitor", "city": "York", "lat": "", "lon": "",
     "codes": ""},
    {"id": "3", "org": "17", "org name": "Help", "type": "Circus", "city": "Hull", "lat": "53.7", "lon": "-0.3",
     "codes": "MAT,XYZ;FAM"},
)  # fmt: skip
MAPPING = """
[institutions]
once = true
[institutions.columns]
code = "org"
name = "org name"
kind = "type"
[institutions.values.kind]
solicitor = "law_firm"

[practitioners.columns]
code = "{org}-{id}"
institution = "org"
name = "{org name}, {city}"
kind = "type"
latitude = "lat"
longitude = "lon"
specialties = "codes"
[practitioners.constants]
entered_on = 2024-01-05
former_offices = "none"
[practitioners.values.kind]
Solicitor = "lawyer"
[practitioners.lists.specialties]
split = ";,"
level = 70
[practitioners.values.specialties]
CRM = "theft"
MAT = ["marriage_family", "maintenance"]
FAM = "marriage_family"
"""


def bring_in(register, what, content, mapping=None, **order):
    return carry_out(register.begin, register.seal, register.clerk, NOW, Order(Kind(what), content, mapping, **order))


def test_foreign_register_becomes_ours(register):
    firms = bring_in(register, "institutions", a_csv(*OFFICES), MAPPING)

    people = bring_in(register, "practitioners", a_csv(*OFFICES), MAPPING)

    assert (firms.created, firms.passed_over, firms.dropped) == (2, 1, {"kind": 1})
    assert (people.created, people.dropped) == (3, {"kind": 1, "specialties": 1})
    assert {row.code: row.name for row in register.all(PractitionerRow)} == {
        "340-1": "North LLP, Leeds", "340-2": "North LLP, York", "17-3": "Help, Hull",
    }  # fmt: skip


def test_what_a_foreign_register_lacks_stays_unknown(register):
    bring_in(register, "institutions", a_csv(*OFFICES), MAPPING)
    bring_in(register, "practitioners", a_csv(*OFFICES), MAPPING)

    codes = {row.id: row.code for row in register.all(PractitionerRow)}
    stated = {codes[row.practitioner_id]: row for row in register.all(AttributesRow)}
    both = {"marriage_family": 70, "maintenance": 70}
    assert stated["340-1"].specialties == both | {"theft": 70}
    assert (stated["340-2"].specialties, stated["340-2"].latitude) == (None, None)
    assert (stated["17-3"].specialties, stated["17-3"].kind) == (both, None)
    assert stated["17-3"].former_offices == []


def test_mapping_finds_header_and_sheet(register):
    content = a_workbook(["register 2026"], ["a note"], ["Ref", "Title"], ["F1", "First"], name="data")
    mapping = '[institutions]\nsheet = "data"\nheader_row = 3\n[institutions.columns]\ncode = "Ref"\nname = "Title"'

    report = bring_in(register, "institutions", content, mapping)

    assert report.created == 1
    assert [row.code for row in register.all(InstitutionRow)] == ["F1"]


def test_mapping_may_leave_the_other_columns_to_the_template(register):
    mapping = '[institutions]\nother_columns = "template"\n[institutions.values.kind]\n"律所" = "law_firm"'
    mapping += '\n[institutions.columns]\nkind = "性质"'
    content = a_csv({"机构编号": "F1", "机构名称": "甲", "性质": "律所", "备注": "无"})

    report = bring_in(register, "institutions", content, mapping)

    assert report.created == 1
    assert register.all(InstitutionAttributesRow)[0].kind == "law_firm"


def test_mapping_extends_our_own_words_and_goes_by_the_headers_of_the_template(register):
    mapping = """
    [institutions.columns]
    "机构编号" = "org"
    "机构名称（必填）" = "org name"
    "机构类型" = "type"
    "所在地区" = "place"
    [institutions.values."机构类型"]
    "甲类" = "律师事务所"
    "其他" = "ignore"
    [institutions.values.area]
    "市区" = "first county"
    """
    rows = [("甲类", "市区"), ("律所", "second county"), ("其他", "B"), ("马戏团", "火星")]
    files = [{"org": f"F{k}", "org name": f"所{k}", "type": kind, "place": area} for k, (kind, area) in enumerate(rows)]

    report = bring_in(register, "institutions", a_csv(*files), mapping)

    assert (report.refused, report.dropped) == ([], {"kind": 1, "area": 1})
    codes = {row.id: row.code for row in register.all(InstitutionRow)}
    assert {codes[row.institution_id]: (row.kind, row.area) for row in register.all(InstitutionAttributesRow)} == {
        "F0": ("law_firm", "A"), "F1": ("law_firm", "B"), "F2": (None, "B"), "F3": (None, None),
    }  # fmt: skip


def test_words_of_a_list_are_ours_or_the_mappings(register):
    mapping = MAPPING.replace('CRM = "theft"', 'CRM = ["theft", "诈骗罪"]\nXYZ = "ignore"')
    offices = [{**OFFICES[0], "codes": "CRM;wages;XYZ;nonsense"}]
    bring_in(register, "institutions", a_csv(*offices), mapping)

    report = bring_in(register, "practitioners", a_csv(*offices), mapping)

    assert (report.refused, report.dropped) == ([], {"specialties": 1})
    assert register.all(AttributesRow)[0].specialties == {"fraud": 70, "theft": 70, "wages": 70}


def test_mapping_may_ignore_a_column_and_what_it_has_no_word_for(register):
    mapping = """
    [institutions]
    other_columns = "template"
    [institutions.columns]
    contact = "ignore"
    [institutions.values.kind]
    "甲" = "law_firm"
    [institutions.otherwise]
    "机构类型" = "ignore"
    """
    content = a_csv({"机构编号": "F1", "机构名称": "甲", "机构类型": "马戏团", "办公电话和地址": "0370-1234567"})

    report = bring_in(register, "institutions", content, mapping)

    assert (report.created, report.dropped) == (1, {})
    assert [row.kind for row in register.all(InstitutionAttributesRow)] == [None]
    assert [row.contact for row in register.all(InstitutionRow)] == [None]


@pytest.mark.parametrize(("otherwise", "refused"), [("keep", ["not_listed"]), ("refuse", ["not_listed"])])
def test_word_without_translation_may_be_kept_or_refused(register, otherwise, refused):
    mapping = MAPPING + f'\n[institutions.otherwise]\nkind = "{otherwise}"'

    report = bring_in(register, "institutions", a_csv(*OFFICES), mapping)

    assert [refusal.fault.value for refusal in report.refused] == refused
    assert register.all(InstitutionRow) == []


def test_column_that_a_mapping_names_and_the_file_lacks_is_told(register):
    with pytest.raises(MissingColumnError) as refusal:
        bring_in(register, "institutions", a_csv({"org": "1", "type": "x"}), MAPPING)

    assert refusal.value.facts["columns"] == [{"field": "name", "zh": "org name", "en": "org name"}]


NAMED = "[institutions.columns]\ncode='a'\nname='b'\n"

# fmt: off
AT_FAULT = [
    # mapping                                                     where
    ("not toml",                                                  ""),
    ("x = " + "[" * 3000,                                         ""),
    ("x = " + "9" * 5000,                                         ""),
    ("[teachers]\n",                                              "teachers"),
    ("[institutions]\nheader_row = 0",                            "institutions.header_row"),
    ("[institutions]\nother_columns = 'guess'",                   "institutions.other_columns"),
    ("[institutions.columns]\ncode = 'a'",                        "institutions.columns.name"),
    ("[institutions.columns]\ncode = 'a'\nnam = 'b'",             "institutions.columns.nam"),
    ("[institutions.columns]\ncode = 'a'\nname = ''",             "institutions.columns.name"),
    (NAMED + "[institutions.constants]\nname='c'",              "institutions.constants.name"),
    (NAMED + "[institutions.values.kind]\nx='law_firm'",          "institutions.values.kind"),
    ("[institutions.columns]\ncode='a'\n'机构编号'='b'\nname='c'", "institutions.columns"),
    ("[institutions.columns]\ncode='a'\nname='ignore'",         "institutions.columns.name"),
    ("[institutions]\nother_columns='template'\ncolumns.code='ignore'", "institutions.columns.code"),
    (NAMED + "[institutions.lists.name]\nlevel=101",             "institutions.lists.name.level"),
]
# fmt: on


@pytest.mark.parametrize(("text", "where"), AT_FAULT)
def test_mapping_at_fault_says_where(text, where):
    with pytest.raises(MappingInvalidError) as refusal:
        read_mapping(text)

    assert refusal.value.facts["problems"][0]["field"] == where


def test_mapping_without_a_section_for_the_file_is_refused(register):
    with pytest.raises(MappingInvalidError) as refusal:
        bring_in(register, "cases", a_csv(*OFFICES), MAPPING)

    assert refusal.value.facts["problems"][0]["field"] == "cases"
