"""The log of acts and refusals."""

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from dispatch.domain.log.words import ActOutcome
from dispatch.registry.tables.columns import Moment, one_of

HAS_ADDRESS = text("address IS NOT NULL")


class AuditRow(SQLModel, table=True):
    """
    Who did or read what, or was refused it; rows are only ever added. Ids and words only.

    The address is the one thing that may go, once it has been kept for its time.
    """

    __tablename__ = "audit"
    __table_args__ = (
        CheckConstraint("(outcome = 'refused') = (reason IS NOT NULL)", name="audit_refused_with_reason"),
        # One for each way it is read, newest first, so that ten years of it are read as fast as a day.
        Index("audit_when", "centre_id", "at", "id"),
        Index("audit_of_actor", "centre_id", "actor_id", "at", "id"),
        Index("audit_of_verb", "centre_id", "verb", "at", "id"),
        Index("audit_of_subject", "centre_id", "subject_id", "at", "id"),
        Index("audit_of_outcome", "centre_id", "outcome", "at", "id"),
        # For the address that goes when its time is over.
        Index("audit_with_address", "at", sqlite_where=HAS_ADDRESS, postgresql_where=HAS_ADDRESS),
    )

    id: int | None = Field(default=None, primary_key=True)
    centre_id: str | None = Field(default=None, foreign_key="centre.id", max_length=32)
    """None where nobody knows whose request it was."""
    actor_id: str | None = Field(default=None, max_length=32)
    verb: str = Field(max_length=40)
    subject: str = Field(max_length=60)
    subject_id: str | None = Field(default=None, max_length=40)
    outcome: ActOutcome = Field(default=ActOutcome.DONE, sa_column=one_of(ActOutcome, "audit_outcome"))
    reason: str | None = Field(default=None, max_length=120)
    """Code of the refusal."""
    address: str | None = Field(default=None, max_length=45)
    """From where it was asked, as the service saw it."""
    times: int = 1
    """How often the same was refused in a minute; each other entry stands for one."""
    at: Moment
