"""What waits for a second person: listed for who can decide it, taken back by who proposed it, decided many at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from dispatch.commands.cases.changes import review_change
from dispatch.domain.chain import Mark
from dispatch.domain.errors import DispatchError, IllegalTransitionError, InvalidFieldError, stated
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import AmendmentState
from dispatch.domain.webhooks import AMEND
from dispatch.registry import reads
from dispatch.registry.host import RegisterHost
from dispatch.registry.reads import Rows, Slice
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AmendmentRow
from dispatch.registry.transaction import Begin, Read

MAX_AT_ONCE = 100


class DecidedAmendment(NamedTuple):
    """A change that was to be decided: as it is now, or why it could not be."""

    amendment_id: str
    amendment: AmendmentRow | None
    error: DispatchError | None = None


def list_changes(
    read: Read, actor: Actor, part: Slice, state: AmendmentState | None, case_id: str | None, *, to_decide: bool
) -> Rows:
    """Return changes as they were made or proposed; with ``to_decide`` those that wait for this very person."""
    require(actor, Verb.REVIEW_AMENDMENT if to_decide else Verb.READ_CASE)
    with read() as session:
        return reads.amendments(session, actor.centre_id, part, state, case_id, actor.user_id if to_decide else None)


def withdraw_change(begin: Begin, actor: Actor, now: datetime, amendment_id: str) -> AmendmentRow:
    """Take back a change that still waits, as the one who proposed it; the case stays as it is. Idempotent."""
    require(actor, Verb.EDIT_CASE)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        row = tx.lock(AmendmentRow, amendment_id, actor.centre_id)
        if row.made_by != actor.user_id:
            expected = stated("本人提出的修改；他人提出的，由负责人复核时决定", "a change you proposed yourself")
            raise InvalidFieldError(field="amendment_id", value=amendment_id, expected=expected)
        if row.state is AmendmentState.WITHDRAWN:
            return row
        if row.state is not AmendmentState.WAITING:
            raise IllegalTransitionError(status=row.state.value, event=AMEND)
        host.note(host.case(row.case_id), Mark.RETRACT, None, {"amendment_id": row.id})
        row.decided_at = now
        host.end_amendment(row, AmendmentState.WITHDRAWN)
        return row


def review_changes(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, amendment_ids: Sequence[str], approve: bool, reason: str
) -> list[DecidedAmendment]:
    """Confirm or reject many changes with one reason, each separately: one that cannot be decided stops no other."""
    require(actor, Verb.REVIEW_AMENDMENT)
    if not 1 <= len(set(amendment_ids)) == len(amendment_ids) <= MAX_AT_ONCE:
        expected = stated(f"1至{MAX_AT_ONCE}项，每项只列一次", f"1 to {MAX_AT_ONCE}, each of them once")
        raise InvalidFieldError(field="amendment_ids", value=None, expected=expected)
    return [_reviewed(begin, seal, actor, now, id, approve, reason) for id in amendment_ids]


def _reviewed(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, amendment_id: str, approve: bool, reason: str
) -> DecidedAmendment:
    try:
        return DecidedAmendment(amendment_id, review_change(begin, seal, actor, now, amendment_id, approve, reason))
    except DispatchError as error:
        return DecidedAmendment(amendment_id, None, error)
