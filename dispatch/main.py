"""The web application: wiring only."""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import anyio.to_thread
from fastapi import FastAPI, Request, Response

from dispatch.api import metrics, problems, routes
from dispatch.api.dependencies import Parts
from dispatch.registry.queues import open_redis, wake_relay
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import make_begin, make_engine, make_read
from dispatch.settings import Settings

log = logging.getLogger("dispatch.requests")

THREADS = 6
"""Requests worked on at once in one process; more threads only fight for the interpreter."""

DESCRIPTION = """
Names the right practitioner for every granted legal-aid case. 为每一件给予法律援助的案件指派合适的承办人员。

Every POST takes an `Idempotency-Key`; every change of a record takes `If-Match`; refusals are problem
details (RFC 9457) in Chinese or English by `Accept-Language`; lists are read page by page with `cursor`.
"""


def utc_now() -> datetime:
    """Return the only clock of this process."""
    return datetime.now(UTC)


def create_app(settings: Settings | None = None, clock: Callable[[], datetime] = utc_now) -> FastAPI:
    """Return the application, wired to what the settings name; nothing connects before the first request."""
    settings = settings or Settings()
    engine = make_engine(settings.database_url)
    redis = open_redis(settings.redis_url)
    begin = make_begin(engine, wake=lambda: wake_relay(redis))
    app = FastAPI(
        title="legal-aid-dispatch",
        version="0.1.0",
        description=DESCRIPTION,
        lifespan=_lifespan,
        responses=problems.EVERYWHERE,
        generate_unique_id_function=lambda route: route.name,
        redoc_url=None,
    )
    app.state.parts = Parts(settings, engine, begin, make_read(engine), Seal(settings.secret), redis, clock)
    problems.install(app)
    app.middleware("http")(_follow)
    routes.include(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield
    app.state.parts.engine.dispose()
    app.state.parts.redis.close()


async def _follow(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Give every request a correlation id, a line in the log and a place in the metrics; ids only."""
    given = request.headers.get("x-correlation-id", "")
    request.state.correlation_id = given if given.isalnum() and len(given) <= 64 else uuid4().hex
    start = time.perf_counter()
    response = await call_next(request)
    route = getattr(request.scope.get("route"), "path", "unknown")
    spent_s = time.perf_counter() - start
    metrics.REQUESTS.labels(request.method, route, response.status_code).observe(spent_s)
    actor = getattr(request.state, "actor", None)
    log.info(
        "request id=%s method=%s route=%s status=%d ms=%.1f user=%s",
        request.state.correlation_id,
        request.method,
        route,
        response.status_code,
        1000 * spent_s,
        actor.user_id if actor else "-",
    )
    response.headers["X-Correlation-Id"] = request.state.correlation_id
    return response
