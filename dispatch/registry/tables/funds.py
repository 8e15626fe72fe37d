"""Money of a case: the subsidy tables of a centre, what was settled for each assignment, and which fund pays."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from dispatch.domain.funds.sources import FundingState, FundSource
from dispatch.domain.states import QualityGrade
from dispatch.domain.vocabulary import Category
from dispatch.registry.tables.columns import Moment, a_word, centre_field, document, id_field, one_of

IN_FORCE = text("voided_at IS NULL")
OPEN = text("state IN ('applied', 'approved')")


class SubsidyTableRow(SQLModel, table=True):
    """A version of the centre's subsidy table; never changed. The newest that is valid on the closing day counts."""

    __tablename__ = "subsidy_table"
    __table_args__ = (
        UniqueConstraint("centre_id", "version", name="subsidy_table_version_once"),
        CheckConstraint("version > 0", name="subsidy_table_version"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    version: int
    valid_from: date
    document: dict[str, Any] = Field(sa_column=document(nullable=False))
    created_by: str = Field(foreign_key="app_user.id")
    created_at: Moment


class SettlementRow(SQLModel, table=True):
    """What is paid for an assignment, with its lines and the table it rests on; one in force at most."""

    __tablename__ = "settlement"
    __table_args__ = (
        Index(
            "settlement_one_in_force", "assignment_id", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE
        ),
        Index("settlement_when", "centre_id", "settled_at"),
        CheckConstraint("total_fen >= 0", name="settlement_total"),
        CheckConstraint("service_days IS NULL OR service_days >= 0", name="settlement_days"),
        CheckConstraint("part_percent IS NULL OR part_percent BETWEEN 0 AND 100", name="settlement_part"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="settlement_void_whole"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    assignment_id: str = Field(foreign_key="assignment.id")
    practitioner_id: str = Field(foreign_key="practitioner.id", index=True)
    table_id: str = Field(foreign_key="subsidy_table.id")
    table_row: int
    """The row of the table it rests on, counted from one."""
    fund: FundSource = Field(sa_column=a_word(FundSource))
    grade: QualityGrade | None = Field(default=None, sa_column=a_word(QualityGrade, nullable=True))
    service_days: float | None = None
    costs: list[dict[str, Any]] = Field(default_factory=list, sa_column=document(nullable=False))
    part_percent: int | None = None
    lines: list[dict[str, Any]] = Field(sa_column=document(nullable=False))
    total_fen: int
    settled_by: str = Field(foreign_key="app_user.id")
    settled_at: Moment
    paid_on: date | None = None
    voided_at: Moment | None = None
    void_reason: str | None = Field(default=None, max_length=200)


class FundingRow(SQLModel, table=True):
    """An application to let a fund pay for a case, and its result; one open or approved at most."""

    __tablename__ = "funding"
    __table_args__ = (
        Index("funding_one_open", "case_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("funding_when", "centre_id", "applied_at"),
        CheckConstraint("(state IN ('approved', 'rejected')) = (decided_on IS NOT NULL)", name="funding_decided"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    source: FundSource = Field(sa_column=a_word(FundSource))
    recipient_group: Category | None = Field(default=None, sa_column=a_word(Category, nullable=True))
    """The group of recipients by which the fund may pay, where it asks for one."""
    state: FundingState = Field(sa_column=one_of(FundingState, "funding_state"))
    applied_by: str = Field(foreign_key="app_user.id")
    applied_at: Moment
    decided_on: date | None = None
    decided_by: str | None = Field(default=None, foreign_key="app_user.id")
    reference: str | None = Field(default=None, max_length=80)
    """Number of the decision, where it has one."""
