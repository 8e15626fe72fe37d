"""Annual assessments and the evidence of specialties come in by file, and what is exported comes in unchanged."""

from datetime import date

import pytest
from openpyxl import load_workbook

from dispatch.commands.imports.exports import export_template
from dispatch.commands.imports.files import Order, carry_out, import_file
from dispatch.commands.roster.qualifications import list_qualifications
from dispatch.exchange.columns import Kind
from tests.commands.test_roster import facts_of
from tests.exchange.files import a_csv
from tests.exchange.test_round_trip import again
from tests.rows import NOW

YEAR = {
    "执业证号": "p1",
    "考核年度": "2025",
    "考核结果": "称职",
    "考核日期": "2026-02-01",
    "备案有效期至": "2027-05-31",
}
SHOWN = {"执业证号": "p1", "案由": "追索劳动报酬纠纷", "分值": "80", "依据": "培训", "依据日期": "2025年9月1日"}


@pytest.fixture
def person(register):
    return register.a_practitioner("p1", assessment_passed=None, specialties=None)


def brought_in(register, what, *rows, **order):
    return carry_out(register.begin, register.seal, register.clerk, NOW, Order(Kind(what), a_csv(*rows), **order))


def fates(report):
    return {fate.value: len(rows) for fate, rows in report.fates.items() if rows}


def why(report):
    return [(refusal.row, refusal.field, refusal.fault.value) for refusal in report.refused]


def test_assessments_of_many_years_come_in_and_count_as_by_the_api(register, person):
    earlier = {**YEAR, "考核年度": "2024年", "考核结果": "不称职", "考核日期": "2025-05-20", "备案有效期至": ""}

    first = brought_in(register, "assessments", YEAR, earlier)
    second = brought_in(register, "assessments", YEAR, earlier)

    assert (fates(first), fates(second)) == ({"created": 2}, {"unchanged": 2})
    known = facts_of(register, person)
    assert (known.assessment_passed, known.assessment_valid_to) == (True, date(2027, 5, 31))
    assert facts_of(register, person, NOW - (NOW.date() - date(2025, 6, 1))).assessment_passed is False


def test_correction_of_a_year_or_of_a_level_needs_a_reason_in_its_row(register, person):
    brought_in(register, "assessments", YEAR)
    brought_in(register, "specialties", SHOWN)
    other_result, other_level = {**YEAR, "考核结果": "不称职"}, {**SHOWN, "分值": "60"}

    refused = brought_in(register, "assessments", other_result), brought_in(register, "specialties", other_level)
    taken = [
        brought_in(register, what, row | {"更正理由": "录错人员"})
        for what, row in (("assessments", other_result), ("specialties", other_level))
    ]

    assert [why(each) for each in refused] == [[(2, "reason", "refused")]] * 2
    assert [fates(each) for each in taken] == [{"updated": 1}] * 2
    known = facts_of(register, person)
    assert (known.assessment_passed, known.specialties) == (False, {"wages": 60})
    assessed, evidence = list_qualifications(register.read, register.clerk, NOW, person.id)
    assert [row.superseded_at is None for row in assessed] == [False, True]
    assert [(row.level, row.reason) for row in evidence] == [(80, "录错人员"), (60, None)]


# fmt: off
WRONG = [
    # of what         what a row says otherwise                       what is refused
    ("assessments", {"执业证号": "p9"},                                 ("code", "unknown")),
    ("assessments", {"考核结果": "优秀"},                               ("result", "not_listed")),
    ("assessments", {"考核年度": ""},                                   ("year", "blank")),
    ("assessments", {"考核日期": "2027-01-01", "备案有效期至": ""},       ("decided_on", "contradiction")),
    ("assessments", {"备案有效期至": "2020-01-01"},                      ("valid_to", "contradiction")),
    ("specialties", {"依据": "办案经历"},                               ("case_number", "contradiction")),
    ("specialties", {"依据": "办案经历", "案件编号": "无此案"},            ("case_number", "unknown")),
    ("specialties", {"依据日期": "2027-01-01"},                         ("on", "contradiction")),
    ("specialties", {"案由": "巫术"},                                   ("cause", "not_listed")),
    ("specialties", {"分值": "101"},                                    ("level", "out_of_range")),
]
# fmt: on


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_row_that_cannot_be_is_refused_by_its_column_and_changes_nothing(register, person):
    told = [(what, why(brought_in(register, what, {**{"assessments": YEAR, "specialties": SHOWN}[what], **cells})))
            for what, cells, _ in WRONG]  # fmt: skip

    assert [(what, [(each[1], each[2]) for each in found]) for what, found in told] == [
        (what, [refusal]) for what, _, refusal in WRONG
    ]
    assert list_qualifications(register.read, register.clerk, NOW, person.id) == ([], [])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_year_of_one_person_twice_in_a_file_is_refused_and_two_years_are_not(register, person):
    register.a_practitioner("p2", assessment_passed=None)
    rows = [YEAR, {**YEAR, "执业证号": "p2"}, {**YEAR, "考核年度": "2024", "考核日期": "2025-05-20"}, YEAR]

    report = brought_in(register, "assessments", *rows, partial=True)

    assert (why(report), fates(report)["created"]) == ([(5, "code", "repeated")], 3)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["assessments", "specialties"])
def test_what_is_exported_comes_in_unchanged(register, person, tmp_path, kind, language):
    register.a_case("（2026）援民字第1号")
    of_case = {**SHOWN, "依据": "办案经历", "案件编号": "(2026)援民字第1", "分值": "90"}
    branch = {**SHOWN, "案由": "民事", "依据": "专业资格、评定"}
    brought_in(
        register, "assessments", YEAR, {**YEAR, "考核年度": "2024", "考核结果": "基本称职", "考核日期": "2025-05-20"}
    )
    brought_in(register, "assessments", {**YEAR, "考核结果": "不评定等次", "更正理由": "新执业"})
    brought_in(register, "specialties", SHOWN, of_case, branch)
    brought_in(register, "specialties", {**SHOWN, "分值": "70", "更正理由": "录错"})

    exported, report = again(register, tmp_path, kind, language)

    assert (exported.rows, exported.left_out) == ({"assessments": 2, "specialties": 3}[kind], ())
    assert (report.refused, report.remarks, fates(report)) == ([], [], {"unchanged": exported.rows})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", ["assessments", "specialties"])
def test_template_is_filled_in_below_its_example_which_is_never_taken_in(register, person, tmp_path, kind):
    path = tmp_path / "template.xlsx"
    export_template(path, kind, register.read, register.clerk)
    book = load_workbook(path)
    headers = [str(cell.value).split("\n")[0].removesuffix("（必填）") for cell in book.worksheets[0][1]]
    row = {"执业证号（无执业证的填人员编号）": "p1", "专业特长": SHOWN["案由"]}
    row |= {"assessments": YEAR, "specialties": SHOWN}[kind]
    book.worksheets[0].append([row.get(header) for header in headers])
    book.save(path)

    report = import_file(register.begin, register.seal, register.clerk, NOW, kind, path)

    assert (report.refused, fates(report)) == ([], {"created": 1})
