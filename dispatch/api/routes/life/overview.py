"""A case at a glance: its way, who has it and who is asked, and what the reader may do with it now."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from dispatch.api.dependencies import Permit, ReadDep
from dispatch.api.problems import language_of, responses
from dispatch.api.routes.assignments import AssignmentOut
from dispatch.api.routes.offers import OfferOut
from dispatch.api.routes.own import LabelOut
from dispatch.api.routes.plans import DesignationOut, PlanOut, PostingOut
from dispatch.api.schemas import Id, Out
from dispatch.commands.documents import possible
from dispatch.commands.lists import case_facts, case_view
from dispatch.domain.documents import DocumentKind
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.domain.vocabulary import ModeName
from dispatch.registry.tables import PractitionerRow


class NamedOut(Out):
    """A practitioner by licence number and name."""

    id: Id
    code: Annotated[str, Field(description="执业证号。")]
    name: Annotated[str, Field(description="姓名。")]


class StepOut(Out):
    """A step of the case's chain; without hours it lasts as long as is left."""

    mode: Annotated[ModeName, Field(description="指派方式。")]
    hours: Annotated[float | None, Field(description="Office hours at most. 至多的工作小时数。")]
    position: Annotated[LabelOut, Field(description="Seen from the case. 本案所处位置。")]


class SeatOut(Out):
    """Who has or had a seat of the case, and what may be written down of it now."""

    assignment: Annotated[AssignmentOut, Field(description="指派。")]
    practitioner: Annotated[NamedOut, Field(description="承办人员。")]
    institution: Annotated[str, Field(description="承办机构名称。", examples=["示例律师事务所"])]
    situation: Annotated[LabelOut | None, Field(description="Null if it is over. 已结束的为空。")]
    replacement_id: Annotated[str | None, Field(description="A request that waits. 待审批的更换申请。")]
    policy_version: Annotated[int, Field(description="By which version it was decided. 所依据的方案版本。")]
    acts: Annotated[list[LabelOut], Field(description="可以登记的事由。")]


class AskedPersonOut(Out):
    """Somebody who is or was asked."""

    offer: Annotated[OfferOut, Field(description="征询。")]
    practitioner: Annotated[NamedOut, Field(description="被征询的人员。")]


class OverviewOut(Out):
    """A case at a glance; ``acts`` are those of the reader that are legal now, the next first."""

    case_id: Id
    acts: Annotated[list[LabelOut], Field(description="现在可以办理的。")]
    chain: Annotated[LabelOut, Field(description="指派流程。")]
    steps: Annotated[list[StepOut], Field(description="流程环节。")]
    plan: Annotated[PlanOut | None, Field(description="Null before it began. 尚未进入流程的为空。")]
    seats: Annotated[list[SeatOut], Field(description="承办名额。")]
    asked: Annotated[list[AskedPersonOut], Field(description="征询记录。")]
    posting: Annotated[PostingOut | None, Field(description="Its place on the board. 在抢单大厅的发布。")]
    designation: Annotated[DesignationOut | None, Field(description="Waits for a second officer. 待复核的人工指派。")]
    documents: Annotated[list[DocumentKind], Field(description="What can be issued now. 现在可以出具的文书。")]


class PastWordingOut(Out):
    """What a fact was."""

    value: Annotated[str | None, Field(description="Null was unknown. 原为不详的为空。")]
    until: Annotated[datetime, Field(description="至何时。")]
    changed_by: Annotated[str | None, Field(description="By which login. 修改人登录名。")]


class WordedFactOut(Out):
    """A fact in words; null is unknown."""

    field: Annotated[str, Field(description="As the column of a file. 字段。")]
    label: Annotated[str, Field(description="名称。")]
    value: Annotated[str | None, Field(description="Null is unknown. 不详的为空。")]
    history: Annotated[list[PastWordingOut], Field(description="The latest first. 修改记录。")]


router = APIRouter(prefix="/cases", tags=["cases 案件"])

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_CASE))]


@router.get("/{case_id}/overview", responses=responses(NotFoundError))
def get_overview(case_id: str, actor: MayRead, read: ReadDep) -> OverviewOut:
    """Return the progress of a case, and what the reader may do now.

    With who has it and who is asked about it. 案件概况。
    """
    view = case_view.view_case(read, actor, case_id)
    may_issue = Verb.ISSUE_DOCUMENT in PERMISSIONS[actor.role]
    return OverviewOut(
        case_id=view.case.id,
        acts=[LabelOut.of(act) for act in view.acts],
        chain=LabelOut(value=view.chain.code, zh=view.chain.zh, en=view.chain.en),
        steps=[StepOut(mode=each.mode, hours=each.hours, position=LabelOut.of(each.position)) for each in view.steps],
        plan=view.plan and PlanOut.model_validate(view.plan),
        seats=[_seat(seat, view) for seat in view.seats],
        asked=[
            AskedPersonOut(offer=OfferOut.model_validate(offer), practitioner=_named(person))
            for offer, person in view.offers
        ],
        posting=view.posting and PostingOut.model_validate(view.posting),
        designation=view.waiting and DesignationOut.model_validate(view.waiting),
        documents=[each.kind for each in possible.possible_documents(read, actor, case_id)] if may_issue else [],
    )


@router.get("/{case_id}/facts/public", responses=responses(NotFoundError))
def list_facts_in_words(case_id: str, request: Request, actor: MayRead, read: ReadDep) -> list[WordedFactOut]:
    """Return the facts of a case in words, without personal data.

    With their earlier values. 案件信息（不含个人信息）及修改记录。
    """
    found = case_facts.known_facts(read, actor, case_id, language := language_of(request))
    return [
        WordedFactOut(
            field=each.field,
            label=each.label[language != "zh"],
            value=each.value,
            history=[
                PastWordingOut(value=past.value, until=past.until, changed_by=past.changed_by) for past in each.history
            ],
        )
        for each in found
    ]


def _seat(seat: case_view.Seat, view: case_view.CaseView) -> SeatOut:
    return SeatOut(
        assignment=AssignmentOut.model_validate(seat.assignment),
        practitioner=_named(seat.practitioner),
        institution=seat.institution.name,
        situation=seat.situation and LabelOut.of(seat.situation),
        replacement_id=seat.replacement.id if seat.replacement else None,
        policy_version=view.policies[seat.assignment.policy_id].version,
        acts=[LabelOut.of(act) for act in seat.acts],
    )


def _named(person: PractitionerRow) -> NamedOut:
    return NamedOut.model_validate(person)
