"""Who guesses, waits: each try is counted before it is judged, so that many at once count as many."""

from datetime import datetime, timedelta
from typing import NamedTuple

from dispatch.domain.access.guessing import (
    FORGOTTEN_AFTER,
    KNOWN_FOR,
    LOCKED_FOR,
    counted,
    login_waits_until,
    source_waits_until,
)
from dispatch.domain.errors import ConstraintBrokenError, TooManyTriesError
from dispatch.registry.seal import Seal
from dispatch.registry.tables import GuessRow
from dispatch.registry.transaction import Begin, Transaction


class Try(NamedTuple):
    """A try at a login from a source, as keyed hashes."""

    pair: str
    login: str

    @classmethod
    def of(cls, seal: Seal, login: str, source: str) -> "Try":
        """Return the try; neither the login nor the address is kept."""
        return cls(seal.fingerprint(f"guess:{login}\n{source}"), seal.fingerprint(f"guess:{login}"))


def count_try(begin: Begin, now: datetime, tried: Try) -> None:
    """
    Count a try as a failure until it has succeeded.

    Raises
    ------
    TooManyTriesError
        If this source has to wait, or every source but those known for this login.
    """
    try:
        _count(begin, now, tried)
    except ConstraintBrokenError:
        # Another first try at the same login was stored meanwhile.
        _count(begin, now, tried)


def forgive(tx: Transaction, now: datetime, tried: Try) -> None:
    """Take a counted try back, because it succeeded, and know its source from now on."""
    pair, login = _row(tx, tried.pair, now), _row(tx, tried.login, now)
    pair.failures, pair.good_at = 0, now
    login.failures = max(0, login.failures - 1)


def take_back(tx: Transaction, now: datetime, tried: Try) -> None:
    """Take a counted try back that was neither right nor wrong; failures before it stay counted."""
    for row in (_row(tx, tried.pair, now), _row(tx, tried.login, now)):
        row.failures = max(0, row.failures - 1)


def _count(begin: Begin, now: datetime, tried: Try) -> None:
    with begin() as tx:
        pair, login = _row(tx, tried.pair, now), _row(tx, tried.login, now)
        pair.failures = counted(pair.failures, pair.last_at, now, LOCKED_FOR)
        login.failures = counted(login.failures, login.last_at, now, FORGOTTEN_AFTER)
        known = pair.good_at is not None and now < pair.good_at + KNOWN_FOR
        until = max(
            source_waits_until(pair.failures, pair.last_at),
            now if known else login_waits_until(login.failures, login.last_at),
        )
        if until > now:
            raise TooManyTriesError(retry_after_s=-(-(until - now) // timedelta(seconds=1)))
        for row in (pair, login):
            row.failures, row.last_at = row.failures + 1, now


def _row(tx: Transaction, key: str, now: datetime) -> GuessRow:
    row = tx.session.get(GuessRow, key)
    if row is None:
        row = tx.add(GuessRow(key=key, last_at=now))
        tx.session.flush()
        return row
    return tx.lock(GuessRow, key)
