"""Decisions on aid: refused, contested, terminated, withdrawn, ended by own counsel, transferred, and corrected."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.routes.cases import CaseOut
from dispatch.api.routes.life.work import FiledOut
from dispatch.api.schemas import Id, In, Out, Words
from dispatch.commands.life import corrections, decisions, ends, transfers
from dispatch.domain.errors import (
    DuplicateNumberError,
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    PolicyMissingError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.states import RefusalGround, TerminationGround, TransferGround
from dispatch.domain.texts.typed import LongTitle
from dispatch.domain.vocabulary import Status


class RefuseIn(In):
    """The ground on which aid is refused, and the words of the decision."""

    ground: Annotated[RefusalGround, Field(examples=["means"])]
    text: Annotated[Words, Field(examples=["家庭人均收入超过标准 income above the line"])]


class ContestIn(In):
    """Why the decision is contested."""

    text: Annotated[Words, Field(examples=["收入计算有误 the income was reckoned wrongly"])]


class RulingIn(In):
    """The bureau's decision on an objection."""

    uphold: Annotated[bool, Field(examples=[True])]
    text: Annotated[Words, Field(examples=["责令改正 the centre is to correct its decision"])]


class TerminateIn(In):
    """The ground of law on which aid is terminated, and the words of the decision."""

    ground: Annotated[TerminationGround, Field(examples=["case_over"])]
    text: Annotated[Words, Field(examples=["案件已被撤销 the case was withdrawn"])]


class WithdrawIn(In):
    """Why the application or the notice is withdrawn, if a reason is given."""

    text: Annotated[Words | None, Field(examples=["已与对方和解 settled with the other side"])] = None


class OwnCounselIn(In):
    """What is known of the counsel the recipient retained."""

    text: Annotated[Words, Field(examples=["家属已委托律师 the family retained a lawyer"])]


class TransferIn(In):
    """Where a case goes, and why."""

    ground: Annotated[TransferGround, Field(examples=["jurisdiction"])]
    to: Annotated[LongTitle, Field(examples=["郑州市法律援助中心"])]
    text: Annotated[Words, Field(examples=["由郑州市中级人民法院管辖 another court has jurisdiction"])]


class CorrectionIn(In):
    """Why the newest act of the case is undone."""

    reason: Annotated[Words, Field(examples=["误将他案结案 another case was meant"])]


class CorrectionOut(Out):
    """What was undone, and what is live again."""

    case_id: Id
    paper_id: Id
    corrects: Annotated[str, Field(description="The act that was undone. 被更正的行为。")]
    status: Status
    assignment_ids: list[str]
    clock_ids: list[str]


router = APIRouter(prefix="/cases", tags=["decisions 决定"], route_class=IdempotentRoute)

MayGrant = Annotated[Actor, Depends(Permit(Verb.GRANT))]
MayContest = Annotated[Actor, Depends(Permit(Verb.CONTEST))]
MayRule = Annotated[Actor, Depends(Permit(Verb.DECIDE_OBJECTION))]
MayTerminate = Annotated[Actor, Depends(Permit(Verb.TERMINATE))]
MayWithdraw = Annotated[Actor, Depends(Permit(Verb.WITHDRAW))]
MayTransfer = Annotated[Actor, Depends(Permit(Verb.TRANSFER))]
MayCorrect = Annotated[Actor, Depends(Permit(Verb.CORRECT))]
REFUSALS = responses(NotFoundError, IllegalTransitionError, PolicyMissingError)


@router.post("/{case_id}/refuse", responses=REFUSALS)
def refuse_aid(case_id: str, given: RefuseIn, actor: MayGrant, begin: BeginDep, seal: SealDep, now: Now) -> CaseOut:
    """Refuse legal aid in a received case, stating the ground. The applicant may object. 决定不予法律援助。"""
    return CaseOut.model_validate(decisions.refuse_aid(begin, seal, actor, now, case_id, given.ground, given.text))


@router.post("/{case_id}/objections", status_code=201, responses=REFUSALS)
def contest(case_id: str, given: ContestIn, actor: MayContest, begin: BeginDep, seal: SealDep, now: Now) -> FiledOut:
    """Object to a refusal or a termination of legal aid. The time limit for the decision starts to run. 提出异议。"""
    return FiledOut.model_validate(decisions.contest(begin, seal, actor, now, case_id, given.text))


@router.post("/{case_id}/objections/ruling", responses=REFUSALS)
def decide_objection(
    case_id: str, given: RulingIn, actor: MayRule, begin: BeginDep, seal: SealDep, now: Now
) -> CaseOut:
    """Record the bureau's decision on an objection.

    If a refusal is overturned, aid is granted; if a termination is, the case goes on as it was. 异议审查决定。
    """
    ruled = decisions.decide_objection(begin, seal, actor, now, case_id, given.uphold, given.text)
    return CaseOut.model_validate(ruled)


@router.post("/{case_id}/terminate", responses=REFUSALS)
def terminate_aid(
    case_id: str, given: TerminateIn, actor: MayTerminate, begin: BeginDep, seal: SealDep, now: Now
) -> CaseOut:
    """Terminate legal aid on a statutory ground. Anyone assigned to the case is released from it. 决定终止法律援助。"""
    return CaseOut.model_validate(ends.terminate(begin, seal, actor, now, case_id, given.ground, given.text))


@router.post("/{case_id}/withdraw", responses=REFUSALS)
def withdraw_application(
    case_id: str, given: WithdrawIn, actor: MayWithdraw, begin: BeginDep, seal: SealDep, now: Now
) -> CaseOut:
    """Withdraw an application, or a notice on the word of its case organ. 撤回申请、通知。"""
    return CaseOut.model_validate(ends.withdraw(begin, seal, actor, now, case_id, given.text))


@router.post("/{case_id}/own-counsel", responses=REFUSALS)
def retain_own_counsel(
    case_id: str, given: OwnCounselIn, actor: MayTerminate, begin: BeginDep, seal: SealDep, now: Now
) -> CaseOut:
    """Record that the recipient retained counsel of their own. This ends the legal aid. 受援人自行委托。"""
    return CaseOut.model_validate(ends.retain(begin, seal, actor, now, case_id, given.text))


@router.post(
    "/{case_id}/transfer",
    responses=responses(
        NotFoundError, IllegalTransitionError, DuplicateNumberError, InvalidFieldError, PolicyMissingError
    ),
)
def transfer_case(
    case_id: str, given: TransferIn, actor: MayTransfer, begin: BeginDep, seal: SealDep, now: Now
) -> CaseOut:
    """Transfer a case that nobody works on yet to another institution.

    A centre of this register, named by code or name, receives it with its number and dates. If that centre transfers it
    back, it returns to the file it came from. 移送案件。
    """
    sent = transfers.transfer(begin, seal, actor, now, case_id, given.ground, given.to, given.text)
    return CaseOut.model_validate(sent)


@router.post("/{case_id}/corrections", status_code=201, responses=REFUSALS)
def correct_case(
    case_id: str, given: CorrectionIn, actor: MayCorrect, begin: BeginDep, seal: SealDep, now: Now
) -> CorrectionOut:
    """Undo the newest act in the life of a case, with the reason.

    Its state, seats, turns and time limits are restored. The history keeps both the act and its correction. 更正。
    """
    return CorrectionOut.model_validate(corrections.correct(begin, seal, actor, now, case_id, given.reason))
