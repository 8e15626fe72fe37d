"""Progress out, cancellation in."""

from collections.abc import Callable
from typing import NamedTuple


class CancelledError(Exception):
    """The caller asked the solver to stop."""


class Progress(NamedTuple):
    """
    The state of a solve.

    Parameters
    ----------
    phase : str
        ``scan``, ``flow``, ``proof`` or ``draw``.
    turn : int
        Which flow this is, from 1, over all nodes of the search.
    unproven : int
        Classes of cases not yet proven at the last prices.
    """

    phase: str
    turn: int
    unproven: int


class Watch:
    """
    The caller's two hooks, held together.

    Parameters
    ----------
    progress : callable or None
        Given a ``Progress`` at every change of phase.
    cancelled : callable or None
        Asked before every tile and every flow; True stops the solve with ``CancelledError``.
    """

    def __init__(
        self, progress: Callable[[Progress], None] | None = None, cancelled: Callable[[], bool] | None = None
    ) -> None:
        self._progress, self._cancelled = progress, cancelled
        self._turn = 0

    def check(self) -> None:
        """Raise CancelledError if the caller has asked to stop."""
        if self._cancelled is not None and self._cancelled():
            raise CancelledError("the caller asked to stop")

    def report(self, phase: str, unproven: int) -> None:
        """Report the progress of the solve to the caller, and check for a request to stop."""
        self.check()
        self._turn += phase == "flow"
        if self._progress is not None:
            self._progress(Progress(phase, self._turn, unproven))
