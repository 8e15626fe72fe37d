"""The key to the register: nothing is opened or sealed by a process that has another secret."""

from collections.abc import Callable
from datetime import datetime

from dispatch.domain.errors import ConstraintBrokenError, UnavailableError, WrongKeyError
from dispatch.registry import migrate
from dispatch.registry.seal import Seal
from dispatch.registry.tables import SealRow
from dispatch.registry.transaction import Begin, Read


class Key:
    """
    A seal that is handed out once it is known to be the register's own.

    The first process to ask leaves the mark of its secret; every other secret is refused from then on.
    """

    def __init__(self, seal: Seal, begin: Begin, read: Read, clock: Callable[[], datetime]) -> None:
        self._seal, self._begin, self._read, self._clock = seal, begin, read, clock
        self.fits = False

    def require(self) -> Seal:
        """
        Return the seal.

        Raises
        ------
        WrongKeyError
            If the register is sealed with another secret.
        UnavailableError
            If the database does not answer, or has another schema and cannot be asked.
        """
        if not self.fits:
            if (self._mark() or self._leave_mark()) != self._seal.mark:
                raise WrongKeyError
            self.fits = True
        return self._seal

    def _mark(self) -> str | None:
        with self._read() as session:
            if migrate.revision_of(session.connection()) != migrate.newest():
                raise UnavailableError
            row = session.get(SealRow, 1)
            return row.mark if row else None

    def _leave_mark(self) -> str | None:
        try:
            with self._begin() as tx:
                tx.add(SealRow(mark=self._seal.mark, since=self._clock()))
        except ConstraintBrokenError:
            """Another process was first."""
        return self._mark()
