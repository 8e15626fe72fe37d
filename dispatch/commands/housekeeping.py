"""What the house throws away by itself. How long each thing is kept stands in ``registry/purge.py``."""

from datetime import datetime

from dispatch.registry.purge import SERVED, SLICE, remove_slice
from dispatch.registry.transaction import Begin

MOST_SLICES = 20
"""Slices of each table in one pass, so that a flood does not keep the other periodic work waiting."""


def purge(begin: Begin, now: datetime) -> int:
    """Remove what has served, slice by slice; return how many rows. Evidence is never touched."""
    removed = 0
    for served in SERVED:
        for _ in range(MOST_SLICES):
            with begin() as tx:
                count = remove_slice(tx, served, now)
            removed += count
            if count < SLICE:
                break
    return removed
