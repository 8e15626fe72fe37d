"""A recipient on a phone without scripts: chooses, later reads who acts, asks for another; and how it looks."""

from datetime import UTC, datetime

from sqlmodel import select

from dispatch.commands.access.links import create_link
from dispatch.commands.designation import designate
from dispatch.commands.wishes import permitted
from dispatch.domain.states import ReplacementGround
from dispatch.domain.vocabulary import Matter, Role, Status
from dispatch.registry.tables import CaseRow, ReplacementRow, WishRow
from tests.console.browser.conftest import PHONE


def choosable(town):
    """Return a case of the town whose recipient has at least three to choose from."""
    now = datetime.now(UTC)
    with town.read() as session:
        cases = session.exec(
            select(CaseRow).where(CaseRow.status == Status.PENDING, CaseRow.matter == Matter.CIVIL)
        ).all()
    for case in sorted(cases, key=lambda case: case.number, reverse=True):
        if len(permitted(town.read, town.clerk, now, case.id)) > 2:
            return case
    raise AssertionError("no case left to choose for")


def test_recipient_without_scripts_chooses_and_later_asks_for_another(town, watched):
    case = choosable(town)
    link = create_link(town.begin, town.clerk, datetime.now(UTC), case.id)
    view = watched(None, PHONE, scripts=False)
    page = view.open(f"/r/{link.id}")
    page.fill("#code", f"{link.code[:4]}-{link.code[4:8]}-{link.code[8:]}".lower())
    page.click("button:has-text('下一步')")
    page.click("text=我自己选")
    for _ in range(2):
        page.locator("input[name=pick]").first.check()
        page.click("button:has-text('选这一位')")
    page.click("text=不再选了")
    page.click("button:has-text('提交')")
    assert "您的选择已收到" in page.text_content("main")
    with town.read() as session:
        wishes = session.exec(select(WishRow).where(WishRow.case_id == case.id)).all()
        assert len(wishes) == 2

    first = next(row.practitioner_id for row in wishes if row.rank == 1)
    designate(town.begin, town.clerk, datetime.now(UTC), case.id, first, "as the recipient wished")
    page.reload()
    assert "怎么联系" in page.text_content("main")
    page.click("text=我想换一位承办人员")
    page.check("input[value=distrust]")
    page.fill("#text", "曾与对方当事人共事。")
    page.click("button:has-text('提交')")
    assert "您的申请已收到" in page.text_content("main")
    page.click("text=我看完了")
    assert "没有留下您的信息" in page.text_content("main")
    with town.read() as session:
        [row] = session.exec(select(ReplacementRow).where(ReplacementRow.case_id == case.id)).all()
    assert row.ground is ReplacementGround.DISTRUST


def test_clerk_makes_a_link_and_the_form_on_paper(town, watched):
    case = choosable(town)
    view = watched(Role.CLERK, PHONE)
    page = view.open(f"/cases/{case.id}/link")
    view.follow(page.locator("form[action$='/link/make'] button"))
    assert page.locator(".slip").first.is_visible()


def test_pages_of_a_recipient_are_without_fault_with_scripts_too(town, watched):
    case = choosable(town)
    link = create_link(town.begin, town.clerk, datetime.now(UTC), case.id)
    for dark, lang in ((False, "zh"), (True, "en")):
        view = watched(None, PHONE, lang, dark)
        page = view.open(f"/r/{link.id}")
        page.fill("#code", link.code)
        view.follow(page.locator("main button").first)
        assert page.url.endswith("/case")
        view.open(f"/r/{link.id}/choose")
        page.locator("input[name=pick]").first.check()
        view.follow(page.locator("main button.main").first)
