"""The log of acts, reads and refusals: who, from where, what, when; ids and words only."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, func, select

from dispatch.domain.log.words import ActOutcome, OwnVerb
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts import code_key
from dispatch.domain.vocabulary import Role
from dispatch.registry.reads import Rows, Slice, page
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import AuditRow, UserRow
from dispatch.registry.transaction import Transaction


class AuditFilter(NamedTuple):
    """Which entries of the log are wanted; None is all. ``since`` is included, ``until`` is not."""

    since: datetime | None = None
    until: datetime | None = None
    actor_id: str | None = None
    verb: Verb | OwnVerb | None = None
    subject_id: str | None = None
    outcome: ActOutcome | None = None
    unknown: bool = False
    """Instead of the centre's entries those of requests of nobody known, which are no centre's."""
    login: str | None = None
    """Of the account with this login; of none, there are no entries."""


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
    outcome: ActOutcome
    reason: str | None
    address: str | None
    times: int


class ActCount(NamedTuple):
    """How often somebody did something; no login for what the service did, or a recipient by their link."""

    login: str | None
    role: Role | None
    verb: str
    number: int


class ActOrigin(NamedTuple):
    """Who asks for what, and from where."""

    actor: Actor
    address: str | None
    verb: Verb | OwnVerb
    subject: str
    subject_id: str | None
    always_reported: bool = True
    """Whether it is an act that is told even where the command tells nothing."""


class RefusedAct(NamedTuple):
    """Something somebody was refused; of nobody known if the actor is None."""

    actor: Actor | None
    address: str | None
    verb: str
    subject: str
    subject_id: str | None
    reason: str
    at: datetime
    times: int = 1


def note(
    tx: Transaction, actor: Actor, verb: Verb | OwnVerb, subject: str, subject_id: str | None, now: datetime
) -> AuditRow:
    """Write down that the actor did this; the row is kept for good."""
    tx.noted = True
    return tx.add(
        AuditRow(
            centre_id=actor.centre_id,
            actor_id=actor.user_id,
            verb=verb.value,
            subject=subject,
            subject_id=subject_id,
            address=tx.address,
            at=now,
        )
    )


def note_refusals(tx: Transaction, refusals: Iterable[RefusedAct]) -> None:
    """Write down what was refused to whom, and why."""
    for refusal in refusals:
        actor, address, verb, subject, subject_id, reason, at, times = refusal
        tx.add(
            AuditRow(
                centre_id=actor.centre_id if actor else None,
                actor_id=actor.user_id if actor else None,
                verb=verb,
                subject=subject,
                subject_id=subject_id,
                outcome=ActOutcome.REFUSED,
                reason=reason,
                address=address,
                times=times,
                at=at,
            )
        )


def last_done(session: Session, centre_id: str, verb: OwnVerb, subject: str) -> datetime | None:
    """Return when something was done last in a centre; the verb must be a rare one."""
    log = AuditRow
    done = (log.centre_id == centre_id, log.verb == verb.value, log.subject == subject)
    newest = select(log.at).where(*done).order_by(col(log.at).desc()).limit(1)
    return session.exec(newest).one_or_none()


def acts_between(
    session: Session, centre_id: str, since: datetime, until: datetime, verbs: Iterable[Verb]
) -> list[ActCount]:
    """Return who did how many of these things after a moment and until another, by login and verb."""
    log, number = AuditRow, func.count()
    found = (
        select_rows(UserRow.login, UserRow.role, log.verb, number)
        .outerjoin(UserRow, col(UserRow.id) == col(log.actor_id))
        .where(log.centre_id == centre_id, log.outcome == ActOutcome.DONE, col(log.at) > since, col(log.at) <= until)
        .where(col(log.verb).in_([verb.value for verb in verbs]))
        .group_by(UserRow.login, UserRow.role, log.verb)
    )
    counts = [ActCount(*row) for row in session.connection().execute(found)]
    return sorted(counts, key=lambda each: (each.login or "", each.verb))


def entries(session: Session, centre_id: str, part: Slice, wanted: AuditFilter) -> Rows:
    """Return a page of the centre's log, newest first."""
    log, named = AuditRow, wanted.login and user_of(session, centre_id, wanted.login)
    if wanted.login is not None and named is None:
        return Rows([], None)
    equal = (
        (log.actor_id, wanted.actor_id),
        (log.actor_id, named),
        (log.verb, wanted.verb and wanted.verb.value),
        (log.subject_id, wanted.subject_id),
        (log.outcome, wanted.outcome),
    )
    filters: list[Any] = [column == value for column, value in equal if value is not None]
    if wanted.since is not None:
        filters.append(col(log.at) >= wanted.since)
    if wanted.until is not None:
        filters.append(col(log.at) < wanted.until)
    found = page(session, log, None if wanted.unknown else centre_id, part, *filters, by="at", newest_first=True)
    users = _users(session, {row.actor_id for row in found.rows if row.actor_id})
    return Rows([_entry(row, users) for row in found.rows], found.last)


def user_of(session: Session, centre_id: str, login: str) -> str | None:
    """Return the id of the centre's user with a login; None where there is none."""
    own = select(UserRow.id).where(UserRow.centre_id == centre_id, UserRow.login_key == code_key(login))
    return session.exec(own).one_or_none()


def _users(session: Session, ids: Iterable[str]) -> Mapping[str, UserRow]:
    return {user.id: user for user in session.exec(select(UserRow).where(col(UserRow.id).in_(ids)))}


def _entry(row: AuditRow, users: Mapping[str, UserRow]) -> AuditEntry:
    user = users.get(row.actor_id or "")
    assert row.id is not None
    login, role = (user.login, user.role) if user else (None, None)
    return AuditEntry(
        row.id, row.at, row.actor_id, login, role, row.verb, row.subject, row.subject_id, row.outcome, row.reason,
        row.address, row.times,
    )  # fmt: skip
