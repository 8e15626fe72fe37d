"""Who has a part in a case: added when it becomes known, compared with all cases, and looked at by a person."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.schemas import Certain, Consented, Id, In, MayBeFound, Out, SameNumber, Words
from dispatch.commands.cases import parties
from dispatch.commands.cases.drafts import PersonDraft
from dispatch.domain.conflicts.parties import ConflictGround
from dispatch.domain.conflicts.reviews import ReviewOutcome
from dispatch.domain.errors import InvalidFieldError, NotFoundError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.vocabulary import PartyRole, RelationKind

MAX_REVIEWED = 200

router = APIRouter(tags=["cases"], route_class=IdempotentRoute)


class PartyIn(In):
    """Someone who turns out to have a part in the case."""

    role: Annotated[PartyRole, Field(examples=["co_defendant"])]
    person: Annotated[PersonDraft, Field(examples=[{"name": "李雷", "identity_number": "410000199001011234"}])]


class RelationIn(In):
    """A tie to another case of the centre that becomes known late."""

    kind: Annotated[RelationKind, Field(examples=["co_defendants"])]
    other_id: Annotated[Id, Field(description="Between stages, the earlier one. 前一阶段案件。")]


class RelationOut(Out):
    """A tie to another case of the centre."""

    kind: RelationKind
    other_id: Id
    other_number: str
    later: Annotated[bool, Field(description="The other is the later of two stages. 该案为后一阶段。")]


class ReviewPartyIn(In):
    """What was found of a person with a part in two cases, and on what it rests."""

    outcome: Annotated[ReviewOutcome, Field(examples=["different_person"])]
    text: Annotated[Words, Field(examples=["户籍信息显示为两人 two people by the household register"])]


class SharedPersonOut(Out):
    """A person with a part in this case and in another."""

    id: Id
    ground: ConflictGround
    name: str
    role: Annotated[PartyRole, Field(description="Their part in this case. 在本案中的身份。")]
    other_id: Id
    other_number: str
    same_number: SameNumber
    certain: Certain
    outcome: ReviewOutcome | None
    consented: Consented
    may_be: MayBeFound


class WaitingPersonOut(SharedPersonOut):
    """Somebody to be looked at, and the open case in which they are."""

    case_id: Id
    case_number: str


class WaitingOut(Out):
    """Who waits to be looked at, and how many there are."""

    total: int
    items: list[WaitingPersonOut]


class SharedIn(In):
    """A person with a part in two cases, as one of them has it."""

    case_id: Id
    shared_id: Id


class ReviewSeveralIn(ReviewPartyIn):
    """What was found of several people alike, and on what it rests."""

    shared: Annotated[
        list[SharedIn], Field(min_length=1, max_length=MAX_REVIEWED, description="Who was looked at. 已核对的当事人。")
    ]


MayEdit = Annotated[Actor, Depends(Permit(Verb.EDIT_CASE))]
FOUND = responses(NotFoundError, InvalidFieldError)


@router.post("/cases/{case_id}/parties", status_code=204, responses=FOUND)
def add_party(case_id: str, given: PartyIn, actor: MayEdit, begin: BeginDep, seal: SealDep, now: Now) -> None:
    """Add a party to a case in any state.

    If a practitioner or institution that has the case may no longer act in it because of this, they are reported to the
    manager. 补充登记当事人。
    """
    parties.add_party(begin, seal, actor, now, case_id, given.role, given.person)


@router.post("/cases/{case_id}/relations", status_code=204, responses=FOUND)
def add_relation(case_id: str, given: RelationIn, actor: MayEdit, begin: BeginDep, now: Now) -> None:
    """Relate a case to another, whatever the state of either.

    If a practitioner or institution that has one of them may no longer act in it because of this, they are reported to
    the manager. 补充登记关联案件。
    """
    parties.add_relation(begin, actor, now, case_id, given.kind, given.other_id)


@router.get("/cases/{case_id}/relations", responses=responses(NotFoundError))
def list_relations(
    case_id: str, actor: Annotated[Actor, Depends(Permit(Verb.READ_CASE))], read: ReadDep
) -> list[RelationOut]:
    """List the cases related to a case. 关联案件。"""
    found = parties.list_relations(read, actor, case_id)
    return [
        RelationOut(kind=each.kind, other_id=each.case.id, other_number=each.case.number, later=each.later)
        for each in found
    ]


@router.get("/cases/{case_id}/shared-parties", responses=responses(NotFoundError))
def list_shared_parties(
    case_id: str, actor: Annotated[Actor, Depends(Permit(Verb.READ_CASE))], read: ReadDep, seal: SealDep
) -> list[SharedPersonOut]:
    """List people involved both in this case and in another.

    Because of them one practitioner may not be able to serve in both. 利益冲突核对。
    """
    return [SharedPersonOut.model_validate(each) for each in parties.list_shared(read, seal, actor, case_id)]


@router.put("/cases/{case_id}/shared-parties/{shared_id}", status_code=204, responses=FOUND)
def review_shared_party(
    case_id: str, shared_id: str, given: ReviewPartyIn, actor: MayEdit, begin: BeginDep, seal: SealDep, now: Now
) -> None:
    """Record whether a person in two cases is one person, and interests conflict.

    Once dismissed, it stays dismissed. 登记核对结果。
    """
    parties.review_shared(begin, seal, actor, now, case_id, shared_id, given.outcome, given.text)


@router.get("/shared-parties")
def list_waiting_parties(
    actor: Annotated[Actor, Depends(Permit(Verb.READ_CASE))],
    read: ReadDep,
    seal: SealDep,
    ground: ConflictGround | None = None,
    same_number: Annotated[bool | None, Query(description="By number, or by name alone. 证件号码是否相同。")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_REVIEWED)] = 50,
) -> WaitingOut:
    """List people in two cases who exclude practitioners until reviewed.

    Only open cases are concerned. 待核对的利益冲突。
    """
    found = parties.list_waiting(read, seal, actor, parties.WaitingFilter(ground, same_number))
    items = [
        WaitingPersonOut(**each.shared._asdict(), case_id=each.case.id, case_number=each.case.number)
        for each in found[:limit]
    ]
    return WaitingOut(total=len(found), items=items)


@router.post("/shared-parties/reviews", status_code=204, responses=FOUND)
def review_shared_parties(given: ReviewSeveralIn, actor: MayEdit, begin: BeginDep, seal: SealDep, now: Now) -> None:
    """Record one finding on several people in two cases, with one reason. All of them or none. 批量登记核对结果。"""
    shared = [(each.case_id, each.shared_id) for each in given.shared]
    parties.review_several(begin, seal, actor, now, shared, given.outcome, given.text)
