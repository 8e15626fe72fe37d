"""The draws of a centre: what was published of each before its day, and the seed that a docket of a day has."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import exists
from sqlmodel import Session, col, select

from dispatch.domain.docket.draw import commitment_to, secret_of, seed_on
from dispatch.domain.log.words import OwnVerb
from dispatch.registry.reads import Rows, Slice
from dispatch.registry.tables import AuditRow, CentreRow, DrawRow
from dispatch.registry.transaction import Transaction

AHEAD_DAYS = 40
"""So many days are published beforehand: with the pack of a month, the draws of all of the next."""

SHOWN_HEX = 40
"""As much of a commitment as an entry of the log holds: 160 bits, which nobody meets twice."""


def seed_at(session: Session, centre_id: str, now: datetime) -> int:
    """Return the seed of the draw of the centre's day."""
    centre = session.get_one(CentreRow, centre_id)
    return seed_on(centre.draw_root, centre.day_of(now))


def uncommitted(session: Session, now: datetime) -> list[str]:
    """Return the centres that have not published as many draws beforehand as they should."""
    # A day's difference between time zones makes one of them publish a day more.
    last = (now + timedelta(days=AHEAD_DAYS)).date()
    ready = exists().where(col(DrawRow.centre_id) == CentreRow.id, col(DrawRow.on) == last)
    return list(session.exec(select(CentreRow.id).where(~ready).order_by(col(CentreRow.id))))


def publish(tx: Transaction, centre_id: str, now: datetime) -> int:
    """Publish the draws of the days to come, into the log as well; return how many are new."""
    centre = tx.lock_centre(centre_id)
    first = centre.day_of(now)
    days = [first + timedelta(days=n) for n in range(AHEAD_DAYS + 2)]
    held = set(tx.session.exec(select(col(DrawRow.on)).where(DrawRow.centre_id == centre_id, col(DrawRow.on) >= first)))
    new = [_draw(centre, on, now) for on in days if on not in held]
    tx.session.add_all(new)
    tx.session.add_all(_entries(new))
    return len(new)


def draws_of(session: Session, centre_id: str, days: Sequence[date]) -> dict[date, DrawRow]:
    """Return what was published of the draws of some days."""
    wanted = select(DrawRow).where(DrawRow.centre_id == centre_id, col(DrawRow.on).in_(days))
    return {row.on: row for row in session.exec(wanted)}


def list_draws(session: Session, centre_id: str, part: Slice) -> Rows:
    """Return a page of draws, those furthest ahead first."""
    wanted = select(DrawRow).where(DrawRow.centre_id == centre_id).order_by(col(DrawRow.on).desc())
    if part.after is not None:
        wanted = wanted.where(col(DrawRow.on) < date.fromisoformat(part.after[0]))
    rows = list(session.exec(wanted.limit(part.limit + 1)))
    kept = rows[: part.limit]
    return Rows(kept, (kept[-1].on.isoformat(),) if len(rows) > part.limit else None)


def _draw(centre: CentreRow, on: date, now: datetime) -> DrawRow:
    commitment = commitment_to(secret_of(centre.draw_root, on), on)
    return DrawRow(centre_id=centre.id, on=on, commitment=commitment, committed_at=now)


def _entries(draws: Sequence[DrawRow]) -> Iterator[AuditRow]:
    for row in draws:
        yield AuditRow(
            centre_id=row.centre_id,
            verb=OwnVerb.COMMIT_DRAW.value,
            subject=f"draw {row.on.isoformat()}",
            subject_id=row.commitment[:SHOWN_HEX],
            at=row.committed_at,
        )
