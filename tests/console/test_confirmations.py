"""Managers' accounts in the console: another manager confirms them, or not, and hands the invitation over."""

from dispatch.commands.access import users
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import ConfirmationRow, UserRow
from tests.console.test_accounts import secret_on
from tests.rows import NOW

MANAGER = Role.MANAGER


def a_waiting_manager(console, register, login="boss"):
    """Let an administrator make a manager beside the one there is, and return what waits for that one."""
    console.user(MANAGER)
    admin = Actor(console.user(Role.ADMIN).id, Role.ADMIN, register.centre.id)
    user, _ = users.create_user(register.begin, admin, NOW, register.centre.id, login, MANAGER)
    [row] = register.all(ConfirmationRow, ConfirmationRow.user_id == user.id)
    return row


def test_another_manager_is_led_to_the_account_that_waits_and_gets_its_invitation_once(console, register):
    row = a_waiting_manager(console, register)
    desk, listed = console.get("/", MANAGER).text, console.get("/confirmations", MANAGER).text
    given = {"confirmation": row.id, f"confirm-{row.id}.approve": "true"}

    slip = console.press("/confirmations/decide", MANAGER, more=given)
    again = console.press("/confirmations/decide", MANAGER, more=given)
    shown = console.press("/invitation/look", None, invitation=secret_on(slip))

    assert "待确认的负责人账号" in desk
    assert 'href="/console/confirmations"' in console.get("/", MANAGER).text
    assert "待确认的负责人账号" not in console.get("/", MANAGER).text
    assert all(word in listed for word in ("boss", "seen-admin", "新建或者恢复", "确认并取得邀请"))
    assert slip.headers["cache-control"] == "no-store"
    assert 'href="/console/confirmations"' in slip.text
    assert again.status_code == 404
    assert "boss" in shown.text
    assert register.get(UserRow, row.user_id).active
    assert "没有待确认的负责人账号" in console.get("/confirmations", MANAGER).text


def test_manager_who_does_not_know_the_person_lets_nobody_in(console, register):
    row = a_waiting_manager(console, register)

    unsaid = console.press("/confirmations/decide", MANAGER, confirmation=row.id)
    done = console.press(
        "/confirmations/decide", MANAGER, more={"confirmation": row.id, f"confirm-{row.id}.approve": "false"}
    )

    after = console.press(
        "/confirmations/decide", MANAGER, more={"confirmation": row.id, f"confirm-{row.id}.approve": "true"}
    )

    assert (unsaid.status_code, after.status_code) == (422, 404)
    assert "已登记不予确认" in console.get(done.headers["location"], MANAGER).text
    assert (register.get(ConfirmationRow, row.id).approved, register.get(UserRow, row.user_id).active) == (False, False)


def test_whom_it_is_about_cannot_confirm_it_nor_is_it_counted_for_them(console, register):
    console.user(MANAGER)
    console.press(f"/users/{console.user(MANAGER).id}/invite", Role.ADMIN)
    [row] = register.all(ConfirmationRow)

    listed = console.get("/confirmations", MANAGER).text
    pressed = console.press(
        "/confirmations/decide", MANAGER, more={"confirmation": row.id, f"confirm-{row.id}.approve": "true"}
    )

    assert "重新邀请" in listed
    assert "本人和提出人不能确认" in listed
    assert "确认并取得邀请" not in listed
    assert "待确认的负责人账号" not in console.get("/", MANAGER).text
    assert pressed.status_code == 409


def test_password_is_asked_for_before_a_manager_is_confirmed(console, register):
    a_waiting_manager(console, register)
    console.forget_password(MANAGER)

    listed = console.get("/confirmations", MANAGER).text

    assert "输入密码后办理" in listed
    assert "确认并取得邀请" not in listed
