"""An office on each database in turn, on a Redis of this room's own: its tests empty it and kill it."""

from collections.abc import Iterator

import pytest

from dispatch.embedded import redis
from tests.workers.office import Office, opened


@pytest.fixture(scope="session")
def own_redis_url(tmp_path_factory) -> Iterator[str]:
    with redis.running(tmp_path_factory.mktemp("own_redis")) as url:
        yield url


@pytest.fixture
def office(database_url: str, own_redis_url: str) -> Iterator[Office]:
    with opened(database_url, own_redis_url) as office:
        yield office
