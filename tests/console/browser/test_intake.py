"""A clerk takes in a case in Chromium, with a fault on the way, grants aid and assigns it; on a phone, too."""

import pytest

from dispatch.domain.vocabulary import Role
from tests.console.browser.conftest import DESK, PHONE


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_clerk_takes_in_a_case_step_by_step_and_assigns_it(watched, size):
    view = watched(Role.CLERK, size)
    page = view.open("/cases/new")
    page.get_by_label("案件编号").fill(f"（2026）梁援字第{size['width']}号")
    page.get_by_label("收到申请（通知）时间").fill("2026-11-29T09:30")
    page.get_by_label("案件类型").select_option("civil")
    page.get_by_label("案由（罪名）").fill("没有这个案由的名称")
    page.get_by_label("法律援助形式").select_option("litigation_agency")
    page.get_by_label("诉讼（办理）阶段").select_option("first_instance")
    page.get_by_label("办案机关（争议处理机关）所在地").select_option(label="梁园区")
    view.press("下一步", refused=True)
    # The catalogue does not know the cause: the form is still at its field.
    assert page.locator("[aria-invalid]").get_attribute("id") == "cause"
    page.get_by_label("案由（罪名）").fill("追索劳动报酬纠纷")
    view.press("下一步")
    page.get_by_label("受援人姓名").fill("王小明")
    page.get_by_role("group", name="受援人为未成年人").get_by_label("否").check()
    page.get_by_label("经济困难核查结果").select_option("shared")
    view.press("下一步")
    for answer in page.locator("input[type=radio][value=false]").all():
        answer.check()
    view.press("下一步")
    view.press("下一步")
    page.get_by_role("button", name="登记案件", exact=True).click()
    page.wait_for_url("**/cases/*?done=submit")
    if size is DESK:
        # On a phone as a practitioner is designated on any other case.
        assign(view)


def assign(view):
    """Grant aid, look at who could take the case, and designate the first with a reason."""
    view.press("决定给予法律援助")
    view.follow(view.page.get_by_role("link", name="选择承办人员").first)
    first = view.page.locator(".candidate").first
    first.get_by_text("人工指派").click()
    first.get_by_label("理由").fill("熟悉劳动争议")
    view.follow(first.get_by_role("button", name="确认指派"))

    assert "熟悉劳动争议" in view.page.inner_text("main")
    assert view.page.get_by_text("已指派", exact=True).first.is_visible()
