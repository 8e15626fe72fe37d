"""Requests to replace a practitioner, and cases given to an institution that arranges its person."""

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from dispatch.domain.states import ArrangementState, Asker, GivingBack, ReplacementGround, Review
from dispatch.registry.tables.columns import Moment, a_word, centre_field, id_field, one_of

OPEN, WAITING = text("state = 'open'"), text("state = 'waiting'")


class ReplacementRow(SQLModel, table=True):
    """A request to replace the person who has one seat of a case; its words and evidence are papers of the case."""

    __tablename__ = "replacement"
    __table_args__ = (
        Index("replacement_made_when", "centre_id", "asked_at", "id"),
        Index("replacement_one_waiting", "assignment_id", unique=True, sqlite_where=WAITING, postgresql_where=WAITING),
        Index("replacement_by_state", "centre_id", "state", "asked_at"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="replacement_second_person"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    assignment_id: str = Field(foreign_key="assignment.id")
    asker: Asker = Field(sa_column=one_of(Asker, "replacement_asker"))
    ground: ReplacementGround = Field(sa_column=a_word(ReplacementGround))
    paper_id: str = Field(foreign_key="paper.id")
    asked_by: str = Field(foreign_key="app_user.id")
    asked_at: Moment
    due_at: Moment
    state: Review = Field(sa_column=one_of(Review, "replacement_state"))
    same_institution: bool | None = None
    """Whether the institution names another person; if not, it loses the case. None before the decision."""
    decided_by: str | None = Field(default=None, foreign_key="app_user.id")
    decided_at: Moment | None = None
    successor_id: str | None = Field(default=None, foreign_key="assignment.id")


class ArrangementRow(SQLModel, table=True):
    """A seat of a case given to an institution, and until when it is to arrange its person."""

    __tablename__ = "arrangement"
    __table_args__ = (
        Index("arrangement_made_when", "centre_id", "entrusted_at", "id"),
        Index("arrangement_one_open", "case_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("arrangement_due", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("arrangement_open", "centre_id", "institution_id", sqlite_where=OPEN, postgresql_where=OPEN),
        CheckConstraint("seat BETWEEN 0 AND 1", name="arrangement_seat"),
        CheckConstraint("due_at > entrusted_at", name="arrangement_dates"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    seat: int = 0
    institution_id: str = Field(foreign_key="institution.id", index=True)
    state: ArrangementState = Field(sa_column=one_of(ArrangementState, "arrangement_state"))
    reason: GivingBack | None = Field(default=None, sa_column=one_of(GivingBack, "arrangement_reason", nullable=True))
    note: str | None = Field(default=None, max_length=200)
    """Why this institution, as the officer says."""
    entrusted_by: str | None = Field(default=None, foreign_key="app_user.id")
    entrusted_at: Moment
    due_at: Moment
    ended_at: Moment | None = None
    assignment_id: str | None = Field(default=None, foreign_key="assignment.id")
