"""Workers lose power, Redis is emptied or killed: every run is finished, and once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dispatch.commands.runs.requests import request_run
from dispatch.domain.vocabulary import JobStatus
from dispatch.embedded import redis
from dispatch.registry.tables import JobRow
from testbed.blows import kill_redis, redis_again
from tests.forked import Forked
from tests.workers.office import Office, opened, scheduling
from tests.workers.processes import cut_power, started, wait_until

CASES, PRACTITIONERS = 12, 10


@pytest.fixture
def busy_office(office) -> Iterator[Office]:
    """An office with a roster and a queue, where relay and sweeper do their work in real time."""
    office.fill(PRACTITIONERS, CASES)
    with scheduling(office):
        yield office


@contextmanager
def worker(office: Office, folder: Path) -> Iterator[Forked]:
    with started("worker", "--queues", "runs", env=office.environment, output=folder / "worker.log") as process:
        yield process


def request(office: Office, parts: int = 1) -> list[str]:
    """Ask for runs that share the queue between them; return their ids."""
    now, clerk, begin = datetime.now(UTC), office.register.clerk, office.context.begin
    return [
        request_run(begin, clerk, now, case_ids=office.case_ids[n::parts], reason="in parts").id for n in range(parts)
    ]


@contextmanager
def in_mid_run(office: Office) -> Iterator[JobRow]:
    """Hold the first run that is being solved: while the block lasts, its worker can store nothing."""
    while True:
        with office.context.begin() as tx:
            for job in office.jobs(JobStatus.RUNNING):
                if (held := tx.lock(JobRow, job.id)).status is JobStatus.RUNNING:
                    yield held
                    return
        time.sleep(0.05)


def all_done(office: Office, runs: list[str]) -> bool:
    return {job.id for job in office.jobs(JobStatus.DONE)} == set(runs) and all(row.done_at for row in office.outbox())


def proposed_seats(office: Office, runs: list[str]) -> list[str]:
    return sorted(proposal.case_id for run in runs for proposal in office.proposals(run))


def test_run_whose_worker_lost_power_is_solved_once_by_another(busy_office, tmp_path):
    runs = request(busy_office)

    with worker(busy_office, tmp_path) as first, worker(busy_office, tmp_path) as second:
        with in_mid_run(busy_office) as job:
            cut_power(first if f"-{first.pid}-" in job.claimed_by else second)
        wait_until(lambda: all_done(busy_office, runs), "the run is done", within_s=60)

    assert proposed_seats(busy_office, runs) == sorted(busy_office.case_ids)
    assert [job.attempt for job in busy_office.jobs(JobStatus.DONE)] == [2]


def test_queue_emptied_in_the_middle_is_worked_off_once(busy_office, tmp_path):
    runs = request(busy_office, parts=3)

    with worker(busy_office, tmp_path):
        with in_mid_run(busy_office):
            busy_office.context.redis.flushall()
        wait_until(lambda: all_done(busy_office, runs), "all runs are done")

    assert proposed_seats(busy_office, runs) == sorted(busy_office.case_ids)
    assert [job.attempt for job in busy_office.jobs(JobStatus.DONE)] == [1, 1, 1]


def test_redis_killed_in_the_middle_loses_and_doubles_nothing(database_url, tmp_path):
    with redis.running(tmp_path) as url, opened(database_url, url) as office:
        office.fill(PRACTITIONERS, CASES)
        with scheduling(office):
            runs = request(office, parts=2)
            with worker(office, tmp_path) as first:
                with in_mid_run(office):
                    kill_redis(tmp_path)
                wait_until(lambda: first.poll() is not None, "the worker notices that Redis is gone")
            with redis_again(tmp_path), worker(office, tmp_path):
                wait_until(lambda: all_done(office, runs), "all runs are done")

        assert first.returncode == 1
        assert proposed_seats(office, runs) == sorted(office.case_ids)


def test_worker_told_to_stop_finishes_its_run_first(busy_office, tmp_path):
    runs = request(busy_office)

    with worker(busy_office, tmp_path) as only:
        with in_mid_run(busy_office):
            only.terminate()
        only.wait(timeout=60)

    assert only.returncode == 0
    assert all_done(busy_office, runs)
