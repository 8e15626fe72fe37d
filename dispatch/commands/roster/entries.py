"""Leaves and suspensions of the roster."""

from datetime import date, datetime, timedelta

from sqlmodel import select

from dispatch.commands.roster.changes import require_reach
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.registry.audit import note
from dispatch.registry.docket.roster import read_day
from dispatch.registry.tables import InstitutionRow, LeaveRow, PractitionerRow, SuspensionRow
from dispatch.registry.transaction import Begin, Transaction


def set_leave(
    begin: Begin, actor: Actor, now: datetime, practitioner_id: str, from_on: date, until_on: date
) -> LeaveRow:
    """Write down a leave, both days included; the same leave again is the one already there."""
    if until_on < from_on:
        raise InvalidFieldError(
            field="until_on", value=until_on.isoformat(), expected=stated("不早于 from_on", "not before from_on")
        )
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        practitioner = tx.lock(PractitionerRow, practitioner_id, actor.centre_id)
        require_reach(tx, actor, practitioner, now, Verb.REPORT_LEAVE)
        same = select(LeaveRow).where(
            LeaveRow.practitioner_id == practitioner_id, LeaveRow.from_on == from_on, LeaveRow.until_on == until_on
        )
        leave = tx.session.exec(same).first()
        if leave is None:
            note(tx, actor, Verb.REPORT_LEAVE, "practitioner", practitioner_id, now)
            leave = tx.add(
                LeaveRow(
                    centre_id=actor.centre_id,
                    practitioner_id=practitioner_id,
                    from_on=from_on,
                    until_on=until_on,
                    created_at=now,
                )
            )
        return leave


def suspend(
    begin: Begin,
    actor: Actor,
    now: datetime,
    from_on: date,
    until_on: date | None,
    reason: str,
    *,
    practitioner_id: str | None = None,
    institution_id: str | None = None,
) -> SuspensionRow:
    """Keep new cases from one practitioner or one whole institution; cases they hold stay with them."""
    require(actor, Verb.SUSPEND)
    if (practitioner_id is None) == (institution_id is None):
        raise InvalidFieldError(
            field="practitioner_id",
            value=None,
            expected=stated("承办人员或者承办机构，填一项", "a practitioner or an institution"),
        )
    if until_on and until_on < from_on:
        raise InvalidFieldError(
            field="until_on", value=until_on.isoformat(), expected=stated("不早于 from_on", "not before from_on")
        )
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        subject = _lock_one(tx, actor, practitioner_id, institution_id)
        note(tx, actor, Verb.SUSPEND, str(subject.__tablename__), subject.id, now)
        return tx.add(
            SuspensionRow(
                centre_id=actor.centre_id,
                practitioner_id=practitioner_id,
                institution_id=institution_id,
                from_on=from_on,
                until_on=until_on,
                reason=reason,
                created_at=now,
            )
        )


def lift(begin: Begin, actor: Actor, now: datetime, suspension_id: str) -> None:
    """End a suspension at once; one that began today or later is taken off the register."""
    require(actor, Verb.SUSPEND)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        suspension = tx.lock(SuspensionRow, suspension_id, actor.centre_id)
        today = read_day(tx.session, actor.centre_id, now).today
        if suspension.until_on and suspension.until_on < today:
            return
        note(tx, actor, Verb.SUSPEND, "suspension", suspension_id, now)
        if suspension.from_on >= today:
            tx.session.delete(suspension)
        else:
            suspension.until_on = today - timedelta(days=1)


def _lock_one(
    tx: Transaction, actor: Actor, practitioner_id: str | None, institution_id: str | None
) -> PractitionerRow | InstitutionRow:
    if practitioner_id:
        return tx.lock(PractitionerRow, practitioner_id, actor.centre_id)
    return tx.lock(InstitutionRow, institution_id or "", actor.centre_id)
