"""What an operator watches, in the form Prometheus reads."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dispatch.registry.reads import Standing

REQUESTS = Histogram(
    "dispatch_request_seconds", "Time to answer a request.", ["method", "operation", "status"], registry=None
)


class _Now(Collector):
    """The register's standing at one moment."""

    def __init__(self, standing: Standing, now: datetime) -> None:
        self._standing, self._now = standing, now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield every gauge."""
        at = self._standing
        yield _by("dispatch_cases", "Cases by state.", "status", at.cases)
        yield _by("dispatch_jobs", "Long work by state.", "status", at.jobs)
        yield GaugeMetricFamily("dispatch_outbox_unsent", "Jobs asked for but not sent.", at.unsent)
        yield self._age("dispatch_outbox_age_seconds", "Age of the oldest job not sent.", at.oldest_unsent_at)
        yield self._age("dispatch_queue_age_seconds", "Age of the oldest case to be assigned.", at.oldest_pending_at)
        left = (at.nearest_due_at - self._now).total_seconds() if at.nearest_due_at else float("inf")
        yield GaugeMetricFamily("dispatch_nearest_deadline_seconds", "Time to the nearest time limit.", left)

    def _age(self, name: str, text: str, since: datetime | None) -> GaugeMetricFamily:
        return GaugeMetricFamily(name, text, (self._now - since).total_seconds() if since else 0)


def render(standing: Standing, now: datetime) -> bytes:
    """Return the text of all metrics."""
    registry = CollectorRegistry()
    registry.register(_Now(standing, now))
    registry.register(REQUESTS)
    return generate_latest(registry)


def _by(name: str, text: str, label: str, counts: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family
