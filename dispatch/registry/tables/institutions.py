"""Undertaking institutions."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from dispatch.domain.vocabulary import InstitutionKind
from dispatch.registry.tables.columns import Moment, centre_field, id_field, one_of

BELIEVED = text("superseded_at IS NULL")


class InstitutionRow(SQLModel, table=True):
    """A law firm, grass-roots office or other undertaking institution."""

    __tablename__ = "institution"
    __table_args__ = (
        UniqueConstraint("centre_id", "code", name="institution_code_once"),
        CheckConstraint(
            "left_on IS NULL OR entered_on IS NULL OR left_on >= entered_on",
            name="institution_dates",
        ),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    code: str = Field(max_length=60)
    name: str = Field(max_length=200)
    contact: str | None = Field(default=None, max_length=200)
    """Office telephone and address, as recipients are given them."""
    entered_on: date | None = None
    left_on: date | None = None
    revision: int = 1
    updated_at: Moment


class InstitutionAttributesRow(SQLModel, table=True):
    """What is true of an institution from ``from_on`` until the day before ``until_on``; written as a person's are."""

    __tablename__ = "institution_attributes"
    __table_args__ = (
        Index(
            "institution_attributes_once",
            "institution_id",
            "from_on",
            unique=True,
            sqlite_where=BELIEVED,
            postgresql_where=BELIEVED,
        ),
        CheckConstraint("until_on IS NULL OR until_on > from_on", name="institution_attributes_dates"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="institution_capacity_not_negative"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="institution_point_whole"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    institution_id: str = Field(foreign_key="institution.id", index=True)
    from_on: date
    until_on: date | None = None
    recorded_at: Moment
    superseded_at: Moment | None = None

    kind: InstitutionKind | None = Field(
        default=None,
        sa_column=one_of(InstitutionKind, "institution_kind", nullable=True),
    )
    area: str | None = Field(default=None, max_length=40)
    latitude: float | None = None
    longitude: float | None = None
    capacity: int | None = None
