"""The live boards of one process: one subscription to Redis, however many listen.

Redis only says in which centre something happened. What happened is read from the history, in which the
ids of one centre's board rise in the order of its decisions; so a message that Redis loses costs a moment,
until the next round, and nothing else. Listeners hold no thread and no connection to the database.
"""

import asyncio
import logging
import resource
from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import NamedTuple, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from redis import RedisError
from redis.asyncio import Redis

from dispatch.commands.access import still_good
from dispatch.commands.board import Look, Notice, enter, follow
from dispatch.domain.errors import TooManyRequestsError
from dispatch.live.board import LiveBoard
from dispatch.live.listener import MAX_WAITING, RETRY_MS, Listener
from dispatch.registry.jobs.queues import BOARD_CHANNEL
from dispatch.registry.transaction import Read

log = logging.getLogger(__name__)

THREADS = 2
"""Reads of the hub at a time, apart from the threads that answer requests."""

PING_S = 15.0
"""A stream is never silent for longer: proxies close what seems dead, and a dead peer is noticed."""

ROUNDS_A_LEASE = 4

CANCEL_AGAIN_S = 0.05
"""Between two cancellations of what has not ended."""

MAX_STREAMS = 8
"""Of one user in one process: a stream for each page they have open."""

Answer = TypeVar("Answer")


class Source(NamedTuple):
    """Where the hub reads events, and how it renders them."""

    read: Read
    clock: Callable[[], datetime]
    redis_url: str
    lease_s: float
    """Without Redis a change is sent a quarter of it late; an ended access is noticed once in it."""
    render: Callable[[Notice], bytes]
    show_count: Callable[[int], object]
    """Told how many listen."""


class Hub:
    """Everyone who watches a board through this process."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._boards: dict[str, LiveBoard] = {}
        self._streams: Counter[str] = Counter()
        self._looks: set[asyncio.Task[None]] = set()
        self._threads = CapacityLimiter(THREADS)
        self._joined = 0
        self._closing = False

    async def run(self) -> None:
        """Listen to Redis and make the rounds until cancelled."""
        parts = [asyncio.create_task(self._hear()), asyncio.create_task(self._go_round())]
        try:
            ended, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.gather(*ended)
        finally:
            await _end(parts)

    async def join(self, listener: Listener, last: int | None) -> None:
        """
        Let someone listen: from now on, or after the entry they read last.

        Raises
        ------
        TooManyRequestsError
            If they listen often enough already.
        """
        if self._streams[listener.user_id] >= MAX_STREAMS:
            raise TooManyRequestsError(retry_after_s=RETRY_MS // 1000, streams=MAX_STREAMS)
        self._streams[listener.user_id] += 1
        board = self._boards.setdefault(listener.centre_id, LiveBoard(listener.centre_id))
        board.listeners.add(listener)
        self._count()
        async with board.lock:
            # What they read last may have come from a process that is ahead of this one.
            if board.seen is None or (last or 0) > board.seen:
                await self._look_once(board)
            self._joined += 1
            board.admit(listener, last, self._joined)
        if self._closing:
            listener.end()

    def leave(self, listener: Listener) -> None:
        """Forget a listener; a board nobody watches costs nothing."""
        board = self._boards.get(listener.centre_id)
        if board is None or listener not in board.listeners:
            return
        board.listeners.discard(listener)
        self._streams[listener.user_id] -= 1
        if not self._streams[listener.user_id]:
            del self._streams[listener.user_id]
        if not board.listeners:
            del self._boards[listener.centre_id]
        self._count()

    def close(self) -> None:
        """End every stream, and at once those still to come: the process ends."""
        self._closing = True
        for listener in self._everyone():
            listener.end()

    async def _hear(self) -> None:
        while True:
            try:
                async with (
                    Redis.from_url(self._source.redis_url, socket_connect_timeout=3) as redis,
                    redis.pubsub(ignore_subscribe_messages=True) as channel,
                ):
                    await channel.subscribe(BOARD_CHANNEL)
                    async for message in channel.listen():
                        self._look(message["data"].decode())
            except (RedisError, OSError) as fault:
                log.warning("board without=redis error=%s", type(fault).__name__)
                await asyncio.sleep(self._source.lease_s / ROUNDS_A_LEASE)

    async def _go_round(self) -> None:
        number = 0
        while True:
            await asyncio.sleep(self._source.lease_s / ROUNDS_A_LEASE)
            for centre_id in tuple(self._boards):
                self._look(centre_id)
            number += 1
            if number % ROUNDS_A_LEASE == 0:
                await self._turn_out()

    def _look(self, centre_id: str) -> None:
        """See what is new, once more if something happens meanwhile; the hub goes on with other centres."""
        board = self._boards.get(centre_id)
        if board is None:
            return
        board.stale = True
        if not board.lock.locked():
            task = asyncio.create_task(self._look_while_stale(board))
            self._looks.add(task)
            task.add_done_callback(self._looks.discard)

    async def _look_while_stale(self, board: LiveBoard) -> None:
        async with board.lock:
            while board.stale:
                board.stale = False
                try:
                    await self._look_once(board)
                except Exception as fault:
                    # A database that is away comes back; the next round looks again.
                    log.error("board centre=%s error=%s", board.centre_id, type(fault).__name__)

    async def _look_once(self, board: LiveBoard) -> None:
        source, now = self._source, self._source.clock()
        if board.seen is None:
            look: Look = await self._aside(partial(enter, source.read, now, board.centre_id, MAX_WAITING, board.known))
        else:
            look = await self._aside(partial(follow, source.read, now, board.centre_id, board.seen, board.known))
        board.learn(look, [source.render(notice) for notice in look.notices])

    async def _turn_out(self) -> None:
        tickets = {listener.ticket for listener in self._everyone()}
        try:
            good: Collection[str] = await self._aside(
                partial(still_good, self._source.read, tickets, self._source.clock())
            )
        except Exception as fault:
            log.error("board check error=%s", type(fault).__name__)
            return
        for listener in self._everyone():
            if listener.ticket in tickets and listener.ticket not in good:
                listener.end()

    async def _aside(self, work: Callable[[], Answer]) -> Answer:
        return await anyio.to_thread.run_sync(work, limiter=self._threads)

    def _everyone(self) -> list[Listener]:
        return [listener for board in self._boards.values() for listener in board.listeners]

    def _count(self) -> None:
        self._source.show_count(sum(len(board.listeners) for board in self._boards.values()))


async def _end(tasks: Collection[asyncio.Task[None]]) -> None:
    # The client of Redis takes a cancellation for a time-out of its own where both come at once: so once more.
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=CANCEL_AGAIN_S)


def allow_many_streams() -> int:
    """Take as many open files as we may have without asking: a stream is one; return how many."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
