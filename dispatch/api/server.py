"""The web server, with an end to waiting: for the head of a request, and for a body nobody reads any more."""

import asyncio
from typing import Any

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S = 10.0
"""A connection has so long to say what it wants, whether it trickles or says nothing."""

HEAD_BYTES = 64 * 2**10
UNREAD_S = 10.0
"""So long is what follows an answer thrown away, so that a sender who has not looked yet still reads it."""

GRACE_S = 20
"""How long requests may take to finish once the server is asked to stop; streams end at once."""

BARE = b"HTTP/1.1 %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class TimedProtocol(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, in bounded time and with bounded heads."""

    head_s, unread_s = HEAD_S, UNREAD_S
    _timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _in_head = _in_body = False

    # The base of the library narrows it in the same way.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._begin_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait(0)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head has become too long."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self._end(b"431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        """Begin to wait for the head of one more request on this connection."""
        super().on_message_begin()
        if not self._in_head:
            self._begin_head()

    def on_headers_complete(self) -> None:
        """Leave the time from here on to the app."""
        self._wait(0)
        self._in_head, self._in_body = False, True
        if sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES:
            raise HttpParserError("head too long")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Stop to wait: the whole request is here."""
        self._in_body = False
        self._wait(0)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait a little for the rest of a body that was answered unread."""
        super().on_response_complete()
        if self._in_body and not self.transport.is_closing():
            self._wait(self.unread_s)

    def _begin_head(self) -> None:
        self._in_head, self._head_bytes = True, 0
        self._wait(self.head_s)

    def _wait(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self._expire) if seconds else None

    def _expire(self) -> None:
        if not self.transport.is_closing():
            # A client that sent nothing is told nothing, as by any server.
            self._end(b"408 Request Timeout" if self._head_bytes and self._in_head else b"")

    def _end(self, status: bytes) -> None:
        if status:
            self.transport.write(BARE % status)
        self.transport.close()


def options(proxies: str) -> dict[str, Any]:
    """Return how the server is run; the service writes its own line a request, with ids only."""
    return {
        "http": TimedProtocol,
        "ws": "none",
        "access_log": False,
        "server_header": False,
        "timeout_graceful_shutdown": GRACE_S,
        "proxy_headers": bool(proxies),
        "forwarded_allow_ips": proxies,
    }
