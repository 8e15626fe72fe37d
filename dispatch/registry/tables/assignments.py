"""Assignments, the fairness ledger, and the bound that is proved on it."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from dispatch.domain.states import CaseOutcome, EndReason, QualityGrade
from dispatch.domain.vocabulary import ModeName
from dispatch.registry.tables.columns import Moment, a_word, centre_field, document, id_field, one_of

GRADED, LIVE = text("graded_at IS NOT NULL"), text("ended_at IS NULL")


class AssignmentRow(SQLModel, table=True):
    """A practitioner named for one seat of a case; at most one is live at a time."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index(
            "assignment_one_live_per_seat",
            "case_id",
            "seat",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index(
            "assignment_one_seat_each",
            "case_id",
            "practitioner_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index(
            "assignment_live",
            "centre_id",
            "practitioner_id",
            "institution_id",
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index("assignment_made_when", "centre_id", "assigned_at", "practitioner_id", "end_reason"),
        Index("assignment_ended_when", "centre_id", "ended_at"),
        Index("assignment_graded_when", "centre_id", "graded_at", sqlite_where=GRADED, postgresql_where=GRADED),
        CheckConstraint("seat BETWEEN 0 AND 1", name="assignment_seat"),
        CheckConstraint("stars IS NULL OR stars BETWEEN 1 AND 5", name="assignment_stars"),
        CheckConstraint("ended_at IS NULL OR ended_at >= assigned_at", name="assignment_dates"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    seat: int = 0
    practitioner_id: str = Field(foreign_key="practitioner.id", index=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    mode: ModeName = Field(sa_column=one_of(ModeName, "assignment_mode"))
    policy_id: str = Field(foreign_key="policy.id")
    run_id: str | None = Field(default=None, foreign_key="run.id", index=True)
    decided_by: str | None = Field(default=None, foreign_key="app_user.id")
    reason: str | None = Field(default=None, max_length=200)
    pool: int | None = None
    """How many could have taken the seat; none where nobody else was looked at."""
    assigned_at: Moment
    accepted_at: Moment | None = None
    signed_at: Moment | None = None
    begun_at: Moment | None = None
    ended_at: Moment | None = None
    end_reason: EndReason | None = Field(default=None, sa_column=a_word(EndReason, nullable=True))
    finished_on: date | None = None
    """The closing day of its stage, as the closing report states it."""
    outcome: CaseOutcome | None = Field(default=None, sa_column=a_word(CaseOutcome, nullable=True))
    grade: QualityGrade | None = Field(default=None, sa_column=a_word(QualityGrade, nullable=True))
    graded_at: Moment | None = None
    stars: int | None = None
    """The recipient's rating, 1 to 5."""


class LedgerRow(SQLModel, table=True):
    """A turn and an effort credit, written by every mode; rows are only ever added, a reversal is negative."""

    __tablename__ = "ledger"
    __table_args__ = (
        Index("ledger_of_practitioner", "practitioner_id", "at"),
        Index("ledger_of_assignment", "assignment_id"),
        Index("ledger_when", "centre_id", "at"),
        # What everyone has had is summed from this index alone.
        Index("ledger_sums", "centre_id", "practitioner_id", "share", "kind", "at", "turns", "effort"),
    )

    id: int | None = Field(default=None, primary_key=True)
    centre_id: str = centre_field()
    practitioner_id: str = Field(foreign_key="practitioner.id")
    assignment_id: str | None = Field(default=None, foreign_key="assignment.id")
    kind: str = Field(max_length=20)
    turns: int
    effort: int
    share: str = Field(default="1", max_length=40, sa_column_kwargs={"server_default": "1"})
    """The entitled share it was made at, as a fraction: the entry counts one divided by it."""
    at: Moment


class AdjustmentRow(SQLModel, table=True):
    """Why a turn was given or taken without a case: an override, an opening, a return from an absence.

    What an opening and a return meet are the days from ``from_on`` until the day before ``until_on``.
    """

    __tablename__ = "adjustment"
    __table_args__ = (
        UniqueConstraint("undoes_id", name="adjustment_undone_once"),
        CheckConstraint("(from_on IS NULL) = (until_on IS NULL)", name="adjustment_days_whole"),
        Index("adjustment_of_kind", "centre_id", "kind", "at", "id"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    practitioner_id: str = Field(foreign_key="practitioner.id", index=True)
    kind: str = Field(max_length=20)
    turns: int
    effort: int
    reason: str | None = Field(default=None, max_length=200)
    share: str = Field(default="1", max_length=40)
    from_on: date | None = None
    until_on: date | None = None
    undoes_id: str | None = Field(default=None, foreign_key="adjustment.id")
    """The return it takes back, whose days turned out to be none of absence."""
    made_by: str | None = Field(default=None, foreign_key="app_user.id")
    at: Moment


class BoundRow(SQLModel, table=True):
    """How far the ledger was from the entitled shares after a run, or at the end of a month, and who exceeded them."""

    __tablename__ = "fairness_bound"
    __table_args__ = (
        UniqueConstraint("run_id", name="bound_once_per_run"),
        UniqueConstraint("centre_id", "month", name="bound_once_per_month"),
        CheckConstraint("(run_id IS NULL) <> (month IS NULL)", name="bound_of_run_or_month"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    run_id: str | None = Field(default=None, foreign_key="run.id")
    month: str | None = Field(default=None, max_length=7)
    at: Moment
    practitioners: int
    ideal_effort: float
    largest_case: int
    most_effort: int
    least_effort: int
    above: list[dict[str, Any]] = Field(default_factory=list, sa_column=document(nullable=False))
