"""Cases, the people in them, what ties them together, and what the recipient wishes."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from dispatch.domain.conflicts.reviews import ReviewOutcome
from dispatch.domain.funds.sources import FundSource
from dispatch.domain.law.aid_first import AidFirst
from dispatch.domain.law.means import MeansGround, MeansStatus
from dispatch.domain.vocabulary import (
    CaseSource,
    Matter,
    MeansTest,
    ModeName,
    PairKind,
    PartyRole,
    RelationKind,
    ReviewCourt,
    Service,
    Sex,
    Stage,
    Status,
)
from dispatch.registry.tables.columns import (
    Moment,
    a_key,
    a_word,
    centre_field,
    document,
    id_field,
    one_of,
)

OF_BOARD = text("(from_status = 'posted' OR to_status = 'posted')")
"""Entries that touch the board: a partial index is used only for these very words."""


ARCHIVED = text("archive_key IS NOT NULL")
STANDING = text("superseded_at IS NULL")
MEANS_NOT_MET = text("means_status = 'not_met'")


class CaseRow(SQLModel, table=True):
    """A case. Names and stories are in ``PartyRow``, sealed; here is only what a decision reads."""

    __tablename__ = "legal_case"
    __table_args__ = (
        UniqueConstraint("centre_id", "number_key", name="case_number_once"),
        Index("case_queue", "centre_id", "status", "due_at", "id"),
        Index("case_causes", "centre_id", "cause"),
        Index("case_by_number", "centre_id", "number_order", "id"),
        Index("case_by_state", "centre_id", "status", "number_order", "id"),
        Index("case_by_deadline", "centre_id", "due_at", "id"),
        Index("case_counted", "centre_id", "status", "matter", "area", "source", "due_at"),
        Index("case_waits", "status", "due_at"),
        Index("case_entitled_when", "centre_id", "entitled_at"),
        Index("case_of_organ", "centre_id", "organ", "number_order", "id"),
        Index("case_of_organ_when", "centre_id", "organ", "received_at", "id"),
        Index("case_archived", "centre_id", "archive_key", sqlite_where=ARCHIVED, postgresql_where=ARCHIVED),
        Index("case_means_not_met", "centre_id", "status", sqlite_where=MEANS_NOT_MET, postgresql_where=MEANS_NOT_MET),
        CheckConstraint("demand BETWEEN 1 AND 2", name="case_demand"),
        CheckConstraint("due_at IS NULL OR due_at >= received_at", name="case_due_after_receipt"),
        CheckConstraint(
            "status IN ('received', 'refused', 'withdrawn', 'transferred') OR entitled_at IS NOT NULL",
            name="case_entitled",
        ),
        CheckConstraint(
            "source NOT IN ('notice_must', 'notice_may') OR granted_at IS NULL", name="case_noticed_not_granted"
        ),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    number: str = Field(max_length=60)
    number_key: str = Field(sa_column=Column(a_key(60), nullable=False))
    """What every spelling of the number shares."""
    number_order: str = Field(sa_column=Column(a_key(60), nullable=False))
    """By what it is sorted and how it begins: the zeros before a number keep their place."""
    status: Status = Field(sa_column=one_of(Status, "case_status"))
    source: CaseSource = Field(sa_column=one_of(CaseSource, "case_source"))
    matter: Matter = Field(sa_column=one_of(Matter, "case_matter"))
    cause: str = Field(max_length=40)
    service: Service = Field(sa_column=one_of(Service, "case_service"))
    stage: Stage = Field(sa_column=one_of(Stage, "case_stage"))
    means_test: MeansTest = Field(sa_column=one_of(MeansTest, "case_means_test"))
    means_status: MeansStatus | None = Field(default=None, sa_column=a_word(MeansStatus, nullable=True))
    means_ground: MeansGround | None = Field(default=None, sa_column=a_word(MeansGround, nullable=True))
    """Why hardship is not checked (《法律援助法》第四十二条)."""
    fund_source: FundSource | None = Field(default=None, sa_column=a_word(FundSource, nullable=True))
    """Which fund is to pay; one that must grant it pays once it has, and until then the centre's own money."""
    area: str | None = Field(default=None, max_length=40)
    organ: str | None = Field(default=None, max_length=80)
    categories: list[str] = Field(default_factory=list, sa_column=document(nullable=False))
    languages: list[str] = Field(default_factory=list, sa_column=document(nullable=False))
    domicile_areas: list[str] = Field(default_factory=list, sa_column=document(nullable=False))
    court_area: str | None = Field(default=None, max_length=40)
    interpreter: bool = False
    recipient_sex: Sex | None = Field(default=None, sa_column=one_of(Sex, "case_recipient_sex", nullable=True))
    recipient_is_minor: bool | None = None
    detained: bool | None = None
    grave: bool | None = None
    sexual_assault: bool | None = None
    death_review: bool | None = None
    review_court: ReviewCourt | None = Field(
        default=None, sa_column=one_of(ReviewCourt, "case_review_court", nullable=True)
    )
    compulsory_treatment: bool | None = None
    secret: bool | None = None
    major: bool = False
    demand: int = 1
    hearing_on: date | None = None
    limitation_ends_on: date | None = None
    """Last day of a limitation or another legal period: to sue, to apply for arbitration or reconsideration."""
    custody_ends_on: date | None = None
    preservation: bool | None = None
    """Whether preservation of property or evidence, or advance payment, must be applied for at once."""
    dates_known_at: Moment | None = None
    """Since when its dates are known: what they hasten is not due before that day."""
    aid_first: AidFirst | None = Field(default=None, sa_column=a_word(AidFirst, nullable=True))
    """The ground on which aid was granted before its papers were in (《法律援助法》第四十四条)."""
    materials_owed: list[str] = Field(default_factory=list, sa_column=document(nullable=False, server_default="[]"))
    materials_due_on: date | None = None
    relaxed: list[str] = Field(default_factory=list, sa_column=document(nullable=False, server_default="[]"))
    """Soft rules that no longer refuse anybody here, in the order they were relaxed."""
    received_at: Moment
    granted_at: Moment | None = None
    """The decision to grant aid; a notified case has none (《法律援助法》第三十六条)."""
    entitled_at: Moment | None = None
    """Since when the centre must assign: the decision to grant, or the receipt of the notice."""
    due_at: Moment | None = None
    due_estimated: bool = False
    due_source: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=document(nullable=False, server_default="[]")
    )
    """What the deadline rests on, as citations."""
    archive_number: str | None = Field(default=None, max_length=60)
    """Of its file in the archive."""
    archive_key: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    """What the spellings of that number share."""
    fingerprint: str | None = Field(default=None, max_length=64)
    duplicate_of: str | None = Field(default=None, foreign_key="legal_case.id")
    lot_of: str | None = None
    """The first case of the same person, matter, cause and stage: filed anew, a case draws no other lot."""
    revision: int = 1
    created_by: str | None = Field(default=None, foreign_key="app_user.id")
    updated_at: Moment


class PartyRow(SQLModel, table=True):
    """A person in a case. ``sealed`` is the encrypted name, number and story; the keys are keyed hashes.

    Both keys are looked up with the role: one employer is sued in thousands of cases, and few of them matter.
    """

    __tablename__ = "party"
    __table_args__ = (
        Index("party_identity", "centre_id", "identity_key", "role", "case_id"),
        Index("party_name", "centre_id", "name_key", "role", "case_id"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    role: PartyRole = Field(sa_column=one_of(PartyRole, "party_role"))
    sealed: bytes
    identity_key: str | None = Field(default=None, max_length=64)
    name_key: str | None = Field(default=None, max_length=64)
    """None where the name is nobody's, such as 不详."""
    organ: str | None = Field(default=None, max_length=80)
    """What the name is compared by, of those against the recipient whom the catalogue of organs knows."""
    recorded_at: Moment | None = None
    """When it became known that they have a part, if not with the case."""


class RelationRow(SQLModel, table=True):
    """A tie between two cases; read both ways, stored once with ``case_id`` the later for stages."""

    __tablename__ = "relation"
    __table_args__ = (
        UniqueConstraint("case_id", "other_id", "kind", name="relation_once"),
        CheckConstraint("case_id <> other_id", name="relation_of_two"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    other_id: str = Field(foreign_key="legal_case.id", index=True)
    kind: RelationKind = Field(sa_column=one_of(RelationKind, "relation_kind"))
    recorded_at: Moment | None = None
    """When it became known, if not with the cases."""


class WishRow(SQLModel, table=True):
    """A practitioner the recipient named; rank 1 is wished most."""

    __tablename__ = "wish"
    __table_args__ = (
        UniqueConstraint("case_id", "rank", name="wish_rank_once"),
        UniqueConstraint("case_id", "practitioner_id", name="wish_practitioner_once"),
        CheckConstraint("rank BETWEEN 1 AND 3", name="wish_rank"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    practitioner_id: str = Field(foreign_key="practitioner.id", index=True)
    rank: int


class PairRow(SQLModel, table=True):
    """A declared or recorded fact about one case and one practitioner."""

    __tablename__ = "pair"
    __table_args__ = (UniqueConstraint("case_id", "practitioner_id", "kind", name="pair_once"),)

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    practitioner_id: str = Field(foreign_key="practitioner.id", index=True)
    kind: PairKind = Field(sa_column=one_of(PairKind, "pair_kind"))
    created_at: Moment


class ConflictReviewRow(SQLModel, table=True):
    """What somebody found of a person with a part in two cases, or of the consent to both, with the reason sealed."""

    __tablename__ = "conflict_review"
    __table_args__ = (
        Index(
            "conflict_reviewed_once",
            "case_id",
            "other_id",
            "key",
            unique=True,
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
        CheckConstraint("case_id <> other_id", name="conflict_review_of_two"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    other_id: str = Field(foreign_key="legal_case.id", index=True)
    key: str = Field(default="", max_length=64)
    """Keyed hash of the person; empty for a consent, which is to the two cases."""
    outcome: ReviewOutcome = Field(sa_column=one_of(ReviewOutcome, "conflict_outcome"))
    sealed: bytes
    reviewed_by: str | None = Field(default=None, foreign_key="app_user.id")
    reviewed_at: Moment
    superseded_at: Moment | None = None
    """When somebody found otherwise."""


class CaseEventRow(SQLModel, table=True):
    """What happened to a case; rows are only ever added. ``facts`` holds ids and codes, never words of a person."""

    __tablename__ = "case_event"
    __table_args__ = (Index("case_event_board", "centre_id", "id", sqlite_where=OF_BOARD, postgresql_where=OF_BOARD),)

    id: int | None = Field(default=None, primary_key=True)
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    event: str = Field(max_length=24)
    from_status: Status | None = Field(default=None, sa_column=one_of(Status, "event_from_status", nullable=True))
    to_status: Status = Field(sa_column=one_of(Status, "event_to_status"))
    mode: ModeName | None = Field(default=None, sa_column=one_of(ModeName, "event_mode", nullable=True))
    actor_id: str | None = Field(default=None, max_length=32)
    facts: dict[str, object] | None = Field(default=None, sa_column=document())
    at: Moment
