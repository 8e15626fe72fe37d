"""Complaints about a case: what is complained of, how far it has come, and on which days."""

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from dispatch.domain.states import Complainant, ComplaintChannel, ComplaintGround, ComplaintState
from dispatch.registry.tables.columns import Moment, a_word, centre_field, document, id_field, one_of

UPHELD = text("state = 'upheld'")
UNDER_WAY = text("state IN ('received', 'accepted')")


class ComplaintRow(SQLModel, table=True):
    """A complaint; its words are papers of the case. It bears on a practitioner only if it is upheld."""

    __tablename__ = "complaint"
    __table_args__ = (
        Index("complaint_upheld", "centre_id", "concluded_at", sqlite_where=UPHELD, postgresql_where=UPHELD),
        Index("complaint_one_under_way", "about_id", unique=True, sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY),
        Index("complaint_when", "centre_id", "received_at"),
        CheckConstraint("(state IN ('upheld', 'not_upheld')) = (concluded_at IS NOT NULL)", name="complaint_concluded"),
        CheckConstraint("answered_at IS NULL OR concluded_at IS NOT NULL", name="complaint_answered"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    about_id: str = Field(max_length=32)
    """The assignment, or the case where it is about the handling by the centre."""
    assignment_id: str | None = Field(default=None, foreign_key="assignment.id", index=True)
    practitioner_id: str | None = Field(default=None, foreign_key="practitioner.id", index=True)
    """Whose work it is about; none where it is about the institution or the centre."""
    ground: ComplaintGround = Field(sa_column=a_word(ComplaintGround))
    channel: ComplaintChannel = Field(sa_column=a_word(ComplaintChannel))
    complainant: Complainant = Field(sa_column=a_word(Complainant))
    state: ComplaintState = Field(sa_column=one_of(ComplaintState, "complaint_state"))
    received_at: Moment
    decided_at: Moment | None = None
    """When it was accepted or not."""
    concluded_at: Moment | None = None
    answered_at: Moment | None = None
    recorded_by: str = Field(foreign_key="app_user.id")
    clock_ids: list[str] = Field(default_factory=list, sa_column=document(nullable=False))
    """The time limits of its steps, in the order they began."""
