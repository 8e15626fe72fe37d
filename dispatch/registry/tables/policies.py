"""Policy versions, and what was tried with them."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from dispatch.domain.vocabulary import PolicyStatus
from dispatch.registry.tables.columns import Moment, centre_field, id_field, one_of
from dispatch.registry.tables.columns import document as a_document


class PolicyRow(SQLModel, table=True):
    """A policy version; edited only as a draft, never once published. At most one per centre is in force."""

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
    document: dict[str, Any] = Field(sa_column=a_document(nullable=False))
    digest: str = Field(max_length=64)
    revision: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """Grows with every edit; who edits or publishes names the one they have seen."""
    base_id: str | None = Field(default=None, foreign_key="policy.id")
    """The version it is to follow; a draft whose base is no longer in force is stale."""
    repeats_id: str | None = Field(default=None, foreign_key="policy.id")
    """The earlier version it puts in force again."""
    note: str | None = Field(default=None, max_length=400)
    edits: list[dict[str, Any]] = Field(default_factory=list, sa_column=a_document(nullable=False, server_default="[]"))
    """Who changed which fields since it was drafted, by revision."""
    local_rules: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=a_document(nullable=False, server_default="[]")
    )
    """Rules of the place that allow a value outside its legal bound."""
    simulation_id: str | None = Field(default=None, foreign_key="simulation.id")
    """The back-test of what it says now; none once it was edited."""
    evidence: dict[str, Any] | None = Field(default=None, sa_column=a_document())
    """What that back-test rested on when the version was put in force by it, and the least it had to."""
    created_by: str | None = Field(default=None, foreign_key="app_user.id")
    created_at: Moment
    published_by: str | None = Field(default=None, foreign_key="app_user.id")
    published_at: Moment | None = None


class SimulationRow(SQLModel, table=True):
    """Two policies tried on one past; ``id`` is its job's id. It outlives the drafts, so their documents are kept."""

    __tablename__ = "simulation"

    id: str = Field(primary_key=True, foreign_key="job.id", max_length=32)
    centre_id: str = centre_field()
    partner_id: str = Field(foreign_key="job.id")
    """The job that plays the policy compared against, so that another worker may."""
    policy_id: str = Field(max_length=32, index=True)
    policy_digest: str = Field(max_length=64)
    policy_document: dict[str, Any] = Field(sa_column=a_document(nullable=False))
    against_id: str = Field(max_length=32)
    against_digest: str = Field(max_length=64)
    against_document: dict[str, Any] = Field(sa_column=a_document(nullable=False))
    since: date
    until: date
    city: dict[str, Any] | None = Field(default=None, sa_column=a_document())
    """Size of the sample city it is played in; none for the centre's own past."""
    seed: int = Field(sa_type=BigInteger)
    policy_part: bytes | None = None
    against_part: bytes | None = None
    """What was played already, so that nobody plays it again."""
    result: dict[str, Any] | None = Field(default=None, sa_column=a_document())
    created_at: Moment
