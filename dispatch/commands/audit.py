"""The audit log as it is read: page by page, or as a file; who takes a copy of it is in it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from dispatch.domain.errors import NotFoundError
from dispatch.domain.log.words import OwnVerb
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.exchange.readable import AUDIT, write_list
from dispatch.registry.audit import ActOrigin as ActOrigin
from dispatch.registry.audit import AuditFilter as AuditFilter
from dispatch.registry.audit import RefusedAct as RefusedAct
from dispatch.registry.audit import entries, note, note_refusals, user_of
from dispatch.registry.reads import Rows, Slice
from dispatch.registry.tables import CentreRow
from dispatch.registry.transaction import Begin, Read, Transaction

ROWS_AT_ONCE = 1_000

WORDS: dict[str, str] = {word.value: word for kind in (Verb, OwnVerb) for word in kind}
"""What may be read in the log, by how it is written there."""


def read_audit(read: Read, actor: Actor, part: Slice, wanted: AuditFilter) -> Rows:
    """Return a page of the log of the actor's centre, newest first."""
    require(actor, Verb.READ_AUDIT)
    with read() as session:
        return entries(session, actor.centre_id, part, wanted)


def export_audit(begin: Begin, read: Read, actor: Actor, now: datetime, path: Path, wanted: AuditFilter) -> int:
    """Write every entry that is wanted to a file, newest first, and note who took it; return how many."""
    require(actor, Verb.READ_AUDIT)
    with read() as session:
        count = write_list(path, AUDIT, _records(session, actor.centre_id, wanted), _zone(session, actor))
    with begin() as tx:
        note(tx, actor, Verb.READ_AUDIT, "audit", None, now)
    return count


def keep_refusals(begin: Begin, refusals: Sequence[RefusedAct]) -> None:
    """Write down what was refused, many at once."""
    with begin() as tx:
        note_refusals(tx, refusals)


def noting(begin: Begin, origin: Callable[[], ActOrigin | None], now: Callable[[], datetime]) -> Begin:
    """
    Return a way to begin that writes its act down in the very transaction in which it takes effect.

    An act that the command tells of in words of its own is not told twice.
    """
    told = False

    @contextmanager
    def begin_noted() -> Iterator[Transaction]:
        nonlocal told
        with begin() as tx:
            asked = origin()
            tx.address = asked.address if asked else None
            yield tx
            if asked and asked.always_reported and not (told or tx.noted):
                note(tx, asked.actor, asked.verb, asked.subject, asked.subject_id, now())
        told = told or tx.noted

    return begin_noted


def midnight(read: Read, actor: Actor, day: date) -> datetime:
    """Return when a day begins in the actor's centre."""
    with read() as session:
        return datetime.combine(day, time(), _zone(session, actor))


def user_named(read: Read, actor: Actor, login: str) -> str:
    """Return the id of the user of the actor's centre with this login."""
    with read() as session:
        found = user_of(session, actor.centre_id, login)
    if found is None:
        raise NotFoundError(what="user", id=login)
    return found


def _zone(session: Session, actor: Actor) -> ZoneInfo:
    return ZoneInfo(session.get_one(CentreRow, actor.centre_id).time_zone)


def _records(session: Session, centre_id: str, wanted: AuditFilter) -> Iterator[dict[str, Any]]:
    after: list[str] | None = None
    while True:
        found = entries(session, centre_id, Slice(ROWS_AT_ONCE, after), wanted)
        yield from (entry._asdict() | {"verb": _word(entry.verb)} for entry in found.rows)
        if found.last is None:
            return
        after = list(found.last)


def _word(verb: str) -> str:
    """Return the word for what was done; one of an earlier release stays as it was written."""
    return WORDS.get(verb, verb)
