"""Entries get their leaves in the order they are found: nobody who writes one waits for this, nor does another centre.

A number is given before a row is committed, so a row may appear below one that is sealed already. What is not sealed
is therefore looked for down to a floor, which follows at a distance no transaction lasts.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import insert
from sqlmodel import Session, col, select

from dispatch.domain.errors import NotFoundError
from dispatch.domain.log.merkle import TILE_HEIGHT, TreeEdge
from dispatch.domain.log.records import Head
from dispatch.domain.log.words import LogSource
from dispatch.registry.log.entries import LogEntry, Salts, newest, seal_entry
from dispatch.registry.tables import LogFloorRow, LogHeadRow, LogLeafRow, LogNodeRow, LogTreeRow
from dispatch.registry.transaction import Transaction

HASH_BYTES = 32

DISTANCE = timedelta(minutes=30)
"""A writer waits half a minute for another at most and works for minutes at most: then its rows are there."""


def append_entries(
    tx: Transaction, log: str, entries: Sequence[LogEntry], draw: Callable[[], Salts], now: datetime
) -> int:
    """Give entries their leaves, in their order; return how large the log is then."""
    tree = lock_tree(tx, log, now)
    frontier, leaves, nodes = frontier_of(tree), [], []
    for entry in entries:
        leaf = seal_entry(entry, draw())
        leaves.append({"position": frontier.size, **leaf})
        for height, place, above in frontier.append(leaf["hash"]):
            if height and height % TILE_HEIGHT == 0:
                nodes.append({"log": log, "height": height, "place": place, "hash": above})
    tx.session.execute(insert(LogLeafRow), leaves)
    if nodes:
        tx.session.execute(insert(LogNodeRow), nodes)
    tree.size, tree.frontier, tree.sealed_at = frontier.size, b"".join(frontier.hashes), now
    return frontier.size


def lock_tree(tx: Transaction, log: str, now: datetime) -> LogTreeRow:
    """Return the tree of a log, locked; an empty one if it has none yet."""
    try:
        return tx.lock(LogTreeRow, log)
    except NotFoundError:
        tree = tx.add(LogTreeRow(log=log, sealed_at=now))
        tx.session.flush()
        return tree


def frontier_of(tree: LogTreeRow) -> TreeEdge:
    """Return the right edge of a tree as it was kept."""
    kept = tree.frontier
    return TreeEdge(tree.size, [kept[at : at + HASH_BYTES] for at in range(0, len(kept), HASH_BYTES)])


def raise_floors(tx: Transaction, now: datetime) -> None:
    """Let the floors follow: what was the highest number long enough ago has nothing below it that is still to come."""
    for source in LogSource:
        row = tx.session.get(LogFloorRow, source)
        if row is None:
            tx.add(LogFloorRow(source=source, next=newest(tx.session, source), since=now))
        elif now - row.since >= DISTANCE:
            row.floor, row.next, row.since = row.next, newest(tx.session, source), now


def last_head(session: Session, log: str) -> LogHeadRow | None:
    """Return the head of a log that was published last."""
    heads = select(LogHeadRow).where(LogHeadRow.log == log).order_by(col(LogHeadRow.on).desc())
    return session.exec(heads.limit(1)).one_or_none()


def take_head(tx: Transaction, log: str, on: date, now: datetime) -> Head | None:
    """Write down what a log came to at the end of a day; None if that is done, or there is nothing in it."""
    tree = tx.lock(LogTreeRow, log)
    last = last_head(tx.session, log)
    if not tree.size or (last and last.on >= on):
        return None
    head = Head(log, on, tree.size, frontier_of(tree).root(), last.digest if last else "")
    tx.add(LogHeadRow(digest=head.digest, at=now, **head._asdict()))
    return head
