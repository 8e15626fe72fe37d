"""The workbook is read back by two other libraries: typed cells, no repair, the right totals."""

import io
import zipfile
from datetime import date, datetime
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from dispatch.commands.reports.period import report
from dispatch.reports import REPORTS
from dispatch.reports.workbook import README, write_workbook
from tests.reports.town import SINCE, UNTIL, fill
from tests.rows import NOW, open_register


@pytest.fixture(scope="module")
def town(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("town") / "register.db"
    path.write_bytes(sqlite_template.read_bytes())
    register = open_register(f"sqlite:///{path}")
    fill(register)
    yield register
    register.engine.dispose()


@pytest.fixture(scope="module")
def content(town):
    answer = report(town.read, town.manager, NOW, "all", SINCE, UNTIL)
    return write_workbook(answer.reports, answer.about)


def sheet(content, code):
    book = load_workbook(io.BytesIO(content))
    return next(book[name] for name in book.sheetnames if name.startswith(f"{code} "))


def test_first_sheet_tells_period_policies_and_what_is_counted(content, town):
    book = load_workbook(io.BytesIO(content))

    wording = [cell for row in book[book.sheetnames[0]].iter_rows(values_only=True) for cell in row if cell]
    assert book.sheetnames[0] == README
    assert len(book.sheetnames) == 1 + len(REPORTS)
    assert f"{SINCE} – {UNTIL}" in wording
    assert any(town.policy.digest in text for text in wording)
    assert {text for each in REPORTS.values() for text in each.defined.values()} <= set(wording)


def test_cells_are_typed_and_formatted(content):
    rows = sheet(content, "deadlines")

    assert rows["A1"].value == "月份\nMonth"
    assert (rows["A2"].value, rows["A2"].number_format) == (datetime(2026, 2, 1), "yyyy-mm")
    assert (rows["B2"].value, rows["B2"].number_format) == (3, "#,##0")
    assert (rows["H2"].value, rows["H2"].number_format) == (0.5, "0.0%")
    assert rows.freeze_panes == "A2"
    assert rows.auto_filter.ref == "A1:H3"
    assert rows.column_dimensions["A"].width >= 10
    assert sheet(content, "lottery")["H2"].number_format == "yyyy-mm-dd hh:mm"


def test_second_reader_finds_the_same_totals(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    name = next(name for name in book.sheet_names if name.startswith("load "))

    header, effort, turns = book.get_sheet_by_name(name).to_python()
    assert header[2] == "合计\nTotal"
    assert (effort[0], effort[2], turns[2]) == ("工作量 effort", 35.0, 3.0)
    hindsight = next(name for name in book.sheet_names if name.startswith("hindsight "))
    assert book.get_sheet_by_name(hindsight).to_python()[1][0] == date(2026, 2, 10)


def test_container_is_whole_and_every_part_is_xml(content):
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        assert container.testzip() is None
        for name in container.namelist():
            assert ElementTree.fromstring(container.read(name)) is not None


def test_same_reports_give_the_same_bytes(content, town):
    answer = report(town.read, town.manager, NOW, "all", SINCE, UNTIL)

    assert write_workbook(answer.reports, answer.about) == content


def test_no_story_and_no_number_of_a_recipient_is_in_any_part(content):
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        everything = b"".join(container.read(name) for name in container.namelist())

    assert "王小明".encode() not in everything
    assert b"410000199001011234" not in everything
