"""What the service does for its log automatically: seal what is new, publish a head a day, check it all by night."""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from dispatch.domain.errors import ConstraintBrokenError
from dispatch.domain.findings import FindingKind, Observation
from dispatch.domain.log.merkle import SALT_BYTES
from dispatch.domain.log.records import Head
from dispatch.domain.webhooks import HookType
from dispatch.registry.findings import reconcile
from dispatch.registry.log.checking import Checked, Fault, check_log, logs_of
from dispatch.registry.log.entries import LogEntry, Salts, find_unsealed
from dispatch.registry.log.sealing import append_entries, raise_floors, take_head
from dispatch.registry.log.triggers import check_triggers
from dispatch.registry.tables import CentreRow
from dispatch.registry.tables.log.tree import SERVICE
from dispatch.registry.transaction import Begin, Read

SLICE = 1_000
"""Entries of each source sealed in one turn."""

MAX_SLICES = 10
"""Turns of one pass, so that a flood does not keep the other periodic work waiting."""


def seal_log(begin: Begin, read: Read, now: datetime) -> int:
    """Give every entry without a leaf its place in the tree of its centre; return how many. Idempotent."""
    sealed = 0
    for _ in range(MAX_SLICES):
        with read() as session:
            found = find_unsealed(session, SLICE)
        by_log: dict[str, list[LogEntry]] = defaultdict(list)
        for entry in found:
            by_log[entry.log].append(entry)
        sealed += sum(_seal(begin, log, entries, now) for log, entries in by_log.items())
        if len(found) < SLICE:
            break
    with begin() as tx:
        raise_floors(tx, now)
    return sealed


def publish_heads(begin: Begin, read: Read, now: datetime) -> int:
    """Write down what each log came to on the day that is over, and tell those who subscribed. Idempotent."""
    with read() as session:
        zones = {log: _zone(session.get(CentreRow, log)) for log in logs_of(session)}
    over = {log: now.astimezone(zone).date() - timedelta(days=1) for log, zone in zones.items()}
    return sum(_publish(begin, log, on, now) for log, on in over.items())


def verify_logs(
    read: Read, log: str | None = None, published: Sequence[Head] = ()
) -> tuple[list[Checked], list[Fault]]:
    """Return what each log came to and what is wrong with it, and what is wrong with the triggers."""
    with read() as session:
        wanted = logs_of(session) if log is None else [log]
        checked = [check_log(session, each, published) for each in wanted]
        return checked, list(check_triggers(session.connection()))


def check_by_night(begin: Begin, read: Read, now: datetime, centre_id: str) -> str:
    """Let the finding about the centre's log be open exactly while something is wrong with it."""
    checked, triggers = verify_logs(read, centre_id)
    counts = {kind.value: count for each in checked for kind, count in each.counts.items()}
    for fault in triggers:
        counts[fault.kind.value] = counts.get(fault.kind.value, 0) + 1
    seen = [Observation(FindingKind.LOG_BROKEN, "log", centre_id, counts)] if counts else []
    with begin() as tx:
        tx.lock(CentreRow, centre_id)
        done = reconcile(tx, centre_id, [FindingKind.LOG_BROKEN], seen, now)
        if done.opened:
            tx.announce(centre_id, HookType.REGISTER_CHECKED, done._asdict(), now)
    return f"centre {centre_id}: {checked[0].size} entries, {sum(counts.values())} faults"


def _seal(begin: Begin, log: str, entries: Sequence[LogEntry], now: datetime) -> int:
    try:
        with begin() as tx:
            append_entries(tx, log, entries, _draw, now)
    except ConstraintBrokenError:
        # Another scheduler, whose lease began while ours ended, was first: the next turn sees what is left.
        return 0
    return len(entries)


def _draw() -> Salts:
    return Salts(secrets.token_bytes(SALT_BYTES), secrets.token_bytes(SALT_BYTES))


def _publish(begin: Begin, log: str, on: date, now: datetime) -> int:
    with begin() as tx:
        head = take_head(tx, log, on, now)
        if head is None:
            return 0
        if log != SERVICE:
            tx.announce(log, HookType.LOG_HEAD, head.published(), now)
        return 1


def _zone(centre: CentreRow | None) -> tzinfo:
    return ZoneInfo(centre.time_zone) if centre else UTC
