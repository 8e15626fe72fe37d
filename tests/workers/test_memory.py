"""A job that brings its own process down is not tried again; one whose worker was killed is."""

import faulthandler
import os
import signal

import pytest

from dispatch.commands.jobs import JobContext, perform_job
from dispatch.commands.runs.requests import request_run
from dispatch.domain.vocabulary import JobStatus
from dispatch.registry.jobs.queues import open_queue
from dispatch.registry.tables import JobRow
from workers import rq_workers
from workers.rq_workers import make_worker


def end_badly(job_id, number):
    faulthandler.disable()  # the process is its own: what it would print reads like a fault of the suite
    os.kill(os.getpid(), number)


def hoard(path):
    try:
        bytearray(2**30)
    except MemoryError:
        with open(path, "w") as file:
            file.write("no more")


def perform_once(office, job, *args):
    open_queue(office.context.redis, "housekeeping").enqueue_call(job, args=args, timeout=30)
    make_worker(office.context.redis, "housekeeping", f"one-{os.getpid()}-{len(args)}", office.context.timing).work(
        burst=True
    )


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGABRT, JobStatus.FAILED), (signal.SIGSEGV, JobStatus.FAILED), (signal.SIGKILL, JobStatus.RUNNING)],
)
def test_job_that_ends_its_own_process_has_failed_and_one_that_was_killed_is_taken_up(
    office, monkeypatch, number, status
):
    for name, value in office.environment.items():
        monkeypatch.setenv(name, value)
    office.fill(practitioners=1, cases=1)
    run = request_run(office.context.begin, office.register.clerk, office.now)
    context = JobContext(office.context.begin, office.context.read, lambda: office.now, "one")
    assert context.claim(run.id)

    perform_once(office, end_badly, run.id, int(number))

    [row] = office.register.all(JobRow)
    assert row.status is status
    assert (row.problem or {}).get("type") == ("job-abandoned" if status is JobStatus.FAILED else None)


def test_job_may_take_so_much_memory_and_no_more(office, monkeypatch, tmp_path):
    monkeypatch.setitem(rq_workers.MEMORY_BYTES, "housekeeping", 2**28)

    perform_once(office, hoard, str(tmp_path / "told"))

    assert (tmp_path / "told").read_text() == "no more"


def test_job_without_memory_left_fails_with_what_there_was_too_much_of(office):
    office.fill(practitioners=1, cases=1)
    run = request_run(office.context.begin, office.register.clerk, office.now)
    context = JobContext(office.context.begin, office.context.read, lambda: office.now, "one")

    def work(held, heart):
        raise MemoryError

    perform_job(context, "run", run.id, work, lambda held, made: "")

    [row] = office.register.all(JobRow)
    assert (row.status, row.problem["type"]) == (JobStatus.FAILED, "too-large")
