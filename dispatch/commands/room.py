"""Whether there is room to write: learned from what failed for want of it, and tried again when somebody asks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from dispatch.domain.errors import DiskFullError
from dispatch.registry.jobs import leases
from dispatch.registry.transaction import Begin, Transaction

PROBE, MOMENT = "room", timedelta(seconds=1)


class RoomWatch:
    """Remembers that a disk was full, for those who ask whether the service can work."""

    def __init__(self, begin: Begin, clock: Callable[[], datetime]) -> None:
        self._begin, self._clock = begin, clock
        self._full: DiskFullError | None = None

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Begin as ever; what fails for want of room is remembered, and forgotten with the next write that succeeds."""
        try:
            with self._begin() as tx:
                yield tx
        except DiskFullError as full:
            self._full = full
            raise
        self._full = None

    def require(self) -> None:
        """
        Refuse while there is no room. A write is tried only after one has failed, so that asking costs no lock.

        Raises
        ------
        DiskFullError
            If there is none.
        """
        if self._full:
            with self.begin() as tx:
                leases.hold_lease(tx, PROBE, PROBE, self._clock(), MOMENT)
