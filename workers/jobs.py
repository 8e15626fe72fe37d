"""RQ's entries: an id in, one command called, a line for the log out. Every job may run twice."""

import traceback
from collections.abc import Callable
from pathlib import Path

from rq import get_current_job

from dispatch.commands.chain import start_granted
from dispatch.commands.housekeeping import check_register as check
from dispatch.commands.imports.files import perform_import as bring_in
from dispatch.commands.jobs import JobContext
from dispatch.commands.log.keeping import check_by_night
from dispatch.commands.policies.evidence import measure_firmness as measure
from dispatch.commands.runs.solving import solve_run as solve
from dispatch.commands.simulations.appraisals import appraise_days as appraise
from dispatch.commands.simulations.playing import replay_against as replay
from dispatch.commands.simulations.playing import simulate_policy as simulate
from dispatch.commands.webhooks.deliveries import deliver
from dispatch.registry.jobs import outbox
from dispatch.registry.jobs.queues import outbox_id_of
from workers.context import WorkerContext, open_context


class JobFailedError(Exception):
    """What went wrong and where, without the values: a traceback's text may quote a person."""


def solve_run(run_id: str) -> str:
    """Solve a queued run and keep its proposals; one that is taken or finished is left alone."""
    return _perform(lambda w, name: solve(_context(w, name), run_id))


def simulate_policy(simulation_id: str) -> str:
    """Back-test a policy; a half that is played already is not played again."""
    return _perform(lambda w, name: simulate(_context(w, name), simulation_id))


def replay_against(job_id: str) -> str:
    """Play the policy a back-test compares against, where another worker plays the first."""
    return _perform(lambda w, name: replay(_context(w, name), job_id))


def measure_firmness(job_id: str) -> str:
    """Work out how far the numbers of a policy can move before a plan changes."""
    return _perform(lambda w, name: measure(_context(w, name), job_id))


def start_plan(case_id: str) -> str:
    """Put a granted case on its chain; one that is on it already stays where it is."""
    return _perform(lambda w, _: start_granted(w.begin, w.read, w.clock(), case_id))


def perform_import(import_id: str) -> str:
    """Bring in an uploaded file; one that is taken or finished is left alone."""
    return _perform(lambda w, name: bring_in(_context(w, name), w.key.require(), import_id))


def deliver_webhooks(webhook_id: str) -> str:
    """Send an endpoint what waits for it, for one turn."""
    return _perform(
        # Held for two attempts: one whose worker died is taken up by another soon after.
        lambda w, name: deliver(w.begin, w.key.require(), w.send, w.clock, webhook_id, name, 2 * w.send_within)
    )


def check_register(centre_id: str) -> str:
    """Look through a centre's register for what a person should see."""
    return _perform(lambda w, name: check(w.begin, w.read, w.clock(), centre_id))


def check_log(centre_id: str) -> str:
    """Compute a centre's log anew and see whether anybody changed it."""
    return _perform(lambda w, _: check_by_night(w.begin, w.read, w.clock(), centre_id))


def appraise_days(centre_id: str) -> str:
    """Tell what the days that are over came to beside their best plans."""
    return _perform(lambda w, name: appraise(w.begin, w.read, w.clock(), centre_id))


def _context(context: WorkerContext, name: str) -> JobContext:
    return JobContext(context.begin, context.read, context.clock, name, context.timing.lease)


def _perform(command: Callable[[WorkerContext, str], str]) -> str:
    context, job = open_context(), get_current_job()
    try:
        result = command(context, (job and job.worker_name) or "by hand")
    except Exception as problem:
        raise JobFailedError(describe(problem)) from None
    if job:
        with context.begin() as tx:
            outbox.mark_done(tx, outbox_id_of(job.id), context.clock())
    return result


def describe(problem: BaseException) -> str:
    """Return the kind of the error and the way to it, innermost last."""
    frames = traceback.extract_tb(problem.__traceback__)
    way = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return f"{type(problem).__name__} at {way}"
