"""What only a browser shows of the phone: the live board, a raced claim, the keyboard, a way without scripts."""

import re

from sqlmodel import select

from dispatch.domain.states import EndReason
from dispatch.registry.tables import AssignmentRow
from tests.console.browser.board import LAWYER, SOON_MS, card, watch
from tests.console.browser.conftest import PHONE


def test_lawyer_wins_a_raced_claim_on_the_phone_and_closes_the_case(board, town, watched):
    case, rival = board.post()
    views = [watched(LAWYER, PHONE), watched(board.session(rival), PHONE)]
    assert {view.address for view in views} == set(town.addresses)
    for view in views:
        view.open("/board")
    for view in views:
        # Aside from the card: the board drops that as soon as the other has the case.
        form = card(view.page, case).locator("form[action$=claim]").first
        form.evaluate("form => { document.body.append(form.cloneNode(true)); document.body.lastChild.id = 'raced'; }")
    for view in views:
        view.page.evaluate("document.getElementById('raced').requestSubmit()")
    for view in views:
        view.page.wait_for_selector(".notice[role]:not(#idle)", timeout=SOON_MS)

    won = [view for view in views if "/my-cases/" in view.page.url]
    [lost] = [view for view in views if view not in won]
    assert len(won) == 1
    assert "已由他人抢到" in lost.page.locator(".notice.bad").inner_text()
    assert card(lost.page, case).count() == 0
    page = won[0].page
    page.click("text=查看当事人")
    page.click("button:has-text('接受')")
    page.click("a:has-text('登记委托协议')")
    page.click("button:has-text('登记委托协议')")
    page.click("a:has-text('开始办理')")
    page.click("button:has-text('开始办理')")
    won[0].look()
    page.click("a:has-text('提交结案报告')")
    page.select_option("#outcome", "mediated")
    page.fill("#text", "调解结案，已全部付清。")
    won[0].look()
    page.click("button:has-text('提交结案报告')")
    page.wait_for_selector("text=结案报告已提交")
    with town.read() as session:
        [row] = session.exec(select(AssignmentRow).where(AssignmentRow.case_id == case.id)).all()
    assert row.end_reason is EndReason.CLOSED


def test_case_posted_while_the_board_is_open_appears_and_is_claimed_by_keyboard_alone(board, town, watched):
    view = watched(LAWYER, PHONE)
    page = watch(view)

    case, _ = board.post()
    card(page, case).wait_for(timeout=SOON_MS)
    assert "工作量" in card(page, case).text_content()
    assert re.search(r"距您约 \d+ 公里", card(page, case).inner_text())
    view.look()
    for _ in range(60):
        page.keyboard.press("Tab")
        if card(page, case).locator("button:focus").count():
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("text=抢单成功", timeout=SOON_MS)
    view.look()


def test_case_that_somebody_took_leaves_the_open_board(board, town, watched):
    case, rival = board.post()
    view, other = watched(LAWYER, PHONE), watched(board.session(rival), PHONE, scripts=False)
    page = watch(view)
    card(page, case).locator("button").first.focus()

    other.open("/board")
    card(other.page, case).locator("button:visible").first.click()
    card(page, case).wait_for(state="detached", timeout=SOON_MS)

    assert "抢单成功" in other.page.text_content("main")
    assert page.locator(":focus").count() == 1
    view.look()


def test_card_that_comes_when_the_quota_is_used_up_says_so_at_once(board, watched):
    view = watched(LAWYER, PHONE)
    page = watch(view)
    # As the page of somebody whose quota is used up has it.
    page.locator("#quota").evaluate("(box) => { box.hidden = false; box.textContent = '本周抢单数已用完'; }")

    case, _ = board.post()
    card(page, case).wait_for(timeout=SOON_MS)

    assert "本周抢单数已用完" in card(page, case).inner_text()
    assert not card(page, case).get_by_role("button", name="抢单", exact=True).is_visible()
