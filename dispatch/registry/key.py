"""The key to the register: nothing is opened or sealed by a process that has another secret."""

from collections.abc import Callable
from datetime import datetime, timedelta

from dispatch.domain.errors import ConstraintBrokenError, RekeyUnderwayError, UnavailableError, WrongKeyError
from dispatch.registry import migrate
from dispatch.registry.seal import Seal
from dispatch.registry.tables import SealRow
from dispatch.registry.transaction import Begin, Read

SEEN_WITHIN = timedelta(seconds=5)
"""How soon every process sees that the register is sealed anew, and touches nothing personal any more."""


class Key:
    """
    A seal that is handed out once it is known to be the register's own.

    The first process to ask leaves the mark of its secret; every other secret is refused from then on.
    """

    def __init__(self, seal: Seal, begin: Begin, read: Read, clock: Callable[[], datetime]) -> None:
        self._seal, self._begin, self._read, self._clock = seal, begin, read, clock
        self.fits = False
        self._looked_at: datetime | None = None

    def require(self) -> Seal:
        """
        Return the seal.

        Raises
        ------
        WrongKeyError
            If the register is sealed with another secret.
        RekeyUnderwayError
            While it is sealed anew.
        UnavailableError
            If the database does not answer, or has another schema and cannot be asked.
        """
        now = self._clock()
        if not self.fits or self._looked_at is None or now - self._looked_at >= SEEN_WITHIN:
            self.fits = False
            row = self._mark() or self._leave_mark()
            if row is not None and row.next_mark is not None:
                raise RekeyUnderwayError
            if row is None or row.mark != self._seal.mark:
                raise WrongKeyError
            self.fits, self._looked_at = True, now
        return self._seal

    def _mark(self) -> SealRow | None:
        with self._read() as session:
            if migrate.revision_of(session.connection()) != migrate.newest():
                raise UnavailableError
            return session.get(SealRow, 1)

    def _leave_mark(self) -> SealRow | None:
        try:
            with self._begin() as tx:
                tx.add(SealRow(mark=self._seal.mark, since=self._clock()))
        except ConstraintBrokenError:
            """Another process was first."""
        return self._mark()
