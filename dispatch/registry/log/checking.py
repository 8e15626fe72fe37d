"""A whole log computed anew from its entries, and set beside its leaves, its nodes and what was published of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from dispatch.domain.log.merkle import TILE_HEIGHT, TreeEdge
from dispatch.domain.log.records import Head
from dispatch.domain.log.words import LogFault, LogSource
from dispatch.registry.log.entries import HEADS, LEAVES, NODES, TREES, LogEntry, find_late, is_as_sealed, load_entries
from dispatch.registry.tables import LogTreeRow

AT_ONCE = 2_000
"""Leaves looked at together."""

MAX_NAMED = 100
"""Entries that are named of each kind of fault; all are counted."""


class Fault(NamedTuple):
    """One thing that is wrong, as near as it can be told."""

    kind: LogFault
    where: str
    """Source and number of an entry, the place of a leaf, the day of a head."""


class Checked(NamedTuple):
    """What a log came to, and what is wrong with it: nothing, if nobody changed it past the service."""

    log: str
    size: int
    root: bytes
    faults: Sequence[Fault]
    """At most so many of each kind."""
    counts: Mapping[LogFault, int]


def logs_of(session: Session) -> list[str]:
    """Return every log there is: of centres, and the service's own."""
    trees = session.connection().execute(select(TREES.c.log)).scalars()
    return sorted({*trees, *session.connection().execute(select(HEADS.c.log).distinct()).scalars()})


def check_log(session: Session, log: str, published: Sequence[Head] = ()) -> Checked:
    """Return whether every entry of a log is as it was sealed, and the log as it was published."""
    check = _Check(session, log)
    check.heads(published)
    for leaf, entry in check.leaves():
        check.leaf(leaf, entry)
    check.end()
    return Checked(log, check.frontier.size, check.frontier.root(), check.named, check.counts)


class _Check:
    """One pass over a log, and what it found so far."""

    def __init__(self, session: Session, log: str) -> None:
        self.session, self.log = session, log
        self.frontier = TreeEdge()
        self.counts: Counter[LogFault] = Counter()
        self.named: list[Fault] = []
        self.wanted: dict[int, list[tuple[date, bytes]]] = defaultdict(list)
        """Which roots the log must have had at which size: as kept here, and as others kept them."""
        rows = self._ask(select(NODES).where(NODES.c.log == log))
        self.nodes: dict[tuple[int, int], bytes] = {(row.height, row.place): row.hash for row in rows}

    def fault(self, kind: LogFault, where: str) -> None:
        self.counts[kind] += 1
        if self.counts[kind] <= MAX_NAMED:
            self.named.append(Fault(kind, where))

    def heads(self, published: Sequence[Head]) -> None:
        """Take what was published; each head must name the one before it."""
        previous = ""
        for row in self._ask(select(HEADS).where(HEADS.c.log == self.log).order_by(HEADS.c.on)):
            digest = Head(self.log, row.on, row.size, row.root, row.previous).digest
            if (row.previous, row.digest) != (previous, digest):
                self.fault(LogFault.HEADS_BROKEN, row.on.isoformat())
            previous = row.digest
            self.wanted[row.size].append((row.on, row.root))
        for head in published:
            if head.log == self.log:
                self.wanted[head.size].append((head.on, head.root))

    def leaves(self) -> Iterator[tuple[Any, LogEntry | None]]:
        """Yield each leaf with its entry, in their order; a place without a leaf is a fault."""
        expected = 0
        ordered = select(LEAVES).where(LEAVES.c.log == self.log).order_by(LEAVES.c.position).limit(AT_ONCE)
        while portion := self._ask(ordered.where(LEAVES.c.position >= expected)).all():
            numbers: dict[str, list[int]] = defaultdict(list)
            for leaf in portion:
                numbers[leaf.source].append(leaf.row_id)
            entries = {source: load_entries(self.session, source, ids) for source, ids in numbers.items()}
            for leaf in portion:
                if leaf.position != expected:
                    self.fault(LogFault.LEAF_GONE, f"leaf {expected}")
                expected = leaf.position + 1
                yield leaf, entries[leaf.source].get(leaf.row_id)

    def leaf(self, leaf: Any, entry: LogEntry | None) -> None:
        """Set an entry beside its leaf, and grow the tree by it."""
        if entry is None:
            self.fault(LogFault.ROW_GONE, f"{leaf.source} {leaf.row_id}")
        elif not is_as_sealed(leaf, entry):
            self.fault(LogFault.ROW_CHANGED, f"{leaf.source} {leaf.row_id}")
        for height, place, above in self.frontier.append(leaf.hash):
            if height and height % TILE_HEIGHT == 0 and self.nodes.pop((height, place), None) != above:
                self.fault(LogFault.TREE_DIFFERS, f"node {height}/{place}")
        for on, root in self.wanted.pop(self.frontier.size, ()):
            if root != self.frontier.root():
                self.fault(LogFault.HEAD_DIFFERS, on.isoformat())

    def end(self) -> None:
        """Tell what should have been there and was not, or is there and should not be."""
        for on, _ in (head for heads in self.wanted.values() for head in heads):
            self.fault(LogFault.HEAD_DIFFERS, on.isoformat())
        tree = self.session.get(LogTreeRow, self.log)
        kept = (tree.size, tree.frontier) if tree else (0, b"")
        if self.nodes or kept != (self.frontier.size, b"".join(self.frontier.hashes)):
            self.fault(LogFault.TREE_DIFFERS, self.log)
        for source in LogSource:
            for id in find_late(self.session, source, self.log, MAX_NAMED):
                self.fault(LogFault.ROW_LATE, f"{source.value} {id}")

    def _ask(self, statement: Any) -> Any:
        return self.session.connection().execute(statement)
