"""The working days of a centre: the notices it has loaded, before what the library knows."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Session, col, select

from dispatch.domain.calendar import NoticeDays, WorkingDays, YearNotice, china
from dispatch.registry.reads import Rows, Slice, page
from dispatch.registry.tables import NoticeRow, ReckoningRow

CENTRE: BindParameter[str] = bindparam("centre_id")
IN_FORCE = (
    select(NoticeRow)
    .where(NoticeRow.centre_id == CENTRE, col(NoticeRow.withdrawn_at).is_(None))
    .order_by(col(NoticeRow.year))
)


def load_days(session: Session, centre_id: str) -> WorkingDays:
    """Return which days the centre works."""
    notices = load_notices(session, centre_id)
    return WorkingDays.of(notices) if notices else china()


def load_notices(session: Session, centre_id: str) -> tuple[YearNotice, ...]:
    """Return the notices in force, by their year."""
    return tuple(notice_of(row) for row in in_force(session, centre_id))


def in_force(session: Session, centre_id: str) -> Sequence[NoticeRow]:
    """Return the rows of the notices in force, by their year."""
    return session.exec(IN_FORCE, params={"centre_id": centre_id}).all()


def find_notice(session: Session, centre_id: str, year: int) -> NoticeRow | None:
    """Return the notice of a year that is in force, if the centre has loaded one."""
    return next((row for row in in_force(session, centre_id) if row.year == year), None)


def notice_of(row: NoticeRow) -> YearNotice:
    """Return what a row says."""
    return YearNotice(row.year, tuple(_days_of(each) for each in row.rows))


def rows_of(notice: YearNotice) -> list[dict[str, Any]]:
    """Return a notice as it is kept."""
    return [
        row._asdict() | {"from_on": row.from_on.isoformat(), "until_on": row.until_on.isoformat()}
        for row in notice.rows
    ]


def list_reckonings(session: Session, centre_id: str, part: Slice, notice_id: str | None = None) -> Rows:
    """Return the time limits that have moved, the newest first."""
    wanted = [col(ReckoningRow.notice_id) == notice_id] if notice_id else []
    return page(session, ReckoningRow, centre_id, part, *wanted, by="at", newest_first=True)


def _days_of(kept: dict[str, Any]) -> NoticeDays:
    first, last = (date.fromisoformat(kept[name]) for name in ("from_on", "until_on"))
    return NoticeDays(first, last, kept["working"], kept["name"])
