"""Long work: one worker at a time, with beats that show it is alive, progress, and a wish to cancel."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self, TypeVar

from dispatch.domain.errors import AccessEndedError, DispatchError, JobAbandonedError, JobFinishedError, TooLargeError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.vocabulary import JobKind, JobStatus
from dispatch.domain.webhooks import HookType
from dispatch.registry.tables import ImportRow, JobRow, UserRow
from dispatch.registry.transaction import Begin, Read, Transaction

Clock = Callable[[], datetime]
Worked = TypeVar("Worked")

LEASE = timedelta(seconds=20)
"""Silence after which a claim lapses and another worker may take the job."""

BEATS = 5
"""Beats within a lease; several may be missed before the claim lapses."""

MAX_ATTEMPTS = 5
"""Work that ends its worker each time is given up after so many; a person can then see it and act."""

ENDED = (JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED)

ENDS = {
    JobStatus.DONE: HookType.RUN_SOLVED,
    JobStatus.FAILED: HookType.RUN_FAILED,
    JobStatus.CANCELLED: HookType.RUN_FAILED,
}
"""The webhook that reports the end of a run."""

REPORTED = ("cases", "seats", "assigned", "open")
"""Counts of a run that webhooks carry."""


class ClaimLostError(Exception):
    """Another worker has taken the job over, or it was cancelled; what was worked out is thrown away."""


class JobCancelledError(Exception):
    """Someone wants the work stopped."""


class JobClaim(NamedTuple):
    """The right to work on a job until the next lapse. ``attempt`` tells two claims of one worker apart."""

    job_id: str
    worker: str
    attempt: int


class JobContext(NamedTuple):
    """How a worker reads, writes, tells the time, and is known."""

    begin: Begin
    read: Read
    clock: Clock
    worker: str
    lease: timedelta = LEASE

    def claim(self, job_id: str) -> JobClaim | None:
        """Claim the job for this worker; None if it is in good hands or over."""
        return claim(self.begin, self.clock(), job_id, self.worker, self.lease)

    def heartbeat(self, held: JobClaim) -> "Heartbeat":
        """Return beats for a claim of this worker, several of which may be missed within its lease."""
        return Heartbeat(self.begin, self.clock, held, self.lease / BEATS)


def perform_job(
    context: JobContext,
    what: str,
    job_id: str,
    work: Callable[[JobClaim, "Heartbeat"], Worked],
    keep: Callable[[JobClaim, Worked], str],
) -> str:
    """
    Perform a job once, no matter who else tries, and return a line for the log.

    Parameters
    ----------
    context : JobContext
        The worker.
    what : str
        What the log calls such a job.
    job_id : str
        The job; one that is taken or over is left alone.
    work : callable
        Works the result out while a heartbeat shows that the worker is alive.
    keep : callable
        Stores the result under the claim and says what came of it. No beat competes with it for the database.

    Notes
    -----
    A refusal fails the job, a wish to cancel ends it; a worker that lost its claim meanwhile keeps nothing.
    """
    held = context.claim(job_id)
    if held is None:
        return f"{what} {job_id}: taken or over"
    try:
        return f"{what} {job_id}: {_hold_to_it(context, held, work, keep)}"
    except ClaimLostError:
        return f"{what} {job_id}: lost to another worker"


def _hold_to_it(
    context: JobContext,
    held: JobClaim,
    work: Callable[[JobClaim, "Heartbeat"], Worked],
    keep: Callable[[JobClaim, Worked], str],
) -> str:
    try:
        with context.heartbeat(held) as heart:
            worked = work(held, heart)
        return keep(held, worked)
    except JobCancelledError:
        stop(context.begin, context.clock(), held)
        return "cancelled"
    except (DispatchError, MemoryError) as problem:
        # What needs more memory than a job may have needs it the next time too.
        error = problem if isinstance(problem, DispatchError) else TooLargeError(what="memory")
        fail(context.begin, context.clock(), held, {"type": error.code, "facts": dict(error.facts)})
        return f"failed with {error.code}"


def claim(begin: Begin, now: datetime, job_id: str, worker: str, lease: timedelta = LEASE) -> JobClaim | None:
    """Take a queued job, or one whose worker has fallen silent; None if it is in good hands or over."""
    with begin() as tx:
        job = tx.lock(JobRow, job_id)
        silent = job.status is JobStatus.RUNNING and (job.beat_at is None or job.beat_at <= now - lease)
        if job.status is not JobStatus.QUEUED and not silent:
            return None
        if job.cancel_wanted:
            _end(tx, job, JobStatus.CANCELLED, now)
            return None
        if job.attempt >= MAX_ATTEMPTS:
            _give_up(tx, job, now)
            return None
        if _asker_has_gone(tx, job):
            _end(tx, job, JobStatus.FAILED, now)
            job.problem = {"type": AccessEndedError().code, "facts": {"id": job.id}}
            return None
        job.status, job.claimed_by, job.beat_at = JobStatus.RUNNING, worker, now
        job.attempt += 1
        return JobClaim(job.id, worker, job.attempt)


def abandon(begin: Begin, now: datetime, job_id: str) -> bool:
    """Fail a running job that brought its own process down: it would the next time too. Return whether it was one."""
    with begin() as tx:
        job = tx.session.get(JobRow, job_id, populate_existing=True)
        if job is None or tx.lock(JobRow, job_id).status is not JobStatus.RUNNING:
            return False
        _give_up(tx, job, now)
        return True


def _give_up(tx: Transaction, job: JobRow, now: datetime) -> None:
    abandoned = JobAbandonedError(id=job.id, attempts=job.attempt)
    _end(tx, job, JobStatus.FAILED, now)
    job.problem = {"type": abandoned.code, "facts": dict(abandoned.facts)}


def beat(
    begin: Begin, now: datetime, held: JobClaim, phase: str | None = None, done_share: float | None = None
) -> bool:
    """Show that the worker is alive and how far it is; return whether someone wants the job cancelled."""
    with begin() as tx:
        job = hold(tx, held)
        job.beat_at = now
        job.phase = phase or job.phase
        # A repeated attempt starts over, but what a person watches never runs backwards.
        job.done_share = max(job.done_share, done_share or 0.0)
        return job.cancel_wanted


def hold(tx: Transaction, held: JobClaim) -> JobRow:
    """Return the job, locked, if the claim is still valid; what follows is stored only under it."""
    job = tx.lock(JobRow, held.job_id)
    if (job.status, job.claimed_by, job.attempt) != (JobStatus.RUNNING, held.worker, held.attempt):
        raise ClaimLostError
    return job


def finish(tx: Transaction, held: JobClaim, now: datetime, result: dict[str, Any]) -> None:
    """Mark the job done, in the transaction that stores what it made."""
    job = hold(tx, held)
    job.done_share, job.result = 1.0, result
    _end(tx, job, JobStatus.DONE, now)


def fail(begin: Begin, now: datetime, held: JobClaim, problem: dict[str, Any]) -> None:
    """Mark the job failed with a problem a person can act on."""
    with begin() as tx:
        job = hold(tx, held)
        _end(tx, job, JobStatus.FAILED, now)
        job.problem = problem


def stop(begin: Begin, now: datetime, held: JobClaim) -> None:
    """Mark the job cancelled, once its worker has seen the wish."""
    with begin() as tx:
        _end(tx, hold(tx, held), JobStatus.CANCELLED, now)


def cancel_job(begin: Begin, actor: Actor, now: datetime, job_id: str) -> JobRow:
    """Cancel a queued job at once and ask a running one to stop. Idempotent."""
    require(actor, Verb.CANCEL_JOB)
    with begin() as tx:
        job = tx.lock(JobRow, job_id, actor.centre_id)
        if job.status in (JobStatus.DONE, JobStatus.FAILED):
            raise JobFinishedError(id=job.id, status=job.status.value)
        job.cancel_wanted = True
        if job.status is JobStatus.QUEUED:
            _end(tx, job, JobStatus.CANCELLED, now)
        return job


class Heartbeat:
    """Beats from a thread of its own, so that a long solve is not taken for a dead worker."""

    def __init__(self, begin: Begin, clock: Clock, held: JobClaim, every: timedelta = LEASE / BEATS) -> None:
        self._begin, self._clock, self._held, self._every = begin, clock, held, every
        self._phase, self._done_share = "claimed", 0.0
        self._over, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def report(self, phase: str, done_share: float) -> None:
        """Tell at once how far the work is."""
        self._phase, self._done_share = phase, done_share
        self._beat()

    def cancelled(self) -> bool:
        """Return whether to stop: someone wants it, or the claim is lost."""
        return self._stopping.is_set()

    def wait_until_cancelled(self, seconds: float) -> bool:
        """Wait for a reason to stop; return whether there is one."""
        return self._stopping.wait(seconds)

    def _run(self) -> None:
        while not self._over.wait(self._every.total_seconds()):
            try:
                self._beat()
            except ClaimLostError:
                return

    def _beat(self) -> None:
        try:
            if beat(self._begin, self._clock(), self._held, self._phase, self._done_share):
                self._stopping.set()
        except ClaimLostError:
            self._stopping.set()
            raise


def _asker_has_gone(tx: Transaction, job: JobRow) -> bool:
    """Tell whether somebody asked for the job who may do nothing any more."""
    asker = tx.session.get(UserRow, job.asked_by) if job.asked_by else None
    return asker is not None and not asker.active


def _end(tx: Transaction, job: JobRow, status: JobStatus, now: datetime) -> None:
    job.status, job.phase, job.finished_at = status, status.value, now
    if job.kind is JobKind.IMPORT and (upload := tx.session.get(ImportRow, job.id)):
        # Whatever became of it, nobody reads the file again.
        upload.content = None
    if job.kind is JobKind.RUN:
        counts = {name: count for name, count in (job.result or {}).items() if name in REPORTED}
        tx.announce(job.centre_id, ENDS[status], {"run_id": job.id, "status": status.value, **counts}, now)
