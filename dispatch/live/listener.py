"""One open stream: the messages every stream knows, and what waits to be sent, never more than a bounded number."""

import asyncio
import json
from collections.abc import Iterable

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

RETRY_MS = 3000
"""When a browser reconnects; each delay is a little longer than the one before, so that not all come at once."""

BOARD = "/v1/board"
PING = KEEPALIVE_COMMENT


def hello(seen: int | None, number: int) -> bytes:
    """Return the first message: read the board now, later changes follow; without ``seen`` a stream goes on."""
    content = json.dumps({"resumed": seen is None, "board": BOARD})
    id = None if seen is None else str(seen)
    return format_sse_event(data_str=content, event="hello", id=id, retry=RETRY_MS + 50 * (number % 40))


def reset(seen: int) -> bytes:
    """Return the message that too much was missed: read the board again, later changes follow."""
    return format_sse_event(data_str=json.dumps({"board": BOARD}), event="reset", id=str(seen))


def event(id: int, name: str, content: str) -> bytes:
    """Return one entry of a board's history."""
    return format_sse_event(data_str=content, event=name, id=str(id))


MAX_WAITING = 500
"""Messages kept for a listener that does not read, and the most entries replayed to a listener that missed them."""


class Listener:
    """
    Someone who watches a board.

    Parameters
    ----------
    centre_id : str
        Whose board.
    claimant : str or None
        The practitioner who watches, and is told of what they may claim; None for those who are told everything.
    ticket : str
        What they came in with; when it is good no more, the stream ends.
    user_id : str
        Who they are: nobody has many streams.
    """

    def __init__(self, centre_id: str, claimant: str | None, ticket: str, user_id: str = "") -> None:
        self.centre_id, self.claimant, self.ticket, self.user_id = centre_id, claimant, ticket, user_id
        self.after = 0
        self._waiting: list[bytes] = []
        self._sleep: asyncio.Future[None] | None = None
        self._ended = False

    def begin(self, after: int, messages: Iterable[bytes]) -> None:
        """Send these first, and nothing of the board's history up to ``after`` any more."""
        self.after = after
        self._waiting = list(messages)
        self._wake()

    def put(self, id: int, message: bytes) -> None:
        """Send this next. A listener too far behind loses its queue and is asked to read the board again."""
        if id <= self.after:
            return
        if len(self._waiting) >= MAX_WAITING:
            self._waiting.clear()
            message = reset(id)
        self._waiting.append(message)
        self._wake()

    def end(self) -> None:
        """End the stream once everything is sent."""
        self._ended = True
        self._wake()

    async def take(self, patience_s: float) -> bytes | None:
        """Return all that waits; nothing if nothing came in time; None at the end."""
        if not self._waiting and not self._ended:
            await self._sleep_for(patience_s)
        if self._waiting:
            content = b"".join(self._waiting)
            self._waiting.clear()
            return content
        return None if self._ended else b""

    async def _sleep_for(self, patience_s: float) -> None:
        # A bare future and one timer: whatever is made here is made once a message and stream.
        loop = asyncio.get_running_loop()
        self._sleep = loop.create_future()
        alarm = loop.call_later(patience_s, self._wake)
        try:
            await self._sleep
        finally:
            alarm.cancel()
            self._sleep = None

    def _wake(self) -> None:
        if self._sleep is not None and not self._sleep.done():
            self._sleep.set_result(None)
