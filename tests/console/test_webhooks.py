"""Webhooks in the console: made with a secret shown once, changed, switched off and on, tried out, sent again."""

import re

import pytest

from dispatch.domain.vocabulary import Role
from dispatch.domain.webhooks import DeliveryState, HookState, HookType, Trouble
from dispatch.registry.tables import AuditRow, DeliveryRow, WebhookRow
from tests.rows import NOW

ADMIN, MANAGER = Role.ADMIN, Role.MANAGER
GIVEN = {"name": "办案系统", "url": "https://hooks.example.org/", "types[]": ["case.assigned", "log.head"]}


@pytest.fixture
def hook(console, register):
    """An endpoint that an administrator has made."""
    console.press("/webhooks/new/create", ADMIN, more=GIVEN)
    [row] = register.all(WebhookRow)
    return row


def now(register, hook):
    return register.get(WebhookRow, hook.id)


def a_message(register, hook, **columns):
    given = {"state": DeliveryState.DEAD, "attempts": 3, "trouble": Trouble.STATUS, "status": 503, "ended_at": NOW}
    told = {"type": HookType.CASE_ASSIGNED, "data": {}, "next_at": NOW, "attempted_at": NOW, "created_at": NOW}
    row = DeliveryRow(centre_id=register.centre.id, webhook_id=hook.id, **told | given | columns)
    return register.add(row)


def test_endpoint_is_made_from_the_menu_and_its_secret_is_shown_this_once(console, register, caplog):
    led, form = console.get("/", ADMIN).text, console.get("/webhooks/new", ADMIN)
    key = {"idempotency-key": console.hidden(form, "idempotency-key")}
    slip, again = (console.press("/webhooks/new/create", ADMIN, more=GIVEN | key) for _ in range(2))
    [row] = register.all(WebhookRow)
    secret = re.search(r"whsec_[\w+/=]+", slip.text)[0]
    page, listed = console.get(f"/webhooks/{row.id}", ADMIN).text, console.get("/webhooks", MANAGER).text

    assert 'href="/console/webhooks"' in led
    assert slip.headers["cache-control"] == "no-store"
    assert again.status_code == 409
    assert secret not in page + listed + again.text + caplog.text
    assert row.types == ["case.assigned", "log.head"]
    assert "办案系统" in listed
    assert "审计日志每日校验值" in page
    assert console.get("/webhooks", Role.CLERK).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"url": "http://127.0.0.1:9/x"}, "url"), ({"types[]": [""]}, "types"), ({"name": ""}, "name")],
)
def test_what_is_wrong_with_an_endpoint_stands_beside_its_field(console, register, changes, field):
    answer = console.press("/webhooks/new/create", ADMIN, more=GIVEN | changes)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "办案系统" in answer.text or field == "name"
    assert register.all(WebhookRow) == []


def test_endpoint_is_changed_by_its_revision(console, register, hook):
    page = f"/webhooks/{hook.id}"
    form = {"tried": "change", "revision": "1", "change.name": "门户", "change.url": GIVEN["url"]}

    console.press(f"{page}/change", MANAGER, more=form | {"change.types[]": ["case.closed"]})
    stale = console.press(f"{page}/change", MANAGER, more=form | {"change.types[]": ["case.granted"]})

    assert (now(register, hook).name, now(register, hook).types) == ("门户", ["case.closed"])
    assert stale.status_code == 412
    assert 'value="case.granted" checked' in stale.text


def test_endpoint_is_tried_out_switched_off_and_on_given_a_new_secret_and_retired(console, register, hook):
    page = f"/webhooks/{hook.id}"

    console.press(f"{page}/test", ADMIN)
    console.press(f"{page}/disable", ADMIN)
    off = console.get(page, ADMIN).text
    refused = console.press(f"{page}/test", ADMIN)
    console.press(f"{page}/enable", ADMIN)
    on = console.get(page, ADMIN).text
    slip = console.press(f"{page}/secret", ADMIN, more={"tried": "secret", "secret.overlap_hours": "2"})
    console.press(f"{page}/retire", ADMIN)
    over = console.get(page, ADMIN).text

    assert [row.type for row in register.all(DeliveryRow)] == [HookType.WEBHOOK_TEST]
    assert "人工停用" in off
    assert f"{page}/enable" in off
    assert f"{page}/test" not in off
    assert refused.status_code == 409
    assert f"{page}/disable" in on
    assert "whsec_" in slip.text
    assert "2026-03-09 11:00" in slip.text
    assert now(register, hook).state is HookState.RETIRED
    assert "已注销" in over
    assert '<form method="post" action="/console/webhooks' not in over


def test_messages_are_told_newest_first_and_sent_again_one_by_one_or_all_that_was_given_up(console, register, hook):
    page = f"/webhooks/{hook.id}"
    heard = {"state": DeliveryState.DELIVERED, "trouble": None, "status": 204, "type": HookType.LOG_HEAD}
    lost, sent = a_message(register, hook), a_message(register, hook, **heard)
    shown, dead = console.get(page, ADMIN).text, console.get(f"{page}?state=dead", ADMIN).text

    console.press(f"{page}/replay", ADMIN, delivery_id=sent.id)
    console.press(f"{page}/replay-dead", ADMIN, more={"tried": "again", "again.since": "2026-03-09T08:00"})
    unsaid = console.press(f"{page}/replay-dead", ADMIN, more={"tried": "again"})

    assert "对方答复异常 503" in shown
    assert lost.id in dead
    assert sent.id not in dead
    assert {row.state for row in register.all(DeliveryRow)} == {DeliveryState.WAITING}
    assert unsaid.status_code == 422
    assert 'id="again.since-error"' in unsaid.text


def test_password_given_too_long_ago_is_asked_for_before_an_endpoint_is_touched(console, register, hook):
    page = f"/webhooks/{hook.id}"
    console.forget_password(ADMIN)

    looked, form = console.get(page, ADMIN).text, console.get("/webhooks/new", ADMIN).text

    assert console.get("/webhooks", ADMIN).status_code == 200
    assert all("输入密码后办理" in each for each in (looked, form))
    assert f"{page}/disable" not in looked
    assert console.press(f"{page}/disable", ADMIN).headers["location"].startswith("/console/confirm?back=")
    assert now(register, hook).state is HookState.ACTIVE


def test_log_leads_to_the_endpoint_whoever_may_manage_it(console, register, hook):
    assert [row.subject for row in register.all(AuditRow, AuditRow.subject_id == hook.id)] == ["webhook"]
    assert f'href="/console/webhooks/{hook.id}"' in console.get("/audit", ADMIN).text
    assert f'href="/console/webhooks/{hook.id}"' not in console.get("/audit", Role.AUDITOR).text
