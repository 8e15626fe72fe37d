"""How much somebody may bring: the size of a body, its shape, how long it may take, and how many come in at once."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from dispatch.domain.errors import TooLargeError, TooManyRequestsError, stated

STRANGERS_BYTES = 64 * 2**10
"""Read of somebody who has not said who they are: enough for a form."""

SMALL_BYTES = 64 * 2**10
"""Bodies up to here are read however many come at once."""

LARGE_AT_ONCE, UPLOADS_AT_ONCE = 4, 4
QUEUE_S = 30.0
"""A large body waits so long for its turn, unread; then its sender is asked to come again."""

SILENT_S, WHOLE_S = 10.0, 300.0
"""A body may pause for so long, and take so long altogether: 16 MB at half a megabit a second."""

MAX_VALUES, MAX_DEPTH = 50_000, 32
"""Of a JSON text: a megabyte of empty objects would be a hundred of memory; deeper than ours goes none."""

PIECE = 16 * 2**10
"""Of an upload, read at a time."""

SHAPE = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


class Limits(NamedTuple):
    """What is read of a body."""

    json_bytes: int
    upload_bytes: int


class Bodies:
    """Takes the bodies in of one process."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._large, self._uploads = asyncio.Semaphore(LARGE_AT_ONCE), asyncio.Semaphore(UPLOADS_AT_ONCE)
        self._handled = asyncio.Semaphore(1)

    @asynccontextmanager
    async def whole(self, receive: Receive, declared: int | None, most: int) -> AsyncIterator[Receive]:
        """Read a body of JSON, look at its shape, and hand it over as one piece; while it is held, few others are."""
        require_size(declared, most)
        small = declared is not None and declared <= SMALL_BYTES
        async with nullcontext() if small else _turn(self._large):
            body = bytearray()
            async for piece in _pieces(_limited(receive, most)):
                body += piece
            require_simple(body)
            yield _replayed({"type": "http.request", "body": bytes(body), "more_body": False}, receive)

    @asynccontextmanager
    async def spooled(self, receive: Receive, declared: int | None) -> AsyncIterator[Receive]:
        """Take an upload to the disk, then hand it over; a slow sender keeps nobody's memory and nobody's turn."""
        require_size(declared, self.limits.upload_bytes)
        async with _turn(self._uploads):
            with TemporaryFile() as file:
                async for piece in _pieces(_limited(receive, self.limits.upload_bytes)):
                    file.write(piece)
                file.seek(0)
                async with _turn(self._handled):
                    yield _read_again(file, receive)


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HTTPException(400)
        yield message.get("body", b"")
        more = message.get("more_body", False)


def require_size(declared: int | None, most: int) -> None:
    """Refuse a body that says itself that it is too large."""
    if declared is not None and declared > most:
        raise TooLargeError(field="body", expected=stated(f"不超过{most}字节", f"at most {most} bytes"))


def require_simple(body: bytes | bytearray) -> None:
    """Refuse a JSON text that is small as a text and large, or endless, as what it says."""
    opened = body.count(b"[") + body.count(b"{")
    if opened + body.count(b",") > MAX_VALUES or body.count(b'"') > 4 * MAX_VALUES:
        expected = stated(f"不超过{MAX_VALUES}个值", f"at most {MAX_VALUES} values")
        raise TooLargeError(field="body", expected=expected)
    if opened > MAX_DEPTH and _depth(body) > MAX_DEPTH:
        raise TooLargeError(
            field="body", expected=stated(f"嵌套不超过{MAX_DEPTH}层", f"at most {MAX_DEPTH} levels deep")
        )


def _depth(body: bytes | bytearray) -> int:
    depth = deepest = 0
    for found in SHAPE.finditer(body):
        match found[0]:
            case b"[" | b"{":
                depth += 1
                deepest = max(deepest, depth)
            case b"]" | b"}":
                depth -= 1
    return deepest


def _limited(receive: Receive, most: int) -> Receive:
    """Return a way to receive that ends a body too large, too slow or silent; routes know such an end by its status."""
    taken, loop = 0, asyncio.get_running_loop()
    end = loop.time() + WHOLE_S

    async def take() -> Message:
        nonlocal taken
        try:
            async with asyncio.timeout_at(min(end, loop.time() + SILENT_S)):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408) from None
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413)
        return message

    return take


def _replayed(whole: Message, receive: Receive) -> Receive:
    waiting = [whole]

    async def take() -> Message:
        return waiting.pop() if waiting else await receive()

    return take


def _read_again(file: IO[bytes], receive: Receive) -> Receive:
    ended = False

    async def take() -> Message:
        nonlocal ended
        if ended:
            return await receive()
        # Others are served between two pieces: the form is taken apart where all of them wait.
        await asyncio.sleep(0)
        piece = file.read(PIECE)
        ended = not piece
        return {"type": "http.request", "body": piece, "more_body": not ended}

    return take


@asynccontextmanager
async def _turn(places: asyncio.Semaphore) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(QUEUE_S):
            await places.acquire()
    except TimeoutError:
        raise TooManyRequestsError(retry_after_s=int(QUEUE_S)) from None
    try:
        yield
    finally:
        places.release()
