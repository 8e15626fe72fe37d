"""What a person should look at: opened once, kept while it lasts, closed when it is gone."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.findings import DISMISSIBLE, FindingKind, Observation
from dispatch.domain.permissions import Actor, Verb
from dispatch.registry.audit import note
from dispatch.registry.reads import Rows, Slice, page
from dispatch.registry.tables import FindingRow
from dispatch.registry.transaction import Transaction

OPEN = col(FindingRow.closed_at).is_(None)


class Reconciled(NamedTuple):
    """What one look changed, and how many are open after it."""

    opened: int
    closed: int
    open: int


def open_(tx: Transaction, centre_id: str, seen: Observation, now: datetime) -> FindingRow:
    """Write down what was seen; what is open already is brought up to date."""
    same = select(FindingRow).where(OPEN, FindingRow.kind == seen.kind, FindingRow.subject_id == seen.subject_id)
    if there := tx.session.exec(same).one_or_none():
        there.facts, there.due_on = seen.facts, seen.due_on
        return there
    return tx.add(FindingRow(centre_id=centre_id, opened_at=now, **seen._asdict()))


def close(tx: Transaction, kind: FindingKind, subject_id: str, now: datetime) -> None:
    """Close what is open about the subject; without it nothing happens."""
    for row in tx.session.exec(
        select(FindingRow).where(OPEN, FindingRow.kind == kind, FindingRow.subject_id == subject_id)
    ):
        row.closed_at = now


def reconcile(
    tx: Transaction, centre_id: str, kinds: Sequence[FindingKind], seen: Iterable[Observation], now: datetime
) -> Reconciled:
    """Let the open findings of these kinds be exactly those seen; repeating it changes nothing."""
    of_centre = select(FindingRow).where(OPEN, FindingRow.centre_id == centre_id, col(FindingRow.kind).in_(kinds))
    there = {(row.kind, row.subject_id): row for row in tx.session.exec(of_centre)}
    dismissed = select(FindingRow.kind, FindingRow.subject_id).where(
        FindingRow.centre_id == centre_id, col(FindingRow.dismissed_by).is_not(None)
    )
    set_aside = set(tx.session.exec(dismissed))
    now_seen = {key: each for each in seen if (key := (each.kind, each.subject_id)) not in set_aside}
    for key in there.keys() - now_seen.keys():
        there[key].closed_at = now
    for key in there.keys() & now_seen.keys():
        there[key].facts, there[key].due_on = now_seen[key].facts, now_seen[key].due_on
    for key in sorted(now_seen.keys() - there.keys()):
        tx.add(FindingRow(centre_id=centre_id, opened_at=now, **now_seen[key]._asdict()))
    return Reconciled(len(now_seen.keys() - there.keys()), len(there.keys() - now_seen.keys()), len(now_seen))


def dismiss(tx: Transaction, actor: Actor, finding_id: str, now: datetime, reason: str | None = None) -> FindingRow:
    """Set a guess aside that is none: it is closed, and the same is not opened again. Idempotent."""
    row = tx.lock(FindingRow, finding_id, actor.centre_id)
    if row.kind not in DISMISSIBLE:
        expected = stated("、".join(sorted(kind.zh for kind in DISMISSIBLE)), ", ".join(sorted(DISMISSIBLE)))
        raise InvalidFieldError(field="kind", value=row.kind.value, expected=expected)
    if row.dismissed_by is None:
        row.dismissed_by, row.closed_at, row.reason = actor.user_id, row.closed_at or now, reason
        note(tx, actor, Verb.EDIT_ROSTER, "finding", row.id, now)
    return row


def open_keys(session: Session, centre_id: str, kinds: Sequence[FindingKind]) -> set[tuple[str, str, date | None]]:
    """Return the kind, the subject and the day of what is open."""
    rows = select(FindingRow).where(OPEN, FindingRow.centre_id == centre_id, col(FindingRow.kind).in_(kinds))
    return {(row.kind, row.subject_id, row.due_on) for row in session.exec(rows)}


def count_open(session: Session, centre_id: str | None = None) -> dict[str, int]:
    """Return how many findings of each kind are open, in one centre or in all."""
    counts: Any = select(FindingRow.kind, func.count()).where(OPEN).group_by(col(FindingRow.kind))
    if centre_id:
        counts = counts.where(FindingRow.centre_id == centre_id)
    return {kind.value: count for kind, count in session.exec(counts)}


def list_findings(
    session: Session, centre_id: str, part: Slice, kind: FindingKind | None, subject_id: str | None, open: bool | None
) -> Rows:
    """Return what was found, in the order it was opened."""
    wanted = [col(FindingRow.kind) == kind] if kind else []
    wanted += [col(FindingRow.subject_id) == subject_id] if subject_id else []
    wanted += [] if open is None else [OPEN if open else ~OPEN]
    return page(session, FindingRow, centre_id, part, *wanted, by="opened_at")
