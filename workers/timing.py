"""How long things may take, in one place."""

from datetime import timedelta
from typing import NamedTuple

# fmt: off
JOB_TIMEOUT_S = {
    # queue         a job is stopped after
    "urgent":       30,
    "runs":         900,
    "housekeeping": 60,
}
# fmt: on

KEEP_RESULT_S = 60
"""Redis forgets finished and failed jobs soon: what came of them stands in the register."""


class Timing(NamedTuple):
    """The waits of workers and scheduler; tests pass shorter ones."""

    lease: timedelta = timedelta(seconds=20)
    """Silence after which a worker is taken for dead."""

    patience: timedelta = timedelta(seconds=5)
    """Age of a sent row before the sweeper looks for it; doubled with each further send."""

    most_patience: timedelta = timedelta(seconds=40)
    """Where the doubling ends: a killed job is taken up again well within two minutes."""

    scheduler_lease: timedelta = timedelta(seconds=10)
    """Silence after which another scheduler takes over."""

    tick_s: float = 1.0
    """Longest wait between two looks at the outbox."""
