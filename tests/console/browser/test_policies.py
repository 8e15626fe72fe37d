"""A draft of the policy in Chromium: copied, tried on today's cases, saved, on a phone."""

from dispatch.domain.vocabulary import Role
from tests.console.browser.conftest import PHONE


def test_manager_copies_the_policy_tries_a_number_and_saves_it_on_a_phone(watched):
    view = watched(Role.MANAGER, PHONE)
    page = view.page
    view.open("/policies")
    view.follow(page.locator("main .card a").first)
    view.follow(page.get_by_role("button", name="以本版本起草"))
    page.get_by_label("每超前一轮的扣分（分）").fill("90000")
    view.follow(page.get_by_role("button", name="即时试算"))
    assert page.get_by_role("heading", name="即时试算结果").is_visible()
    assert page.get_by_label("每超前一轮的扣分（分）").input_value() == "90000"
    page.locator("summary", has_text="件数上限").click()
    page.get_by_label("在办案件数上限").fill("0")
    view.follow(page.get_by_role("button", name="保存草稿"), refused=True)
    assert page.evaluate("document.activeElement.id") == "caps.open_cases"
    page.get_by_label("在办案件数上限").fill("9")
    view.follow(page.get_by_role("button", name="保存草稿"))

    assert "草稿已保存" in page.inner_text("main")
    view.follow(page.get_by_role("link", name="查看本版本"))
    assert "→ 90,000分" in page.inner_text("#differences")
    view.follow(page.get_by_role("link", name="方案试算"))
    page.get_by_text("示例城市的规模").click()
    page.get_by_label("案件数").fill("4")
    page.get_by_label("人员数").fill("3")
    page.get_by_label("起始日期").fill("2026-03-02")
    page.get_by_label("截止日期").fill("2026-03-13")
    view.follow(page.get_by_role("button", name="开始试算"))
    assert page.get_by_role("progressbar", name="进度").is_visible()
