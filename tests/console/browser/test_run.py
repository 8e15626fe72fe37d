"""A run in the browser, from its start to a notice that is printed."""

import re
from datetime import UTC, datetime

from sqlmodel import select

from dispatch.commands.documents.stationery import set_letterhead
from dispatch.commands.jobs import JobContext
from dispatch.commands.runs.requests import request_run, solve_run
from dispatch.domain.vocabulary import Matter, Role, Status
from dispatch.registry.tables import AssignmentRow, CaseRow
from tests.console.browser.conftest import DESK, PHONE


def test_clerk_starts_a_run_applies_a_proposal_and_prints_its_notice(watched, town):
    now = datetime.now(UTC)
    set_letterhead(town.begin, town.actor(Role.MANAGER), now, "商", "王主任", "0370-12348")
    view = watched(Role.CLERK, DESK)
    page = view.open("/match")
    page.get_by_role("button", name="发起匹配").click()
    page.wait_for_url(re.compile(r"/match/\w{32}"))
    where = page.url.partition("/console")[2].partition("?")[0]
    solve_run(JobContext(town.begin, town.read, lambda: datetime.now(UTC), "worker"), where.rpartition("/")[2])

    # The page of a run that is worked on loads itself again until there is something to decide.
    page.locator("input[type=checkbox]").first.check(timeout=60_000)
    page.get_by_label("未采纳其余结果的理由").fill("其余案件待补材料")
    view.follow(page.get_by_role("button", name="采纳所选"))
    view.follow(page.get_by_role("link", name="指派通知书").first)
    view.follow(page.get_by_role("button", name="编号并出具"))

    assert "指派通知书" in page.inner_text("article")
    assert page.get_by_role("button", name="打印").is_visible()
    watched(Role.MANAGER, PHONE, "en", dark=True).open(f"{where}?check=1")


def test_clerk_issues_and_prints_the_notices_of_a_whole_run(watched, town):
    now = datetime.now(UTC)
    set_letterhead(town.begin, town.actor(Role.MANAGER), now, "商", "王主任", "0370-12348")
    with town.read() as session:
        # Civil cases are what other tests post and choose for.
        some = select(CaseRow.id).where(CaseRow.status == Status.PENDING, CaseRow.matter != Matter.CIVIL)
        case_ids = session.exec(some.limit(15)).all()
    run = request_run(town.begin, town.clerk, now, case_ids, "其余案件待补材料")
    solve_run(JobContext(town.begin, town.read, lambda: datetime.now(UTC), "worker"), run.id)
    view = watched(Role.CLERK, DESK)
    page = view.open(f"/match/{run.id}")
    view.follow(page.get_by_role("button", name=re.compile("^全部采纳")))
    view.follow(page.get_by_role("link", name="成批出具并印制文书"))
    notices = page.get_by_role("region", name="待出具：指派通知书")
    count = notices.get_by_role("checkbox").count()
    view.follow(notices.get_by_role("button", name="编号并出具所选"))
    assert f"已出具{count}份指派通知书" in page.inner_text("main")
    view.follow(page.get_by_role("button", name="打开印制页"))

    assert page.locator("article.sheet").count() == count > 5
    page.emulate_media(media="print")
    assert page.locator(".top").is_hidden()
    assert page.locator("article.sheet").nth(1).evaluate("each => getComputedStyle(each).breakBefore") == "page"
    page.emulate_media(media="screen")
    view.follow(page.get_by_role("link", name="返回文书印制"))
    assert "没有待印制的文书" in page.inner_text("main")
    phone = watched(Role.CLERK, PHONE, "en", dark=True)
    phone.open(f"/letters?run={run.id}")
    with town.read() as session:
        held = session.exec(select(AssignmentRow).where(AssignmentRow.run_id == run.id)).first()
    phone.open(f"/cases/{held.case_id}/work/{held.id}")
