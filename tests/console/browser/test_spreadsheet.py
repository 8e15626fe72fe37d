"""A spreadsheet of fifty in the browser: each row's fate, the faulty ones mended in their own file, all in the list."""

import re
from datetime import UTC, datetime

from openpyxl import load_workbook

from dispatch.commands.imports.files import perform_import
from dispatch.commands.jobs import JobContext
from dispatch.domain.vocabulary import Role
from tests.console.browser.conftest import DESK, PHONE
from tests.exchange.files import a_csv

FAULTS = {7: {"案由（罪名）": "没有这个案由的名称"}, 23: {"案件类型": "海事"}, 41: {"受援人姓名": "", "在押": "也许"}}
MENDED = {"案由（罪名）": "追索劳动报酬纠纷", "案件类型": "民事", "受援人姓名": "王小明", "在押": "否"}


def a_row(k):
    return {
        "案件编号": f"（2026）表援字第{k}号", "案件类型": "民事", "案由（罪名）": "追索劳动报酬纠纷",
        "法律援助形式": "诉讼代理", "诉讼（办理）阶段": "一审", "受援人姓名": f"王小{k}", "在押": "否",
        "收到申请（通知）时间": "2026-11-27 09:30", "经办人": "老陈",
    } | FAULTS.get(k, {})  # fmt: skip


def brought_in(view, town):
    """Press the button, let a worker's part be done, and look at what became of it."""
    page = view.page
    page.get_by_role("button", name=re.compile("^(导入|只导入符合要求的行)$")).click()
    page.wait_for_url(re.compile(r"/imports/\w{32}"))
    job_id = re.search(r"/imports/(\w{32})", page.url)[1]
    perform_import(JobContext(town.begin, town.read, lambda: datetime.now(UTC), "worker"), town.seal, job_id)
    page.get_by_role("link", name="案件台账").last.wait_for(timeout=60_000)
    page.get_by_text("已完成").wait_for()
    view.look()


def test_fifty_rows_come_in_and_the_faulty_ones_after_they_are_mended_in_their_own_file(watched, town, tmp_path):
    first, mended = tmp_path / "今日五十件.csv", tmp_path / "今日五十件-待更正.xlsx"
    first.write_bytes(a_csv(*(a_row(k) for k in range(1, 51))))
    view = watched(Role.CLERK, DESK)
    page = view.open("/imports/new")
    page.get_by_label("表格文件").set_input_files(first)
    view.press("查看逐行结果")
    assert page.locator(".figures dd").all_inner_texts() == ["47", "0", "0", "3"]
    with page.expect_download() as download:
        page.get_by_role("button", name="下载需要更正的行").click()
    assert download.value.suggested_filename == mended.name
    download.value.save_as(mended)
    brought_in(view, town)

    book = load_workbook(mended)
    header = [cell.value for cell in book.active[1]]
    for [problem, *cells] in book.active.iter_rows(min_row=2):
        for cell, name in zip(cells, header[1:], strict=True):
            if f"“{name}”" in problem.value:
                cell.value = MENDED[name]
    book.save(mended)
    view.follow(page.get_by_role("link", name="上传更正后的表格"))
    page.get_by_label("表格文件").set_input_files(mended)
    view.press("查看逐行结果")
    assert page.locator(".figures dd").all_inner_texts() == ["3", "0", "0", "0"]
    brought_in(view, town)

    listed = watched(Role.CLERK, PHONE).open("/cases?number_prefix=（2026）表援字")
    assert "共 50 条" in listed.inner_text("main")
