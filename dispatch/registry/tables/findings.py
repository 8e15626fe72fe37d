"""What the nightly check finds in the register."""

from datetime import date
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from dispatch.domain.findings import FindingKind
from dispatch.registry.tables.columns import Moment, a_word, centre_field, document, id_field

OPEN = text("closed_at IS NULL")


class FindingRow(SQLModel, table=True):
    """Something a person should look at, from the night it was found to the night it was gone. Ids and codes only."""

    __tablename__ = "finding"
    __table_args__ = (
        Index("finding_made_when", "centre_id", "opened_at", "id"),
        Index("finding_one_open", "kind", "subject_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    kind: FindingKind = Field(sa_column=a_word(FindingKind))
    subject: str = Field(max_length=24)
    subject_id: str = Field(max_length=32, index=True)
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=document(nullable=False))
    due_on: date | None = None
    opened_at: Moment
    closed_at: Moment | None = None
    dismissed_by: str | None = Field(default=None, max_length=32)
    """Who found that it is nothing: the same is not opened again."""
    reason: str | None = Field(default=None, max_length=200)
    """Why it is nothing."""
