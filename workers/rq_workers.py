"""RQ's workers with leases short enough that a killed one is noticed within seconds, not minutes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from redis import Redis, RedisError
from redis.client import Pipeline
from rq import Queue, SimpleWorker, Worker, worker_registration
from rq.executions import Execution
from rq.job import Job
from rq.worker import BaseWorker

from dispatch.registry.jobs.queues import open_queue
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
    """For long work: each job in a process of its own, which the worker outlives."""


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
