"""The log of reads and administrative acts: who, what, when; ids and verbs only."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.vocabulary import Role
from dispatch.registry.reads import Rows, Slice, page
from dispatch.registry.tables import AuditRow, UserRow
from dispatch.registry.transaction import Transaction


class AuditFilter(NamedTuple):
    """Which entries of the log are wanted; None is all. ``since`` is included, ``until`` is not."""

    since: datetime | None = None
    until: datetime | None = None
    actor_id: str | None = None
    verb: Verb | None = None
    subject_id: str | None = None


class AuditEntry(NamedTuple):
    """One entry, with the account and the role of who acted; none of both for a recipient's link."""

    id: int
    at: datetime
    actor_id: str | None
    login: str | None
    role: Role | None
    verb: str
    subject: str
    subject_id: str | None


def note(tx: Transaction, actor: Actor, verb: Verb, subject: str, subject_id: str | None, now: datetime) -> AuditRow:
    """Write down that the actor did this; the row is kept for good."""
    return tx.add(
        AuditRow(
            centre_id=actor.centre_id,
            actor_id=actor.user_id,
            verb=verb.value,
            subject=subject,
            subject_id=subject_id,
            at=now,
        )
    )


def entries(session: Session, centre_id: str, part: Slice, wanted: AuditFilter) -> Rows:
    """Return a page of the centre's log, newest first."""
    log = AuditRow
    verb = wanted.verb and wanted.verb.value
    equal = ((log.actor_id, wanted.actor_id), (log.verb, verb), (log.subject_id, wanted.subject_id))
    filters: list[Any] = [column == value for column, value in equal if value is not None]
    if wanted.since is not None:
        filters.append(col(log.at) >= wanted.since)
    if wanted.until is not None:
        filters.append(col(log.at) < wanted.until)
    found = page(session, log, centre_id, part, *filters, by="at", newest_first=True)
    users = _users(session, {row.actor_id for row in found.rows if row.actor_id})
    return Rows([_entry(row, users) for row in found.rows], found.last)


def _users(session: Session, ids: Iterable[str]) -> Mapping[str, UserRow]:
    return {user.id: user for user in session.exec(select(UserRow).where(col(UserRow.id).in_(ids)))}


def _entry(row: AuditRow, users: Mapping[str, UserRow]) -> AuditEntry:
    user = users.get(row.actor_id or "")
    assert row.id is not None
    login, role = (user.login, user.role) if user else (None, None)
    return AuditEntry(row.id, row.at, row.actor_id, login, role, row.verb, row.subject, row.subject_id)
