"""Every alert of the example fires on the fault it is for, in Prometheus' own reckoning (`make alerts`).

A fault is planted in a real service, its real metrics are read, and `promtool` lets them stand for two hours.
"""

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from redis import Redis

from dispatch.commands.chain import start_plan, watch_deadlines
from dispatch.domain.vocabulary import JobKind, JobStatus, ProposalState
from dispatch.registry.jobs import leases
from dispatch.registry.jobs.queues import open_queue
from dispatch.registry.tables import JobRow, OutboxRow, ProposalRow, RunRow
from tests.api.conftest import app, office
from tests.api.test_metrics import MONITORING, RULES
from tests.rows import NOW, register

__all__ = ["app", "office", "register"]

HOUSE = Path(__file__).parent.parent
UP = 'up{job="legal-dispatch"}'
SAMPLE = re.compile(r"^([a-z_]+(?:\{.*\})?) (\S+)$", re.M)
MINUTES = 120


@pytest.fixture
def database_url(clean_sqlite_url):
    return clean_sqlite_url


@pytest.fixture(scope="session")
def promtool():
    """Find it on the PATH, or unpack Debian's package without installing it."""
    folder = HOUSE / "var" / "prometheus"
    unpacked = folder / "usr" / "bin" / "promtool"
    if found := shutil.which("promtool"):
        return Path(found)
    if not unpacked.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "prometheus"], cwd=folder, check=True)
        [package] = folder.glob("prometheus_*.deb")
        subprocess.run(["dpkg-deb", "--extract", package, folder], check=True)
    return unpacked


@pytest.fixture
def healthy(office):
    """A service that has just answered something and whose scheduler was heard of."""
    with office.register.begin() as tx:
        leases.hold_lease(tx, leases.SCHEDULER, "one", NOW - timedelta(seconds=1), timedelta(seconds=10))
    office.client.app.state.context.redis.flushdb()
    office.get("/v1/me")
    return office


def late_case(office):
    office.register.a_case("1", due_at=NOW - timedelta(minutes=1))


def pressing_case(office):
    office.register.a_case("1", due_at=NOW + timedelta(hours=3))


def silent_scheduler(office):
    with office.register.begin() as tx:
        leases.hold_lease(tx, leases.SCHEDULER, "one", NOW - timedelta(minutes=5), timedelta(seconds=10))


def job_nobody_takes(office):
    office.client.app.state.context.redis.rpush(open_queue(office.client.app.state.context.redis, "runs").key, "job")


def lost_redis(office):
    app = office.client.app
    app.state.context = app.state.context._replace(redis=Redis(port=1, socket_connect_timeout=1))


def unsent_job(office):
    an_order(office, NOW - timedelta(minutes=10))


def undone_job(office):
    an_order(office, NOW - timedelta(hours=2), sent_at=NOW - timedelta(hours=2))


def called_manager(office):
    case = office.register.a_case("1", due_at=NOW + timedelta(days=1))
    start_plan(office.register.begin, office.register.clerk, NOW, case.id)
    watch_deadlines(office.register.begin, office.register.read, NOW)


def unproven_run(office):
    a_run(office, took=timedelta(seconds=20), bound=1001)


def slow_run(office):
    a_run(office, took=timedelta(minutes=6))


def stale_proposals(office):
    a_run(office, took=timedelta(seconds=20), states=[ProposalState.STALE, *[ProposalState.PROPOSED] * 3])


def failing_requests(office):
    state = office.client.app.state
    whole = state.context
    state.context = whole._replace(read_autocommit=None)
    assert office.get("/v1/me").status_code == 500
    state.context = whole


def an_order(office, asked_at, sent_at=None):
    about = {"job": "start_granted", "argument": "a-case", "queue": "runs"}
    office.register.add(OutboxRow(centre_id=office.register.centre.id, created_at=asked_at, sent_at=sent_at, **about))


def a_run(office, took, bound=1000, states=()):
    register = office.register
    asked = {"kind": JobKind.RUN, "status": JobStatus.DONE, "created_at": NOW - took, "finished_at": NOW}
    job = register.add(JobRow(centre_id=register.centre.id, **asked))
    about = {"centre_id": register.centre.id, "policy_id": register.policy.id, "seed": 1, "case_ids": []}
    run = register.add(RunRow(id=job.id, objective=1000, bound=bound, **about))
    for number, state in enumerate(states):
        case = register.a_case(str(number))
        register.add(ProposalRow(centre_id=register.centre.id, run_id=run.id, case_id=case.id, state=state))


FAULTS = {
    "CaseOverdue": late_case,
    "DeadlineNear": pressing_case,
    "SchedulerSilent": silent_scheduler,
    "QueueWithoutWorker": job_nobody_takes,
    "RedisDown": lost_redis,
    "OutboxLags": unsent_job,
    "JobsUndone": undone_job,
    "CasesEscalated": called_manager,
    "RunNotProven": unproven_run,
    "RunsSlow": slow_run,
    "ProposalsStale": stale_proposals,
    "RequestsFail": failing_requests,
}
"""What is planted for each alert; that the service does not answer at all is seen by Prometheus itself."""

ALSO = {"CaseOverdue": ["DeadlineNear"]}
"""What else fires, because it is so too."""


def series(office):
    """What stands in the metrics, for two hours; requests come as they came so far, each minute again."""
    text = office.get("/metrics", role=None).text
    for name, value in SAMPLE.findall(text):
        growth = value if "_count" in name or "_bucket" in name or "_sum" in name else "0"
        yield {"series": name, "values": f"{value}+{growth}x{MINUTES}"}


def firing(promtool, folder, series, alerts):
    """Let Prometheus reckon two hours of the series; the alerts that are to fire at their end, and no other of ours."""
    expected = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(alerts)]
    asked = 'count by (alertname) (ALERTS{alertstate="firing"})'
    question = {"expr": asked, "eval_time": f"{MINUTES}m", "exp_samples": expected}
    sheet = {
        "rule_files": [str(MONITORING / "alerts.yaml")],
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": series, "promql_expr_test": [question]}],
    }
    path = folder / "test.yaml"
    path.write_text(yaml.safe_dump(sheet), encoding="utf-8")
    return subprocess.run([promtool, "test", "rules", path], capture_output=True, text=True, check=False)


def test_every_rule_is_accepted_and_has_its_fault(promtool):
    checked = subprocess.run([promtool, "check", "rules", MONITORING / "alerts.yaml"], capture_output=True, check=False)

    assert checked.returncode == 0, checked.stderr
    assert {rule["alert"] for rule in RULES} == {*FAULTS, "ServiceDown"}


def test_nothing_fires_while_nothing_is_wrong(promtool, healthy, tmp_path):
    told = firing(promtool, tmp_path, [{"series": UP, "values": f"1x{MINUTES}"}, *series(healthy)], [])

    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("alert", FAULTS)
def test_alert_fires_on_its_fault(promtool, healthy, tmp_path, alert):
    FAULTS[alert](healthy)

    told = firing(
        promtool, tmp_path, [{"series": UP, "values": f"1x{MINUTES}"}, *series(healthy)], [alert, *ALSO.get(alert, ())]
    )

    assert told.returncode == 0, told.stdout


def test_alert_fires_when_the_service_does_not_answer(promtool, tmp_path):
    told = firing(promtool, tmp_path, [{"series": UP, "values": f"0x{MINUTES}"}], ["SchedulerSilent", "ServiceDown"])

    assert told.returncode == 0, told.stdout
