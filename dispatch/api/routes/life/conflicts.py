"""What keeps somebody from a case: declared, listed, undone, and checked before anybody is asked."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import language_of, responses
from dispatch.api.schemas import Certain, Id, In, Out, RefusalOut, SameNumber, Words
from dispatch.commands.cases import conflict_check
from dispatch.commands.cases.drafts import PersonDraft
from dispatch.commands.life import conflicts
from dispatch.domain.conflicts.parties import ConflictGround
from dispatch.domain.errors import (
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    PolicyMissingError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.vocabulary import PairKind, PartyRole


class ConflictIn(In):
    """Why someone may not act in a case; an officer names whose conflict it is."""

    text: Annotated[Words, Field(examples=["曾为对方提供法律服务 acted for the other side before"])]
    practitioner_id: Id | None = None
    kind: Annotated[
        PairKind,
        Field(
            description="conflict, duty_help (several of the accused were helped) or removed (by the court). "
            "利益冲突、值班律师帮助、依法不得继续担任。"
        ),
    ] = PairKind.CONFLICT


class ConflictOut(Out):
    """What followed: the question was answered, or a replacement was asked for."""

    case_id: Id
    practitioner_id: Id
    declined: bool
    replacement_id: str | None


class WithdrawConflictIn(In):
    """Whose declaration was a mistake, and why."""

    text: Annotated[Words, Field(examples=["误将同名人员登记 a namesake was meant"])]
    practitioner_id: Id
    kind: PairKind = PairKind.CONFLICT


class DeclaredOut(Out):
    """A declaration that keeps a practitioner from the case."""

    practitioner_id: Id
    kind: PairKind
    created_at: datetime


class CheckedPersonOut(Out):
    """A practitioner, and what the rules on conflict and recusal say of them; an empty list: none was found."""

    practitioner_id: Id
    institution_id: Id
    refusals: list[RefusalOut]


class CheckedPartyIn(In):
    """Someone with a part in a case that is not taken in yet."""

    role: Annotated[PartyRole, Field(examples=["recipient"])]
    person: Annotated[PersonDraft, Field(examples=[{"name": "李雷", "identity_number": "410000199001011234"}])]


class CheckPartiesIn(In):
    """Everyone with a part in it; they are compared by keyed hash, and nothing is kept."""

    parties: Annotated[
        list[CheckedPartyIn],
        Field(min_length=1, max_length=40, examples=[[{"role": "opposing", "person": {"name": "李雷"}}]]),
    ]


class SharedCaseOut(Out):
    """A case in which one of them has a part that clashes, and who serves or served there."""

    other_id: Id
    other_number: str
    ground: ConflictGround
    same_number: SameNumber
    certain: Certain
    practitioner_ids: list[str]


router = APIRouter(tags=["conflicts 利益冲突"], route_class=IdempotentRoute)

MayDeclare = Annotated[Actor, Depends(Permit(Verb.DECLARE_CONFLICT))]


@router.post(
    "/cases/{case_id}/conflicts",
    status_code=201,
    responses=responses(NotFoundError, IllegalTransitionError, PolicyMissingError, InvalidFieldError),
)
def declare_conflict(
    case_id: str, given: ConflictIn, actor: MayDeclare, begin: BeginDep, seal: SealDep, now: Now
) -> ConflictOut:
    """Declare a conflict of interest with a case.

    Or duty help given in it, or that the court removed someone from it. If the person was being asked about the case,
    the question is declined; if they work on it, a replacement is requested. 申报利益冲突。
    """
    sent = conflicts.declare(begin, seal, actor, now, case_id, given.text, given.practitioner_id, given.kind)
    return ConflictOut.model_validate(sent)


@router.get("/cases/{case_id}/conflicts", responses=responses(NotFoundError))
def list_conflicts(case_id: str, actor: MayDeclare, read: ReadDep) -> list[DeclaredOut]:
    """List the conflicts of interest declared with a case. A practitioner sees only their own. 利益冲突申报列表。"""
    return [DeclaredOut.model_validate(row) for row in conflicts.list_declared(read, actor, case_id)]


@router.post(
    "/cases/{case_id}/conflicts/withdraw", status_code=204, responses=responses(NotFoundError, InvalidFieldError)
)
def withdraw_conflict(
    case_id: str,
    given: WithdrawConflictIn,
    actor: Annotated[Actor, Depends(Permit(Verb.CORRECT))],
    begin: BeginDep,
    seal: SealDep,
    now: Now,
) -> None:
    """Withdraw a mistaken declaration of conflict, as a manager. What followed from it stays. 更正利益冲突申报。"""
    conflicts.withdraw(begin, seal, actor, now, case_id, given.text, given.practitioner_id, given.kind)


@router.get("/cases/{case_id}/conflict-check", responses=responses(NotFoundError, PolicyMissingError))
def check_case(
    request: Request,
    case_id: str,
    actor: Annotated[Actor, Depends(Permit(Verb.READ_CANDIDATES))],
    read: ReadDep,
    now: Now,
    practitioner_id: Annotated[str | None, Query(max_length=32)] = None,
    institution_id: Annotated[str | None, Query(max_length=32)] = None,
) -> list[CheckedPersonOut]:
    """Check who has a conflict of interest with a case, without asking anybody.

    A practitioner, an institution, or everyone. Other rules are left out. 利益冲突审查。
    """
    asked, language = conflict_check.CheckSubject(practitioner_id, institution_id), language_of(request)
    return [
        CheckedPersonOut(
            practitioner_id=person.practitioner_id,
            institution_id=person.institution_id,
            refusals=[RefusalOut.of(each, language) for each in person.refusals],
        )
        for person in conflict_check.check_case(read, actor, now, case_id, asked)
    ]


@router.post("/conflict-check")
def check_parties(
    given: CheckPartiesIn, actor: Annotated[Actor, Depends(Permit(Verb.SUBMIT_CASE))], read: ReadDep, seal: SealDep
) -> list[SharedCaseOut]:
    """Check people not yet registered against the parties of all cases. Nothing is stored. 受理前利益冲突审查。"""
    people = [(each.role, each.person) for each in given.parties]
    return [
        SharedCaseOut(
            other_id=each.other_id,
            other_number=each.other_number,
            ground=each.match.ground,
            same_number=each.match.same_number,
            certain=each.settled,
            practitioner_ids=each.practitioner_ids,
        )
        for each in conflict_check.check_parties(read, seal, actor, people)
    ]
