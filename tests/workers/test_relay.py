"""The outbox reaches Redis, whatever dies or is emptied on the way."""

import pytest
from rq.exceptions import DuplicateJobError

from dispatch.domain.vocabulary import JobKind, JobStatus
from dispatch.registry.jobs import outbox
from dispatch.registry.jobs.queues import WAKE_KEY, job_id_of, open_queue
from dispatch.registry.tables import JobRow
from tests.workers.office import LEASE_S
from workers.relay import relay


class PowerCutError(Exception):
    pass


def test_relay_sends_each_row_once(office):
    office.ask("one", "two")

    sent = [office.relay(), office.relay()]

    assert sent == [2, 0]
    assert office.places().waiting == {job_id_of(row.id) for row in office.outbox()}


def test_job_carries_one_id_and_nothing_else(office):
    office.ask("one")
    office.relay()

    [job] = open_queue(office.context.redis, "runs").jobs

    assert (job.func_name, job.args, job.kwargs) == ("workers.jobs.solve_run", ["one"], {})


def test_commit_that_asked_for_a_job_wakes_the_relay(office):
    office.ask("one", "two")

    assert office.context.redis.llen(WAKE_KEY) == 1


def test_relay_killed_before_it_could_mark_sends_nothing_twice(office):
    office.ask("one", "two")

    def begin_after_the_power_cut():
        raise PowerCutError

    with pytest.raises(PowerCutError):
        relay(begin_after_the_power_cut, office.context.read, office.context.redis, office.now)
    again = office.relay()

    assert again == 2
    assert open_queue(office.context.redis, "runs").count == 2


def test_second_send_under_the_same_id_is_refused_by_redis(office):
    office.ask("one")
    office.relay()

    with pytest.raises(DuplicateJobError):
        open_queue(office.context.redis, "runs").enqueue_call("x", job_id=job_id_of(office.outbox()[0].id), unique=True)


def test_sweeper_restores_a_queue_that_was_emptied(office):
    office.ask("one", "two")
    office.relay()
    office.context.redis.flushall()

    office.wait(LEASE_S)
    resent = office.sweep()

    assert resent == 2
    assert office.places().waiting == {job_id_of(row.id) for row in office.outbox()}
    assert [row.sends for row in office.outbox()] == [2, 2]


def test_sweeper_leaves_waiting_jobs_alone_however_long_they_wait(office):
    office.ask("one")
    office.relay()

    office.wait(3600)

    assert office.sweep() == 0


def test_sweeper_restores_a_job_that_was_popped_and_never_started(office):
    office.ask("one")
    office.relay()
    queue = open_queue(office.context.redis, "runs")
    office.context.redis.lmove(queue.key, queue.intermediate_queue_key)

    office.wait(LEASE_S)
    resent = office.sweep()

    assert resent == 1
    assert (len(office.places().waiting), len(office.places().popped)) == (1, 0)


def test_sweeper_leaves_a_started_job_until_its_lease_lapses(office):
    office.ask("one")
    office.relay()
    queue = open_queue(office.context.redis, "runs")
    job_id = office.context.redis.lpop(queue.key).decode()
    lapses_at = office.now.timestamp() + LEASE_S
    office.context.redis.zadd(queue.started_job_registry.key, {f"{job_id}:execution": lapses_at})

    office.wait(LEASE_S - 0.1)
    held = office.sweep()
    office.wait(0.2)
    lapsed = office.sweep()

    assert (held, lapsed) == (0, 1)
    assert office.places().started == frozenset()


def test_sweeper_leaves_long_work_whose_worker_beats_even_if_redis_forgot_it(office):
    with office.context.begin() as tx:
        tx.add(a_running_job(office))
    office.ask("long")
    office.relay()
    office.context.redis.flushall()

    office.wait(LEASE_S - 0.1)
    held = office.sweep()
    office.wait(0.2)
    lapsed = office.sweep()

    assert (held, lapsed) == (0, 1)


def test_sweeper_waits_twice_as_long_with_each_send(office):
    office.ask("one")
    office.relay()
    waits = []

    for _ in range(6):
        office.context.redis.flushall()
        waited = 0.0
        while not office.sweep():
            office.wait(0.5)
            waited += 0.5
        waits.append(waited)

    assert waits == [0.5, 1, 2, 4, 4, 4]


def test_job_that_is_done_is_never_sent_again(office):
    office.ask("one")
    office.relay()
    with office.context.begin() as tx:
        outbox.mark_done(tx, office.outbox()[0].id, office.now)
    office.context.redis.flushall()

    office.wait(3600)

    assert (office.relay(), office.sweep()) == (0, 0)


def test_row_stays_open_while_its_long_work_is_in_other_hands(office):
    with office.context.begin() as tx:
        job = tx.add(a_running_job(office))
    office.ask("long")

    with office.context.begin() as tx:
        outbox.mark_done(tx, office.outbox()[0].id, office.now)
    still_open = office.outbox()[0].done_at is None
    with office.context.begin() as tx:
        tx.lock(JobRow, job.id).status = JobStatus.DONE
    with office.context.begin() as tx:
        outbox.mark_done(tx, office.outbox()[0].id, office.now)

    assert still_open
    assert office.outbox()[0].done_at == office.now


def a_running_job(office) -> JobRow:
    return JobRow(
        id="long",
        centre_id=office.register.centre.id,
        kind=JobKind.RUN,
        status=JobStatus.RUNNING,
        claimed_by="someone",
        attempt=1,
        beat_at=office.now,
        created_at=office.now,
    )
