"""Rights that one process holds for a while, however many ask: conditional updates, no server clock."""

from datetime import datetime, timedelta

from sqlalchemy import literal, update
from sqlmodel import Session, col, insert, or_, select

from dispatch.registry.tables import LeaseRow
from dispatch.registry.transaction import Transaction

SCHEDULER = "scheduler"


def hold_lease(tx: Transaction, name: str, holder: str, now: datetime, lasts: timedelta) -> bool:
    """Take or renew the lease; False while another holds it."""
    mine = or_(col(LeaseRow.holder) == holder, col(LeaseRow.until) <= now)
    renew = (
        update(LeaseRow).where(col(LeaseRow.name) == name, mine).values(holder=holder, beat_at=now, until=now + lasts)
    )
    return tx.session.exec(renew).rowcount == 1 or _claim_new(tx, name, holder, now, now + lasts)


def release_lease(tx: Transaction, name: str, holder: str, now: datetime) -> None:
    """Let the next one have it at once; a lease that has gone to another is left alone."""
    ours = (col(LeaseRow.name) == name) & (col(LeaseRow.holder) == holder)
    tx.session.exec(update(LeaseRow).where(ours).values(until=now))


def read_lease(session: Session, name: str) -> LeaseRow | None:
    """Return who holds or held the lease."""
    return session.get(LeaseRow, name)


def _claim_new(tx: Transaction, name: str, holder: str, now: datetime, until: datetime) -> bool:
    values = {"name": name, "holder": holder, "beat_at": now, "until": until}
    # The mapper adds the table.
    columns = [literal(value, LeaseRow.__table__.c[key].type) for key, value in values.items()]  # type: ignore[attr-defined]
    absent = ~select(LeaseRow.name).where(col(LeaseRow.name) == name).exists()
    new = insert(LeaseRow).from_select(list(values), select(*columns).where(absent)).returning(col(LeaseRow.name))
    return tx.session.exec(new).one_or_none() is not None
