"""Passwords as Argon2id keeps them: slow and in much memory, one at a time in a process."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from dispatch.domain.errors import TooManyTriesError

SALT_BYTES, HASH_BYTES = 16, 32
MAX_WAITING = 2
"""Sign-ins that wait for the one at work; more would hold the threads that answer everybody else."""

BUSY_S = 2


class PasswordCost(NamedTuple):
    """What one password costs: rounds, and memory in KiB. Each hash says its own, so that it may change."""

    rounds: int = 3
    memory_kib: int = 64 * 1024


COST = PasswordCost()

_turn = threading.Lock()
_room = threading.BoundedSemaphore(1 + MAX_WAITING)


def hash_of(password: str) -> str:
    """Return what is kept of a password."""
    with _one_at_a_time():
        return _kdf(os.urandom(SALT_BYTES)).derive_phc_encoded(password.encode())


def fits(password: str, kept: str | None) -> bool:
    """Tell whether it is the password; where none is kept the same work is done for nothing."""
    with _one_at_a_time():
        try:
            Argon2id.verify_phc_encoded(password.encode(), kept or _nobodys(COST))
        except InvalidKey:
            return False
    return kept is not None


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _room.acquire(blocking=False):
        raise TooManyTriesError(retry_after_s=BUSY_S)
    try:
        with _turn:
            yield
    finally:
        _room.release()


@cache
def _nobodys(cost: PasswordCost) -> str:
    return _kdf(os.urandom(SALT_BYTES)).derive_phc_encoded(os.urandom(HASH_BYTES))


def _kdf(salt: bytes) -> Argon2id:
    return Argon2id(
        salt=salt, length=HASH_BYTES, iterations=COST.rounds, lanes=1, memory_cost=COST.memory_kib
    )  # fmt: skip
