"""How long things may take, in one place."""

from datetime import timedelta
from typing import NamedTuple

# fmt: off
JOB_TIMEOUT_S = {
    # queue         a job is stopped after
    "urgent":       30,
    "runs":         900,
    "simulations":  7200,
    "housekeeping": 600,
    "webhooks":     60,
}
# fmt: on

KEEP_RESULT_S = 60
"""Redis forgets finished and failed jobs soon: their results are in the register."""

TICK_S = 1.0
"""Longest wait between two looks at the outbox; a wake-up cuts it short."""


class Timing(NamedTuple):
    """The waits of workers and scheduler, all measured by one number so that they fit each other."""

    lease: timedelta
    """Silence after which a worker is taken for dead."""

    @property
    def scheduler_lease(self) -> timedelta:
        """Silence after which another scheduler takes over."""
        return self.lease / 2

    @property
    def patience(self) -> timedelta:
        """Age of a sent row before the sweeper looks for it; doubled with each further send."""
        return self.lease / 4

    @property
    def most_patience(self) -> timedelta:
        """Where the doubling ends: a killed job is taken up again well within two minutes."""
        return self.lease * 2
