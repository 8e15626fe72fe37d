"""What goes over the wire. Inputs refuse unknown fields; outputs never hold a person's name or story."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from dispatch.commands.drafts import Instant
from dispatch.domain.vocabulary import (
    CaseSource,
    Category,
    JobKind,
    JobStatus,
    Matter,
    MeansTest,
    ModeName,
    PartyRole,
    ProposalState,
    Service,
    Sex,
    Stage,
    Status,
)

Id = Annotated[str, Field(max_length=32, examples=["0f8fad5bd9cb469fa16570867728950e"])]


class In(BaseModel):
    """What a request says; a field nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """What an answer says, read from a row."""

    model_config = ConfigDict(from_attributes=True)


class CaseOut(Out):
    """A case, without the people in it."""

    id: Id
    number: Annotated[str, Field(examples=["2026-0001"])]
    status: Status
    source: CaseSource
    matter: Matter
    cause: Annotated[str, Field(examples=["wages"])]
    service: Service
    stage: Stage
    means_test: MeansTest
    area: str | None
    organ: str | None
    categories: list[Category]
    languages: list[str]
    recipient_sex: Sex | None
    recipient_is_minor: bool | None
    detained: bool | None
    grave: bool | None
    sexual_assault: bool | None
    death_review: bool
    compulsory_treatment: bool
    secret: bool
    major: bool
    demand: int
    relaxed: Annotated[list[str], Field(description="Soft rules let go, in their order. 已放宽的要求。")]
    received_at: datetime
    granted_at: datetime | None
    due_at: datetime | None
    due_estimated: Annotated[
        bool, Field(description="The calendar of that year is not published yet. 当年日历尚未公布。")
    ]
    duplicate_of: Annotated[str | None, Field(description="Same person and matter as this case. 同一人同一事项。")]
    revision: int


class PartyOut(Out):
    """A person in a case; reading it is logged."""

    role: PartyRole
    said: dict[str, Any]


class EventOut(Out):
    """One entry of a case's history."""

    id: int
    event: str
    from_status: Status | None
    to_status: Status
    mode: ModeName | None
    actor_id: str | None
    facts: dict[str, Any] | None
    at: datetime


class GrantIn(In):
    """The decision to grant aid."""

    granted_at: Annotated[
        Instant | None,
        Field(description="Now, if left out. 不填则为当前时间。", examples=["2026-11-23T10:30:00+08:00"]),
    ] = None


class RefusalOut(Out):
    """A hard rule that refuses; ``unknown`` says that a fact is missing rather than against it."""

    code: str
    unknown: bool
    text: str


class CandidateOut(Out):
    """One practitioner for one case: ranked by score less slot price, or refused by named rules."""

    practitioner_id: Id
    rank: Annotated[int | None, Field(description="Null if a rule refuses. 被拒绝者为空。")]
    score: int
    slot_price: int
    terms: dict[str, int]
    refusals: list[RefusalOut]


class JobOut(Out):
    """Long work: how far it is, and what came of it."""

    id: Id
    kind: JobKind
    status: JobStatus
    phase: str
    done_share: Annotated[float, Field(ge=0, le=1)]
    cancel_wanted: bool
    attempt: int
    problem: dict[str, Any] | None
    result: dict[str, Any] | None
    created_at: datetime
    finished_at: datetime | None


class RunIn(In):
    """Which cases to match; all that wait, if left out."""

    case_ids: Annotated[list[Id] | None, Field(min_length=1, max_length=50_000)] = None
    seed: Annotated[int | None, Field(ge=0, lt=2**32, description="Fixes the draw among equals. 平局抽签的种子。")] = (
        None
    )


class RunOut(Out):
    """A matching run and its proof."""

    id: Id
    policy_id: str
    seed: int
    docket_at: datetime | None
    docket_digest: str | None
    objective: int | None
    bound: int | None
    optimal: bool | None
    summary: dict[str, Any] | None


class RunAskedOut(BaseModel):
    """A run that was asked for, and the job to watch."""

    run: RunOut
    job: JobOut


class ProposalOut(Out):
    """What a run proposes for one seat, with its reasons."""

    id: Id
    case_id: str
    seat: int
    practitioner_id: str | None
    score: int | None
    slot_price: int | None
    terms: dict[str, int] | None
    alternatives: list[dict[str, Any]]
    refusals: dict[str, int]
    needs_reason: bool
    state: ProposalState
    stale_reason: str | None


class ApplyIn(In):
    """Which proposals to apply; all, if left out."""

    proposal_ids: Annotated[list[Id] | None, Field(min_length=1, max_length=50_000)] = None


class ApplyOut(Out):
    """What became of the chosen proposals; what went stale stays queued."""

    applied: list[ProposalOut]
    stale: list[ProposalOut]


class AssignmentOut(Out):
    """A practitioner named for a seat of a case."""

    id: Id
    case_id: str
    seat: int
    practitioner_id: str
    institution_id: str
    mode: ModeName
    policy_id: str
    run_id: str | None
    decided_by: str | None
    reason: str | None
    assigned_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None


class NoticeOut(BaseModel):
    """What the notice of assignment and the letter to the case organ say. 指派通知书与公函内容。"""

    assignment_id: Id
    centre: str
    case_number: str
    matter: Matter
    cause: str
    service: Service
    stage: Stage
    organ: str | None
    recipient: Annotated[str | None, Field(description="Reading it is logged. 查阅留痕。")]
    practitioner: str
    practitioner_code: str
    institution: str
    institution_code: str
    seat: int
    mode: ModeName
    assigned_at: datetime


class TermOut(BaseModel):
    """A word with its labels."""

    value: str
    zh: str
    en: str


class RuleOut(BaseModel):
    """A hard rule: where it stands, how far it was read, and what it says when it refuses."""

    code: str
    source: str
    trust: str
    zh: str
    en: str
