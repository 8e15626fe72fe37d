"""Jobs are named by strings, carry ids, and fail without quoting anyone."""

import importlib
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dispatch
from dispatch.commands.cases.intake import submit_case
from dispatch.commands.jobs import claim
from dispatch.commands.runs.requests import request_run
from dispatch.domain.findings import FindingKind
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.registry.jobs.queues import QUEUES, open_queue
from dispatch.registry.tables import FindingRow, OfferRow, PlanRow
from tests.rows import a_draft
from workers import jobs
from workers.__main__ import SERVED, app
from workers.jobs import describe
from workers.rq_workers import WORKERS
from workers.timing import JOB_TIMEOUT_S

NAMED = re.compile(r'"(workers\.[a-z_.]+)"')


def jobs_named_in_dispatch() -> set[str]:
    sources = Path(dispatch.__file__).parent.rglob("*.py")
    return {name for source in sources for name in NAMED.findall(source.read_text(encoding="utf-8"))}


def test_run_delivered_twice_changes_nothing(office, monkeypatch):
    monkeypatch.setattr(jobs, "open_context", lambda: office.context)
    office.fill(practitioners=3, cases=2)
    run = request_run(office.context.begin, office.register.clerk, office.now)
    office.relay()
    [delivered] = open_queue(office.context.redis, "runs").jobs

    delivered.perform()
    before = (office.proposals(run.id), office.outbox())
    delivered.perform()

    assert (office.proposals(run.id), office.outbox()) == before
    assert len(before[0]) == 2
    assert before[1][0].done_at == office.now


def test_run_in_other_hands_is_left_to_them_and_stays_open(office, monkeypatch):
    monkeypatch.setattr(jobs, "open_context", lambda: office.context)
    office.fill(practitioners=3, cases=2)
    run = request_run(office.context.begin, office.register.clerk, office.now)
    claim(office.context.begin, office.now, run.id, "someone else")
    office.relay()
    [delivered] = open_queue(office.context.redis, "runs").jobs

    delivered.perform()

    assert office.proposals(run.id) == []
    assert office.outbox()[0].done_at is None


def test_granted_case_is_on_its_chain_once_however_often_the_job_runs(office, monkeypatch):
    monkeypatch.setattr(jobs, "open_context", lambda: office.context)
    office.register.a_policy(chains=[("rotation", None)], walk={"start_on_grant": True})
    office.fill(practitioners=3, cases=0)
    submit_case(
        office.context.begin,
        office.register.seal,
        office.register.clerk,
        office.now,
        a_draft(received_at=office.now, granted_at=office.now),
    )
    office.relay()
    [delivered] = open_queue(office.context.redis, "urgent").jobs

    delivered.perform()
    delivered.perform()

    assert [row.state for row in office.register.all(OfferRow)] == [OfferState.PENDING]
    assert [row.mode for row in office.register.all(PlanRow)] == [ModeName.ROTATION]
    assert office.outbox()[0].done_at == office.now


def test_case_that_moved_on_before_its_job_ran_is_left_alone(office, monkeypatch):
    monkeypatch.setattr(jobs, "open_context", lambda: office.context)
    office.register.a_policy(walk={"start_on_grant": True})
    case = office.register.a_case(status=Status.WITHDRAWN)
    office.ask(case.id, queue="urgent", job="workers.jobs.start_plan")
    office.relay()
    [delivered] = open_queue(office.context.redis, "urgent").jobs

    wording = delivered.perform()

    assert wording == f"case {case.id}: left alone"
    assert office.register.all(PlanRow) == []


@pytest.mark.parametrize("name", sorted(jobs_named_in_dispatch()))
def test_job_named_by_a_string_is_there(name):
    module, _, function = name.rpartition(".")

    assert callable(getattr(importlib.import_module(module), function))


def test_every_queue_has_its_worker_and_its_time_limit():
    assert set(WORKERS) == set(JOB_TIMEOUT_S) == set(QUEUES)
    assert set(SERVED.split(",")) <= set(QUEUES)


def test_failed_job_tells_where_but_quotes_nobody():
    try:
        int("张三")
    except ValueError as problem:
        reported = describe(problem)

    assert re.fullmatch(r"ValueError at test_jobs\.py:\d+", reported)


def test_worker_of_an_unknown_queue_is_refused_with_those_there_are():
    wording = CliRunner().invoke(app, ["worker", "--queues", "runs,midnight"])

    assert wording.exit_code == 2
    assert "midnight" in wording.output
    assert "housekeeping" in wording.output


def test_register_is_checked_by_its_job(office, monkeypatch):
    monkeypatch.setattr(jobs, "open_context", lambda: office.context)
    office.register.a_practitioner(minor_trained=None)
    office.ask(office.register.centre.id, queue="housekeeping", job="workers.jobs.check_register")
    office.relay()
    [delivered] = open_queue(office.context.redis, "housekeeping").jobs

    for _ in range(2):
        delivered.perform()

    # From November on, the notice about next year's working days is missing too.
    found = {row.kind for row in office.register.all(FindingRow)} - {FindingKind.CALENDAR_MISSING}
    assert found == {FindingKind.FACTS_MISSING}
    assert office.outbox()[0].done_at == office.now
