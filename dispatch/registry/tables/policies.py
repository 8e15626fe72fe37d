"""Policy versions and the log of reads and administrative acts."""

from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from dispatch.domain.vocabulary import PolicyStatus
from dispatch.registry.tables.columns import (
    Moment,
    centre_field,
    document,
    id_field,
    one_of,
)


class PolicyRow(SQLModel, table=True):
    """A policy version; never edited once published. At most one per centre is in force."""

    __tablename__ = "policy"
    __table_args__ = (
        UniqueConstraint("centre_id", "version", name="policy_version_once"),
        Index(
            "policy_one_in_force",
            "centre_id",
            unique=True,
            sqlite_where=text("status = 'published'"),
            postgresql_where=text("status = 'published'"),
        ),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    version: int
    name: str = Field(max_length=80)
    status: PolicyStatus = Field(sa_column=one_of(PolicyStatus, "policy_status"))
    document: dict[str, Any] = Field(sa_column=document(nullable=False))
    digest: str = Field(max_length=64)
    created_by: str | None = Field(default=None, foreign_key="app_user.id")
    created_at: Moment
    published_at: Moment | None = None


class AuditRow(SQLModel, table=True):
    """Who read or changed what; rows are only ever added. Ids and verbs only."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    centre_id: str = centre_field()
    actor_id: str | None = Field(default=None, max_length=32)
    verb: str = Field(max_length=40)
    subject: str = Field(max_length=40)
    subject_id: str | None = Field(default=None, max_length=40)
    at: Moment
