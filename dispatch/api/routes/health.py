"""For those who run the service: is it alive, can it work, how does it do."""

import hmac
import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import anyio
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Request, Response
from redis import RedisError

from dispatch.api import metrics
from dispatch.api.console.guard import source_of
from dispatch.api.dependencies import AppContext, ContextDep, Now, ReadDep
from dispatch.api.gate.identity import is_of_this_machine, token_of
from dispatch.api.problems import responses
from dispatch.commands.doctor import SILENT_AFTER, Finding, examine_database, examine_redis
from dispatch.commands.room import RoomWatch
from dispatch.domain.errors import (
    DiskFullError,
    MetricsShutError,
    RekeyUnderwayError,
    UnauthenticatedError,
    UnavailableError,
    WrongKeyError,
)
from dispatch.registry.jobs import leases
from dispatch.registry.jobs.backlog import standing
from dispatch.registry.jobs.queues import Strength, measure_queues

router = APIRouter(tags=["operation 运行"])

PUBLIC = ("get_liveness", "get_readiness", "get_metrics")
"""Routes that need no user: they tell states and counts only. Who reads the metrics shows a token of their own."""

FORWARDED = re.compile(r"forwarded|via|x-(original-)?forwarded-.*|.*-client-ip|.*-connecting-ip|x-real-ip|x-envoy-.*")
"""One of these shows that there is a proxy: the client is not on this machine, whatever the address says."""


@router.get("/health/live")
async def get_liveness() -> dict[str, str]:
    """Confirm that the process is running. No thread, database or Redis is involved. 存活检查。"""
    return {"status": "alive"}


READY_WITHIN_S = 2.0
"""A part that has not answered by then is down, whatever it will say."""

CHECKS_AT_ONCE = 2
_checks = {part: CapacityLimiter(CHECKS_AT_ONCE) for part in ("database", "redis")}
"""Threads apart from those that answer requests; one that hangs keeps its place, and no other."""


class PartState(NamedTuple):
    """What one part of the service said: which parts are down, and what else is wrong."""

    down: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@router.get("/health/ready")
async def get_readiness(request: Request, context: ContextDep, now: Now, response: Response) -> dict[str, Any]:
    """Report whether the service is ready.

    Within two seconds: whether the database and Redis respond and the key fits, with other findings. 就绪检查。
    """
    looks = {part: PartState(down=(part,)) for part in _checks}

    async def ask(part: str, look: Callable[[AppContext, datetime], PartState]) -> None:
        with anyio.move_on_after(READY_WITHIN_S):
            looks[part] = await to_thread.run_sync(look, context, now, abandon_on_cancel=True, limiter=_checks[part])

    async with anyio.create_task_group() as group:
        group.start_soon(ask, "database", partial(_look_at_database, request.app.state.room))
        group.start_soon(ask, "redis", _look_at_redis)
    down = [part for look in looks.values() for part in look.down]
    findings = [found for look in looks.values() for found in look.findings]
    response.status_code = 503 if down else 200
    return {
        "status": "down" if down else "ready",
        "down": down,
        "findings": [{"ailment": found.ailment.value, "subject": found.subject, **found.facts} for found in findings],
    }


def _look_at_database(room: RoomWatch, context: AppContext, now: datetime) -> PartState:
    try:
        findings = tuple(examine_database(context.read, now))
        context.key.require()
        room.require()
    except UnavailableError:
        return PartState(down=("database",))
    except DiskFullError:
        return PartState(("disk",), findings)
    except (WrongKeyError, RekeyUnderwayError):
        return PartState(("key",), findings)
    return PartState(findings=findings)


def _look_at_redis(context: AppContext, now: datetime) -> PartState:
    try:
        context.redis.ping()
        return PartState(findings=tuple(examine_redis(context.redis, now)))
    except RedisError:
        return PartState(down=("redis",))


def require_metrics_reader(request: Request) -> None:
    """
    Let pass who shows the token of the settings or, where there is none, who asks directly on this machine.

    Raises
    ------
    UnauthenticatedError
        If there is a token, and another or none is shown.
    MetricsShutError
        If there is none, and somebody asks from elsewhere.
    """
    expected: str = request.app.state.context.settings.metrics_token
    if expected:
        if not hmac.compare_digest((token_of(request) or "").encode(), expected.encode()):
            raise UnauthenticatedError
    elif not is_of_this_machine(source_of(request)) or any(map(FORWARDED.fullmatch, request.headers)):
        raise MetricsShutError


@router.get(
    "/metrics",
    response_class=Response,
    dependencies=[Depends(require_metrics_reader)],
    responses=responses(UnauthenticatedError, MetricsShutError),
)
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
