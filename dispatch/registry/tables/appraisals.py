"""The result of each day beside the best possible, recorded once when the day is over."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from dispatch.registry.tables.columns import centre_field, document, id_field


class AppraisalRow(SQLModel, table=True):
    """What an assignment was worth among all who could have had the seat that day, by their state that morning."""

    __tablename__ = "appraisal"

    assignment_id: str = Field(primary_key=True, foreign_key="assignment.id", max_length=32)
    centre_id: str = centre_field()
    score: int | None = None
    best: int | None = None
    place: int | None = None
    """1 for the best-scored of those who could have had it; none for someone who could not that morning."""
    pool: int = 0


class DayRow(SQLModel, table=True):
    """A day that is over: what its assignments were worth, and what the best plan for the same seats was worth."""

    __tablename__ = "appraised_day"
    __table_args__ = (
        UniqueConstraint("centre_id", "on", name="day_once"),
        CheckConstraint("compared <= seats", name="day_compared"),
        CheckConstraint("realised <= best", name="day_best"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    on: date
    policy_id: str = Field(foreign_key="policy.id")
    seats: int
    compared: int
    realised: int = Field(sa_type=BigInteger)
    best: int = Field(sa_type=BigInteger)
    parity: list[dict[str, Any]] = Field(default_factory=list, sa_column=document(nullable=False))
    """What it would have cost to treat recipient categories alike, by what is measured and gap."""
