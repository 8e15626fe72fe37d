"""Undertaking institutions, and the absences of them and of their people."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from dispatch.domain.docket.absence import EVERY_DAY, WHOLE_DAY, Absence, AbsenceKind, AbsenceState
from dispatch.domain.vocabulary import InstitutionKind
from dispatch.registry.tables.columns import (
    Moment,
    centre_field,
    code_key_field,
    document,
    id_field,
    name_key_field,
    one_of,
)

BELIEVED = text("superseded_at IS NULL")
WAITS = text("state = 'waiting'")
ABSENCE_UNSEEN = text("state = 'in_force' AND (looked_on IS NULL OR until_on IS NULL OR looked_on <= until_on)")
"""Absences of which the rotation has not seen the end; one that is over and was looked at since is read no more."""


class InstitutionRow(SQLModel, table=True):
    """A law firm, grass-roots office or other undertaking institution."""

    __tablename__ = "institution"
    __table_args__ = (
        UniqueConstraint("centre_id", "code", name="institution_code_once"),
        UniqueConstraint("centre_id", "code_key", name="institution_code_key_once"),
        CheckConstraint(
            "left_on IS NULL OR entered_on IS NULL OR left_on >= entered_on",
            name="institution_dates",
        ),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    code: str = Field(max_length=60)
    code_key: str = code_key_field()
    name: str = Field(max_length=200)
    name_key: str = name_key_field()
    """What the spellings of the name share."""
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


class AbsenceRow(SQLModel, table=True):
    """A period without new cases for one practitioner or one whole institution, both days included.

    Leave may be a part of each day, or some days of the week.
    """

    __tablename__ = "absence"
    __table_args__ = (
        Index("absence_from", "centre_id", "from_on", "id"),
        Index("absence_until", "centre_id", "until_on"),
        Index("absence_waiting", "centre_id", "created_at", sqlite_where=WAITS, postgresql_where=WAITS),
        Index("absence_unseen", "centre_id", "from_on", sqlite_where=ABSENCE_UNSEEN, postgresql_where=ABSENCE_UNSEEN),
        CheckConstraint("(practitioner_id IS NULL) <> (institution_id IS NULL)", name="absence_of_one"),
        CheckConstraint("kind <> 'leave' OR practitioner_id IS NOT NULL", name="absence_leave_of_person"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="absence_dates"),
        CheckConstraint(
            f"0 <= from_minute AND from_minute < until_minute AND until_minute <= {WHOLE_DAY}", name="absence_minutes"
        ),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    kind: AbsenceKind = Field(sa_column=one_of(AbsenceKind, "absence_kind"))
    practitioner_id: str | None = Field(default=None, foreign_key="practitioner.id", index=True)
    institution_id: str | None = Field(default=None, foreign_key="institution.id", index=True)
    from_on: date
    until_on: date | None = None
    from_minute: int = 0
    until_minute: int = WHOLE_DAY
    weekdays: str = Field(default=EVERY_DAY, max_length=7)
    """ISO days of the week, Monday 1."""
    reason: str | None = Field(default=None, max_length=40)
    state: AbsenceState = Field(default=AbsenceState.IN_FORCE, sa_column=one_of(AbsenceState, "absence_state"))
    reported_by: str | None = Field(default=None, foreign_key="app_user.id")
    decided_by: str | None = Field(default=None, foreign_key="app_user.id")
    history: list[dict[str, Any]] = Field(default_factory=list, sa_column=document(nullable=False))
    """What it said before each change, the oldest first: when, by whom, its state and last day until then."""
    looked_on: date | None = None
    """The last day on which the rotation asked whether it is over."""
    created_at: Moment

    @property
    def stated(self) -> Absence:
        """What is recorded, without what became of it."""
        return Absence(
            who=self.practitioner_id or self.institution_id or "",
            kind=self.kind,
            from_on=self.from_on,
            until_on=self.until_on,
            minutes=(self.from_minute, self.until_minute),
            weekdays=self.weekdays,
        )
