"""What only a browser shows of the phone: the live board, a raced claim, the keyboard, a way without scripts."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from dispatch.commands.access.sessions import open_session
from dispatch.commands.board import enter, post_case
from dispatch.domain.errors import DispatchError
from dispatch.domain.states import EndReason
from dispatch.domain.vocabulary import Matter, Role, Status
from dispatch.registry.tables import AssignmentRow, CaseRow, PostingRow, UserRow
from testbed.rows import a_user
from tests.console.browser.conftest import PHONE

LAWYER = Role.PRACTITIONER
SOON_MS = 20_000


class Hall:
    """Cases put on the board of the town, each for the lawyer of the town and at least one rival."""

    def __init__(self, town):
        self.town = town
        self.lawyer = town.actor(LAWYER).practitioner_id

    def post(self):
        """Post the next case that the lawyer may claim, to who comes first; return it and who else may claim it."""
        town, now = self.town, datetime.now(UTC)
        with town.read() as session:
            granted = select(CaseRow).where(CaseRow.status == Status.PENDING, CaseRow.matter == Matter.CIVIL)
            cases = session.exec(granted.order_by(CaseRow.number)).all()
        for case in cases:
            try:
                post_case(town.begin, town.clerk, now, case.id, now + timedelta(hours=4))
            except DispatchError:
                continue
            with town.begin() as tx:
                tx.session.exec(select(PostingRow).where(PostingRow.case_id == case.id)).one().sealed_until = now
            able = enter(town.read, now, town.centre_id, 1).claimants[case.id]
            if self.lawyer in able and len(able) > 1:
                return case, min(able - {self.lawyer})
        raise AssertionError("no case left to post")

    def session(self, practitioner_id):
        """Begin a session of somebody else on the roster."""
        with self.town.begin() as tx:
            login = f"rival-{practitioner_id[:8]}"
            user = tx.session.exec(select(UserRow).where(UserRow.login == login)).first()
            if user is None:
                user = tx.add(a_user(self.town.centre_id, login, LAWYER))
                user.practitioner_id = practitioner_id
                tx.session.flush()
            return open_session(tx, user, datetime.now(UTC)).secret


@pytest.fixture(scope="module")
def hall(town):
    return Hall(town)


def card(page, case):
    return page.locator(f'[data-case="{case.id}"]')


def test_lawyer_wins_a_raced_claim_on_the_phone_and_closes_the_case(hall, town, watched):
    case, rival = hall.post()
    first, second = watched(LAWYER, PHONE), watched(None, PHONE)
    second.page.context.add_cookies([{"name": "lad-session", "value": hall.session(rival), "url": town.address}])
    views = [first, second]
    for view in views:
        view.open("/hall")
    for view in views:
        # Sent by both before either is answered.
        card(view.page, case).locator("form[action$=claim]").first.evaluate("form => form.requestSubmit()")
    for view in views:
        view.page.wait_for_selector(".notice[role]:not(#idle)", timeout=SOON_MS)

    won = [view for view in views if "/my-cases/" in view.page.url]
    [lost] = [view for view in views if view not in won]
    assert len(won) == 1
    assert lost.page.locator(".notice.bad").is_visible()
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


def test_case_posted_while_the_board_is_open_appears_and_is_claimed_by_keyboard_alone(hall, town, watched):
    view = watched(LAWYER, PHONE)
    page = view.open("/hall")
    page.wait_for_selector("#hall-live:has-text('实时更新中')")

    case, _ = hall.post()
    card(page, case).wait_for(timeout=SOON_MS)
    assert "工作量" in card(page, case).text_content()
    view.look()
    for _ in range(60):
        page.keyboard.press("Tab")
        if card(page, case).locator("button:focus").count():
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("text=抢单成功", timeout=SOON_MS)
    view.look()


def test_case_that_somebody_took_leaves_the_open_board(hall, town, watched):
    case, rival = hall.post()
    view, other = watched(LAWYER, PHONE), watched(None, PHONE, java_script_enabled=False)
    other.page.context.add_cookies([{"name": "lad-session", "value": hall.session(rival), "url": town.address}])
    page = view.open("/hall")
    page.wait_for_selector("#hall-live:has-text('实时更新中')")
    card(page, case).locator("button").first.focus()

    other.open("/hall")
    card(other.page, case).locator("button:visible").first.click()
    card(page, case).wait_for(state="detached", timeout=SOON_MS)

    assert "抢单成功" in other.page.text_content("main")
    assert page.locator(":focus").count() == 1
    view.look()
