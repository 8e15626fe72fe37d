"""How the roster came to say what it says: its history, what entries rest on, and who was told apart."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from dispatch.domain.conflicts.declared import Kinship, TieKind
from dispatch.domain.conflicts.reviews import ReviewOutcome
from dispatch.domain.roster.words import AssessmentResult, RosterAct, SpecialtySource
from dispatch.registry.tables.columns import Moment, a_word, centre_field, document, id_field

BELIEVED = text("superseded_at IS NULL")
STANDS = text("removed_at IS NULL")


class RosterChangeRow(SQLModel, table=True):
    """Who changed an entry, when, since which day; rows are only ever added.

    ``before`` and ``after`` hold the facts that changed; ``sealed`` the same of names, numbers and contacts.
    """

    __tablename__ = "roster_change"
    __table_args__ = (
        CheckConstraint("(practitioner_id IS NULL) <> (institution_id IS NULL)", name="roster_change_of_one"),
    )

    id: int | None = Field(default=None, primary_key=True)
    centre_id: str = centre_field()
    practitioner_id: str | None = Field(default=None, foreign_key="practitioner.id", index=True)
    institution_id: str | None = Field(default=None, foreign_key="institution.id", index=True)
    act: RosterAct = Field(sa_column=a_word(RosterAct))
    from_on: date
    before: dict[str, Any] = Field(default_factory=dict, sa_column=document(nullable=False))
    after: dict[str, Any] = Field(default_factory=dict, sa_column=document(nullable=False))
    sealed: bytes | None = None
    reason: str | None = Field(default=None, max_length=200)
    actor_id: str | None = Field(default=None, max_length=32)
    at: Moment


class AssessmentRow(SQLModel, table=True):
    """The annual assessment of a practitioner for one year; a correction supersedes it."""

    __tablename__ = "assessment"
    __table_args__ = (
        Index(
            "assessment_once", "practitioner_id", "year", unique=True, sqlite_where=BELIEVED, postgresql_where=BELIEVED
        ),
        CheckConstraint("valid_to IS NULL OR valid_to >= decided_on", name="assessment_dates"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    practitioner_id: str = Field(foreign_key="practitioner.id", index=True)
    year: int
    result: AssessmentResult = Field(sa_column=a_word(AssessmentResult))
    decided_on: date
    """From this day on it counts, until the next year's."""
    valid_to: date | None = None
    """Until when it is on record."""
    reason: str | None = Field(default=None, max_length=200)
    recorded_by: str | None = Field(default=None, max_length=32)
    recorded_at: Moment
    superseded_at: Moment | None = None


class SpecialtyRow(SQLModel, table=True):
    """What a level in a cause rests on; withdrawn, it stays readable."""

    __tablename__ = "specialty_evidence"
    __table_args__ = (CheckConstraint("level BETWEEN 0 AND 100", name="specialty_level"),)

    id: str = id_field()
    centre_id: str = centre_field()
    practitioner_id: str = Field(foreign_key="practitioner.id", index=True)
    cause: str = Field(max_length=40)
    level: int
    source: SpecialtySource = Field(sa_column=a_word(SpecialtySource))
    case_number: str | None = Field(default=None, max_length=60)
    on: date
    recorded_by: str | None = Field(default=None, max_length=32)
    recorded_at: Moment
    withdrawn_at: Moment | None = None
    reason: str | None = Field(default=None, max_length=200)
    """Why it was withdrawn."""


class DistinctRow(SQLModel, table=True):
    """Two records that look like one and are not, as somebody decided; smaller id first."""

    __tablename__ = "distinct_pair"
    __table_args__ = (UniqueConstraint("subject", "one_id", "other_id", name="distinct_pair_once"),)

    id: str = id_field()
    centre_id: str = centre_field()
    subject: str = Field(max_length=20)
    one_id: str = Field(max_length=32, index=True)
    other_id: str = Field(max_length=32, index=True)
    reason: str = Field(max_length=200)
    decided_by: str | None = Field(default=None, max_length=32)
    decided_at: Moment


class DeclaredTieRow(SQLModel, table=True):
    """Whom a practitioner or an institution advises, or who a practitioner's relatives are, as declared.

    Third persons are ``sealed``, and found by keyed hashes as parties are. Both days count; without a first it has
    always been so. ``code`` is its key in files, given once among those not removed.
    """

    __tablename__ = "declared_tie"
    __table_args__ = (
        Index("declared_tie_code", "centre_id", "code", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
        Index("declared_tie_identity", "centre_id", "identity_key"),
        Index("declared_tie_name", "centre_id", "name_key"),
        Index("declared_tie_kind", "centre_id", "kind", "practitioner_id"),
        Index("declared_tie_organ", "centre_id", "kind", "organ"),
        CheckConstraint("(practitioner_id IS NULL) <> (institution_id IS NULL)", name="declared_tie_of_one"),
        CheckConstraint("until_on IS NULL OR from_on IS NULL OR until_on >= from_on", name="declared_tie_dates"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    code: str = Field(max_length=40)
    practitioner_id: str | None = Field(default=None, foreign_key="practitioner.id", index=True)
    institution_id: str | None = Field(default=None, foreign_key="institution.id", index=True)
    kind: TieKind = Field(sa_column=a_word(TieKind))
    relation: Kinship | None = Field(default=None, sa_column=a_word(Kinship, nullable=True))
    organ: str | None = Field(default=None, max_length=120)
    """Where the relative serves; of a client that is an organ of the catalogue, its name there."""
    sealed: bytes | None = None
    identity_key: str | None = Field(default=None, max_length=64)
    name_key: str | None = Field(default=None, max_length=64)
    from_on: date | None = None
    until_on: date | None = None
    revision: int = 1
    declared_by: str | None = Field(default=None, max_length=32)
    recorded_at: Moment
    removed_at: Moment | None = None
    """When it was found to have been a mistake."""


class TieReviewRow(SQLModel, table=True):
    """What somebody found of a declared tie to a case, or of the consent to it, with the reason sealed."""

    __tablename__ = "tie_review"
    __table_args__ = (
        Index(
            "tie_reviewed_once",
            "case_id",
            "tie_id",
            "consent",
            unique=True,
            sqlite_where=BELIEVED,
            postgresql_where=BELIEVED,
        ),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    tie_id: str = Field(foreign_key="declared_tie.id", index=True)
    consent: bool = False
    outcome: ReviewOutcome = Field(sa_column=a_word(ReviewOutcome))
    sealed: bytes
    reviewed_by: str | None = Field(default=None, foreign_key="app_user.id")
    reviewed_at: Moment
    superseded_at: Moment | None = None
    """When somebody found otherwise, or what was declared was corrected."""
