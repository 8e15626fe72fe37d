"""A back-test survives its worker, in real processes."""

from datetime import UTC, date, datetime

import pytest

from dispatch.commands.simulations import Scene, request_simulation
from dispatch.domain.vocabulary import JobStatus, PolicyStatus
from dispatch.registry.tables import JobRow, PolicyRow, SimulationRow
from tests.commands.policies import a_draft
from tests.workers.office import opened, scheduling
from tests.workers.processes import cut_power, started, wait_until

SPRING = Scene(date(2026, 3, 2), date(2026, 4, 30), {"cases": 150, "practitioners": 10})
"""Long enough to be caught in the middle."""


@pytest.fixture
def office(clean_postgres_url, own_redis_url):
    """One database is enough here: who takes over what is tested on both where workers are not real."""
    with opened(clean_postgres_url, own_redis_url) as office:
        yield office


def test_back_test_whose_worker_lost_power_is_finished_by_another(office, tmp_path):
    draft = a_draft(office.register, caps={"open_cases": 5})
    begin, manager, words = office.wiring.begin, office.register.manager, ("worker", "--queues", "simulations")
    log, environment = tmp_path / "worker.log", office.environment

    with scheduling(office):
        with started(*words, env=environment, output=log) as first:
            row = request_simulation(begin, manager, datetime.now(UTC), draft.id, SPRING, seed=1)
            wait_until(lambda: running(office, row.id), "a worker has it", every_s=0.01)
            cut_power(first)
        with started(*words, env=environment, output=log):
            wait_until(lambda: all(each.done_at for each in office.outbox()), "both jobs are done")

    assert office.register.get(JobRow, row.id).attempt == 2
    assert office.register.get(SimulationRow, row.id).result["cases"] == 150
    assert office.register.get(PolicyRow, draft.id).status is PolicyStatus.SIMULATED


def running(office, id):
    return any(job.id == id for job in office.jobs(JobStatus.RUNNING))
