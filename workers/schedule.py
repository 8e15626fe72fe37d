"""Periodic jobs, and the scheduler of which one is active, however many run."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple

from redis import RedisError

from dispatch.casework.deadline_watch import EVERY
from dispatch.commands.board import resolve_windows
from dispatch.commands.chain import advance_plans, watch_deadlines
from dispatch.commands.clocks import watch_clocks
from dispatch.commands.housekeeping import purge, request_checks
from dispatch.commands.life.arrangements import expire_arrangements
from dispatch.commands.log.keeping import publish_heads, seal_log
from dispatch.commands.offers.offers import expire_due
from dispatch.commands.offers.undertaking import expire_assignments
from dispatch.commands.roster.consequences import ask_on_absent
from dispatch.commands.rotation.order import calibrate
from dispatch.commands.rotation.unfairness_bound import close_months
from dispatch.commands.runs.draws import commit_draws
from dispatch.commands.runs.requests import request_due_runs
from dispatch.commands.webhooks.deliveries import request_deliveries
from dispatch.registry.jobs import leases
from dispatch.registry.jobs.queues import wait_for_wake
from workers.context import WorkerContext
from workers.relay import relay, sweep
from workers.timing import TICK_S

log = logging.getLogger(__name__)

WATCH_S = EVERY.total_seconds()


class Periodic(NamedTuple):
    """A task, and the least time between two of its starts. Each may run twice, so none needs a slot of its own."""

    name: str
    every_s: float
    perform: Callable[[WorkerContext, datetime], int]


# fmt: off
PERIODIC = (
    # name                every, s   what it does; returns how much there was to do
    Periodic("webhooks",    0,  lambda w, now: request_deliveries(w.begin, w.read, now)),
    Periodic("relay",       0,  lambda w, now: relay(w.begin, w.read, w.redis, now)),
    Periodic("sweep",       2,  lambda w, now: sweep(w.begin, w.read, w.redis, now, w.timing)),
    Periodic("windows",     1,  lambda w, now: resolve_windows(w.begin, w.read, now)),
    Periodic("absences",    5,  lambda w, now: ask_on_absent(w.begin, w.read, now)),
    Periodic("offers",      5,  lambda w, now: expire_due(w.begin, w.read, now)),
    Periodic("arrangements", 5, lambda w, now: expire_arrangements(w.begin, w.read, now)),
    Periodic("assignments", 60, lambda w, now: expire_assignments(w.begin, w.read, now)),
    Periodic("plans",       5,  lambda w, now: advance_plans(w.begin, w.read, now)),
    Periodic("draws",     300,  lambda w, now: commit_draws(w.begin, w.read, now)),
    Periodic("due_runs",   60,  lambda w, now: request_due_runs(w.begin, w.read, now)),
    Periodic("calibrate", 300,  lambda w, now: calibrate(w.begin, w.read, now)),
    Periodic("months",    300,  lambda w, now: close_months(w.begin, w.read, now)),
    Periodic("deadlines", WATCH_S, lambda w, now: watch_deadlines(w.begin, w.read, now)),
    Periodic("clocks",    300,  lambda w, now: watch_clocks(w.begin, w.read, now)),
    Periodic("checks",    300,  lambda w, now: request_checks(w.begin, w.read, now)),
    Periodic("seal",        5,  lambda w, now: seal_log(w.begin, w.read, now)),
    Periodic("heads",     300,  lambda w, now: publish_heads(w.begin, w.read, now)),
    Periodic("purge",     300,  lambda w, now: purge(w.begin, now)),
)
# fmt: on


class Scheduler:
    """Performs what is due while it holds the lease, and waits beside the holder while it does not."""

    def __init__(self, context: WorkerContext, name: str) -> None:
        self.context = context
        self.name = name
        self.stopping = threading.Event()
        self.renew_at: datetime | None = None
        self.started_at: dict[str, datetime] = {}

    def run(self) -> None:
        """Tick until asked to stop, then let the next one have the lease at once."""
        while not self.stopping.is_set():
            self._wait(self._run_guarded("tick", self.tick))
        self._run_guarded("release", self._release)

    def tick(self) -> int:
        """Perform what is due; return 1 if this is the effective scheduler."""
        now = self.context.clock()
        if not self._hold(now):
            return 0
        for task in PERIODIC:
            if self._due(task, now):
                self.started_at[task.name] = now
                self._run_guarded(task.name, partial(task.perform, self.context, now))
        return 1

    def _due(self, task: Periodic, now: datetime) -> bool:
        started_at = self.started_at.get(task.name)
        return started_at is None or (now - started_at).total_seconds() >= task.every_s

    def _hold(self, now: datetime) -> bool:
        if self.renew_at and now < self.renew_at:
            return True
        lasts = self.context.timing.scheduler_lease
        with self.context.begin() as tx:
            held = leases.hold_lease(tx, leases.SCHEDULER, self.name, now, lasts)
        if held != (self.renew_at is not None):
            log.info("scheduler name=%s effective=%s", self.name, held)
        self.renew_at = now + lasts / 3 if held else None
        return held

    def _release(self) -> int:
        with self.context.begin() as tx:
            leases.release_lease(tx, leases.SCHEDULER, self.name, self.context.clock())
        return 0

    def _run_guarded(self, name: str, act: Callable[[], int]) -> int:
        # A database or a Redis that is away comes back; a scheduler that left does not.
        try:
            return act()
        except Exception as problem:
            log.error("task=%s error=%s", name, type(problem).__name__)
            return 0

    def _wait(self, effective: int) -> None:
        if not effective:
            self.stopping.wait(TICK_S)
            return
        try:
            wait_for_wake(self.context.redis, TICK_S)
        except RedisError:
            self.stopping.wait(TICK_S)
