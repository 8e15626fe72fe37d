"""A large file of cases comes in by portions, so that nobody else waits for the whole of it.

Cases of a file that are tied to each other, or have the same number, are of one portion: each is judged with what it
points at. Between two portions others write, so a portion is judged anew, and what is refused then is reported.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dispatch.domain.texts import case_number_key
from dispatch.domain.vocabulary import RelationKind

PORTION = 100
"""Rows written at a time; about half a second."""

GAP_S = 0.1
"""A transaction that waits for a SQLite file looks that often whether it is free (``sqlite3_busy_timeout``)."""


def portions_of(rows: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """Return the rows of each portion, by their place; a group that is tied together is never parted."""
    portions: list[list[int]] = []
    for group in _groups(rows):
        if not portions or len(portions[-1]) + len(group) > PORTION:
            portions.append([])
        portions[-1] += group
    return portions


def apart(portions: Sequence[list[int]]) -> Iterator[list[int]]:
    """Yield the portions, and let others in between two of them."""
    for k, portion in enumerate(portions):
        if k:
            time.sleep(GAP_S)
        yield portion


def _groups(rows: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """Return which rows hang together, in the order of the file."""
    above = list(range(len(rows)))

    def head(place: int) -> int:
        while above[place] != place:
            above[place] = above[above[place]]
            place = above[place]
        return place

    first: dict[str, int] = {}
    for place, row in enumerate(rows):
        if number := row.get("number"):
            above[head(place)] = head(first.setdefault(case_number_key(number), place))
    for place, row in enumerate(rows):
        for kind in RelationKind:
            for number in row.get(kind.value) or ():
                if (other := first.get(case_number_key(number))) is not None:
                    above[head(place)] = head(other)
    groups: dict[int, list[int]] = {}
    for place in range(len(rows)):
        groups.setdefault(head(place), []).append(place)
    return sorted(groups.values())
