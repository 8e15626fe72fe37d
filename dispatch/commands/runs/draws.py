"""Draws among equals: published before their day, opened when it is over, the same no matter who asks."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.domain.docket.draw import secret_of, seed_from
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.registry.docket import draws
from dispatch.registry.period.report_data import Days
from dispatch.registry.reads import Rows, Slice
from dispatch.registry.tables import CentreRow, DrawRow, RunRow
from dispatch.registry.transaction import Begin, Read
from dispatch.reports.pack import PublishedDraw


class Draw(NamedTuple):
    """The draw of a day as it is shown: its secret and its seed only once the day is over."""

    on: date
    commitment: str
    committed_at: datetime
    secret: str | None
    seed: int | None


def commit_draws(begin: Begin, read: Read, now: datetime) -> int:
    """Publish the draws of the days to come in every centre; return how many are new. Idempotent."""
    with read() as session:
        behind = draws.uncommitted(session, now)
    return sum(publish_draws(begin, centre_id, now) for centre_id in behind)


def publish_draws(begin: Begin, centre_id: str, now: datetime) -> int:
    """Publish those of one centre, as of one that is new: its first run is then drawn like any other. Idempotent."""
    with begin() as tx:
        return draws.publish(tx, centre_id, now)


def list_draws(read: Read, actor: Actor, part: Slice, now: datetime) -> Rows:
    """Return a page of the centre's draws, those furthest ahead first."""
    require(actor, Verb.READ_RUN)
    with read() as session:
        found = draws.list_draws(session, actor.centre_id, part)
        centre = session.get_one(CentreRow, actor.centre_id)
        return Rows([_shown(centre, row, now) for row in found.rows], found.last)


def is_open(run: RunRow, today: date) -> bool:
    """Tell whether the draw a run was made with may be shown: its day is over, and it decides nothing any more."""
    return run.draw_on is not None and run.draw_on < today


def _shown(centre: CentreRow, row: DrawRow, now: datetime) -> Draw:
    over = row.on < centre.day_of(now)
    secret = secret_of(centre.draw_root, row.on) if over else None
    return Draw(row.on, row.commitment, row.committed_at, secret, seed_from(secret) if secret else None)


def published_draws(session: Session, centre_id: str, days: Days, used: Collection[date]) -> list[PublishedDraw]:
    """Return the draws of days that were used, opened, and those published by the end of a period of later days."""
    centre, end = session.get_one(CentreRow, centre_id), days.params()["end"]
    ahead = select(DrawRow).where(
        DrawRow.centre_id == centre_id, col(DrawRow.on) > days.until, col(DrawRow.committed_at) < end
    )
    later = {row.on: PublishedDraw(row.on, row.commitment, row.committed_at, "") for row in session.exec(ahead)}
    rows = draws.draws_of(session, centre_id, sorted(used))
    opened = {on: secret_of(centre.draw_root, on) for on in used}
    return [*(_opened(on, secret, rows.get(on)) for on, secret in sorted(opened.items())), *_in_order(later, used)]


def _opened(on: date, secret: str, row: DrawRow | None) -> PublishedDraw:
    return PublishedDraw(on, row.commitment if row else "", row.committed_at if row else None, secret)


def _in_order(later: Mapping[date, PublishedDraw], used: Collection[date]) -> Iterator[PublishedDraw]:
    return (draw for on, draw in sorted(later.items()) if on not in used)
