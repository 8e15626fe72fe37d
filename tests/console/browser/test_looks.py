"""Every page without a record in its address, on a phone and at a desk, light and dark, is without fault."""

import pytest
from sqlmodel import select

from dispatch.console.frame.page import sees
from dispatch.console.pages import PAGES
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Role, Status
from dispatch.registry.tables import CaseRow
from tests.console.browser.conftest import DESK, PHONE, find_browser

PLAIN = [page for page in PAGES if "{" not in page.path and page.template]


LOOKS = [
    (None, PHONE, False), (None, DESK, True), (Role.MANAGER, DESK, False), (Role.CLERK, PHONE, True),
    (Role.PRACTITIONER, PHONE, False), (Role.INSTITUTION, PHONE, True), (Role.ADMIN, PHONE, False),
    (Role.ORGAN, PHONE, False), (Role.AUDITOR, DESK, True), (Role.MANAGER, PHONE, True),
]  # fmt: skip
HOME = "/"
"""Another page for each role."""


def shown(role):
    """Return the paths of the pages that are shown to the role."""
    return {page.path for page in PLAIN if (not page.verbs if role is None else sees(page, Actor("", role, "")))}


def left_for(look):
    """Return the pages of a look but for those that the looks before it have had in this size and in this theme."""
    role, size, dark = look
    before = [other for other in LOOKS[: LOOKS.index(look)] if (other[0] is None) == (role is None)]
    sized = set().union(*(shown(other) for other, its, _ in before if its == size))
    themed = set().union(*(shown(other) for other, _, its in before if its == dark))
    return [page.path for page in PLAIN if page.path in shown(role) - (sized & themed) | {HOME} & shown(role)]


@pytest.mark.parametrize(
    "look", LOOKS, ids=lambda look: f"{look[0]}-{look[1]['width']}-{'dark' if look[2] else 'light'}"
)
def test_pages_are_without_fault(watched, look):
    role, size, dark = look
    view = watched(role, size, "en" if dark else "zh", dark)
    for path in left_for(look):
        view.open(path)


def test_every_page_is_looked_at_on_a_phone():
    looked = {path for look in LOOKS if look[1] is PHONE for path in left_for(look)}

    assert looked == {page.path for page in PLAIN}


PLANT = """(main) => {
  main.querySelector("#rows")?.remove();
  const list = main.appendChild(document.createElement("ul"));
  list.id = "rows";
  for (const each of ["first", "second", "third"]) {
    const row = list.appendChild(document.createElement("li"));
    for (const name of ["label", "input", "button", "input"]) { row.append(document.createElement(name)); }
    const [label, box, button, hidden] = row.children;
    [label.textContent, label.htmlFor, box.id, hidden.type] = [each, each, each, "hidden"];
    [button.type, button.ariaLabel] = ["button", each];
  }
}"""
FAULTS = {
    # what is done to a part of a row, and the rule that it breaks
    "row => row.children[0].htmlFor = 'nobody'": "label",
    "row => row.children[1].setAttribute('aria-invalid', 'perhaps')": "aria-valid-attr-value",
    "row => row.children[2].ariaLabel = ' '": "button-name",
    "row => row.children[3].type = 'text'": "label",
}


def test_fault_in_the_third_of_rows_that_are_alike_is_found(watched):
    view = watched(None, PHONE)
    view.open("/sign-in")
    view.page.locator("main").evaluate(PLANT)
    view.look()
    for fault, rule in FAULTS.items():
        view.page.locator("main").evaluate(PLANT)
        view.page.locator("#rows > li:last-child").evaluate(fault)
        with pytest.raises(AssertionError, match=f'"id":"{rule}"'):
            view.look()


def test_unknown_address_says_what_to_do(watched):
    page = watched(Role.CLERK).open("/no-such-page", expected=404)

    assert "请核对网址" in page.text_content("main")


def test_case_and_its_candidates_are_without_fault_and_lead_to_an_assignment(watched, town):
    view = watched(Role.CLERK, DESK)
    view.open("/cases?status=pending")
    link = view.page.locator("main table a").first
    number = link.inner_text()
    view.follow(link)
    view.follow(view.page.get_by_role("link", name="选择承办人员").first)
    first = view.page.locator(".candidate").first
    first.get_by_text("人工指派").click()
    first.get_by_label("理由").fill("熟悉这类案件")
    view.follow(first.get_by_role("button", name="确认指派"))

    assert number in view.page.inner_text("h1")
    assert "熟悉这类案件" in view.page.inner_text("main")
    watched(Role.MANAGER, PHONE, "en", dark=True).open(view.page.url.partition("/console")[2].partition("?")[0])


def test_missing_browser_is_told_in_a_line_and_fails_where_everything_is_checked(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        find_browser()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(AssertionError, match="apt-get install chromium"):
        find_browser()


def test_pages_of_one_case_are_without_fault(watched, town):
    with town.read() as session:
        case = session.exec(select(CaseRow).where(CaseRow.status == Status.PENDING)).first()
    every = "&".join(f"fact={name}" for name in ("cause", "grave", "categories", "hearing_on", "organ", "demand"))
    pages = [f"/cases/{case.id}/change", f"/cases/{case.id}/change?{every}", f"/cases/{case.id}/link"]
    for size, lang in ((PHONE, "zh"), (DESK, "en")):
        view = watched(Role.CLERK, size, lang, dark=size is DESK)
        for path in pages:
            view.open(path)
    made = watched(Role.CLERK, PHONE)
    made.open(pages[2])
    made.follow(made.page.get_by_role("button", name="开通链接"))
    assert made.page.get_by_role("img", name="用手机扫码打开").is_visible()


def test_reports_are_without_fault_on_a_phone_and_at_a_desk(watched):
    watched(Role.MANAGER, PHONE).open("/reports/queue")
    watched(Role.AUDITOR, DESK, "en", dark=True).open("/reports/month")
