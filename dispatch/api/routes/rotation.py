"""The rotation and the ledger behind it, open to all who are in it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.offer_schemas import Reason
from dispatch.api.problems import responses
from dispatch.api.replay import ReplayRoute
from dispatch.api.schemas import Id, In, Out
from dispatch.commands import statements, turns
from dispatch.domain.errors import InvalidFieldError, NotFoundError, PolicyMissingError, ReasonRequiredError
from dispatch.domain.permissions import Actor, Verb

router = APIRouter(tags=["rotation 轮派"], route_class=ReplayRoute)

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_ROTATION))]


class TurnOut(Out):
    """One place in the rotation; ``skipped`` names the rules that pass over it."""

    place: int
    practitioner_id: str
    turns: int
    effort: int
    waiting_since: datetime | None
    next: bool
    skipped: list[str]


class OverrideIn(In):
    """Turns given, which moves back, or taken, which moves forward."""

    practitioner_id: Id
    turns: Annotated[int, Field(ge=-20, le=20, examples=[-1])]
    reason: Reason


class OverrideOut(Out):
    """An override as it is kept."""

    id: Id
    practitioner_id: str
    turns: int
    reason: str | None
    made_by: str | None
    at: datetime


class ExcessOut(Out):
    """Someone above the ideal share by more than one largest case."""

    practitioner_id: str
    effort: int
    above: float


class FairnessOut(Out):
    """The spread of the ledger; ``above`` is empty where the bound holds for everyone."""

    practitioners: int
    ideal_effort: float
    largest_case: int
    most_effort: int
    least_effort: int
    above: list[ExcessOut]


class StatementOut(Out):
    """One month of one practitioner, in counts."""

    practitioner_id: str
    month: str
    assignments: dict[str, int]
    entries: dict[str, int]
    turns: int
    effort: int
    turns_before: int
    effort_before: int
    offers: dict[str, int]
    declined_because: dict[str, int]
    claims_won: int
    given_back: int


@router.get("/rotation", responses=responses(NotFoundError, PolicyMissingError))
def get_rotation(
    actor: MayRead, read: ReadDep, now: Now, case_id: Annotated[str | None, Query(max_length=32)] = None
) -> list[TurnOut]:
    """Return the order, who is next and why others are passed over; for a case, by every rule. 轮派顺序。"""
    return [TurnOut.model_validate(turn) for turn in turns.rotation(read, actor, now, case_id)]


@router.get("/rotation/fairness")
def get_fairness(actor: MayRead, read: ReadDep, now: Now) -> FairnessOut:
    """Return how far the ledger is from equal shares, and who is beyond one largest case. 公平性核验。"""
    return FairnessOut.model_validate(turns.fairness(read, actor, now))


@router.post(
    "/rotation/overrides",
    status_code=201,
    responses=responses(NotFoundError, ReasonRequiredError, InvalidFieldError),
)
def override_rotation(
    asked: OverrideIn, actor: Annotated[Actor, Depends(Permit(Verb.OVERRIDE_ROTATION))], begin: BeginDep, now: Now
) -> OverrideOut:
    """Move someone in the rotation, for a reason that is kept. 调整轮派顺序。"""
    row = turns.override(begin, actor, now, asked.practitioner_id, asked.turns, asked.reason)
    return OverrideOut.model_validate(row)


@router.get("/practitioners/{practitioner_id}/statement", responses=responses(NotFoundError, InvalidFieldError))
def get_statement(
    practitioner_id: str,
    actor: MayRead,
    read: ReadDep,
    now: Now,
    month: Annotated[str, Query(max_length=7, examples=["2026-11"])],
) -> StatementOut:
    """Return a practitioner's month in counts: open to all in the rotation. 月度公示。"""
    return StatementOut.model_validate(statements.statement(read, actor, now, practitioner_id, month))
