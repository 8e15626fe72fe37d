"""Webhooks in real processes: killed senders, an emptied Redis, endpoints that hang; nothing is lost."""

import threading

from tests.receiver import receiving
from tests.workers.office import scheduling
from tests.workers.processes import cut_power, started, wait_until

MESSAGES = 6


def sender(office, folder, queues="webhooks"):
    return started("worker", "--queues", queues, env=office.environment, output=folder / "worker.log")


def test_message_whose_sender_lost_power_comes_again_under_the_same_id(office, tmp_path):
    held = threading.Event()
    with receiving() as receiver, scheduling(office):
        receiver.answer = lambda _: held.wait(60) and 204
        webhook = office.endpoint(receiver.url)
        office.notify(MESSAGES)
        with sender(office, tmp_path) as first:
            wait_until(lambda: receiver.received, "the first message is on its way")
            cut_power(first)
        held.set()
        with sender(office, tmp_path):
            wait_until(lambda: len(office.delivered(webhook)) == MESSAGES, "all messages have arrived")

    begun = receiver.ids()[0]
    assert receiver.ids().count(begun) == 2
    assert sorted(set(receiver.ids())) == office.delivered(webhook)


def test_emptied_redis_loses_no_message(office, tmp_path):
    held = threading.Event()
    with receiving() as receiver, scheduling(office):
        receiver.answer = lambda _: held.wait(60) and 204
        webhook = office.endpoint(receiver.url)
        office.notify(MESSAGES)
        with sender(office, tmp_path):
            wait_until(lambda: receiver.received, "the first message is on its way")
            office.context.redis.flushall()
            office.notify(MESSAGES)
            office.context.redis.flushall()
            held.set()
            wait_until(lambda: len(office.delivered(webhook)) == 2 * MESSAGES, "all messages have arrived")

    assert sorted(set(receiver.ids())) == office.delivered(webhook)


def test_endpoint_that_hangs_keeps_no_other_waiting(office, tmp_path):
    held = threading.Event()
    with receiving() as slow, receiving() as fast, scheduling(office):
        slow.answer = lambda _: held.wait(60) and 204
        hanging, prompt = office.endpoint(slow.url), office.endpoint(fast.url)
        office.notify(MESSAGES)
        with sender(office, tmp_path, "webhooks,webhooks"):
            wait_until(lambda: len(office.delivered(prompt)) == MESSAGES, "the prompt one has everything")
            arrived = office.delivered(hanging)
            held.set()

    assert arrived == []
    assert len(fast.received) == MESSAGES
