"""Long work is in one pair of hands, shows signs of life, and can be stopped."""

from datetime import timedelta

import pytest

from dispatch.commands import jobs
from dispatch.domain.errors import ForbiddenError, JobFinishedError, NotFoundError
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import JobKind, JobStatus, Role
from dispatch.registry.jobs.requests import open_job
from dispatch.registry.tables import JobRow
from tests.rows import NOW

SECOND = timedelta(seconds=1)


def a_job(register):
    with register.begin() as tx:
        return open_job(tx, JobKind.RUN, register.clerk, register.centre.id, NOW)


def end(register, held, at=NOW):
    with register.begin() as tx:
        jobs.finish(tx, held, at, {"said": "done"})


def test_claimed_job_is_in_good_hands_until_the_lease_ends(register):
    job = a_job(register)
    first = jobs.claim(register.begin, NOW, job.id, "first")

    within = jobs.claim(register.begin, NOW + jobs.LEASE - SECOND, job.id, "second")
    after = jobs.claim(register.begin, NOW + jobs.LEASE, job.id, "second")

    assert (first.attempt, within, after.attempt) == (1, None, 2)


def test_beat_keeps_the_claim(register):
    job = a_job(register)
    held = jobs.claim(register.begin, NOW, job.id, "first")

    jobs.beat(register.begin, NOW + jobs.LEASE - SECOND, held, "matching", 0.5)

    assert jobs.claim(register.begin, NOW + jobs.LEASE, job.id, "second") is None
    stored = register.get(JobRow, job.id)
    assert (stored.phase, stored.done_share) == ("matching", 0.5)


def test_progress_never_runs_backwards(register):
    held = jobs.claim(register.begin, NOW, a_job(register).id, "first")
    jobs.beat(register.begin, NOW, held, "matching", 0.5)

    jobs.beat(register.begin, NOW, held, "loading", 0.1)

    assert register.get(JobRow, held.job_id).done_share == 0.5


def test_worker_whose_claim_lapsed_can_neither_beat_nor_finish(register):
    job = a_job(register)
    slow = jobs.claim(register.begin, NOW, job.id, "worker")
    jobs.claim(register.begin, NOW + jobs.LEASE, job.id, "worker")

    with pytest.raises(jobs.ClaimLostError):
        jobs.beat(register.begin, NOW + jobs.LEASE, slow)
    with pytest.raises(jobs.ClaimLostError):
        end(register, slow)


def test_finished_job_is_not_claimed_again(register):
    held = jobs.claim(register.begin, NOW, a_job(register).id, "first")

    end(register, held)

    stored = register.get(JobRow, held.job_id)
    assert (stored.status, stored.done_share, stored.result) == (JobStatus.DONE, 1.0, {"said": "done"})
    assert jobs.claim(register.begin, NOW + jobs.LEASE, held.job_id, "second") is None


def test_queued_job_is_cancelled_at_once(register):
    job = a_job(register)

    cancelled = jobs.cancel_job(register.begin, register.clerk, NOW, job.id)

    assert cancelled.status is JobStatus.CANCELLED
    assert jobs.claim(register.begin, NOW, job.id, "worker") is None


def test_running_job_is_asked_to_stop_by_its_next_beat(register):
    held = jobs.claim(register.begin, NOW, a_job(register).id, "worker")
    assert jobs.beat(register.begin, NOW, held) is False

    jobs.cancel_job(register.begin, register.clerk, NOW, held.job_id)
    jobs.cancel_job(register.begin, register.clerk, NOW, held.job_id)

    assert jobs.beat(register.begin, NOW, held) is True
    assert register.get(JobRow, held.job_id).status is JobStatus.RUNNING


def test_cancelled_job_of_a_dead_worker_is_not_taken_up(register):
    held = jobs.claim(register.begin, NOW, a_job(register).id, "dead")
    jobs.cancel_job(register.begin, register.clerk, NOW, held.job_id)

    assert jobs.claim(register.begin, NOW + jobs.LEASE, held.job_id, "heir") is None
    assert register.get(JobRow, held.job_id).status is JobStatus.CANCELLED


def test_finished_job_cannot_be_cancelled(register):
    held = jobs.claim(register.begin, NOW, a_job(register).id, "worker")
    end(register, held)

    with pytest.raises(JobFinishedError):
        jobs.cancel_job(register.begin, register.clerk, NOW, held.job_id)


def test_job_whose_workers_keep_dying_is_given_up(register):
    job = a_job(register)
    for attempt in range(jobs.MAX_ATTEMPTS):
        assert jobs.claim(register.begin, NOW + attempt * jobs.LEASE, job.id, "doomed")

    last = jobs.claim(register.begin, NOW + jobs.MAX_ATTEMPTS * jobs.LEASE, job.id, "doomed")

    assert last is None
    stored = register.get(JobRow, job.id)
    assert (stored.status, stored.problem["type"]) == (JobStatus.FAILED, "job-abandoned")


def test_job_of_another_centre_is_not_found(register):
    job = a_job(register)

    with pytest.raises(NotFoundError):
        jobs.cancel_job(register.begin, register.a_stranger(), NOW, job.id)


def test_auditor_cannot_cancel(register):
    auditor = Actor(user_id="u", role=Role.AUDITOR, centre_id=register.centre.id)

    with pytest.raises(ForbiddenError):
        jobs.cancel_job(register.begin, auditor, NOW, a_job(register).id)


def test_heart_beats_by_itself_and_hears_the_wish_to_stop(register):
    held = jobs.claim(register.begin, NOW, a_job(register).id, "worker")
    instants = iter(NOW + k * SECOND for k in range(1, 10_000))

    with jobs.Heartbeat(register.begin, lambda: next(instants), held, timedelta(milliseconds=5)) as heart:
        jobs.cancel_job(register.begin, register.clerk, NOW, held.job_id)
        stopped = heart.wait_until_cancelled(5)

    assert stopped
    assert register.get(JobRow, held.job_id).beat_at > NOW


def test_heart_stops_when_the_claim_is_lost(register):
    held = jobs.claim(register.begin, NOW, a_job(register).id, "worker")
    jobs.claim(register.begin, NOW + jobs.LEASE, held.job_id, "heir")

    with jobs.Heartbeat(register.begin, lambda: NOW, held, timedelta(milliseconds=5)) as heart:
        stopped = heart.wait_until_cancelled(5)

    assert stopped
