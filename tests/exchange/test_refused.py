"""Refused rows given back: as they were with the fault in words, refused alike until put right, and then taken in."""

import io

import pytest
from openpyxl import load_workbook

from dispatch.commands.imports.files import Order, carry_out
from dispatch.commands.imports.preview import write_back
from dispatch.domain.errors import UnreadableFileError
from dispatch.exchange.columns import Kind
from dispatch.exchange.sheets import PROBLEM
from dispatch.registry.tables import InstitutionRow
from tests.exchange.files import a_csv, a_workbook, good
from tests.exchange.test_bad_files import BAD_ROWS, prepared
from tests.rows import NOW


@pytest.fixture
def database_url(clean_sqlite_url):
    """One database: what is asked of it, other tests of files ask of both."""
    return clean_sqlite_url


def given_back(register, tmp_path, what, content, language="zh", **order):
    """Try a file; return its report and the workbook of its refused rows."""
    order = Order(Kind(what), content, dry_run=True, **order)
    report = carry_out(register.begin, register.seal, register.clerk, NOW, order)
    path = tmp_path / "refused.xlsx"
    write_back(path, order, report, language)
    return report, path.read_bytes()


def faults_of(report):
    return [(refusal.field, refusal.fault) for refusal in report.refused]


def lines_of(content):
    return [list(row) for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]


@pytest.mark.parametrize("what", ["institutions", "practitioners", "cases"])
def test_refused_rows_are_refused_for_the_same_reasons_when_they_come_again(register, tmp_path, what):
    prepared(register)
    key = {"institutions": "机构编号", "practitioners": "执业证号", "cases": "案件编号"}[what]
    there = {"机构编号": "firm"} if what == "practitioners" else {}
    wrongs = [wrong for kind, wrong, field, _ in BAD_ROWS if kind == what and field != "relations"]
    rows = [good(what, **there) | {key: f"N{k}"} | wrong for k, wrong in enumerate(wrongs)]

    first, content = given_back(register, tmp_path, what, a_csv(*rows, good(what, **there)))
    again, _ = given_back(register, tmp_path, what, content)

    assert first.refused_rows == len(rows) > 10
    assert faults_of(again) == faults_of(first)
    assert [remark.kind for remark in again.remarks] == []


def test_what_a_workbook_has_lost_or_made_a_date_of_is_no_better_for_being_given_back(register, tmp_path):
    lines = [
        ["机构编号", "机构名称", "承办人数", "入库日期"],
        [(46204, "yyyy-mm-dd"), "=1+1", True, (46204.75, "yyyy-mm-dd hh:mm")],
        [1.41142e16, "'=x", (0.5, "hh:mm"), (1.5, "[h]:mm")],
        ["#REF!", "ok", None, 46204],
    ]
    first, content = given_back(register, tmp_path, "institutions", a_workbook(*lines))
    again, same = given_back(register, tmp_path, "institutions", content)

    assert first.refused_rows == 3
    assert faults_of(again) == faults_of(first)
    assert [line[1:] for line in lines_of(same)] == [line[1:] for line in lines_of(content)]


def test_days_of_a_workbook_that_counts_from_1904_stay_the_days_they_are(register, tmp_path):
    lines = [["机构编号", "机构名称", "机构类型", "入库日期"], ["F1", "甲", "茶馆", 44742]]
    old = a_workbook(*lines, options={"date_1904": True})

    _, content = given_back(register, tmp_path, "institutions", old)
    mended = load_workbook(io.BytesIO(content))
    mended.active["D2"] = "律师事务所"
    stream = io.BytesIO()
    mended.save(stream)
    order = Order(Kind.INSTITUTIONS, stream.getvalue())
    report = carry_out(register.begin, register.seal, register.clerk, NOW, order)

    assert report.created == 1
    [firm] = register.all(InstitutionRow, InstitutionRow.code == "F1")
    assert firm.entered_on.isoformat() == "2026-07-01"


def test_row_says_in_words_what_is_wrong_and_keeps_columns_nobody_knows(register, tmp_path):
    bad = good("cases", **{"案件类别": "海商", "受援人姓名": "", "经办": "老陈"})

    _, zh = given_back(register, tmp_path, "cases", a_csv(good("cases", 案件编号="C0"), bad))
    _, en = given_back(register, tmp_path, "cases", a_csv(bad), "en")

    header, row = lines_of(zh)
    problem = row[0].splitlines()
    assert header[0] == PROBLEM
    assert row[header.index("经办")] == "老陈"
    assert problem[0] == "原第3行"
    assert any(line.startswith("“案件类型”：不在允许的取值之内；填写要求：") for line in problem)
    assert "“受援人姓名”：必填项没有填写" in row[0]
    assert lines_of(en)[1][0].splitlines()[0] == "Row 2 of the file"
    wrong = load_workbook(io.BytesIO(zh)).active.cell(2, header.index("案件类别") + 1)
    assert wrong.fill.fgColor.rgb == "FFFCE0DC"


def test_row_that_is_put_right_comes_in_with_the_column_of_problems_left_in_place(register, tmp_path):
    _, content = given_back(register, tmp_path, "cases", a_csv(good("cases", 案件类别="海商")))
    mended = load_workbook(io.BytesIO(content))
    page = mended.active
    page.cell(2, [cell.value for cell in page[1]].index("案件类别") + 1).value = "民事"
    page.cell(3, 1).value = "只有这一列有内容的行"
    stream = io.BytesIO()
    mended.save(stream)

    report, _ = given_back(register, tmp_path, "cases", stream.getvalue())

    assert (report.created, report.refused, report.remarks) == (1, [], [])


def test_file_without_a_faulty_row_gives_back_none(register, tmp_path):
    _, content = given_back(register, tmp_path, "cases", a_csv(good("cases")))

    assert len(lines_of(content)) == 1
    with pytest.raises(UnreadableFileError):
        given_back(register, tmp_path, "cases", content)
