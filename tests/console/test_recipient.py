"""A recipient's phone: in by link and code, one question a page, refusals in words, out again; no script anywhere."""

import re

import pytest

from dispatch.commands.access.links import create_link
from dispatch.commands.chain import start_plan
from dispatch.console.frame.rendering import ENVIRONMENT, qr
from dispatch.domain.states import Asker
from dispatch.domain.vocabulary import ModeName, Role, Status
from dispatch.registry.tables import CaseRow, ReplacementRow, TokenRow, WishRow
from tests.rows import NOW

ME = Role.RECIPIENT


@pytest.fixture
def case(console):
    """A case whose recipient may choose."""
    console.register.a_policy(chains=[(ModeName.POINT_SELECTION, 24), (ModeName.OPTIMIZED, 4)])
    found = console.register.a_case("2026-0001")
    start_plan(console.register.begin, console.register.clerk, NOW, found.id)
    return found


@pytest.fixture
def page(console, case):
    return f"/r/{console.recipient_of(case).id}"


def wished(console):
    return [row.practitioner_id for row in sorted(console.register.all(WishRow), key=lambda row: row.rank)]


def test_code_lets_in_however_it_is_typed_and_a_wrong_one_is_told_kindly(console, case):
    link = create_link(console.register.begin, console.register.clerk, NOW, case.id)
    code = f" {link.code[:4].lower()}-{link.code[4:8]} {link.code[8:]}"

    asked = console.get(f"/r/{link.id}", None)
    wrong = console.press(f"/r/{link.id}/enter", None, code="AAAA-BBBB-CCCC")
    right = console.press(f"/r/{link.id}/enter", None, code=code)
    nothing = console.press("/r/nothing/enter", None, code=code)

    assert 'class="large"' in asked.text
    assert wrong.status_code == nothing.status_code == 401
    assert "验证码不对，或者已经失效" in wrong.text
    assert "登录名" not in wrong.text
    assert link.code not in wrong.text + nothing.text
    assert right.headers["location"] == f"/console/r/{link.id}/case"
    assert "lad-session=ses_" in right.headers["set-cookie"]


def test_recipient_chooses_two_people_one_question_at_a_time(console, page):
    first, second = (console.register.a_practitioner(code) for code in ("first", "second"))
    console.register.a_practitioner("third")

    start = console.get(page + "/case", ME).text
    whom = console.get(page + "/choose", ME).text
    then = console.get(f"{page}/choose?pick={first.id}", ME).text
    sure = console.get(f"{page}/choose?picked={first.id}&picked={second.id}&sure=1", ME).text
    sent = console.press(page + "/choose/name", ME, more={"practitioner_ids[]": [first.id, second.id]})

    assert "我自己选" in start
    assert "您最想请哪一位" in whom
    assert "如果第一位不能承办" in then
    assert f'value="{first.id}"' not in then.partition("<fieldset")[2].partition("</fieldset>")[0]
    assert "这样可以吗" in sure
    assert all("由中心为我安排" in text for text in (start, whom, then, sure))
    assert wished(console) == [first.id, second.id]
    assert "您的选择已收到" in console.get(sent.headers["location"], ME).text


def test_few_people_are_shown_at_first_and_more_when_they_are_asked_for(console, page):
    for number in range(12):
        console.register.a_practitioner(f"person-{number:02}")

    few = console.get(page + "/choose", ME).text
    where = few.partition("再看一些人员")[0].rpartition('href="')[2].partition('"')[0]
    many = console.get(where, ME).text

    assert (few.count('name="pick"'), many.count('name="pick"')) == (10, 12)
    assert "再看一些人员" not in many


def test_who_cannot_be_honoured_is_told_in_words_with_what_next(console, page):
    full = console.register.a_practitioner("full", capacity=0)

    told = console.press(page + "/choose/name", ME, more={"practitioner_ids[]": [full.id]})

    assert told.status_code == 200
    assert "在办案件数已达上限" in told.text
    assert "另选他人" in told.text
    assert wished(console) == []


def test_choice_left_to_the_centre_goes_on_at_once(console, case, page):
    person = console.register.a_practitioner("first")
    console.press(page + "/choose/name", ME, more={"practitioner_ids[]": [person.id]})
    console.register.a_practitioner("second")

    console.press(page + "/case/centre", ME)
    again = console.press(page + "/case/centre", ME)

    told = console.get(page + "/case?done=centre", ME).text
    assert again.status_code in (303, 409)
    assert "由中心为您安排承办人员" in told


def test_recipient_reads_who_acts_how_to_reach_them_and_why_and_asks_for_another(console, case, page):
    person = console.register.a_practitioner("lawyer")
    console.register.an_assignment(case, person, accepted_at=NOW)
    with console.register.begin() as tx:
        tx.session.get_one(CaseRow, case.id).status = Status.ACCEPTED

    shown = console.get(page + "/case", ME).text
    question = console.get(page + "/case?do=another", ME).text
    missing = console.press(page + "/case/another", ME, ground="neglect")
    console.press(page + "/case/another", ME, ground="neglect", text="三次没有按约会见")

    for words in (person.name, "怎么联系", "为什么是这位", "我想换一位承办人员"):
        assert words in shown
    assert "为什么想换" in question
    assert (missing.status_code, 'id="text-error"' in missing.text) == (422, True)
    [row] = console.register.all(ReplacementRow)
    assert row.asker is Asker.RECIPIENT


def test_recipient_who_is_done_leaves_nothing_on_the_phone(console, page):
    answer = console.press(page + "/case/finish", ME)

    assert answer.headers["location"] == f"/console{page}?done=finish"
    assert "lad-session=" in answer.headers["set-cookie"]
    assert "没有留下您的信息" in console.get(page + "?done=finish", None).text
    assert console.get(page + "/case", ME).headers["location"] == f"/console{page}"
    assert [row for row in console.register.all(TokenRow, TokenRow.revoked_at.is_(None))] == []


def test_nobody_reads_another_recipients_case(console, page):
    other = console.register.a_case("2026-0009")
    console.recipient_of(other)

    assert console.get(page + "/case", ME).status_code == 404
    assert console.get(page + "/choose", ME).status_code == 404
    assert console.get(page + "/case", Role.PRACTITIONER).status_code == 403
    assert "请输入纸上或者短信中的验证码" in console.get(page, ME).text


def test_link_is_a_qr_code_on_the_slip_and_on_the_form_and_never_holds_the_code(console, case, monkeypatch):
    drawn = []
    monkeypatch.setitem(ENVIRONMENT.filters, "qr", lambda text: drawn.append(text) or qr(text))

    before = console.get(f"/cases/{case.id}/link").text
    made = console.press(f"/cases/{case.id}/link/make").text
    after = console.get(f"/cases/{case.id}/link").text

    assert (before.count('class="qr"'), made.count('class="qr"'), after.count('class="qr"')) == (0, 2, 1)
    [address] = set(drawn)
    assert re.fullmatch(r"http://127.0.0.1/console/r/[0-9a-f]{32}", address)
    assert "style=" not in made


def test_clerk_hands_over_a_link_whose_code_is_shown_once_and_a_form_on_paper(console, case):
    person = console.register.a_practitioner("first")

    made = console.press(f"/cases/{case.id}/link/make")
    again = console.get(f"/cases/{case.id}/link")
    link = re.search(r"/console/r/([0-9a-f]+)", made.text)[1]
    code = re.search(r"slip\">(\w{4}-\w{4}-\w{4})<", made.text)[1]
    entered = console.press(f"/r/{link}/enter", None, code=code)
    console.press(f"/cases/{case.id}/link/end", link_id=link)

    assert code not in again.text
    assert person.name in again.text
    assert "由中心为我安排" in again.text
    assert entered.headers["location"] == f"/console/r/{link}/case"
    assert console.press(f"/r/{link}/enter", None, code=code).status_code == 401
