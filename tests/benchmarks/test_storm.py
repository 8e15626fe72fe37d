"""A small storm with every blow: no case twice, no cap exceeded, nothing lost; ``make storm`` plays the large ones."""

from datetime import timedelta

import pytest

from benchmarks.storm import Size, play

SMALL = Size(lawyers=60, cases=16, threads=20, tries=3, granted=3, lives=6, window=timedelta(seconds=8))


@pytest.mark.long
@pytest.mark.timeout(480)
def test_storm_with_an_api_a_worker_and_redis_killed_loses_and_doubles_nothing(clean_postgres_url):
    account = play(7, clean_postgres_url, SMALL, blows=True)

    assert account.claims == SMALL.lawyers * SMALL.tries
    assert account.wins == SMALL.cases
    assert account.granted == SMALL.granted
    # Of the acts on each case at work at least one that ends it, or takes its lawyer off, was carried out.
    assert account.acts["hand-over"] == SMALL.lives
    assert account.acts["assignment_notice"] == 2 * SMALL.lives
    assert account.wins + account.lost.total() + account.refused.total() >= account.claims - account.carried_out
