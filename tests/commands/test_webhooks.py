"""Endpoints are told what happens to cases: with the change or not at all, again until it arrives, and not for ever."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from dispatch.commands.jobs import cancel_job
from dispatch.commands.runs.requests import request_run
from dispatch.commands.webhooks import endpoints
from dispatch.commands.webhooks.deliveries import TURN, deliver, request_deliveries
from dispatch.domain.errors import ForbiddenError, InvalidFieldError, NotFoundError, StaleError, WebhookSilentError
from dispatch.domain.findings import FindingKind
from dispatch.domain.lifecycle import Event
from dispatch.domain.vocabulary import ModeName, Role
from dispatch.domain.webhooks import (
    FAILING_FOR,
    MAX_ATTEMPTS,
    DeliveryState,
    Disabled,
    HookState,
    HookType,
    Trouble,
    rest_after,
)
from dispatch.exchange.outbound import Response
from dispatch.registry.jobs import outbox
from dispatch.registry.tables import AuditRow, DeliveryRow, FindingRow, OutboxRow, WebhookRow
from tests.rows import NOW, a_draft, submit_cases

HELD = timedelta(seconds=20)
URL = "https://hooks.example.org/"


@dataclass
class Post:
    """The way out, its clock, and the worker that uses it."""

    register: object
    now: datetime = NOW
    status: int | None = 204
    sent: list = field(default_factory=list)

    def send(self, url, headers, body):
        self.sent.append((url, headers, body))
        return Response(self.status, None if self.status == 204 else Trouble.STATUS if self.status else Trouble.TIMEOUT)

    def deliver(self, webhook, worker="worker"):
        r = self.register
        return deliver(r.begin, r.seal, self.send, lambda: self.now, webhook.id, worker, HELD)

    def request(self):
        return request_deliveries(self.register.begin, self.register.read, self.now)

    def ids(self):
        return [headers["webhook-id"] for _, headers, _ in self.sent]


@pytest.fixture
def post(register):
    return Post(register)


def an_endpoint(register, *types, url=URL):
    reported = types or (HookType.CASE_GRANTED,)
    return endpoints.create_webhook(
        register.begin, register.seal, register.manager, NOW, "system", url, reported, private=False
    )


def grant(register, case, actor=None):
    """Something an endpoint is told of, without more around it."""
    with register.begin() as tx:
        tx.record(case, Event.GRANT, actor, NOW, None, None, {"seat": 0, "story": "words of a person"})


def deliveries(register, *conditions):
    return sorted(register.all(DeliveryRow, *conditions), key=lambda row: (row.created_at, row.id))


def states(register):
    return [row.state for row in deliveries(register)]


def test_secret_is_shown_once_and_sealed_at_rest(register):
    row, secret = an_endpoint(register)

    stored = register.get(WebhookRow, row.id)
    assert secret.startswith("whsec_")
    assert secret.encode() not in stored.sealed
    assert register.seal.open(stored.sealed) == {"secret": secret}
    assert [note.subject_id for note in register.all(AuditRow)] == [row.id]


def test_address_in_a_private_network_is_refused(register):
    with pytest.raises(InvalidFieldError):
        an_endpoint(register, url="https://10.0.0.1/")


def test_clerk_may_not_manage_endpoints(register):
    with pytest.raises(ForbiddenError):
        endpoints.create_webhook(
            register.begin, register.seal, register.clerk, NOW, "x", URL, [HookType.CASE_GRANTED], private=False
        )


def test_message_is_stored_with_the_change_it_tells_of(register):
    an_endpoint(register, HookType.CASE_GRANTED)
    an_endpoint(register, HookType.CASE_CLOSED)
    case = register.a_case()

    grant(register, case)

    [row] = deliveries(register)
    assert (row.type, row.state, row.next_at) == (HookType.CASE_GRANTED, DeliveryState.WAITING, NOW)


def test_change_that_is_undone_leaves_no_message(register):
    an_endpoint(register)
    case = register.a_case()

    def grant_and_break():
        with register.begin() as tx:
            tx.record(case, Event.GRANT, None, NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        grant_and_break()

    assert deliveries(register) == []


def test_endpoint_of_another_centre_is_told_nothing(register):
    stranger = register.a_stranger(Role.MANAGER)
    endpoints.create_webhook(
        register.begin, register.seal, stranger, NOW, "x", URL, [HookType.CASE_GRANTED], private=False
    )

    grant(register, register.a_case())

    assert deliveries(register) == []


def test_message_holds_ids_and_codes_and_no_word_of_a_person(register, post):
    webhook, _ = an_endpoint(register, *HookType)
    submit_cases(register.begin, register.seal, register.clerk, NOW, [a_draft("2026-1")])

    post.deliver(webhook)

    bodies = [body.decode() for _, _, body in post.sent]
    assert {json.loads(body)["type"] for body in bodies} == {"case.received", "case.granted"}
    assert not [body for body in bodies if "王小明" in body or "410000" in body or "2026-1" in body]


def test_facts_that_are_not_named_stay_inside(register, post):
    webhook, _ = an_endpoint(register)
    grant(register, register.a_case())

    post.deliver(webhook)

    assert b"words of a person" not in post.sent[0][2]


def test_receiver_can_verify_what_comes(register, post):
    webhook, secret = an_endpoint(register)
    post.now = datetime.now(NOW.tzinfo)
    grant(register, register.a_case())

    post.deliver(webhook)

    [(_, headers, body)] = post.sent
    assert Webhook(secret).verify(body, headers)["id"] == headers["webhook-id"] == deliveries(register)[0].id
    assert states(register) == [DeliveryState.DELIVERED]


def test_both_secrets_sign_until_the_overlap_is_over(register, post):
    webhook, old = an_endpoint(register)
    post.now = datetime.now(NOW.tzinfo)
    _row, new = endpoints.change_secret(
        register.begin, register.seal, register.manager, post.now, webhook.id, timedelta(hours=1)
    )

    for _ in range(2):
        grant(register, register.a_case(str(len(post.sent))))
        post.deliver(webhook)
        post.now += timedelta(hours=1)

    assert [len(headers["webhook-signature"].split()) for _, headers, _ in post.sent] == [2, 1]
    for secret in (old, new):
        Webhook(secret).verify(post.sent[0][2], post.sent[0][1])


def test_failed_message_comes_again_later_under_the_same_id(register, post):
    webhook, _ = an_endpoint(register)
    grant(register, register.a_case())
    post.status = 500

    post.deliver(webhook)
    [row] = deliveries(register)
    at_once = post.request()
    post.now, post.status = row.next_at, 204
    later = post.request()
    post.deliver(webhook)

    assert (row.attempts, row.status, row.trouble) == (1, 500, Trouble.STATUS)
    assert (at_once, later) == (0, 1)
    assert post.ids() == [row.id, row.id]
    assert states(register) == [DeliveryState.DELIVERED]


def test_message_that_never_arrives_is_given_up_in_the_end(register, post):
    webhook, _ = an_endpoint(register)
    grant(register, register.a_case())
    post.status = None

    while states(register) == [DeliveryState.WAITING]:
        post.deliver(webhook)
        post.now = deliveries(register)[0].next_at

    assert len(post.sent) == MAX_ATTEMPTS
    assert timedelta(days=2) < post.now - NOW < timedelta(days=6)
    assert states(register) == [DeliveryState.DEAD]
    assert register.get(WebhookRow, webhook.id).state is HookState.ACTIVE


def test_worker_that_dies_in_mid_delivery_leaves_the_message_to_another(register, post):
    webhook, _ = an_endpoint(register)
    grant(register, register.a_case())

    def die(url, headers, body):
        post.sent.append((url, headers, body))
        raise SystemExit

    with pytest.raises(SystemExit):
        deliver(register.begin, register.seal, die, lambda: NOW, webhook.id, "first", HELD)
    held = post.deliver(webhook, "second"), post.request()
    post.now += HELD
    free = post.request()
    post.deliver(webhook, "second")

    assert held == (f"webhook {webhook.id}: left alone", 0)
    assert free == 1
    assert len(post.sent) == 2
    assert len(set(post.ids())) == 1
    assert states(register) == [DeliveryState.DELIVERED]


def test_message_that_ends_its_worker_each_time_is_not_sent_for_ever(register, post):
    webhook, _ = an_endpoint(register)
    grant(register, register.a_case())

    def die(url, headers, body):
        raise SystemExit

    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(SystemExit):
            deliver(register.begin, register.seal, die, lambda: post.now, webhook.id, "worker", HELD)
        post.now += HELD
    post.deliver(webhook)

    [row] = deliveries(register)
    assert (row.state, row.attempts, row.trouble) == (DeliveryState.DEAD, MAX_ATTEMPTS, Trouble.BROKEN_OFF)
    assert post.sent == []


def test_message_that_cannot_be_signed_counts_as_a_failure_until_there_is_a_new_secret(register, post):
    webhook, _ = an_endpoint(register)
    grant(register, register.a_case())
    with register.begin() as tx:
        tx.lock(WebhookRow, webhook.id).sealed = b"\x01" + bytes(60)

    told = [post.deliver(webhook), post.deliver(webhook)]
    [failed] = deliveries(register)
    row = register.get(WebhookRow, webhook.id)
    endpoints.change_secret(register.begin, register.seal, register.manager, NOW, webhook.id)
    post.now = max(failed.next_at, row.rest_until)
    post.deliver(webhook)

    assert told == [f"webhook {webhook.id}: sent 0", f"webhook {webhook.id}: left alone"]
    assert (failed.attempts, failed.trouble, row.failures) == (1, Trouble.UNSIGNED, 1)
    assert (len(post.sent), states(register)) == (1, [DeliveryState.DELIVERED])


def test_failing_message_does_not_keep_the_next_one_waiting(register, post):
    webhook, _ = an_endpoint(register)
    for number in ("1", "2"):
        grant(register, register.a_case(number))
    post.status = 500
    post.deliver(webhook)

    post.status = 204
    post.now += rest_after(1)
    post.deliver(webhook)

    assert len(set(post.ids())) == 2
    assert sorted(states(register)) == [DeliveryState.DELIVERED, DeliveryState.WAITING]


def test_endpoint_that_is_down_costs_one_attempt_and_then_rests(register, post):
    webhook, _ = an_endpoint(register)
    for number in range(5):
        grant(register, register.a_case(str(number)))
    post.status = None

    attempts = []
    for _ in range(3):
        before = len(post.sent)
        post.deliver(webhook)
        post.deliver(webhook)
        attempts.append(len(post.sent) - before)
        post.now = register.get(WebhookRow, webhook.id).rest_until

    assert attempts == [1, 1, 1]


def test_turn_ends_so_that_others_are_served_and_the_rest_is_asked_for(register, post):
    webhook, _ = an_endpoint(register)
    for number in range(TURN + 2):
        grant(register, register.a_case(str(number)))

    post.deliver(webhook)
    first = len(post.sent)
    asked = [row.argument for row in register.all(OutboxRow)]
    post.deliver(webhook)

    assert (first, asked) == (TURN, [webhook.id])
    assert len(set(post.ids())) == TURN + 2


def test_work_is_asked_for_once_however_often_one_looks(register, post):
    _webhook, _ = an_endpoint(register)
    grant(register, register.a_case())

    asked = [post.request(), post.request()]
    with register.begin() as tx:
        outbox.mark_done(tx, register.all(OutboxRow)[0].id, NOW)

    assert asked == [1, 0]
    assert post.request() == 1


def test_endpoint_that_is_gone_is_disabled_and_the_manager_is_told(register, post):
    webhook, _ = an_endpoint(register)
    other, _ = an_endpoint(register, HookType.WEBHOOK_DISABLED)
    for number in ("1", "2"):
        grant(register, register.a_case(number))
    post.status = 410

    post.deliver(webhook)

    row = register.get(WebhookRow, webhook.id)
    assert (row.state, row.because) == (HookState.DISABLED, Disabled.GONE)
    assert {each.state for each in deliveries(register, DeliveryRow.webhook_id == webhook.id)} == {DeliveryState.DEAD}
    [reported] = deliveries(register, DeliveryRow.webhook_id == other.id)
    assert reported.data == {"webhook_id": webhook.id, "because": "gone"}
    [found] = register.all(FindingRow)
    assert (found.kind, found.subject_id, found.closed_at) == (FindingKind.WEBHOOK_DISABLED, webhook.id, None)


def test_endpoint_that_fails_for_days_is_disabled(register, post):
    webhook, _ = an_endpoint(register)
    grant(register, register.a_case("1"))
    post.status = None
    post.deliver(webhook)
    post.now += FAILING_FOR
    with register.begin() as tx:
        tx.announce(register.centre.id, HookType.CASE_GRANTED, {}, post.now)

    post.deliver(webhook)

    row = register.get(WebhookRow, webhook.id)
    assert (row.state, row.because) == (HookState.DISABLED, Disabled.FAILING)


def test_disabled_endpoint_is_told_nothing_until_it_is_enabled_and_replayed(register, post):
    webhook, _ = an_endpoint(register)
    manager, begin = register.manager, register.begin
    grant(register, register.a_case("1"))
    endpoints.disable_webhook(begin, manager, NOW, webhook.id)
    endpoints.disable_webhook(begin, manager, NOW, webhook.id)
    grant(register, register.a_case("2"))
    missed = len(deliveries(register))
    with pytest.raises(WebhookSilentError):
        endpoints.replay_dead(begin, manager, NOW, webhook.id, NOW)

    endpoints.enable_webhook(begin, manager, NOW, webhook.id)
    endpoints.enable_webhook(begin, manager, NOW, webhook.id)
    replayed = [endpoints.replay_dead(begin, manager, NOW, webhook.id, since) for since in (NOW + HELD, NOW, NOW)]
    post.deliver(webhook)

    assert (missed, replayed) == (1, [0, 1, 0])
    assert states(register) == [DeliveryState.DELIVERED]


def test_enabling_closes_what_was_found(register, post):
    webhook, _ = an_endpoint(register)
    grant(register, register.a_case())
    post.status = 410
    post.deliver(webhook)

    endpoints.enable_webhook(register.begin, register.manager, NOW, webhook.id)

    assert [row.closed_at for row in register.all(FindingRow)] == [NOW]


def test_delivered_message_is_replayed_under_its_id(register, post):
    webhook, _ = an_endpoint(register)
    grant(register, register.a_case())
    post.deliver(webhook)
    [row] = deliveries(register)

    endpoints.replay_delivery(register.begin, register.manager, NOW, webhook.id, row.id)
    post.deliver(webhook)

    assert post.ids() == [row.id, row.id]


def test_message_of_another_endpoint_is_not_found(register, post):
    _webhook, _ = an_endpoint(register)
    other, _ = an_endpoint(register, HookType.CASE_CLOSED)
    grant(register, register.a_case())
    [row] = deliveries(register)

    with pytest.raises(NotFoundError):
        endpoints.replay_delivery(register.begin, register.manager, NOW, other.id, row.id)


def test_test_message_reaches_an_endpoint_that_asked_for_nothing_like_it(register, post):
    webhook, _ = an_endpoint(register, HookType.CASE_CLOSED)

    row = endpoints.send_test(register.begin, register.manager, NOW, webhook.id)
    post.deliver(webhook)

    assert post.ids() == [row.id]


def test_retired_endpoint_stays_retired_and_forgets_its_secret(register):
    webhook, _ = an_endpoint(register)
    for _ in range(2):
        row = endpoints.retire_webhook(register.begin, register.manager, NOW, webhook.id)

    assert (row.state, row.sealed) == (HookState.RETIRED, b"")
    with pytest.raises(WebhookSilentError):
        endpoints.enable_webhook(register.begin, register.manager, NOW, webhook.id)


def test_change_needs_the_revision_it_was_made_for(register, post):
    webhook, _ = an_endpoint(register)
    change = {"url": "https://elsewhere.example.org/", "types": [HookType.CASE_CLOSED], "name": "other"}

    def alter(revision):
        return endpoints.change_webhook(
            register.begin, register.manager, NOW, webhook.id, change, revision, private=False
        )

    row = alter(webhook.revision)
    with pytest.raises(StaleError):
        alter(webhook.revision)

    assert (row.url, row.types, row.name) == (change["url"], ["case.closed"], "other")


def test_overlap_of_secrets_has_a_limit(register):
    webhook, _ = an_endpoint(register)

    with pytest.raises(InvalidFieldError):
        endpoints.change_secret(register.begin, register.seal, register.manager, NOW, webhook.id, timedelta(days=8))


def test_cancelled_run_is_told(register):
    an_endpoint(register, HookType.RUN_FAILED)
    register.a_case()
    run = request_run(register.begin, register.clerk, NOW)

    cancel_job(register.begin, register.clerk, NOW, run.id)

    assert [row.data for row in deliveries(register)] == [{"run_id": run.id, "status": "cancelled"}]


def test_mode_of_a_decision_does_not_hide_its_assignment(register):
    an_endpoint(register, HookType.CASE_ASSIGNED)
    case = register.a_case()

    with register.begin() as tx:
        for event, before in ((Event.GRAB, "posted"), (Event.ASSIGN, "pending")):
            tx.record(case, event, None, NOW, before, ModeName.GRAB, {"assignment_id": "a1"})

    assert [row.data["assignment_id"] for row in deliveries(register)] == ["a1"] * 2
