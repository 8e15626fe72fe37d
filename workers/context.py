"""The one place where workers and scheduler meet the environment."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from redis import Redis

from dispatch.commands.jobs import abandon
from dispatch.domain.errors import UnavailableError
from dispatch.exchange.outbound import Send, make_send
from dispatch.registry.jobs.queues import open_redis, publish_boards, wake_relay
from dispatch.registry.key import Key
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import Begin, Read, make_begin, make_engine, make_read
from dispatch.settings import Settings
from workers.timing import Timing


class WorkerContext(NamedTuple):
    """What a job or a periodic task works with."""

    begin: Begin
    read: Read
    redis: Redis
    key: Key
    clock: Callable[[], datetime]
    timing: Timing
    send: Send
    send_within: timedelta


@cache
def open_context() -> WorkerContext:
    """Open everything once; nothing connects before its first use, so a forked job shares no connection."""
    settings = Settings()
    engine = make_engine(settings.database_url)
    redis = open_redis(settings.redis_url)
    begin = make_begin(
        engine, wake=lambda: wake_relay(redis), notify_boards=lambda centres: publish_boards(redis, centres)
    )
    read = make_read(engine)
    return WorkerContext(
        begin=begin,
        read=read,
        redis=redis,
        key=Key(Seal(settings.secret, settings.cipher), begin, read, utc_now),
        clock=utc_now,
        timing=Timing(timedelta(seconds=settings.lease_s)),
        send=make_send(settings.webhook_within_s, private=settings.webhooks_private),
        send_within=timedelta(seconds=settings.webhook_within_s),
    )


def require_key() -> None:
    """Refuse to start with the secret of another register; a database that is away is asked when work comes.

    Raises
    ------
    WrongKeyError
        If the register is sealed with another secret.
    """
    settings = Settings()
    engine = make_engine(settings.database_url)
    try:
        with suppress(UnavailableError):
            Key(Seal(settings.secret, settings.cipher), make_begin(engine), make_read(engine), utc_now).require()
    finally:
        # A forked job shares no connection.
        engine.dispose()


def give_up(job_id: str) -> None:
    """Fail a job whose work brought its own process down; a database that is away leaves it to be taken up again."""
    engine = make_engine(Settings().database_url)
    try:
        with suppress(UnavailableError):
            abandon(make_begin(engine), utc_now(), job_id)
    finally:
        # A forked job shares no connection.
        engine.dispose()


def utc_now() -> datetime:
    """Return the only clock of these processes."""
    return datetime.now(UTC)
