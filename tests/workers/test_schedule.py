"""However many schedulers run, one is effective; what it meets, it survives."""

from collections import Counter

import pytest

from dispatch.commands.log.keeping import publish_heads, seal_log
from dispatch.commands.runs.draws import commit_draws
from dispatch.registry.jobs import leases
from tests.workers.office import LEASE_S
from tests.workers.processes import cut_power, started, wait_until
from workers import schedule
from workers.schedule import PERIODIC, Periodic, Scheduler


@pytest.fixture
def counted(monkeypatch):
    """Periodic tasks that only count how often they were performed."""
    counts: Counter[str] = Counter()
    tasks = [Periodic("often", 0, lambda w, now: counts.update(["often"]) or 1)]
    tasks += [Periodic("seldom", 10, lambda w, now: counts.update(["seldom"]) or 1)]
    monkeypatch.setattr(schedule, "PERIODIC", tasks)
    return counts


def test_two_schedulers_perform_each_task_once_between_them(office, counted):
    first, second = Scheduler(office.context, "first"), Scheduler(office.context, "second")

    effective = [(first.tick(), second.tick()) for _ in range(3)]

    assert effective == [(1, 0)] * 3
    assert counted == {"often": 3, "seldom": 1}


def test_second_scheduler_takes_over_when_the_first_falls_silent(office, counted):
    first, second = Scheduler(office.context, "first"), Scheduler(office.context, "second")
    first.tick()

    office.wait(LEASE_S / 2)
    taken = second.tick()
    back = first.tick()

    assert (taken, back) == (1, 0)


def test_effective_scheduler_keeps_its_lease_by_ticking(office, counted):
    first, second = Scheduler(office.context, "first"), Scheduler(office.context, "second")
    ticks = []

    for _ in range(20):
        ticks.append((first.tick(), second.tick()))
        office.wait(LEASE_S / 4)

    assert ticks == [(1, 0)] * 20


def test_scheduler_told_to_stop_hands_over_at_once(office, counted):
    first, second = Scheduler(office.context, "first"), Scheduler(office.context, "second")
    first.tick()

    first.stopping.set()
    first.run()

    assert second.tick() == 1


def test_task_that_fails_stops_neither_the_others_nor_the_scheduler(office, counted, monkeypatch):
    def fail(context, now):
        raise ConnectionError

    monkeypatch.setattr(schedule, "PERIODIC", [Periodic("failing", 0, fail), *schedule.PERIODIC])
    scheduler = Scheduler(office.context, "only")

    effective = [scheduler.tick(), scheduler.tick()]

    assert effective == [1, 1]
    assert counted["often"] == 2


def test_scheduler_leaves_a_heartbeat_that_others_can_read(office, counted):
    Scheduler(office.context, "only").tick()

    with office.context.read() as session:
        lease = leases.read_lease(session, leases.SCHEDULER)

    assert (lease.holder, lease.beat_at) == ("only", office.now)


def test_every_periodic_task_finds_nothing_to_do_in_an_empty_office(office):
    # What a centre publishes in its first minute.
    for perform in (commit_draws, seal_log, publish_heads):
        perform(office.context.begin, office.context.read, office.now)

    assert [task.perform(office.context, office.now) for task in PERIODIC] == [0] * len(PERIODIC)


def test_second_scheduler_process_takes_over_from_a_killed_one(office, tmp_path):
    def holder():
        with office.context.read() as session:
            return getattr(leases.read_lease(session, leases.SCHEDULER), "holder", None)

    env = office.environment
    with (
        started("scheduler", env=env, output=tmp_path / "1.log") as first,
        started("scheduler", env=env, output=tmp_path / "2.log") as second,
    ):
        wait_until(lambda: holder() is not None, "one scheduler is effective")
        effective = {str(process.pid): process for process in (first, second)}
        killed = effective.pop(holder().split("-")[-2])
        cut_power(killed)
        [other] = effective
        wait_until(lambda: other in holder(), "the other is effective")
