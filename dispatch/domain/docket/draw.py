"""The draw among equals of a day: fixed long before its cases are known, and opened when the day is over.

Each centre has one root that is never shown. The secret of a day follows from it, the day's seed from the secret, and
what is published beforehand is a digest of the secret. So nobody chooses a seed, neither by asking again nor by asking
for other cases, nor a lot by filing a case again; nobody who cannot read the root knows a seed while it could still be
used; and once the secret is opened anyone can see that it is the one that was meant.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from hmac import new as keyed

from dispatch.domain.docket.codes import key_of
from dispatch.domain.docket.facts import CaseFacts

FORMAT = "legal-aid draw 1"
SEED_BITS = 53
"""A seed is a whole number that JSON readers keep exactly."""


def secret_of(root: str, on: date) -> str:
    """Return the secret of a day: who knows those of other days learns nothing of this one."""
    return keyed(bytes.fromhex(root), f"{FORMAT} {on.isoformat()}".encode(), sha256).hexdigest()


def commitment_to(secret: str, on: date) -> str:
    """Return what is published of a day's secret before the day."""
    return sha256(f"{FORMAT} commitment {on.isoformat()} {secret}".encode()).hexdigest()


def seed_from(secret: str) -> int:
    """Return the seed that follows from a day's secret."""
    return int(sha256(f"{FORMAT} seed {secret}".encode()).hexdigest(), 16) >> (256 - SEED_BITS)


def seed_on(root: str, on: date) -> int:
    """Return the seed of a day."""
    return seed_from(secret_of(root, on))


def seed_of(case_ids: Iterable[str]) -> int:
    """Return the seed of a run of no centre, such as a sample's: it follows from the cases that are in it."""
    return int.from_bytes(sha256("\n".join(sorted(case_ids)).encode()).digest()[:4])


def tie_break_keys(cases: Iterable[CaseFacts]) -> dict[str, int]:
    """
    Return the key by which each case draws among equals, by its id; all are different.

    A case that was filed before, and withdrawn, draws as it did. Several of one lot have the same lots however often
    one of them is filed again.
    """
    by_lot: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        by_lot[case.lot_of or case.id].append(case.id)
    return {
        id: key_of(f"{lot} {place}" if place else lot)
        for lot, ids in by_lot.items()
        for place, id in enumerate(sorted(ids, key=lambda id: (id != lot, id)))
    }
