"""Accounts in the console: made and invited without a program, found, retired and brought back."""

import re

import pytest
from sqlmodel import select

from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import ConfirmationRow, TokenRow, UserRow
from tests.rows import a_user

ADMIN = Role.ADMIN
PASSWORD = "长句子更容易记住，也更安全"


def secret_on(page):
    """Return the invitation that a page shows."""
    return re.search(r"inv_[\w-]{30,}", page.text)[0]


def named(register, login):
    """Return the account with a login."""
    [row] = register.all(UserRow, UserRow.login == login)
    return row


def test_administrator_makes_an_account_from_the_menu_and_its_owner_sets_a_password_with_what_is_shown_once(
    console, register, caplog
):
    led, asked = console.get("/", ADMIN).text, console.get("/users", ADMIN).text
    form = console.get("/users/new", ADMIN)
    given = {"login": "li", "role": "clerk", "idempotency-key": console.hidden(form, "idempotency-key")}
    slip, again = (console.press("/users/new/create", ADMIN, more=given) for _ in range(2))
    secret = secret_on(slip)
    later = console.get(f"/users/{named(register, 'li').id}", ADMIN)
    set_ = console.press("/invitation/accept", None, invitation=secret, password=PASSWORD)
    once_more = console.press("/invitation/accept", None, invitation=secret, password=PASSWORD)

    assert 'href="/console/users"' in led
    assert 'href="/console/users/new"' in asked
    assert slip.headers["cache-control"] == "no-store"
    assert "http://127.0.0.1/console/invitation</strong>" in slip.text
    assert "2026-03-09" in slip.text
    assert "li@c</strong>" in slip.text
    assert again.status_code == 409
    assert "inv_" not in again.text
    assert "inv_" not in later.text
    assert (set_.status_code, once_more.status_code) == (303, 409)
    assert [row.kind.value for row in register.all(TokenRow, TokenRow.user_id == named(register, "li").id)] == [
        "invitation", "session",
    ]  # fmt: skip
    assert secret not in caplog.text


@pytest.mark.parametrize(
    ("given", "status", "field"),
    [
        ({"login": "x", "role": "practitioner"}, 422, "practitioner_code"),
        ({"login": "x", "role": "practitioner", "practitioner_code": "nobody"}, 422, "practitioner_code"),
        ({"login": "x", "role": "clerk", "organ": "某市某区人民法院"}, 422, "organ"),
        ({"login": "x", "role": "institution"}, 422, "institution_code"),
        ({"role": "clerk"}, 422, "login"),
        ({"login": "x"}, 422, "role"),
        ({"login": "seen-admin", "role": "clerk"}, 409, "login"),
    ],
)
def test_what_is_wrong_with_a_new_account_stands_beside_its_field(console, register, given, status, field):
    answer = console.press("/users/new/create", ADMIN, more=given)

    assert answer.status_code == status
    assert f'id="{field}-error"' in answer.text
    assert all(f'value="{text}"' in answer.text for name, text in given.items() if name != "role")
    assert register.all(UserRow, UserRow.login == "x") == []


def test_accounts_are_found_by_login_role_and_state_with_whom_they_act_for(console, register):
    console.user(Role.PRACTITIONER)
    house = register.the_institution()
    console.user(Role.INSTITUTION)
    console.user(Role.ORGAN)
    console.user(Role.CLERK)
    retired = console.user(Role.AUDITOR)
    console.press(f"/users/{retired.id}/revoke", ADMIN)

    everybody = console.get("/users", ADMIN).text
    people = console.get("/users?role=practitioner", ADMIN).text
    gone = console.get("/users?active=false", ADMIN).text
    one = console.get("/users?login=seen-organ&role=&active=", ADMIN).text

    assert "<code>seen</code>" in people
    assert house.name in everybody
    assert f"<code>{house.code}</code>" in everybody
    assert "某市某区人民法院" in one
    assert [("seen-clerk" in page, "seen-auditor" in page) for page in (everybody, people, gone, one)] == [
        (True, True), (False, False), (False, True), (False, False),
    ]  # fmt: skip
    assert console.get("/users?role=king", ADMIN).status_code == 422


def test_a_long_list_of_accounts_goes_on_on_the_next_page(console, register):
    with register.begin() as tx:
        for number in range(51):
            tx.add(a_user(register.centre.id, f"many-{number:02}", Role.CLERK))

    first = console.get("/users?role=clerk", ADMIN).text
    following = re.search(r'href="/console(/users\?[^"]+)" rel="next"', first)[1].replace("&amp;", "&")

    assert "many-48" in first
    assert "many-50" not in first
    assert "many-50" in console.get(following, ADMIN).text


def test_account_is_retired_at_once_brought_back_and_invited_anew(console, register):
    clerk = console.user(Role.CLERK)
    page = f"/users/{clerk.id}"

    console.press(f"{page}/revoke", ADMIN)
    out, retired = console.get("/cases"), console.get(page, ADMIN).text
    refused = console.press(f"{page}/invite", ADMIN)
    console.press(f"{page}/restore", ADMIN)
    back, slip = console.get(page, ADMIN).text, console.press(f"{page}/invite", ADMIN)

    assert out.status_code == 303
    assert "已停用" in retired
    assert f"{page}/restore" in retired
    assert f"{page}/invite" not in retired
    assert refused.status_code == 404
    assert register.get(UserRow, clerk.id).active
    assert f"{page}/restore" not in back
    assert secret_on(slip)
    assert f"/users/{console.user(ADMIN).id}/revoke" not in console.get(f"/users/{console.user(ADMIN).id}", ADMIN).text


def test_managers_account_waits_for_another_manager_and_says_who_must_and_where(console, register):
    console.user(Role.MANAGER)

    made = console.press("/users/new/create", ADMIN, more={"login": "boss", "role": "manager"})
    page = made.headers["location"].removeprefix("/console").partition("?")[0]
    shown = console.get(page, ADMIN).text
    asked = console.press(f"/users/{register.manager.user_id}/invite", ADMIN)

    assert "inv_" not in made.text
    assert "待负责人确认" in shown
    assert "须由另一名负责人在“负责人账号确认”中确认" in shown
    assert f"{page}/restore" not in shown
    assert "待负责人确认" in console.get("/users?login=boss", ADMIN).text
    assert "已提请另一名负责人确认" in console.get(asked.headers["location"], ADMIN).text
    assert len(register.all(ConfirmationRow)) == 2


def test_a_password_given_too_long_ago_is_asked_for_before_an_account_is_touched(console, register):
    page = f"/users/{console.user(Role.CLERK).id}"
    console.forget_password(ADMIN)

    looked, form = console.get(page, ADMIN).text, console.get("/users/new", ADMIN).text
    pressed = console.press("/users/new/create", ADMIN, more={"login": "li", "role": "clerk"})

    assert console.get("/users", ADMIN).status_code == 200
    assert all("输入密码后办理" in each for each in (looked, form))
    assert f"{page}/revoke" not in looked
    assert console.press(f"{page}/revoke", ADMIN).headers["location"].startswith("/console/confirm?back=")
    assert pressed.status_code == 403
    assert 'value="li"' in pressed.text
    with register.read() as session:
        assert session.exec(select(UserRow).where(UserRow.login == "li")).first() is None
