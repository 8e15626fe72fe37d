"""Subsidy tables of a centre: each a version of its own, never changed once it is there."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from dispatch.domain.errors import InvalidFieldError, SubsidyTableMissingError, stated
from dispatch.domain.funds.subsidy import SubsidyTable
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.registry.audit import note
from dispatch.registry.tables import SubsidyTableRow
from dispatch.registry.transaction import Begin, Read


def add_table(begin: Begin, actor: Actor, now: datetime, document: dict[str, Any]) -> SubsidyTableRow:
    """Put a new version of the subsidy table in place, for closing days from its first day on.

    Raises
    ------
    SubsidyTableInvalidError
        With every fault and the row it is in; then nothing has changed.
    InvalidFieldError
        If it binds centres of another level.
    """
    require(actor, Verb.MANAGE_SUBSIDIES)
    table = SubsidyTable.from_document(document)
    with begin() as tx:
        centre = tx.lock_centre(actor.centre_id)
        if table.levels and centre.level not in table.levels:
            allowed = "、".join(level.zh for level in table.levels), ", ".join(level.en for level in table.levels)
            expected = stated(f"该标准只适用于{allowed[0]}的法律援助机构", f"it binds only centres at: {allowed[1]}")
            raise InvalidFieldError(field="levels", value=centre.level.value, expected=expected)
        made = select(func.max(SubsidyTableRow.version)).where(SubsidyTableRow.centre_id == actor.centre_id)
        row = tx.add(
            SubsidyTableRow(
                centre_id=actor.centre_id,
                version=(tx.session.exec(made).one() or 0) + 1,
                valid_from=table.valid_from,
                document=table.model_dump(mode="json"),
                created_by=actor.user_id,
                created_at=now,
            )
        )
        tx.session.flush()
        note(tx, actor, Verb.MANAGE_SUBSIDIES, "subsidy_table", row.id, now)
        return row


def list_tables(read: Read, actor: Actor) -> Sequence[SubsidyTableRow]:
    """Return every version, the newest first."""
    with read() as session:
        made = select(SubsidyTableRow).where(SubsidyTableRow.centre_id == actor.centre_id)
        return session.exec(made.order_by(col(SubsidyTableRow.version).desc())).all()


def table_for(session: Session, centre_id: str, on: date) -> tuple[SubsidyTableRow, SubsidyTable]:
    """Return the newest version that is valid on a closing day."""
    valid = select(SubsidyTableRow).where(SubsidyTableRow.centre_id == centre_id, SubsidyTableRow.valid_from <= on)
    row = session.exec(valid.order_by(col(SubsidyTableRow.version).desc())).first()
    if row is None:
        raise SubsidyTableMissingError(on=on.isoformat())
    return row, SubsidyTable.from_document(row.document)
