"""What has served goes, a slice at a time; evidence and what is still open stays."""

from datetime import timedelta

import pytest

from dispatch.commands import housekeeping
from dispatch.commands.housekeeping import purge
from dispatch.domain.webhooks import DeliveryState, HookState, HookType
from dispatch.registry import purge as shelves
from dispatch.registry.purge import SERVED
from dispatch.registry.tables import AuditRow, CaseEventRow, DeliveryRow, IdempotencyRow, OutboxRow, WebhookRow
from dispatch.registry.tables.append_only import APPEND_ONLY
from tests.rows import NOW

DAY = timedelta(days=1)
LONG_AGO = NOW - 400 * DAY


def a_webhook(register):
    return register.add(
        WebhookRow(
            centre_id=register.centre.id, name="x", url="https://hooks.example.org/", types=[], sealed=b"",
            state=HookState.ACTIVE, created_at=LONG_AGO, updated_at=LONG_AGO,
        )
    )  # fmt: skip


def a_delivery(webhook, state, ended_at):
    return DeliveryRow(
        centre_id=webhook.centre_id, webhook_id=webhook.id, type=HookType.WEBHOOK_TEST, data={}, state=state,
        next_at=LONG_AGO, created_at=LONG_AGO, ended_at=ended_at,
    )  # fmt: skip


def an_outbox_row(register, done_at):
    return OutboxRow(
        centre_id=register.centre.id, job="x", argument="x", queue="runs", created_at=LONG_AGO, done_at=done_at
    )


def a_key(register, key, created_at):
    return IdempotencyRow(user_id=register.clerk.user_id, key=key, fingerprint="f", status=201, created_at=created_at)


def test_keys_are_remembered_for_seven_days(register):
    register.add(a_key(register, "old", NOW - 8 * DAY), a_key(register, "young", NOW - 6 * DAY))

    removed = [purge(register.begin, NOW), purge(register.begin, NOW)]

    assert removed == [1, 0]
    assert [row.key for row in register.all(IdempotencyRow)] == ["young"]


def test_outbox_keeps_what_is_open_and_its_highest_number(register):
    rows = [LONG_AGO, None, NOW - timedelta(hours=1), LONG_AGO, LONG_AGO]
    register.add(*(an_outbox_row(register, done_at) for done_at in rows))

    purge(register.begin, NOW)

    assert sorted(row.id for row in register.all(OutboxRow)) == [2, 3, 5]


@pytest.mark.parametrize(
    ("state", "days", "stays"),
    [
        (DeliveryState.DELIVERED, 29, True),
        (DeliveryState.DELIVERED, 31, False),
        (DeliveryState.DEAD, 89, True),
        (DeliveryState.DEAD, 91, False),
    ],
)
def test_messages_stay_for_a_time_that_depends_on_their_fate(register, state, days, stays):
    register.add(a_delivery(a_webhook(register), state, NOW - days * DAY))

    purge(register.begin, NOW)

    assert len(register.all(DeliveryRow)) == stays


def test_waiting_message_stays_however_old_it_is(register):
    register.add(a_delivery(a_webhook(register), DeliveryState.WAITING, None))

    assert purge(register.begin, NOW) == 0


def test_flood_goes_in_slices_and_not_all_in_one_pass(register, monkeypatch):
    monkeypatch.setattr(shelves, "SLICE", 2)
    monkeypatch.setattr(housekeeping, "SLICE", 2)
    monkeypatch.setattr(housekeeping, "MAX_SLICES", 3)
    register.add(*(a_key(register, str(number), LONG_AGO) for number in range(9)))

    removed = [purge(register.begin, NOW), purge(register.begin, NOW)]

    assert removed == [6, 3]


def test_evidence_is_never_among_it(register):
    case = register.a_case(received_at=LONG_AGO)
    event = {"centre_id": register.centre.id, "at": LONG_AGO}
    register.add(
        CaseEventRow(case_id=case.id, event="receive", to_status=case.status, **event),
        AuditRow(verb="read_case", subject="case", **event),
    )

    purge(register.begin, NOW)

    assert {served.key[0].class_.__tablename__ for served in SERVED}.isdisjoint(APPEND_ONLY)
    assert [len(register.all(table)) for table in (CaseEventRow, AuditRow)] == [1, 1]
