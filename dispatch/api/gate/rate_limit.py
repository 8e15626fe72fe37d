"""How often somebody may come: requests by token and by address, and tokens that let nobody in.

What many requests wear out is this process, so it counts them itself. What many tokens try is the register, so all
processes count them together, in Redis; while Redis is away each counts alone, and nobody is shut out for that.
"""

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from hashlib import sha256

from redis import RedisError
from redis.asyncio import Redis

BURST_S = 10.0
"""A client that was quiet may come at once as often as it might have come in this time."""

MAX_KEYS = 20_000
"""Tokens and addresses remembered at once; the one that came least lately is forgotten."""

WINDOW_S = 60
REDIS_WITHIN_S = 0.5
REDIS_AGAIN_S = 5.0
"""A Redis that did not answer is left alone for so long: each question would cost a request its patience."""


class RateLimit:
    """
    Steady rates with bursts, one moment kept for each key (the generic cell rate algorithm).

    Parameters
    ----------
    per_second : float
        Steady rate of one key; 0 lets everything pass.
    clock : callable, optional
        Seconds that never run backwards.
    """

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._gap_s = 1 / per_second if per_second else 0.0
        self._clock = clock
        self._free_at: OrderedDict[str, float] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """Count one request of the key and return 0, or return the seconds until it may come again."""
        if not self._gap_s:
            return 0.0
        now = self._clock()
        free_at = max(self._free_at.get(key, now), now) + self._gap_s
        if (ahead := free_at - now - BURST_S) > 0:
            return ahead
        self._free_at[key] = free_at
        self._free_at.move_to_end(key)
        if len(self._free_at) > MAX_KEYS:
            self._free_at.popitem(last=False)
        return 0.0


class Failures:
    """
    Refusals by address within a minute, counted by all processes together.

    Parameters
    ----------
    redis_url : str
        Where they meet.
    a_minute : int
        How many an address may have; 0 lets everything pass.
    clock : callable, optional
        Seconds of the wall clock: processes on several hosts share its minutes.
    """

    def __init__(self, redis_url: str, a_minute: int, clock: Callable[[], float] = time.time) -> None:
        self._url, self._a_minute, self._clock = redis_url, a_minute, clock
        self._own: defaultdict[str, int] = defaultdict(int)
        self._minute = 0
        self._away_until = 0.0

    async def wait_s(self, address: str) -> float:
        """Return 0, or the seconds until somebody unknown may come from this address again."""
        if not self._a_minute:
            return 0.0
        count = max(self._own_of(address), await self._ask("get", address))
        return WINDOW_S - self._clock() % WINDOW_S if count >= self._a_minute else 0.0

    async def add(self, address: str) -> None:
        """Count one refusal."""
        if self._a_minute:
            self._own_of(address)
            self._own[address] += 1
            await self._ask("incr", address)

    def _own_of(self, address: str) -> int:
        minute = int(self._clock() // WINDOW_S)
        if minute != self._minute or len(self._own) > MAX_KEYS:
            self._minute = minute
            self._own.clear()
        return self._own.get(address, 0)

    async def _ask(self, order: str, address: str) -> int:
        if time.monotonic() < self._away_until:
            return 0
        minute = int(self._clock() // WINDOW_S)
        # An address is somebody's: it is kept for a minute, and not as it is.
        key = f"legal-dispatch:refused:{minute}:{sha256(address.encode()).hexdigest()[:16]}"
        try:
            async with asyncio.timeout(REDIS_WITHIN_S):
                # A connection a question: who is known asks none, and none outlives the loop it was opened in. Nor does
                # it say which library it is: that would be looked up among the installed packages each time.
                redis = Redis.from_url(self._url, socket_connect_timeout=REDIS_WITHIN_S, driver_info=None)
                async with redis, redis.pipeline(transaction=False) as pipe:
                    getattr(pipe, order)(key)
                    pipe.expire(key, 2 * WINDOW_S)
                    return int((await pipe.execute())[0] or 0)
        except (RedisError, OSError, TimeoutError):
            self._away_until = time.monotonic() + REDIS_AGAIN_S
            return 0
