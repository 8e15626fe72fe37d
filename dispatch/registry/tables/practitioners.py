"""Practitioners: who they are, and what is true of them from when to when."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from dispatch.domain.vocabulary import PractitionerKind, Sex
from dispatch.registry.tables.columns import (
    Moment,
    centre_field,
    code_key_field,
    document,
    id_field,
    name_key_field,
    one_of,
)

BELIEVED, LAST = text("superseded_at IS NULL"), text("until_on IS NULL AND superseded_at IS NULL")


class PractitionerRow(SQLModel, table=True):
    """A practitioner's identity in one centre's register; ``code`` is the licence or register number."""

    __tablename__ = "practitioner"
    __table_args__ = (
        UniqueConstraint("centre_id", "code", name="practitioner_code_once"),
        UniqueConstraint("centre_id", "code_key", name="practitioner_code_key_once"),
        CheckConstraint("left_on IS NULL OR left_on >= entered_on", name="practitioner_dates"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    code: str = Field(max_length=60)
    code_key: str = code_key_field()
    name: str = Field(max_length=120)
    name_key: str = name_key_field()
    """What the spellings of the name share."""
    sealed: bytes | None = None
    """How to reach and tell apart the person, encrypted: office contact, mobile telephone, identity number."""
    identity_key: str | None = Field(default=None, index=True, max_length=64)
    """Keyed hash of the identity number."""
    entered_on: date
    left_on: date | None = None
    merged_into: str | None = Field(default=None, foreign_key="practitioner.id")
    """The record that is kept of the same person; this one is on no list any more."""
    revision: int = 1
    updated_at: Moment


class AttributesRow(SQLModel, table=True):
    """What is true of a practitioner from ``from_on`` until the day before ``until_on``.

    A change closes one row and opens another; a correction supersedes rows and writes what is believed instead.
    Neither rewrites a row, so past decisions keep what they saw.
    ``None`` is unknown. ``specialties`` maps causes and ``experience`` categories to levels 0..100;
    ``former_offices`` is a list of ``{"organ": code or null, "left_on": "YYYY-MM-DD" or null}``.
    """

    __tablename__ = "attributes"
    __table_args__ = (
        Index(
            "attributes_one_open",
            "practitioner_id",
            unique=True,
            sqlite_where=LAST,
            postgresql_where=LAST,
        ),
        Index(
            "attributes_once",
            "practitioner_id",
            "from_on",
            unique=True,
            sqlite_where=BELIEVED,
            postgresql_where=BELIEVED,
        ),
        CheckConstraint("until_on IS NULL OR until_on > from_on", name="attributes_dates"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="attributes_capacity_not_negative"),
        CheckConstraint(
            "monthly_capacity IS NULL OR monthly_capacity >= 0",
            name="attributes_monthly_capacity_not_negative",
        ),
        CheckConstraint(
            "quality IS NULL OR quality BETWEEN 0 AND 100",
            name="attributes_quality_level",
        ),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="attributes_point_whole"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    practitioner_id: str = Field(foreign_key="practitioner.id", index=True)
    from_on: date
    until_on: date | None = None
    recorded_at: Moment
    superseded_at: Moment | None = None
    """Since when something else is believed of these days."""

    institution_id: str = Field(foreign_key="institution.id", index=True)
    kind: PractitionerKind | None = Field(
        default=None,
        sa_column=one_of(PractitionerKind, "practitioner_kind", nullable=True),
    )
    sex: Sex | None = Field(default=None, sa_column=one_of(Sex, "practitioner_sex", nullable=True))
    listed: bool = True
    assessment_valid_to: date | None = None
    assessment_passed: bool | None = None
    practising_since: date | None = None
    criminal_defence_since: date | None = None
    minor_trained: bool | None = None
    legal_qualification: bool | None = None
    specialties: dict[str, int] | None = Field(default=None, sa_column=document())
    experience: dict[str, int] | None = Field(default=None, sa_column=document())
    languages: list[str] | None = Field(default=None, sa_column=document())
    areas: list[str] | None = Field(default=None, sa_column=document())
    former_offices: list[dict[str, Any]] | None = Field(default=None, sa_column=document())
    relatives_at: list[str] | None = Field(default=None, sa_column=document())
    quality: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    capacity: int | None = None
    monthly_capacity: int | None = None
