"""Who could take a case, ranked, with the figures behind each, and how many each rule refuses."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from dispatch.api.dependencies import Now, Permit, ReadDep
from dispatch.api.problems import language_of, responses
from dispatch.api.routes.answers.people import (
    CriterionOut,
    Listed,
    Practitioner,
    PractitionerNameOut,
    Refused,
    figures,
    rule_count,
)
from dispatch.api.schemas import Id, Out, QualityOut, RefusalOut
from dispatch.commands.answers import candidates
from dispatch.commands.answers.candidates import Shown
from dispatch.commands.answers.names import Names
from dispatch.domain.errors import NotFoundError, PolicyMissingError
from dispatch.domain.permissions import Actor, Verb


class CandidateOut(Out):
    """A practitioner considered for a case: ranked by score minus slot price, or refused by the rules named."""

    practitioner_id: Id
    person: Practitioner
    rank: Annotated[int | None, Field(description="Null if refused by a rule. 不符合指派条件的为空。")]
    score: int
    slot_price: int
    behind: Annotated[int | None, Field(description="Points short of the first; null if refused. 与第一名相差的得分。")]
    terms: dict[str, int]
    figures: Annotated[
        list[CriterionOut], Field(description="The terms, with weight, level and fact. 各项得分的构成。")
    ]
    quality: QualityOut
    refusals: list[RefusalOut]


class CandidateCountsOut(BaseModel):
    """How many people on the list are eligible, and how many each rule refuses."""

    listed: Listed
    eligible: int
    refused: Refused


CANDIDATE_FIELDS = ("practitioner_id", "rank", "score", "slot_price", "terms")

router = APIRouter(prefix="/cases", tags=["answers 指派理由"])

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_CANDIDATES))]


@router.get("/{case_id}/candidates", responses=responses(NotFoundError, PolicyMissingError))
def list_candidates(
    case_id: str,
    request: Request,
    actor: MayRead,
    read: ReadDep,
    now: Now,
    limit: Annotated[
        int, Query(ge=1, le=500, description="Number of candidates; eligible ones come first. 符合条件者在前。")
    ] = 20,
) -> list[CandidateOut]:
    """Rank the practitioners who could take a case, with the parts of their scores.

    Nothing is stored. 备选人员排序。
    """
    found, language = candidates.list_candidates(read, actor, case_id, now, limit), language_of(request)
    return [_candidate(each, found.names, language) for each in found.shown]


@router.get("/{case_id}/candidates/counts", responses=responses(NotFoundError, PolicyMissingError))
def count_candidates(case_id: str, request: Request, actor: MayRead, read: ReadDep, now: Now) -> CandidateCountsOut:
    """Count the practitioners who could take a case, and those each rule excludes.

    Of the people on the list. 各项条件下不符合的人数。
    """
    found, language = candidates.count_candidates(read, actor, case_id, now), language_of(request)
    refused = [rule_count(code, people, language) for code, people in found.refused]
    return CandidateCountsOut(listed=found.listed, eligible=found.eligible, refused=refused)


def _candidate(shown: Shown, names: Names, language: str) -> CandidateOut:
    candidate = shown.candidate
    return CandidateOut(
        person=PractitionerNameOut.of(names, candidate.practitioner_id),
        behind=shown.behind,
        figures=figures(shown.figures, language),
        refusals=[RefusalOut.of(each, language) for each in candidate.refusals],
        quality=QualityOut.model_validate(candidate.quality),
        **{name: getattr(candidate, name) for name in CANDIDATE_FIELDS},
    )
