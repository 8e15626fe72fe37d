"""A back-test survives its worker, in real processes."""

import time
from datetime import UTC, datetime

import pytest

from dispatch.commands.simulations.requests import request_simulation
from dispatch.domain.vocabulary import JobStatus, PolicyStatus
from dispatch.registry.tables import JobRow, PolicyRow, SimulationRow
from tests.commands.policies.history import CITY, a_draft
from tests.workers.office import opened, scheduling
from tests.workers.processes import cut_power, started, wait_until


@pytest.fixture
def office(clean_postgres_url, own_redis_url):
    """One database is enough here: who takes over what is tested on both where workers are not real."""
    with opened(clean_postgres_url, own_redis_url) as office:
        yield office


def test_back_test_whose_worker_lost_power_is_finished_by_another(office, tmp_path):
    draft = a_draft(office.register, caps={"open_cases": 5})
    begin, manager, words = office.context.begin, office.register.manager, ("worker", "--queues", "simulations")
    log, environment = tmp_path / "worker.log", office.environment

    with scheduling(office):
        with started(*words, env=environment, output=log) as first:
            row = request_simulation(begin, manager, datetime.now(UTC), draft.id, CITY, seed=1)
            cut_power_within(office, row.id, first)
        with started(*words, env=environment, output=log):
            wait_until(lambda: all(each.done_at for each in office.outbox()), "both jobs are done")

    assert office.register.get(JobRow, row.id).attempt == 2
    assert office.register.get(SimulationRow, row.id).result["cases"] == 4
    assert office.register.get(PolicyRow, draft.id).status is PolicyStatus.SIMULATED


def cut_power_within(office, job_id, process):
    """End the worker while it has the job and, because we hold its row, can store nothing."""
    while True:
        with office.context.begin() as tx:
            if tx.lock(JobRow, job_id).status is JobStatus.RUNNING:
                cut_power(process)
                return
        time.sleep(0.02)
