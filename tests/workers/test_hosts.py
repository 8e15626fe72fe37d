"""Two hosts of workers share one Redis and one PostgreSQL, and nothing else."""

from tests.receiver import receiving
from tests.workers.hosts import Host, spend_a_day
from tests.workers.office import opened


def test_two_hosts_lose_and_double_nothing_when_one_loses_power(clean_postgres_url, own_redis_url, tmp_path):
    with opened(clean_postgres_url, own_redis_url) as office, receiving() as receiver:
        first, second = (Host(name, tmp_path / name, office.environment) for name in ("first", "second"))

        spend_a_day(office, first, second, receiver)
