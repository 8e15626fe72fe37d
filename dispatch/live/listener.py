"""One open stream: what waits to be sent on it, and never more than a bounded number of messages."""

import asyncio
from collections import deque
from collections.abc import Iterable

from dispatch.live.wire import reset

WAITING_AT_MOST = 500
"""Messages kept for a listener that does not read, and entries a listener may have missed and still be told."""


class Listener:
    """
    Someone who watches a hall.

    Parameters
    ----------
    centre_id : str
        Whose hall.
    claimant : str or None
        The practitioner who watches, and is told of what they may claim; None for whoever is told everything.
    ticket : str
        What they came in with; when it is good no more, the stream ends.
    """

    def __init__(self, centre_id: str, claimant: str | None, ticket: str) -> None:
        self.centre_id, self.claimant, self.ticket = centre_id, claimant, ticket
        self.after = 0
        self._waiting: deque[bytes] = deque()
        self._ready = asyncio.Event()
        self._ended = False

    def begin(self, after: int, messages: Iterable[bytes]) -> None:
        """Say these first; of the hall's history nothing up to ``after`` is said any more."""
        self.after = after
        self._waiting = deque(messages)
        self._ready.set()

    def put(self, id: int, message: bytes) -> None:
        """Say this next. One who has let too much wait loses it, and is told to read the board anew."""
        if id <= self.after:
            return
        if len(self._waiting) >= WAITING_AT_MOST:
            self._waiting.clear()
            message = reset(id)
        self._waiting.append(message)
        self._ready.set()

    def end(self) -> None:
        """Let the stream end once everything is said."""
        self._ended = True
        self._ready.set()

    async def take(self, patience_s: float) -> bytes | None:
        """Return all that waits; nothing if nothing came in time; None at the end."""
        if not self._waiting and not self._ended:
            self._ready.clear()
            try:
                async with asyncio.timeout(patience_s):
                    await self._ready.wait()
            except TimeoutError:
                return b""
        if not self._waiting:
            return None
        said = b"".join(self._waiting)
        self._waiting.clear()
        return said
