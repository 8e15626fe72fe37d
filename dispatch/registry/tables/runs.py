"""Long work, matching runs and their proposals."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from dispatch.domain.vocabulary import JobKind, JobStatus, ProposalState
from dispatch.registry.tables.columns import (
    Moment,
    a_word,
    centre_field,
    document,
    id_field,
    one_of,
)

OPEN = text("finished_at IS NULL")


class JobRow(SQLModel, table=True):
    """Long work with progress and cancel. A claim without a beat for ``lease`` seconds lapses."""

    __tablename__ = "job"
    __table_args__ = (
        Index("job_made_when", "centre_id", "created_at", "id"),
        Index("job_finished_when", "centre_id", "kind", "finished_at"),
        Index("job_ended_when", "kind", "status", "finished_at"),
        Index("job_asked_when", "centre_id", "kind", "status", "created_at"),
        Index("job_open", "centre_id", "created_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        CheckConstraint("done_share BETWEEN 0 AND 1", name="job_share"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    kind: JobKind = Field(sa_column=a_word(JobKind))
    status: JobStatus = Field(sa_column=one_of(JobStatus, "job_status", index=True))
    done_share: float = 0.0
    phase: str = Field(default="queued", max_length=40)
    cancel_wanted: bool = False
    attempt: int = 0
    claimed_by: str | None = Field(default=None, max_length=80)
    beat_at: Moment | None = None
    problem: dict[str, Any] | None = Field(default=None, sa_column=document())
    result: dict[str, Any] | None = Field(default=None, sa_column=document())
    asked_by: str | None = Field(default=None, foreign_key="app_user.id")
    created_at: Moment
    finished_at: Moment | None = None


class RunRow(SQLModel, table=True):
    """
    One matching run: which cases, under which policy and seed, with what proof. ``id`` is its job's id.

    Its seed is that of the day on which its docket is drawn up, so it has none before. What was left out of it by
    somebody's choice is in ``exceptions``, each with its reason.
    """

    __tablename__ = "run"
    __table_args__ = (
        # a run holds its docket: rows too large to be sorted
        Index("run_in_order", "centre_id", "id"),
    )

    id: str = Field(primary_key=True, foreign_key="job.id", max_length=32)
    centre_id: str = centre_field()
    policy_id: str = Field(foreign_key="policy.id")
    policy_digest: str | None = Field(default=None, max_length=64)
    draw_on: date | None = None
    seed: int | None = Field(default=None, sa_type=BigInteger)
    exceptions: list[dict[str, Any]] = Field(default_factory=list, sa_column=document(nullable=False))
    case_ids: list[str] = Field(sa_column=document(nullable=False))
    docket_at: Moment | None = None
    docket_digest: str | None = Field(default=None, max_length=64)
    docket: bytes | None = None
    certificate: bytes | None = None
    objective: int | None = Field(default=None, sa_type=BigInteger)
    bound: int | None = Field(default=None, sa_type=BigInteger)
    optimal: bool | None = None
    summary: dict[str, Any] | None = Field(default=None, sa_column=document())


class DrawRow(SQLModel, table=True):
    """What was published of a day's draw before the day; never changed."""

    __tablename__ = "draw"

    centre_id: str = Field(foreign_key="centre.id", primary_key=True, max_length=32)
    on: date = Field(primary_key=True)
    commitment: str = Field(max_length=64)
    committed_at: Moment


class ProposalRow(SQLModel, table=True):
    """What a run proposes for one seat of a case; ``practitioner_id`` None says why in ``refusals``."""

    __tablename__ = "proposal"
    __table_args__ = (
        UniqueConstraint("run_id", "case_id", "seat", name="proposal_seat_once"),
        Index("proposal_of_run", "run_id", "state"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    run_id: str = Field(foreign_key="run.id")
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    seat: int = 0
    case_revision: int = 0
    practitioner_id: str | None = Field(default=None, foreign_key="practitioner.id")
    needs_reason: bool = False
    score: int | None = None
    slot_price: int | None = None
    terms: dict[str, int] | None = Field(default=None, sa_column=document())
    alternatives: list[dict[str, Any]] = Field(default_factory=list, sa_column=document(nullable=False))
    refusals: dict[str, int] = Field(default_factory=dict, sa_column=document(nullable=False))
    state: ProposalState = Field(sa_column=one_of(ProposalState, "proposal_state"))
    stale_reason: str | None = Field(default=None, max_length=80)


class ImportRow(SQLModel, table=True):
    """An uploaded file on its way in; ``id`` is its job's id."""

    __tablename__ = "import_file"

    id: str = Field(primary_key=True, foreign_key="job.id", max_length=32)
    centre_id: str = centre_field()
    what: str = Field(max_length=20)
    file_name: str = Field(max_length=200)
    mapping: str | None = None
    content: bytes | None = None
    partial: bool = False
    dry_run: bool = False


class OutboxRow(SQLModel, table=True):
    """A job to be sent to the queue once the transaction that asked for it has committed."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "outbox_open",
            "id",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        Index("outbox_done", "done_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    centre_id: str = centre_field()
    job: str = Field(max_length=80)
    argument: str = Field(max_length=32)
    queue: str = Field(max_length=20)
    created_at: Moment
    sent_at: Moment | None = None
    done_at: Moment | None = None
    sends: int = 0


class IdempotencyRow(SQLModel, table=True):
    """The answer already given to a POST with this key, so that a repetition changes nothing."""

    __tablename__ = "idempotency"
    __table_args__ = (Index("idempotency_age", "created_at"),)

    user_id: str = Field(primary_key=True, foreign_key="app_user.id", max_length=32)
    key: str = Field(primary_key=True, max_length=80)
    fingerprint: str = Field(max_length=64)
    status: int
    body: dict[str, Any] | None = Field(default=None, sa_column=document())
    created_at: Moment
