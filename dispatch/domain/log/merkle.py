"""
A history tree: what is appended stays where it is, and one hash stands for all of it.

Notes
-----
Leaves, nodes and paths are those of RFC 9162, section 2.1, with SHA-256. A leaf is salted, so that who is shown
its hash as a neighbour of their own cannot try out what it might say.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

EMPTY = sha256().digest()
"""Root of a tree without leaves."""

SALT_BYTES = 16
TILE_HEIGHT = 8
"""Whole subtrees of this height, of twice and three times this height, are kept: a path is found without the rest."""


class TreeNode(NamedTuple):
    """The root of a whole subtree: of ``2 ** height`` leaves, and how many of its kind lie to its left."""

    height: int
    place: int
    hash: bytes


def leaf_hash(salt: bytes, record: bytes) -> bytes:
    """Return the hash of an entry; a record begins with a brace, so that salt and record cannot run into another."""
    return sha256(b"\x00" + salt + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of what is above two hashes."""
    return sha256(b"\x01" + left + right).digest()


class TreeEdge:
    """The right edge of a growing tree: its whole subtrees, the largest first."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != size.bit_count():
            raise ValueError("a frontier has one hash for each whole subtree")
        self.size, self.hashes = size, list(hashes)

    def append(self, leaf: bytes) -> Iterator[TreeNode]:
        """Add a leaf; yield each subtree that it makes whole, from the leaf up."""
        index, height, above = self.size, 0, leaf
        yield TreeNode(0, index, leaf)
        while index & 1:
            above = node_hash(self.hashes.pop(), above)
            index >>= 1
            height += 1
            yield TreeNode(height, index, above)
        self.hashes.append(above)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaves."""
        for leaf in leaves:
            for _ in self.append(leaf):
                """Only the edge is kept."""

    def root(self) -> bytes:
        """Return the hash that stands for every leaf so far."""
        if not self.hashes:
            return EMPTY
        *rest, above = self.hashes
        for left in reversed(rest):
            above = node_hash(left, above)
        return above


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a tree of these leaves."""
    frontier = TreeEdge()
    frontier.extend(leaves)
    return frontier.root()


Subtree = Callable[[int, int], bytes]
"""Hash of the leaves from one place on and before another."""


def path_of(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return what leads from a leaf to the root of a tree of this size, the leaf's neighbour first."""
    if not 0 <= index < size:
        raise ValueError("there is no such leaf")
    found, low, high = [], 0, size
    while high - low > 1:
        middle = low + split_of(high - low)
        if index < middle:
            found.append(subtree(middle, high))
            high = middle
        else:
            found.append(subtree(low, middle))
            low = middle
    return found[::-1]


def split_of(size: int) -> int:
    """Return the greatest power of two that is smaller than the size."""
    return 1 << (size - 1).bit_length() - 1
