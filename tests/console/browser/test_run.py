"""A run in the browser, from its start to a notice that is printed."""

import re
from datetime import UTC, datetime

from dispatch.commands.documents.stationery import set_letterhead
from dispatch.commands.jobs import JobContext
from dispatch.commands.runs.requests import solve_run
from dispatch.domain.vocabulary import Role
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
