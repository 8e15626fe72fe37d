"""What every request gets: an id, one line in the log and one place in the metrics."""

import itertools
import logging
import time
import traceback
from pathlib import Path
from uuid import uuid4

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dispatch.api import metrics, pages, problems
from dispatch.api.refusals import Refusals

log = logging.getLogger("dispatch.requests")

ID_HEADER = "X-Correlation-Id"
MAX_ID = 64
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FRAMES_SHOWN = 4
REFUSED = 4
"""First digit of the status of whatever was refused."""

PROCESS = uuid4().hex
"""Begins each id given here: drawn once, because asking the system for chance costs each request its turn."""
_count = itertools.count()


class Journal:
    """Follows a request from its first byte to its answer, and turns a fault into a problem."""

    def __init__(self, app: ASGIApp, refusals: Refusals) -> None:
        self._app, self._refusals = app, refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; nothing it raises goes further, for a server's own log may quote what was sent."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        request.state.correlation_id = _id_of(request)
        start, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status // 100 == REFUSED:
                    await self._refusals.keep(request)
                headers = MutableHeaders(scope=message)
                headers[ID_HEADER] = request.state.correlation_id
                for name, value in pages.HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            _log_fault(request, error)
            if not status:
                await (await problems.fault(request, error))(scope, receive, answer)
        _write(request, status, time.perf_counter() - start)


def _id_of(request: Request) -> str:
    given = request.headers.get(ID_HEADER, "")
    return given if given.isascii() and given.isalnum() and len(given) <= MAX_ID else f"{PROCESS}{next(_count):x}"


def _write(request: Request, status: int, spent_s: float) -> None:
    operation = getattr(request.scope.get("route"), "name", "none")
    method = request.method if request.method in METHODS else "other"
    metrics.REQUESTS.labels(method, operation, status).observe(spent_s)
    actor = getattr(request.state, "actor", None)
    log.info(
        "request id=%s method=%s operation=%s status=%d ms=%.1f user=%s client=%s",
        request.state.correlation_id,
        method,
        operation,
        status,
        1000 * spent_s,
        actor.user_id if actor else "-",
        # The client behind a proxy, if a proxy that was named says so; whom it belongs to is not written anywhere.
        request.client.host if request.client else "-",
    )


def _log_fault(request: Request, error: Exception) -> None:
    # The error's own words may quote a person; its kind and place are enough to find it.
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_SHOWN:]
    place = ">".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    log.error("fault id=%s error=%s at=%s", request.state.correlation_id, type(error).__name__, place)
