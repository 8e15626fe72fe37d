"""A spreadsheet in the console: every row's fate before anything is kept, then brought in just as it was shown."""

import io
import re
from urllib.parse import quote

from openpyxl import load_workbook

from dispatch.commands.imports.files import perform_import
from dispatch.commands.jobs import JobContext
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import CaseRow, JobRow
from tests.rows import NOW

HEADER = (
    "案件编号,案件类型,案由（罪名）,法律援助形式,诉讼（办理）阶段,办案机关（争议处理机关）所在地,受援人姓名,"
    "收到申请（通知）时间"
)
GOOD = "2026-{},民事,追索劳动报酬纠纷,诉讼代理,一审,A,王小{},2026-03-08 09:30"
BAD = "2026-9,海事,追索劳动报酬纠纷,诉讼代理,一审,A,王小九,2026-03-08 09:30"


def sheet(*rows):
    return "\n".join([HEADER, *rows]).encode()


def previewed(console, content, role=Role.CLERK):
    file = {"file": ("今日案件.csv", content, "text/csv")}
    return console.ask("POST", "/imports/new/preview", role, data={"what": "cases"}, files=file)


def fields_of(page):
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: (None, value) for name, value in found}


def brought_in(console, page, **more):
    fields = fields_of(page) | {name: (None, value) for name, value in more.items()}
    return console.ask("POST", "/imports/new/bring-in", files=fields)


def test_fate_of_every_row_is_shown_and_nothing_kept_until_it_is_brought_in(console, register):
    page = previewed(console, sheet(*(GOOD.format(k, "一二三"[k]) for k in range(3))))
    assert page.status_code == 200
    assert re.search(r"新登记</span></td><td class=\"num\">3</td>", page.text)
    assert register.all(CaseRow) == []

    asked = brought_in(console, page)
    where = asked.headers["location"].removeprefix("/console").partition("?")[0]
    waiting = console.get(where)
    perform_import(JobContext(register.begin, register.read, lambda: NOW, "worker"), register.seal, where[9:])
    done = console.get(where)

    assert "data-reload-s" in waiting.text
    assert "data-reload-s" not in done.text
    assert "已完成" in done.text
    assert len(register.all(CaseRow)) == 3


def test_faulty_row_is_told_by_its_cell_and_can_be_left_out(console, register):
    page = previewed(console, sheet(GOOD.format(1, "一"), BAD))

    assert re.search(r'data-head="行">3</td>.*data-head="列">案件类型</td>', page.text)
    assert "需要更正：1 行" in page.text
    assert "符合要求：1 行" in page.text
    asked = brought_in(console, page)
    [job] = register.all(JobRow)
    perform_import(JobContext(register.begin, register.read, lambda: NOW, "worker"), register.seal, job.id)
    assert asked.status_code == 303
    assert [case.number for case in register.all(CaseRow)] == ["2026-1"]


def test_faulty_rows_are_downloaded_put_right_and_uploaded_again(console, register):
    page = previewed(console, sheet(GOOD.format(1, "一"), BAD))
    fields = fields_of(page)
    file = console.ask("POST", "/imports/new/refused-rows", files=fields)
    book = load_workbook(io.BytesIO(file.content))
    [bad] = book.active.iter_rows(min_row=2)
    faults, bad[2].value = bad[0].value, "民事"
    stream = io.BytesIO()
    book.save(stream)

    mended = previewed(console, stream.getvalue())

    assert file.headers["content-disposition"].endswith(quote("今日案件-待更正.xlsx"))
    assert "“案件类型”：不在允许的取值之内" in faults
    assert re.search(r"新登记</span></td><td class=\"num\">1</td>", mended.text)
    assert "需要更正" not in mended.text
    assert console.ask("POST", "/imports/new/refused-rows", Role.AUDITOR, files=fields).status_code == 403
    assert register.all(JobRow) == []


def test_file_is_not_brought_in_once_its_rows_would_fare_otherwise(console, register):
    page = previewed(console, sheet(GOOD.format(1, "一")))
    register.a_case("2026-1")

    refused = brought_in(console, page)

    assert refused.status_code == 412
    assert register.all(JobRow) == []
    # The fate of each row as it is now, ready to be brought in; the file is not chosen again.
    assert "请重新核对逐行结果" in refused.text
    assert re.search(r"(有修改|无变化)</span></td><td class=\"num\">1</td>", refused.text)
    assert brought_in(console, refused).status_code == 303


def test_unreadable_file_is_refused_in_words(console):
    refused = previewed(console, b"\x00\x01")
    nothing = console.press("/imports/new/preview", what="cases")

    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert re.search(r'id="file-error">请核对：.*xlsx', refused.text)
    assert nothing.status_code == 422
    assert 'id="file-error"' in nothing.text


def test_file_without_a_column_is_told_which(console):
    refused = previewed(
        console, sheet(GOOD.format(1, "一")).decode().replace("案件类型,", "").replace("民事,", "").encode()
    )

    assert refused.status_code == 422
    assert "缺少的列：案件类型" in refused.text


def test_template_is_taken_along_by_who_may_import(console):
    assert console.get("/imports/templates/cases").content.startswith(b"PK")
    assert console.get("/imports/templates/cases", Role.AUDITOR).status_code == 403
