"""What leads from one entry to a published head: found from the neighbours of its tile and the tiles above."""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from dispatch.domain.log.merkle import TILE_HEIGHT, node_hash, path_of, root_of, split_of
from dispatch.registry.log.entries import LEAVES, NODES


class LogTree:
    """The tree of a log as it was at a size."""

    def __init__(self, session: Session, log: str, size: int) -> None:
        self.session, self.log, self.size = session, log, size

    def path(self, position: int) -> list[bytes]:
        """Return what leads from the leaf at a place to the root; in time that grows with the tree's height only."""
        return path_of(position, self.size, self._subtree)

    @cached_property
    def _known(self) -> dict[tuple[int, int], bytes]:
        return {}

    @cached_property
    def _tiles(self) -> dict[tuple[int, int], dict[int, bytes]]:
        return {}

    def _subtree(self, low: int, high: int) -> bytes:
        if (low, high) not in self._known:
            self._known[low, high] = self._compute(low, high)
        return self._known[low, high]

    def _compute(self, low: int, high: int) -> bytes:
        count = high - low
        if count < 1 << TILE_HEIGHT:
            return root_of(self._hashes(0, low, high))
        if count.bit_count() > 1:
            middle = low + split_of(count)
            return node_hash(self._subtree(low, middle), self._subtree(middle, high))
        height = count.bit_length() - 1
        kept = height - height % TILE_HEIGHT
        return root_of(self._hashes(kept, low >> kept, high >> kept))

    def _hashes(self, height: int, low: int, high: int) -> list[bytes]:
        """Return the hashes of neighbours: leaves, or the roots of whole subtrees; they are of one tile."""
        tile = self._tile(height, low >> TILE_HEIGHT)
        return [tile[place] for place in range(low, high) if place in tile]

    def _tile(self, height: int, number: int) -> dict[int, bytes]:
        """Return the hashes of a tile by their places, read once: the paths of a page's entries share it."""
        if (height, number) not in self._tiles:
            place = NODES.c.place if height else LEAVES.c.position
            of_log = (NODES.c.log == self.log, NODES.c.height == height) if height else (LEAVES.c.log == self.log,)
            low, high = number << TILE_HEIGHT, number + 1 << TILE_HEIGHT
            hashes = select(place, NODES.c.hash if height else LEAVES.c.hash)
            found = self.session.connection().execute(hashes.where(*of_log, place >= low, place < high))
            self._tiles[height, number] = {at: hash for at, hash in found}
        return self._tiles[height, number]


def leaves_of(session: Session, source: str, ids: Collection[int]) -> dict[int, Any]:
    """Return the leaves of entries, by their numbers; one that is not sealed yet has none."""
    rows: Sequence[Any] = session.connection().execute(
        select(LEAVES).where(LEAVES.c.source == source, LEAVES.c.row_id.in_(ids))
    ).all()  # fmt: skip
    return {row.row_id: row for row in rows}
