"""For those who run the service: is it alive, can it work, how does it do."""

from typing import Any

from fastapi import APIRouter, Response
from redis import RedisError

from dispatch.api import metrics
from dispatch.api.dependencies import ContextDep, Now, ReadDep
from dispatch.commands.doctor import SILENT_AFTER, examine_database, examine_redis
from dispatch.domain.errors import UnavailableError, WrongKeyError
from dispatch.registry.jobs import leases
from dispatch.registry.jobs.backlog import standing
from dispatch.registry.jobs.queues import Strength, measure_queues

router = APIRouter(tags=["operation 运行"])

PUBLIC = ("get_liveness", "get_readiness", "get_metrics")
"""Routes that need no token: they tell states and counts only. Keep them inside your network."""


@router.get("/health/live")
def get_liveness() -> dict[str, str]:
    """Confirm that the process is running. 存活检查。"""
    return {"status": "alive"}


@router.get("/health/ready")
def get_readiness(context: ContextDep, now: Now, response: Response) -> dict[str, Any]:
    """Report whether the database and Redis respond and the key fits, with any other findings. 就绪检查。"""
    findings: list[Any] = []
    down = []
    try:
        findings += examine_database(context.read, now)
        context.key.require()
    except UnavailableError:
        down.append("database")
    except WrongKeyError:
        down.append("key")
    try:
        context.redis.ping()
        findings += examine_redis(context.redis, now)
    except RedisError:
        down.append("redis")
    response.status_code = 503 if down else 200
    return {
        "status": "down" if down else "ready",
        "down": down,
        "findings": [{"ailment": found.ailment.value, "subject": found.subject, **found.facts} for found in findings],
    }


@router.get("/metrics", response_class=Response)
def get_metrics(context: ContextDep, read: ReadDep, now: Now) -> Response:
    """Return metrics in the Prometheus text format. 监控指标。"""
    with read() as session:
        at, lease = standing(session, now), leases.read_lease(session, leases.SCHEDULER)
    queues: dict[str, Strength] | None
    try:
        queues = measure_queues(context.redis, now - SILENT_AFTER)
    except RedisError:
        queues = None
    sight = metrics.Sight(at, lease.beat_at if lease else None, queues, now)
    return Response(metrics.render(sight), media_type="text/plain; version=0.0.4")
