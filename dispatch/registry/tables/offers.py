"""A case on its way to a practitioner: its plan, the offers made, who was named, and the recipient's link."""

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from dispatch.domain.states import GivingBack, OfferState, PlanState, Review
from dispatch.domain.vocabulary import ModeName
from dispatch.registry.tables.columns import Moment, centre_field, id_field, one_of

OPEN, PENDING, WAITING = text("state = 'open'"), text("state = 'pending'"), text("state = 'waiting'")
BINDING = text("state = 'accepted' AND released_at IS NULL")
WAIVED = text("waived_until IS NOT NULL")


class PlanRow(SQLModel, table=True):
    """Where a case is in its chain of modes, under the policy it began with."""

    __tablename__ = "plan"
    __table_args__ = (
        Index("plan_one_open", "case_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("plan_due", "ends_at", sqlite_where=OPEN, postgresql_where=OPEN),
        CheckConstraint("step >= 0", name="plan_step"),
        CheckConstraint("promised BETWEEN 0 AND 3", name="plan_promised"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    policy_id: str = Field(foreign_key="policy.id")
    chain: str = Field(max_length=40)
    step: int
    mode: ModeName = Field(sa_column=one_of(ModeName, "plan_mode"))
    state: PlanState = Field(sa_column=one_of(PlanState, "plan_state"))
    began_at: Moment
    started_at: Moment
    ends_at: Moment | None = None
    asks_at: Moment | None = None
    """When the next of the recipient's wishes is asked, or was; none while nobody is named."""
    promised: int = 0
    """How many of the wishes that are left were told that they are asked."""
    reminded_at: Moment | None = None
    escalated_at: Moment | None = None
    ended_at: Moment | None = None


class OfferRow(SQLModel, table=True):
    """A question to one practitioner whether they take one seat; of several, the first to accept has it."""

    __tablename__ = "offer"
    __table_args__ = (
        Index(
            "offer_one_pending_each", "case_id", "seat", "practitioner_id",
            unique=True, sqlite_where=PENDING, postgresql_where=PENDING,
        ),
        Index(
            "offer_one_accepted_per_seat", "case_id", "seat",
            unique=True, sqlite_where=BINDING, postgresql_where=BINDING,
        ),
        Index("offer_due", "expires_at", sqlite_where=PENDING, postgresql_where=PENDING),
        Index("offer_made_when", "centre_id", "offered_at"),
        Index("offer_pending", "centre_id", "practitioner_id", sqlite_where=PENDING, postgresql_where=PENDING),
        Index(
            "offer_waived", "centre_id", "waived_until", "practitioner_id",
            sqlite_where=WAIVED, postgresql_where=WAIVED,
        ),
        CheckConstraint("seat BETWEEN 0 AND 1", name="offer_seat"),
        CheckConstraint("expires_at > offered_at", name="offer_dates"),
    )  # fmt: skip

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    seat: int = 0
    practitioner_id: str = Field(foreign_key="practitioner.id", index=True)
    mode: ModeName = Field(sa_column=one_of(ModeName, "offer_mode"))
    policy_id: str | None = Field(default=None, foreign_key="policy.id")
    """The policy it was decided by; none for old offers outside a plan and a run."""
    plan_id: str | None = Field(default=None, foreign_key="plan.id")
    run_id: str | None = Field(default=None, foreign_key="run.id")
    state: OfferState = Field(sa_column=one_of(OfferState, "offer_state"))
    reason: GivingBack | None = Field(default=None, sa_column=one_of(GivingBack, "offer_reason", nullable=True))
    offered_by: str | None = Field(default=None, foreign_key="app_user.id")
    offered_at: Moment
    expires_at: Moment
    answered_at: Moment | None = None
    waived_until: Moment | None = None
    """Until when others come first in the rotation; of a turn that was declined or not answered."""
    released_at: Moment | None = None
    assignment_id: str | None = Field(default=None, foreign_key="assignment.id", index=True)


class DesignationRow(SQLModel, table=True):
    """Someone named by an officer, with a reason; a guarded case waits for a second officer."""

    __tablename__ = "designation"
    __table_args__ = (
        Index("designation_one_waiting", "case_id", unique=True, sqlite_where=WAITING, postgresql_where=WAITING),
        Index("designation_by_state", "centre_id", "state", "named_at", "id"),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> named_by", name="designation_second_person"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    practitioner_id: str = Field(foreign_key="practitioner.id")
    reason: str = Field(max_length=200)
    asks: bool = False
    """Whether they are asked first, by an offer, instead of assigned."""
    state: Review = Field(sa_column=one_of(Review, "designation_state"))
    named_by: str = Field(foreign_key="app_user.id")
    named_at: Moment
    reviewed_by: str | None = Field(default=None, foreign_key="app_user.id")
    reviewed_at: Moment | None = None
    assignment_id: str | None = Field(default=None, foreign_key="assignment.id")


class LinkRow(SQLModel, table=True):
    """A recipient's way to their own case; of the code only the SHA-256 is kept."""

    __tablename__ = "link"

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    user_id: str = Field(foreign_key="app_user.id", index=True)
    digest: str = Field(max_length=64)
    created_by: str | None = Field(default=None, foreign_key="app_user.id")
    created_at: Moment
    expires_at: Moment
    revoked_at: Moment | None = None
    failures: int = 0
    """Wrong codes since the last right one."""
