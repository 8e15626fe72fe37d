"""Notices about working days that a centre has loaded, and the time limits that have moved with them."""

from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from dispatch.registry.tables.columns import Moment, centre_field, document, id_field

IN_FORCE = text("withdrawn_at IS NULL")


class NoticeRow(SQLModel, table=True):
    """A notice about the working days of one year; at most one a year is in force in a centre."""

    __tablename__ = "calendar_notice"
    __table_args__ = (
        Index("notice_one_in_force", "centre_id", "year", unique=True, sqlite_where=IN_FORCE,
              postgresql_where=IN_FORCE),
        CheckConstraint("year BETWEEN 2000 AND 2199", name="notice_year"),
    )  # fmt: skip

    id: str = id_field()
    centre_id: str = centre_field()
    year: int
    title: str = Field(max_length=120)
    rows: list[dict[str, Any]] = Field(sa_column=document(nullable=False))
    replaces_id: str | None = Field(default=None, foreign_key="calendar_notice.id")
    """What was in force for the year before it, and is again if it is undone."""
    loaded_by: str | None = Field(default=None, foreign_key="app_user.id")
    loaded_at: Moment
    withdrawn_at: Moment | None = None


class ReckoningRow(SQLModel, table=True):
    """A time limit that ends at another moment since a notice was loaded or undone."""

    __tablename__ = "reckoning"
    __table_args__ = (Index("reckoning_of_centre", "centre_id", "at", "id"),)

    id: str = id_field()
    centre_id: str = centre_field()
    notice_id: str = Field(foreign_key="calendar_notice.id", index=True)
    case_id: str = Field(foreign_key="legal_case.id")
    code: str = Field(max_length=8)
    was: Moment
    becomes: Moment
    at: Moment
