"""What happens in the life of a case: time limits, what is put into its file, and changes of what is known of it."""

from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from dispatch.domain.states import AmendmentState, ClockEnd, PaperKind
from dispatch.registry.tables.columns import Moment, a_word, centre_field, document, id_field, one_of

RUNNING, WAITING = text("stopped_at IS NULL"), text("state = 'waiting'")


class ClockRow(SQLModel, table=True):
    """A time limit of a case, or of one assignment of it, from the moment that started it; ``code`` is its row's."""

    __tablename__ = "clock"
    __table_args__ = (
        Index("clock_by_deadline", "centre_id", "due_at", "id"),
        Index("clock_running", "centre_id", "due_at", sqlite_where=RUNNING, postgresql_where=RUNNING),
        Index("clock_ends", "code", "due_at", sqlite_where=RUNNING, postgresql_where=RUNNING),
        Index("clock_of_case", "case_id", "code"),
        CheckConstraint("(stopped_at IS NULL) = (became IS NULL)", name="clock_stopped_whole"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id")
    assignment_id: str | None = Field(default=None, foreign_key="assignment.id", index=True)
    code: str = Field(max_length=8)
    started_at: Moment
    """What the limit counts from; a day that was stated may lie before its entry, or after it if it counts back."""
    begun_at: Moment
    due_at: Moment
    due_estimated: bool = False
    fixed: bool = False
    """Whether the end was named, and no calendar moves it."""
    stopped_at: Moment | None = None
    became: ClockEnd | None = Field(default=None, sa_column=one_of(ClockEnd, "clock_became", nullable=True))


class PaperRow(SQLModel, table=True):
    """A paper in the file of a case. Its words are sealed; ``facts`` are codes, days and numbers that reports count."""

    __tablename__ = "paper"
    __table_args__ = (Index("paper_of_case", "case_id", "filed_at"),)

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id")
    assignment_id: str | None = Field(default=None, foreign_key="assignment.id", index=True)
    kind: PaperKind = Field(sa_column=a_word(PaperKind))
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=document(nullable=False))
    sealed: bytes | None = None
    filed_by: str | None = Field(default=None, foreign_key="app_user.id")
    filed_at: Moment


class AmendmentRow(SQLModel, table=True):
    """A change of a case's facts, made or waiting for a second person.

    ``changes`` has the facts that are codes, numbers and days, each with its value before and after; ``sealed`` has
    those that are a person's own.
    """

    __tablename__ = "amendment"
    __table_args__ = (
        Index("amendment_made_when", "centre_id", "made_at", "id"),
        Index("amendment_of_case", "case_id", "made_at"),
        Index("amendment_by_state", "centre_id", "state", "made_at"),
        Index("amendment_waiting", "case_id", sqlite_where=WAITING, postgresql_where=WAITING),
        CheckConstraint("decided_by IS NULL OR decided_by <> made_by", name="amendment_second_person"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id")
    case_number: str = Field(max_length=60)
    """As the case has it for good."""
    state: AmendmentState = Field(sa_column=a_word(AmendmentState))
    fields: list[str] = Field(default_factory=list, sa_column=document(nullable=False))
    """Every fact it changes, as the columns of a file name it."""
    safeguards: list[str] = Field(default_factory=list, sa_column=document(nullable=False))
    """The protections it lowers, by code; none where nobody else had to agree."""
    changes: dict[str, list[Any]] = Field(default_factory=dict, sa_column=document(nullable=False))
    sealed: bytes | None = None
    made_by: str | None = Field(default=None, foreign_key="app_user.id")
    made_at: Moment
    decided_by: str | None = Field(default=None, foreign_key="app_user.id")
    decided_at: Moment | None = None
    answer: bytes | None = None
    """Why it was confirmed or rejected, sealed."""
