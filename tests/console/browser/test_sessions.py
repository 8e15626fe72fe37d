"""Coming in and going out in a browser: without JavaScript too, warned before the end, keeping what was typed."""

from datetime import UTC, datetime

import pytest

from dispatch.commands.access import credentials
from dispatch.commands.access.users import invite
from dispatch.domain.vocabulary import Role
from tests.console.browser.conftest import PHONE, REFUSED, ZOOMED

PASSWORD = "four short plain words"


@pytest.fixture
def login(town):
    """Give the clerk a password, as an invitation does."""
    now, clerk = datetime.now(UTC), town.actor(Role.CLERK)
    secret = invite(town.begin, None, now, clerk.user_id).token
    credentials.accept_invitation(town.begin, town.read, town.seal, now, secret, PASSWORD, "")
    return f"clerk@{town.centre_code}"


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_clerk_signs_in_is_led_on_and_signs_out(watched, login, script):
    view = watched(None, PHONE, scripts=script)
    page = view.page
    page.goto(f"{view.address}/console/account")
    page.wait_for_url("**/sign-in?back=*")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码", exact=True).fill("a wrong password")
    view.press("登录", refused=True)
    assert page.get_by_label("登录名").input_value() == login
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    view.press("登录")
    assert page.url.endswith("/console/account")
    page.get_by_text("菜单").click()
    view.press("退出登录")
    assert page.url.endswith("/console/sign-in")


def test_who_does_nothing_is_warned_two_minutes_before_and_keeps_what_was_typed(watched):
    view = watched(Role.CLERK, own=True)
    view.page.clock.install()
    page = view.open("/cases/new")
    page.get_by_label("案件编号").fill("（2026）梁援字第99号")
    warning = page.get_by_text("即将自动退出登录")

    page.clock.run_for("27:00")
    assert not warning.is_visible()
    page.clock.run_for("02:00")
    warning.wait_for(state="visible")
    view.look()
    page.get_by_role("button", name="继续使用").click()
    page.clock.run_for("02:00")

    page.get_by_text("已自动退出登录").wait_for(state="visible")
    assert page.get_by_label("案件编号").input_value() == "（2026）梁援字第99号"


def test_what_was_typed_is_sent_only_once_the_same_person_is_signed_in_again(watched, town):
    view = watched(Role.CLERK, own=True)
    view.page.clock.install()
    page = view.open("/cases/new")
    page.get_by_label("案件编号").fill("（2026）梁援字第98号")
    page.get_by_label("收到申请（通知）时间").fill("2026-11-30T09:00")
    page.get_by_label("案由（罪名）").fill("追索劳动报酬纠纷")
    for name, value in (
        ("案件类型", "civil"),
        ("法律援助形式", "litigation_agency"),
        ("诉讼（办理）阶段", "first_instance"),
    ):
        page.get_by_label(name).select_option(value)
    page.clock.run_for("01:30")
    on = page.get_by_role("button", name="下一步", exact=True)

    def in_hand(who):
        page.context.clear_cookies(name="lad-session")
        if who:
            page.context.add_cookies([{"name": "lad-session", "value": town.session(who), "url": view.address}])

    for who, told in ((None, "已自动退出登录"), (Role.MANAGER, "已由其他人登录")):
        in_hand(who)
        on.click()
        page.get_by_text(told).wait_for(state="visible")
        view.forgive(REFUSED)
        view.look()
        assert page.get_by_label("案件编号").input_value() == "（2026）梁援字第98号"
    in_hand(Role.CLERK)
    view.press("下一步")
    page.get_by_label("受援人姓名").wait_for(state="visible")


def test_page_is_used_by_keyboard_alone_and_reads_at_twice_the_size(watched):
    view = watched(Role.CLERK, ZOOMED)
    page = view.open("/")
    page.keyboard.press("Tab")
    assert page.locator(":focus").text_content() == "跳到正文"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="案件台账").first.wait_for(state="visible")
    page.keyboard.press("Escape")
    assert page.locator(":focus").text_content() == "菜单"
    view.look()


def test_list_of_cases_prints_without_what_is_for_the_screen(watched):
    page = watched(Role.CLERK).open("/cases")
    page.emulate_media(media="print")

    assert not page.get_by_role("banner").is_visible()
    assert not page.locator(".side").is_visible()
    assert not page.get_by_role("link", name="登记案件").is_visible()
    assert page.get_by_role("table").is_visible()
