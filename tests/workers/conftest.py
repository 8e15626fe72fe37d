"""A small office on a real database and a real Redis, with a clock the test moves."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from dispatch.commands.centres import create_centre
from dispatch.domain.vocabulary import CentreLevel
from dispatch.registry.queues import open_redis, wake_relay
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import make_begin, make_engine, make_read
from tests.workers.office import LEASE_S, Office
from workers.timing import Timing
from workers.wiring import Wiring


@pytest.fixture
def office(database_url: str, redis_url: str) -> Iterator[Office]:
    engine, redis = make_engine(database_url), open_redis(redis_url)
    redis.flushdb()
    begin = make_begin(engine, wake=lambda: wake_relay(redis))
    office = Office(database_url, redis_url, now=datetime.now(UTC))
    office.wiring = Wiring(
        begin=begin,
        read=make_read(engine),
        redis=redis,
        seal=Seal(office.secret),
        clock=lambda: office.now,
        timing=Timing(timedelta(seconds=LEASE_S)),
    )
    office.centre_id = create_centre(begin, office.now, "4114", "Shangqiu", CentreLevel.CITY).id
    yield office
    redis.flushdb()
    redis.close()
    engine.dispose()
