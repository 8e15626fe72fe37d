"""RQ's workers with leases short enough that a killed one is noticed within seconds, not minutes."""

import os
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from redis import Redis, RedisError
from redis.client import Pipeline
from rq import Queue, SimpleWorker, Worker, worker_registration
from rq.executions import Execution
from rq.job import Job
from rq.worker import BaseWorker

from dispatch.registry.jobs.queues import open_queue
from workers.context import give_up
from workers.timing import Timing

WORKER_TTL_S = 25
"""RQ waits this long less 15 s for a job, and does its own housekeeping only between two waits."""


class ShortLease(BaseWorker):
    """What both kinds share: a started job is held for one lease, and Redis may be emptied under us."""

    lease_s: int = 20

    @property
    def asked_to_stop(self) -> bool:
        """Return whether someone asked us to stop, as opposed to Redis having gone away."""
        return self._shutdown_requested_date is not None

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        """Return for how long one beat keeps the started job ours."""
        return self.lease_s

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """Beat, and introduce ourselves again to a Redis that has forgotten everything."""
        super().heartbeat(timeout, pipeline=pipeline)
        if pipeline is None and self.birth_date and not self.connection.hexists(self.key, "birth"):
            self.connection.hset(self.key, mapping={**self.serialize(), "state": self.get_state()})
            worker_registration.register(self)


class ForkWorker(ShortLease, Worker):
    """For long work: each job in a process of its own, with a bound to its memory, which the worker outlives."""

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Be the process of one job."""
        if more_bytes := MEMORY_BYTES.get(queue.name):
            limit_memory(more_bytes)
        super().main_work_horse(job, queue)

    def handle_work_horse_killed(self, job: Job, retpid: int, ret_val: int, rusage: object) -> None:
        """Let a job that brought its process down be failed; one that was killed from outside is taken up again."""
        super().handle_work_horse_killed(job, retpid, ret_val, rusage)  # type: ignore[no-untyped-call]
        if os.WIFSIGNALED(ret_val) and os.WTERMSIG(ret_val) in OWN_FAULTS:
            give_up(job.args[0])


MEMORY_BYTES = {"housekeeping": 3 * 2**29}
"""What a job may take beyond what its worker has, by queue; a file of 200,000 rows takes two thirds of it."""

OWN_FAULTS = (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)
"""How a process ends that has no memory left, or is damaged; a killed one ends otherwise."""


def limit_memory(more_bytes: int) -> None:
    """Bound what this process may take from here on, where the system tells what it has (Linux)."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        most = int(statm.read_text().split()[0]) * resource.getpagesize() + more_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


class InlineWorker(ShortLease, SimpleWorker):
    """For short work: in this process, with the beats in a thread because nobody else could send them."""

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Perform the job while its lease is kept."""
        with self._beating(job, execution):
            return super().perform_job(job, queue, execution)

    @contextmanager
    def _beating(self, job: Job, execution: Execution) -> Iterator[None]:
        finished = threading.Event()
        beats = threading.Thread(target=self._beat_until, args=(finished, job, execution), daemon=True)
        beats.start()
        try:
            yield
        finally:
            finished.set()
            beats.join()

    def _beat_until(self, finished: threading.Event, job: Job, execution: Execution) -> None:
        while not finished.wait(self.job_monitoring_interval):
            with suppress(RedisError):
                self.maintain_heartbeats(job, execution)


# fmt: off
WORKERS: dict[str, type[ShortLease]] = {
    # queue         kind of worker
    "urgent":       InlineWorker,
    "runs":         ForkWorker,
    "simulations":  ForkWorker,
    "housekeeping": ForkWorker,  # an import of a whole roster is among it
    "webhooks":     InlineWorker,
}
# fmt: on


def make_worker(redis: Redis, queue: str, name: str, timing: Timing) -> ShortLease:
    """Return a worker for exactly one queue: only then does a popped job keep its place in Redis."""
    lease_s = max(1, round(timing.lease.total_seconds()))
    worker = WORKERS[queue](
        [open_queue(redis, queue)],
        name=name,
        connection=redis,
        worker_ttl=WORKER_TTL_S,
        maintenance_interval=15,
        job_monitoring_interval=max(1, lease_s // 4),
        serializer="json",
    )
    worker.lease_s = lease_s
    return worker
