"""What an operator watches: figures that stand before anything happened, move with it, and are the ones rules name."""

import json
import re
from datetime import timedelta
from pathlib import Path

import promql_parser
import pytest
import yaml
from redis import Redis
from starlette.testclient import TestClient

from dispatch.api.metrics import Sight, render
from dispatch.commands.jobs import JobContext
from dispatch.commands.runs.requests import request_run, solve_run
from dispatch.domain.errors import SecretWeakError
from dispatch.registry.jobs import leases
from dispatch.registry.jobs.backlog import LastRun, standing
from dispatch.registry.jobs.queues import QUEUES, Strength
from dispatch.settings import Settings
from tests.rows import NOW

MONITORING = Path(__file__).parents[2] / "examples" / "monitoring"
RULES = yaml.safe_load((MONITORING / "alerts.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
PANELS = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))["panels"]

EXPRESSIONS = [rule["expr"] for rule in RULES]
EXPRESSIONS += [target["expr"] for panel in PANELS for target in panel["targets"]]


def figures(office):
    text = office.get("/metrics", role=None).text
    return {name: float(value) for name, value in re.findall(r"^(\S+) (\S+)$", text, re.M)}


def test_every_state_shows_as_zero_before_anything_happened(office):
    seen = figures(office)

    assert seen['dispatch_cases{status="pending"}'] == 0
    assert seen['dispatch_offers{state="declined"}'] == 0
    assert seen['dispatch_proposals{state="stale"}'] == 0
    assert seen["dispatch_outbox_unsent"] == 0
    assert seen["dispatch_nearest_deadline_seconds"] == float("inf")
    assert seen["dispatch_redis_up"] == 1
    assert {f'dispatch_queue_workers{{queue="{name}"}}' for name in QUEUES} <= set(seen)


def test_waiting_cases_show_their_age_and_their_limits(office):
    office.register.a_case("1", granted_at=NOW - timedelta(hours=2), due_at=NOW + timedelta(hours=5))
    office.register.a_case("2", granted_at=NOW - timedelta(hours=1), due_at=NOW - timedelta(minutes=1))

    seen = figures(office)

    assert seen['dispatch_cases{status="pending"}'] == 2
    assert seen["dispatch_queue_age_seconds"] == 2 * 3600
    assert seen["dispatch_nearest_deadline_seconds"] == -60
    assert seen["dispatch_cases_overdue"] == 1


def test_finished_run_shows_its_time_and_its_gap(register):
    register.a_policy()
    register.a_practitioner("an")
    register.a_case("1")
    run = request_run(register.begin, register.clerk, NOW)

    solve_run(
        JobContext(register.begin, register.read, lambda: NOW + timedelta(seconds=9), "test", timedelta(seconds=20)),
        run.id,
    )

    with register.read() as session:
        seen = standing(session, NOW + timedelta(minutes=1))
    assert seen.last_run == LastRun(seconds=9, gap=0, finished_at=NOW + timedelta(seconds=9))
    assert seen.undone == 1
    assert b"dispatch_last_run_gap_points 0.0" in render(Sight(seen, NOW, {"runs": Strength(3, 1)}, NOW))


def test_scheduler_that_fell_silent_shows_for_how_long(office):
    with office.register.begin() as tx:
        leases.hold_lease(tx, leases.SCHEDULER, "one", NOW - timedelta(minutes=5), timedelta(seconds=10))

    assert figures(office)["dispatch_scheduler_silence_seconds"] == 300


def test_metrics_are_told_even_while_redis_is_away(office):
    app = office.client.app
    app.state.context = app.state.context._replace(redis=Redis(port=1, socket_connect_timeout=1))

    assert figures(office)["dispatch_redis_up"] == 0


SHOWN = "a token of the tests' own"
LOCAL, PROXY = ("127.0.0.1", 50000), {"X-Forwarded-For": "203.0.113.7"}

SIGNS = (
    "Forwarded", "X-Real-IP", "X-Forwarded-Port", "X-Forwarded-Server", "X-Original-Forwarded-For", "X-Client-IP",
    "True-Client-IP", "CF-Connecting-IP",
)  # fmt: skip

READERS = [
    # token of the settings, from where, what is shown besides, and the answer
    ("", LOCAL, {}, 200),
    ("", ("::1", 50000), {}, 200),
    ("", ("10.0.0.7", 50000), {}, 403),
    ("", LOCAL, PROXY, 403),
    ("", LOCAL, {"Via": "1.1 proxy"}, 403),
    *(("", LOCAL, {name: "203.0.113.7"}, 403) for name in SIGNS),
    (SHOWN, LOCAL, {}, 401),
    (SHOWN, LOCAL, {"Authorization": "Bearer another"}, 401),
    (SHOWN, LOCAL, {"Authorization": "Bearer 令牌".encode()}, 401),
    (SHOWN, ("10.0.0.7", 50000), {"Authorization": f"Bearer {SHOWN}"}, 200),
    (SHOWN, LOCAL, {"Authorization": f"Bearer {SHOWN}"} | PROXY, 200),
]


def test_metrics_are_read_with_their_token_or_on_this_machine_past_no_proxy(app):
    for token, client, headers, status in READERS:
        app.state.context = app.state.context._replace(settings=Settings(metrics_token=token, secret=SHOWN))
        answer = TestClient(app, client=client).get("/metrics", headers=headers)

        assert answer.status_code == status, (token, client, headers)
        assert ("dispatch_cases" in answer.text) == (status == 200)


def test_token_of_metrics_that_can_be_guessed_is_refused():
    with pytest.raises(SecretWeakError) as refused:
        Settings(metrics_token="metrics", secret=SHOWN)

    assert refused.value.facts["where"] == "DISPATCH_METRICS_TOKEN"


def test_rules_and_panels_name_metrics_there_are(office):
    office.get("/v1/me")
    with office.register.read() as session:
        at = standing(session, NOW)._replace(last_run=LastRun(1.0, 0, NOW))
    known = set(re.findall(r"^(dispatch_\w+)", render(Sight(at, NOW, {"runs": Strength(0, 0)}, NOW)).decode(), re.M))

    assert {name for each in EXPRESSIONS for name in re.findall(r"dispatch_\w+", each)} <= known


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expression_of_a_rule_or_panel_is_one_prometheus_reads(expression):
    promql_parser.parse(expression.replace("$__rate_interval", "5m"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_rule_says_what_is_wrong_and_what_to_do_in_both_languages(rule):
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["summary"]
    assert re.search(r"[A-Za-z]{3}.*[\u4e00-\u9fff]", rule["annotations"]["action"])
