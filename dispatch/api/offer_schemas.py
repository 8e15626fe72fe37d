"""Plans, offers, the board and designations over the wire."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from dispatch.api.schemas import Id, In, Out
from dispatch.commands.disclosure import Extent
from dispatch.commands.drafts import PRINTED, Instant
from dispatch.domain.chain import Because
from dispatch.domain.states import ClaimState, GivingBack, OfferState, PlanState, PostingState, Review
from dispatch.domain.vocabulary import ModeName, PartyRole

Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=PRINTED),
    Field(examples=["asked for by the court 法院建议"]),
]


class PlanOut(Out):
    """Where a case is in its chain of modes; without an end the manager has been called."""

    id: Id
    case_id: str
    chain: str
    step: int
    mode: ModeName
    state: PlanState
    began_at: datetime
    started_at: datetime
    ends_at: datetime | None
    reminded_at: datetime | None
    escalated_at: datetime | None
    ended_at: datetime | None


class AtRiskOut(Out):
    """A case whose deadline is near; ``because`` says what stands against meeting it."""

    case_id: str
    due_at: datetime
    office_hours_left: float
    eligible: int
    because: Because | None


class OffersIn(In):
    """Who is asked at the same time; the first to accept has the seat."""

    case_id: Id
    practitioner_ids: Annotated[
        list[Id], Field(min_length=1, max_length=20, examples=[["0f8fad5bd9cb469fa16570867728950e"]])
    ]


class AnswerIn(In):
    """Yes, or no with a reason."""

    accept: Annotated[bool, Field(examples=[True])]
    reason: Annotated[GivingBack | None, Field(description="Needed to decline. 拒绝时必填。")] = None


class GiveBackIn(In):
    """Why a case is given back."""

    reason: Annotated[GivingBack, Field(examples=["health"])]


class ReviewIn(In):
    """What a second person says."""

    approve: Annotated[bool, Field(examples=[True])]


class OfferOut(Out):
    """An offer and what became of it."""

    id: Id
    case_id: str
    seat: int
    practitioner_id: str
    mode: ModeName
    policy_id: str | None
    state: OfferState
    reason: GivingBack | None
    offered_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    assignment_id: str | None


class PostIn(In):
    """How long the case stays on the board; as long as the rest can still be done in time, if left out."""

    ends_at: Annotated[Instant | None, Field(examples=["2026-11-23T18:00:00+08:00"])] = None


class PostingOut(Out):
    """A case's place on the board."""

    id: Id
    case_id: str
    state: PostingState
    posted_at: datetime
    sealed_until: datetime
    ends_at: datetime


class ClaimOut(Out):
    """A claim; a lost one says why."""

    id: Id
    case_id: str
    practitioner_id: str
    state: ClaimState
    reason: str | None
    claimed_at: datetime
    settled_at: datetime | None
    assignment_id: str | None


class PersonOut(Out):
    """A person, as far as they are open to the reader."""

    role: PartyRole
    said: dict[str, Any]


class DisclosureOut(Out):
    """What is open of a case; that it was read is logged."""

    case_id: str
    extent: Extent
    people: list[PersonOut]


class DesignateIn(In):
    """Whom an officer names, and why."""

    practitioner_id: Id
    reason: Reason


class DesignationOut(Out):
    """Someone named by an officer; a guarded case waits for a second one to agree."""

    id: Id
    case_id: str
    practitioner_id: str
    reason: str
    state: Review
    named_by: str
    named_at: datetime
    reviewed_by: str | None
    reviewed_at: datetime | None
    assignment_id: str | None


class AbandonmentOut(Out):
    """A case given back after it was accepted."""

    id: Id
    case_id: str
    assignment_id: str
    practitioner_id: str
    reason: GivingBack
    at: datetime
    review: Review
    reviewed_by: str | None
    reviewed_at: datetime | None
