"""The board: cases posted on it, claims on them, and cases given back after they were accepted."""

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from dispatch.domain.states import ClaimState, GivingBack, PostingState, Review
from dispatch.registry.tables.columns import Moment, centre_field, id_field, one_of

OPEN = text("state = 'open'")


class PostingRow(SQLModel, table=True):
    """A case on the board; until ``sealed_until`` claims are gathered, afterwards the first eligible one wins."""

    __tablename__ = "posting"
    __table_args__ = (
        Index("posting_one_open", "case_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("posting_sealed", "sealed_until", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("posting_open", "centre_id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("posting_made_when", "centre_id", "posted_at"),
        CheckConstraint("ends_at > posted_at", name="posting_dates"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    plan_id: str | None = Field(default=None, foreign_key="plan.id")
    state: PostingState = Field(sa_column=one_of(PostingState, "posting_state"))
    posted_by: str | None = Field(default=None, foreign_key="app_user.id")
    posted_at: Moment
    sealed_until: Moment
    ends_at: Moment
    closed_at: Moment | None = None


class ClaimRow(SQLModel, table=True):
    """A practitioner's claim on a posted case."""

    __tablename__ = "claim"
    __table_args__ = (
        Index("claim_made_when", "centre_id", "claimed_at", "id"),
        Index(
            "claim_one_open_each", "case_id", "practitioner_id",
            unique=True, sqlite_where=OPEN, postgresql_where=OPEN,
        ),
        Index("claim_of_practitioner", "practitioner_id", "state", "settled_at"),
    )  # fmt: skip

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    posting_id: str = Field(foreign_key="posting.id", index=True)
    practitioner_id: str = Field(foreign_key="practitioner.id")
    state: ClaimState = Field(sa_column=one_of(ClaimState, "claim_state"))
    reason: str | None = Field(default=None, max_length=80)
    claimed_at: Moment
    settled_at: Moment | None = None
    assignment_id: str | None = Field(default=None, foreign_key="assignment.id", index=True)


class AbandonmentRow(SQLModel, table=True):
    """A case given back after it was accepted, or after it was won on the board; a manager reviews why."""

    __tablename__ = "abandonment"
    __table_args__ = (
        Index("abandonment_made_when", "centre_id", "at", "id"),
        Index("abandonment_by_review", "centre_id", "review", "at", "id"),
        Index("abandonment_of_practitioner", "practitioner_id", "at"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    assignment_id: str = Field(foreign_key="assignment.id", unique=True)
    practitioner_id: str = Field(foreign_key="practitioner.id")
    reason: GivingBack = Field(sa_column=one_of(GivingBack, "abandonment_reason"))
    own: bool = True
    """Whether its practitioner gave it back; what an officer writes down counts against nobody."""
    at: Moment
    review: Review = Field(sa_column=one_of(Review, "abandonment_review"))
    reviewed_by: str | None = Field(default=None, foreign_key="app_user.id")
    reviewed_at: Moment | None = None
