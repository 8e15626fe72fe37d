"""What Redis knows of our jobs: where each one is, who works, and how to wake the relay."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple, cast

from redis import Redis, RedisError
from rq import Queue
from rq.executions import ExecutionRegistry
from rq.job import Job
from rq.results import Result
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker

QUEUES = ("urgent", "runs", "simulations", "housekeeping", "webhooks")
WAKE_KEY = "legal-dispatch:wake"
BOARD_CHANNEL = "legal-dispatch:board"


class QueueKeys(NamedTuple):
    """
    Where the job ids of one queue are.

    ``popped`` are between the queue and a start, where no job stays unless its worker died;
    ``started`` holds only those whose worker still beats.
    """

    waiting: frozenset[str]
    popped: frozenset[str]
    started: frozenset[str]


class WorkerState(NamedTuple):
    """A worker as Redis last heard of it."""

    name: str
    queues: str
    state: str
    beat_at: datetime | None


class Strength(NamedTuple):
    """How much waits in a queue, and how many living workers serve it."""

    waiting: int
    workers: int


def open_redis(url: str) -> Redis:
    """Return a client that gives up on a dead server within seconds instead of waiting for ever."""
    return Redis.from_url(url, socket_connect_timeout=3, socket_timeout=10)


def open_queue(redis: Redis, name: str) -> Queue:
    """Return the queue; arguments travel as JSON, never as pickles."""
    return Queue(name, connection=redis, serializer=JSONSerializer)


def job_id_of(outbox_id: int | None) -> str:
    """Return the one id under which this row is ever sent."""
    return f"outbox-{outbox_id}"


def outbox_id_of(job_id: str) -> int:
    """Return the row that asked for the job."""
    return int(job_id.removeprefix("outbox-"))


def wake_relay(redis: Redis) -> None:
    """Tell the relay that there is something to send; if Redis is away, its next tick finds the row anyway."""
    try:
        with redis.pipeline() as pipeline:
            pipeline.lpush(WAKE_KEY, 1)
            pipeline.ltrim(WAKE_KEY, 0, 0)
            pipeline.execute()
    except RedisError:
        return


def publish_boards(redis: Redis, centre_ids: Collection[str]) -> None:
    """Tell the processes with live boards that these changed; if Redis is away, their next round sees it anyway."""
    try:
        with redis.pipeline(transaction=False) as pipeline:
            for centre_id in centre_ids:
                pipeline.publish(BOARD_CHANNEL, centre_id)
            pipeline.execute()
    except RedisError:
        return


def wait_for_wake(redis: Redis, seconds: float) -> None:
    """Return when woken, at latest after ``seconds``."""
    redis.blpop([WAKE_KEY], timeout=seconds)


def find_places(redis: Redis, name: str, now: datetime) -> QueueKeys:
    """Return one consistent picture of the queue."""
    queue = open_queue(redis, name)
    with redis.pipeline(transaction=True) as pipeline:
        pipeline.lrange(queue.key, 0, -1)
        pipeline.lrange(queue.intermediate_queue_key, 0, -1)
        pipeline.zrangebyscore(queue.started_job_registry.key, now.timestamp(), "+inf")
        waiting, popped, started = pipeline.execute()
    return QueueKeys(_ids(waiting), _ids(popped), _ids(started))


def forget_job(redis: Redis, name: str, job_id: str) -> None:
    """Remove every trace of a job that is in no hands, so that its id can be sent again."""
    queue = open_queue(redis, name)
    started = queue.started_job_registry.key
    entries = cast("list[bytes]", redis.zrange(started, 0, -1))
    lapsed = [entry for entry in entries if entry.startswith(f"{job_id}:".encode())]
    with redis.pipeline(transaction=True) as pipeline:
        pipeline.delete(Job.key_for(job_id), Result.get_key(job_id), ExecutionRegistry(job_id, redis).key)  # type: ignore[no-untyped-call]
        pipeline.lrem(queue.intermediate_queue_key, 0, job_id)
        pipeline.zrem(queue.failed_job_registry.key, job_id)
        pipeline.zrem(started, job_id, *lapsed)
        pipeline.execute()


def list_workers(redis: Redis) -> list[WorkerState]:
    """Return every worker Redis has heard of, dead ones too until their keys expire."""
    workers = BaseWorker.all(connection=redis)
    return [WorkerState(w.name, ",".join(w.queue_names()), str(w.get_state()), w.last_heartbeat) for w in workers]


def measure_queues(redis: Redis, alive_since: datetime) -> dict[str, Strength]:
    """Return the strength of every queue; a worker that has not beaten since then is not counted."""
    living = [worker for worker in list_workers(redis) if worker.beat_at and worker.beat_at > alive_since]
    return {
        name: Strength(
            redis.llen(open_queue(redis, name).key),
            sum(name in worker.queues.split(",") for worker in living),
        )
        for name in QUEUES
    }


def _ids(entries: list[bytes]) -> frozenset[str]:
    # The registry of started jobs keeps "job:execution"; ours hold no colon.
    return frozenset(entry.decode().partition(":")[0] for entry in entries)
