"""What an operator watches, in the form Prometheus reads."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dispatch.registry.jobs.backlog import ServiceState
from dispatch.registry.jobs.queues import Strength

REQUESTS = Histogram(
    "dispatch_request_seconds", "Time to answer a request.", ["method", "operation", "status"], registry=None
)

LISTENERS = Gauge("dispatch_board_listeners", "Open streams of the live board in this process.", registry=None)

FAR_S = float("inf")
"""Time to a limit where nothing has one."""


class Sight(NamedTuple):
    """What one look at the service saw; ``queues`` is None where Redis does not answer."""

    standing: ServiceState
    scheduler_at: datetime | None
    queues: Mapping[str, Strength] | None
    now: datetime


class _Now(Collector):
    """The service at one moment."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield every gauge."""
        at = self._sight.standing
        for tally, counts in at.tallies.items():
            yield _by(tally.metric, tally.text, tally.label, counts)
        yield _one("dispatch_outbox_unsent", "Jobs asked for but not sent.", at.unsent)
        yield self._age("dispatch_outbox_age_seconds", "Age of the oldest job not sent.", at.oldest_unsent_at)
        yield _one("dispatch_outbox_undone", "Jobs asked for but not done.", at.undone)
        yield self._age("dispatch_outbox_lag_seconds", "Age of the oldest job not done.", at.oldest_undone_at)
        yield self._age("dispatch_queue_age_seconds", "Age of the oldest case to be assigned.", at.oldest_waiting_at)
        left = (at.nearest_due_at - self._sight.now).total_seconds() if at.nearest_due_at else FAR_S
        yield _one("dispatch_nearest_deadline_seconds", "Time to the nearest time limit.", left)
        yield _one("dispatch_cases_overdue", "Cases without a practitioner past their time limit.", at.overdue)
        yield _one("dispatch_cases_escalated", "Cases on a chain for which the manager was called.", at.escalated)
        yield from self._last_run()
        yield from self._machinery()

    def _last_run(self) -> Iterator[GaugeMetricFamily]:
        if run := self._sight.standing.last_run:
            yield _one("dispatch_last_run_seconds", "Time the newest run took, waiting included.", run.seconds)
            yield _one("dispatch_last_run_gap_points", "Points between its value and its proven bound.", run.gap)
            yield self._age("dispatch_last_run_age_seconds", "Age of the newest finished run.", run.finished_at)

    def _machinery(self) -> Iterator[GaugeMetricFamily]:
        if self._sight.scheduler_at:
            yield self._age(
                "dispatch_scheduler_silence_seconds", "Since the scheduler was last heard of.", self._sight.scheduler_at
            )
        queues = self._sight.queues
        yield _one("dispatch_redis_up", "Whether Redis answers.", int(queues is not None))
        for metric, text, field in (
            ("dispatch_queue_jobs", "Jobs waiting in a queue.", "waiting"),
            ("dispatch_queue_workers", "Living workers of a queue.", "workers"),
        ):
            yield _by(metric, text, "queue", {name: getattr(each, field) for name, each in (queues or {}).items()})

    def _age(self, name: str, text: str, since: datetime | None) -> GaugeMetricFamily:
        return _one(name, text, (self._sight.now - since).total_seconds() if since else 0)


def render(sight: Sight) -> bytes:
    """Return the text of all metrics."""
    registry = CollectorRegistry()
    registry.register(_Now(sight))
    registry.register(REQUESTS)
    registry.register(LISTENERS)
    return generate_latest(registry)


def _one(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value)


def _by(name: str, text: str, label: str, counts: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family
