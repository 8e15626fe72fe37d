"""Whether there is room to write: learned from what failed for want of it, and tried again a while later.

A full disk still takes what fits into pages that are there already, so one small write that succeeds proves nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from dispatch.domain.errors import DiskFullError
from dispatch.registry.jobs import leases
from dispatch.registry.transaction import Begin, Transaction

PROBE, MOMENT = "room", timedelta(seconds=1)

REMEMBERED = timedelta(seconds=30)
"""Since something last failed for want of room: until then no write that succeeds is taken for an all-clear."""


class RoomWatch:
    """Remembers that a disk was full, for those who ask whether the service can work."""

    def __init__(self, begin: Begin, clock: Callable[[], datetime]) -> None:
        self._begin, self._clock = begin, clock
        self._full_at: datetime | None = None

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Begin as ever; what fails for want of room is remembered, and forgotten with a later write that succeeds."""
        try:
            with self._begin() as tx:
                yield tx
        except DiskFullError:
            self._full_at = self._clock()
            raise
        if self._full_at and not self._fresh():
            self._full_at = None

    def require(self) -> None:
        """
        Refuse while there is no room. A write is tried only a while after one failed, so that asking costs no lock.

        Raises
        ------
        DiskFullError
            If there is none.
        """
        if self._fresh():
            raise DiskFullError(part="database")
        if self._full_at:
            with self.begin() as tx:
                leases.hold_lease(tx, PROBE, PROBE, self._clock(), MOMENT)

    def _fresh(self) -> bool:
        # A clock that was set back forgets at once, and learns again.
        return self._full_at is not None and timedelta() <= self._clock() - self._full_at < REMEMBERED
