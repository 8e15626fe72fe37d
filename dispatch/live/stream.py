"""The answer that stays open: joins the hub when it is sent, and leaves it whatever ends it."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dispatch.live.hub import PING_S, Hub
from dispatch.live.listener import PING, Listener

HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
"""Neither kept nor gathered up by a proxy on the way."""


class BoardStream(Response):
    """A listener's stream of server-sent events.

    FastAPI's own way, a route that yields, answers before it is begun, and adds two tasks and two queues a stream;
    Starlette's, an iterator, a task group.
    """

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, listener: Listener, last: int | None) -> None:
        # No body is rendered: nobody knows its length.
        self.status_code, self.background = 200, None
        self.init_headers(HEADERS)
        self._hub, self._listener, self._last = hub, listener, last

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the stream; what keeps it from beginning is still answered as a problem."""
        try:
            await self._hub.join(self._listener, self._last)
            leaving = asyncio.create_task(self._await_leave(receive))
            try:
                await self._send_events(send)
            finally:
                leaving.cancel()
        finally:
            self._hub.leave(self._listener)

    async def _send_events(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        while (content := await self._listener.take(PING_S)) is not None:
            await send({"type": "http.response.body", "body": content or PING, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _await_leave(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._listener.end()


@contextmanager
def asked_to_end(act: Callable[[], object]) -> Iterator[None]:
    """Call ``act`` when the process is asked to end: the server informs an app only after its last stream has ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    found = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    before = {number: earlier for number, earlier in found.items() if callable(earlier)}

    def hear(number: int, frame: FrameType | None) -> None:
        act()
        before[signal.Signals(number)](number, frame)

    for number in before:
        signal.signal(number, hear)
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
