"""Two processes, and a Redis that fails: who is kept out and told what; a board that loses and doubles nothing."""

from datetime import UTC, datetime

import httpx2

from dispatch.commands.board import claim
from dispatch.domain.vocabulary import Role
from tests.console.browser.board import LAWYER, SOON_MS, card, watch
from tests.console.browser.conftest import CUT, PHONE, REFUSED

TRIES = 5
ELSEWHERE = "http://127.0.0.1:9/page"
"""Another origin of the same site: the browser sends the cookie along."""


def shown(view):
    """Return the cases that an open board lets somebody claim."""
    claimed = "cards => cards.filter((each) => each.querySelector('[data-when=open]:not([hidden])'))"
    found = view.page.locator("#board > li").evaluate_all(claimed + ".map((each) => each.dataset.case)")
    return sorted(found)


def on_board(view):
    """Return the cases that somebody may claim."""
    answer = view.page.request.get(f"{view.address}/console/board/cards", headers={"Accept": "application/json"})
    return sorted(each["case_id"] for each in answer.json()["items"] if not each["refusals"] and not each["claim_id"])


def test_board_goes_on_while_redis_is_away_and_after_it_is_back(board, town, watched):
    views = [watched(LAWYER, PHONE), watched(LAWYER, PHONE)]
    pages = [watch(view) for view in views]
    with town.without_redis():
        first, rival = board.post()
        for page in pages:
            card(page, first).wait_for(timeout=SOON_MS)
    second, _ = board.post()
    claim(town.begin, town.read, board.actor(rival), datetime.now(UTC), first.id)
    for page in pages:
        card(page, second).wait_for(timeout=SOON_MS)
        card(page, first).wait_for(state="detached", timeout=SOON_MS)

    for view in views:
        assert shown(view) == on_board(view)
        assert second.id in shown(view)
        view.look()


def test_board_goes_on_where_it_was_when_the_processes_behind_it_die_and_come_back(board, town, watched):
    view = watched(LAWYER, PHONE)
    page = watch(view)
    with town.without_api():
        page.wait_for_selector("#board-live:has-text('连接中断')", timeout=SOON_MS)
        case, _ = board.post()
    card(page, case).wait_for(timeout=SOON_MS)

    assert shown(view) == on_board(view)
    view.forgive(CUT)
    view.look()


def test_board_of_who_was_signed_out_elsewhere_says_what_to_do(watched):
    view, other = watched(LAWYER, PHONE), watched(LAWYER, PHONE)
    page = watch(view)
    other.open("/account")
    other.press("结束其他全部登录会话和令牌")
    page.wait_for_url("**/sign-in?back=*", timeout=SOON_MS)

    assert page.url.endswith("back=%2Fboard")
    assert "登录已结束" in page.text_content("main")
    view.forgive(REFUSED)
    view.look()


def test_who_tried_too_often_at_either_process_is_told_kindly(town, watched):
    login = f"nobody@{town.centre_code}"
    for number in range(TRIES):
        address = town.addresses[number % len(town.addresses)]
        typed = {"login": login, "password": "a wrong password"}
        answer = httpx2.post(f"{address}/console/sign-in/enter", data=typed, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 401
    view = watched(None, PHONE)
    page = view.open("/sign-in")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码", exact=True).fill("a wrong password")
    view.press("登录", refused=True)

    assert "账号没有停用" in page.text_content("main")


def test_form_of_another_page_is_refused_though_the_browser_sends_the_cookie(town, watched):
    view = watched(Role.CLERK)
    context, target = view.page.context, f"{view.address}/console/account/sign-out"
    page = context.new_page()
    form = f'<form method="post" action="{target}"><button>go</button></form>'
    page.route(ELSEWHERE, lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto(ELSEWHERE)
    with page.expect_response(target) as answer:
        page.click("button")

    assert "lad-session" in answer.value.request.all_headers()["cookie"]
    assert answer.value.status == 403
    view.open("/account")
