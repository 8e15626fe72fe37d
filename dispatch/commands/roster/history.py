"""How an entry of the roster came to say what it says: who changed what, when, and since which day it is true."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session

from dispatch.commands.roster.contacts import PERSONAL, masked, watches
from dispatch.commands.roster.ties import SEALED_NAMES
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.domain.roster.words import RosterAct
from dispatch.registry import reads
from dispatch.registry.docket.roster import read_day
from dispatch.registry.reads import Slice
from dispatch.registry.seal import UNREADABLE, Seal
from dispatch.registry.tables import RosterChangeRow
from dispatch.registry.transaction import Read

MASKED = (*PERSONAL, *SEALED_NAMES)
"""Fields of which those who read the roster without keeping it see only the ends."""


class RosterFieldChange(NamedTuple):
    """What one field said before and after; null is unknown."""

    field: str
    before: Any
    after: Any


class RosterChange(NamedTuple):
    """One change of an entry; ``by`` is the login of who made it, for those who read the whole roster."""

    id: int
    act: RosterAct
    from_on: date
    at: datetime
    by: str | None
    reason: str | None
    changes: Sequence[RosterFieldChange]


class RosterHistory(NamedTuple):
    """A page of changes, oldest first, and the key of its last."""

    rows: Sequence[RosterChange]
    last: tuple[str, ...] | None


def practitioner_history(
    read: Read, seal: Seal, actor: Actor, now: datetime, practitioner_id: str, part: Slice
) -> RosterHistory:
    """Return the changes of a practitioner's entry; who may read only their own finds nobody else's."""
    with read() as session:
        reads.roster_entry(session, actor, practitioner_id, read_day(session, actor.centre_id, now).today)
        return _history(session, seal, actor, part, practitioner_id=practitioner_id)


def institution_history(read: Read, seal: Seal, actor: Actor, institution_id: str, part: Slice) -> RosterHistory:
    """Return the changes of an institution's entry."""
    with read() as session:
        reads.institution(session, actor, institution_id)
        return _history(session, seal, actor, part, institution_id=institution_id)


def _history(session: Session, seal: Seal, actor: Actor, part: Slice, **whose: str) -> RosterHistory:
    found = reads.roster_changes(session, actor.centre_id, part, **whose)
    whole = Verb.READ_ROSTER in PERMISSIONS[actor.role]
    logins = reads.logins_of(session, {row.actor_id for row in found.rows if row.actor_id}) if whole else {}
    return RosterHistory([_change(seal, actor, row, logins) for row in found.rows], found.last)


def _change(seal: Seal, actor: Actor, row: RosterChangeRow, logins: Mapping[str, str]) -> RosterChange:
    assert row.id is not None
    fields = [RosterFieldChange(name, row.before.get(name), row.after[name]) for name in sorted(row.after)]
    own = {"before": {}, "after": {}} | seal.show(row.sealed, "after")
    if own["after"] == UNREADABLE:
        return RosterChange(row.id, row.act, row.from_on, row.at, logins.get(row.actor_id or ""), row.reason,
                            [*fields, RosterFieldChange("contact", UNREADABLE, UNREADABLE)])  # fmt: skip
    hidden = watches(actor)
    for name in sorted(own["after"]):
        before, after = own["before"].get(name), own["after"][name]
        shown = (masked(before), masked(after)) if hidden and name in MASKED else (before, after)
        fields.append(RosterFieldChange(name, *shown))
    return RosterChange(row.id, row.act, row.from_on, row.at, logins.get(row.actor_id or ""), row.reason, fields)
