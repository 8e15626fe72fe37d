"""The web application, put together."""

import asyncio
import ctypes
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import cache, partial

import anyio.to_thread
from fastapi import FastAPI
from starlette.routing import BaseRoute

from dispatch import console
from dispatch.api import console as sessions
from dispatch.api import metrics, pages, problems, routes
from dispatch.api.dependencies import AppContext
from dispatch.api.documentation import write_documentation
from dispatch.api.gate.admission import Gate
from dispatch.api.journal import Journal
from dispatch.api.refusals import Refusals
from dispatch.api.routes.board import to_event
from dispatch.commands.access.provider import IdentityProvider
from dispatch.commands.room import RoomWatch
from dispatch.domain.errors import UnavailableError
from dispatch.live.hub import Hub, Source, allow_many_streams
from dispatch.live.stream import asked_to_end
from dispatch.registry.jobs.queues import open_redis, publish_boards, wake_relay
from dispatch.registry.key import Key
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import make_begin, make_engine, make_read, make_read_autocommit
from dispatch.settings import Settings

THREADS = 6
"""Requests worked on at once in one process; more threads only fight for the interpreter."""

DESCRIPTION = """
Assigns the right practitioner to every granted legal-aid case. 为每一件给予法律援助的案件指派合适的承办人员。

Every POST accepts an `Idempotency-Key`, which is kept for 7 days; every change of a record requires `If-Match`.
Errors are problem details (RFC 9457) in Chinese or English according to `Accept-Language`. Lists are paged with
`cursor`. A query parameter that an address does not know is refused, and the answer names those it knows.
"""


def utc_now() -> datetime:
    """Return the only clock of this process."""
    return datetime.now(UTC)


def create_app(settings: Settings | None = None, clock: Callable[[], datetime] = utc_now) -> FastAPI:
    """Return the application, wired to what the settings name; nothing connects before the first request."""
    settings = settings or Settings()
    app = FastAPI(
        title="legal-aid-dispatch",
        version="0.1.0",
        description=DESCRIPTION,
        lifespan=_lifespan,
        routes=_routes(),
        docs_url=None,
        redoc_url=None,
    )
    app.state.context, app.state.room = _wire(settings, clock)
    app.state.refusals = Refusals(app.state.context.begin, clock)
    problems.install(app)
    pages.install(app)
    console.mount(app)
    # The last added comes first: what the gate refuses is written down too.
    app.add_middleware(Gate, settings=settings, special=console.special_routes_of(app))
    app.add_middleware(Journal, refusals=app.state.refusals)
    write_documentation(app)
    return app


@cache
def _routes() -> list[BaseRoute]:
    # The same for every app of this process: they know no app, and working them out takes a third of a second.
    shell = FastAPI(
        openapi_url=None, responses=problems.EVERYWHERE, generate_unique_id_function=lambda route: route.name
    )
    routes.include(shell)
    sessions.include(shell)
    return shell.router.routes


def _wire(settings: Settings, clock: Callable[[], datetime]) -> tuple[AppContext, RoomWatch]:
    engine, provider = make_engine(settings.database_url), settings.provider
    redis = open_redis(settings.redis_url)
    boards = partial(publish_boards, redis)
    room = RoomWatch(make_begin(engine, wake=lambda: wake_relay(redis), notify_boards=boards), clock)
    begin, read = room.begin, make_read(engine)
    source = Source(read, clock, settings.redis_url, settings.lease_s, to_event, metrics.LISTENERS.set)
    context = AppContext(
        settings,
        engine,
        begin,
        read,
        make_read_autocommit(engine),
        Key(Seal(settings.secret, settings.cipher), begin, read, clock),
        redis,
        clock,
        Hub(source),
        IdentityProvider(provider) if provider else None,
    )
    return context, room


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("dispatch").setLevel(app.state.context.settings.log_level.upper())
    allow_many_streams()
    _give_memory_back()
    # A database that is away or not migrated yet is told by the readiness; the key is then asked for when it is used.
    with suppress(UnavailableError):
        await anyio.to_thread.run_sync(app.state.context.key.require)
    hub, loop = app.state.context.hub, asyncio.get_running_loop()
    listening = asyncio.create_task(hub.run())
    with asked_to_end(lambda: loop.call_soon_threadsafe(hub.close)):
        yield
    hub.close()
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening
    await anyio.to_thread.run_sync(app.state.refusals.flush)
    app.state.context.engine.dispose()
    app.state.context.redis.close()


LARGE_BYTES = 2**20
MMAP_THRESHOLD = -3
"""Of glibc's ``mallopt``."""


def _give_memory_back() -> None:
    """Let large pieces of memory go back to the system when they are freed; else each thread keeps the largest ones."""
    # Only glibc has it, and only glibc needs it.
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, LARGE_BYTES)
