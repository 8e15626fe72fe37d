"""Files of cases that are over, under a number that is never given twice."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from dispatch.registry.tables.columns import Moment, centre_field, id_field

IN_FORCE = text("voided_at IS NULL")


class ArchiveRow(SQLModel, table=True):
    """The file of a case as it was archived. Rows stay, so no number comes twice."""

    __tablename__ = "archive"
    __table_args__ = (
        UniqueConstraint("centre_id", "series", "year", "serial", name="archive_number_once"),
        Index("archive_one_in_force", "case_id", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
        Index("archive_when", "centre_id", "archived_on"),
        CheckConstraint("serial > 0", name="archive_serial"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="archive_void_whole"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id")
    series: str = Field(max_length=12)
    year: int
    serial: int
    number: str = Field(max_length=60)
    archived_on: date
    archived_by: str = Field(foreign_key="app_user.id")
    archived_at: Moment
    voided_at: Moment | None = None
    void_reason: str | None = Field(default=None, max_length=200)
