"""The doctor names what is stuck."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from dispatch.commands.doctor import DETAILS, FAILS_AFTER_SENDS, MEND, Ailment, count_findings, examine
from dispatch.commands.webhooks.endpoints import disable_webhook, enable_webhook, replay_dead, silence
from dispatch.domain.vocabulary import JobKind, JobStatus
from dispatch.domain.webhooks import Disabled
from dispatch.registry.jobs import leases
from dispatch.registry.jobs.queues import open_redis
from dispatch.registry.key import Key
from dispatch.registry.seal import Seal
from dispatch.registry.tables import JobRow, WebhookRow
from dispatch.registry.transaction import make_engine, make_read
from workers.rq_workers import make_worker


def ailments(office) -> set[Ailment]:
    return {
        finding.ailment
        for finding in examine(office.context.read, office.context.key, office.context.redis, office.now)
    }


@pytest.fixture
def healthy(office):
    """An office with an effective scheduler and a worker that beats."""
    with office.context.begin() as tx:
        leases.hold_lease(tx, leases.SCHEDULER, "scheduler", office.now, timedelta(minutes=5))
    make_worker(office.context.redis, "runs", "worker", office.context.timing).register_birth()
    return office


def test_doctor_finds_nothing_wrong_with_a_healthy_office(healthy):
    assert ailments(healthy) == set()


def test_doctor_misses_scheduler_and_worker_where_nothing_was_started(office):
    assert ailments(office) == {Ailment.NO_SCHEDULER, Ailment.NO_WORKER}


def test_doctor_notices_when_worker_and_scheduler_fall_silent(healthy):
    healthy.wait(301)

    assert ailments(healthy) == {Ailment.NO_SCHEDULER, Ailment.NO_WORKER, Ailment.SILENT_WORKER}


def test_doctor_notices_jobs_that_nobody_sends(healthy):
    healthy.ask("one")

    healthy.wait(11)

    assert ailments(healthy) == {Ailment.UNSENT}


def test_doctor_notices_a_job_that_keeps_failing(healthy):
    healthy.ask("one")
    for _ in range(FAILS_AFTER_SENDS):
        healthy.relay()
        healthy.forget_sent()

    assert ailments(healthy) == {Ailment.FAILING}


def test_doctor_notices_long_work_without_a_heartbeat(healthy):
    silent = healthy.now - timedelta(minutes=1)
    with healthy.context.begin() as tx:
        tx.add(
            JobRow(
                centre_id=healthy.register.centre.id, kind=JobKind.RUN, status=JobStatus.RUNNING, claimed_by="someone",
                attempt=2, beat_at=silent, created_at=silent,
            )
        )  # fmt: skip

    assert ailments(healthy) == {Ailment.LAPSED_CLAIM}


def test_doctor_says_so_when_redis_is_away(healthy):
    nowhere = open_redis("redis://127.0.0.1:1/0")

    found = {finding.ailment for finding in examine(healthy.context.read, healthy.context.key, nowhere, healthy.now)}

    assert found == {Ailment.REDIS_AWAY}


def test_doctor_says_so_when_the_database_is_away(healthy):
    nowhere = make_engine("postgresql+psycopg://127.0.0.1:1/none")

    found = {
        finding.ailment
        for finding in examine(make_read(nowhere), healthy.context.key, healthy.context.redis, healthy.now)
    }

    assert found == {Ailment.DATABASE_AWAY}


def test_doctor_asks_for_a_migration_before_anything_else(healthy):
    with healthy.context.begin() as tx:
        stands_at = tx.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        tx.session.execute(text("DELETE FROM alembic_version"))

    found = [
        f
        for f in examine(
            healthy.context.read, healthy.context.key, healthy.context.redis, healthy.now + timedelta(days=1)
        )
    ]
    with healthy.context.begin() as tx:
        tx.session.execute(text("INSERT INTO alembic_version VALUES (:at)"), {"at": stands_at})

    reported = {finding.ailment: finding for finding in found}
    assert reported[Ailment.SCHEMA_OLD].facts == {"at": "", "newest": stands_at}
    assert "legal-dispatch migrate" in reported[Ailment.SCHEMA_OLD].mend("en")
    assert reported[Ailment.SCHEMA_OLD].details("zh") == f"现为无，最新为{stands_at}"
    assert Ailment.NO_SCHEDULER not in reported


def test_doctor_notices_webhooks_that_were_given_up_or_disabled(healthy):
    webhook = healthy.endpoint("http://127.0.0.1:1/hooks")
    healthy.notify(2)
    with healthy.context.begin() as tx:
        silence(tx, tx.lock(WebhookRow, webhook.id), Disabled.GONE, healthy.now)

    found = {
        finding.ailment: finding
        for finding in examine(healthy.context.read, healthy.context.key, healthy.context.redis, healthy.now)
    }

    assert found[Ailment.WEBHOOK_DEAD].facts == {"count": 2}
    assert (found[Ailment.WEBHOOK_SILENT].subject, found[Ailment.WEBHOOK_SILENT].facts["because"]) == (
        webhook.id,
        "gone",
    )
    assert count_findings(healthy.context.read) == {"webhook_disabled": 1}


def test_doctor_is_content_once_webhooks_are_enabled_and_replayed(healthy):
    webhook = healthy.endpoint("http://127.0.0.1:1/hooks")
    healthy.notify(1)
    begin, manager = healthy.context.begin, healthy.register.manager
    disable_webhook(begin, manager, healthy.now, webhook.id)

    enable_webhook(begin, manager, healthy.now, webhook.id)
    replay_dead(begin, manager, healthy.now, webhook.id, healthy.now - timedelta(days=1))

    assert ailments(healthy) == set()


def test_doctor_counts_cases_whose_time_limit_is_past_or_near(healthy):
    register, now = healthy.register, healthy.now
    for number, due_at in (("1", now - timedelta(hours=1)), ("2", now + timedelta(hours=1)), ("3", now + timedelta(9))):
        register.a_case(number, due_at=due_at, received_at=now - timedelta(days=2))

    found = {
        finding.ailment: finding.facts
        for finding in examine(healthy.context.read, healthy.context.key, healthy.context.redis, now)
    }

    assert found == {Ailment.DEADLINE_MISSED: {"count": 1}, Ailment.DEADLINE_NEAR: {"count": 1}}


def test_doctor_knows_a_remedy_for_every_ailment():
    assert set(MEND) == set(Ailment)
    assert all(text.strip() for texts in MEND.values() for text in texts)


def test_doctor_tells_what_is_known_without_names_of_facts(healthy):
    register, now = healthy.register, healthy.now
    register.a_case("1", due_at=now - timedelta(hours=1), received_at=now - timedelta(days=2))
    nowhere = open_redis("redis://127.0.0.1:1/0")

    found = examine(healthy.context.read, healthy.context.key, nowhere, now)

    assert [finding.details("zh") for finding in found] == ["ConnectionError", "1件"]
    assert [finding.details("en") for finding in found] == ["ConnectionError", "1"]


@pytest.mark.parametrize("ailment", DETAILS)
def test_both_languages_tell_the_same_facts(ailment):
    zh, en = (re.findall(r"{(\w+)}", text) for text in DETAILS[ailment])

    assert sorted(zh) == sorted(en)


def test_doctor_names_a_wrong_key(healthy):
    healthy.context.key.require()
    other = Key(
        Seal("another secret of the tests", "aes"), healthy.context.begin, healthy.context.read, lambda: healthy.now
    )

    found = examine(healthy.context.read, other, healthy.context.redis, healthy.now)

    assert [finding.ailment for finding in found] == [Ailment.WRONG_KEY]
