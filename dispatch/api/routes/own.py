"""What practitioners and institutions read of their own: cases in hand, what is due, what to do next."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from dispatch.api.dependencies import Permit, ReadDep
from dispatch.api.problems import responses
from dispatch.api.schemas import Estimated, Id, SourceOut
from dispatch.commands import own_cases
from dispatch.commands.own_cases import CaseDeadline, OwnCase
from dispatch.domain.errors import PolicyMissingError
from dispatch.domain.law.citations import shown
from dispatch.domain.next_acts import NextAct
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.vocabulary import Category, Matter, Service, Stage, Status, Term
from dispatch.registry.tables import ArrangementRow, OfferRow

# fmt: off
REQUESTS: dict[NextAct, tuple[str, str]] = {
    # act                  the request by which it is done
    NextAct.ANSWER_OFFER:      ("POST", "/v1/offers/{offer_id}/answer"),
    NextAct.ARRANGE:           ("POST", "/v1/arrangements/{arrangement_id}/person"),
    NextAct.ANSWER_ASSIGNMENT: ("POST", "/v1/assignments/{assignment_id}/answer"),
    NextAct.SIGN:              ("POST", "/v1/assignments/{assignment_id}/agreement"),
    NextAct.BEGIN:             ("POST", "/v1/assignments/{assignment_id}/start"),
    NextAct.REPORT:            ("POST", "/v1/assignments/{assignment_id}/reports"),
    NextAct.CLOSE:             ("POST", "/v1/assignments/{assignment_id}/close"),
    NextAct.ASK_REPLACEMENT:   ("POST", "/v1/cases/{case_id}/replacements"),
    NextAct.GIVE_BACK:         ("POST", "/v1/assignments/{assignment_id}/abandonment"),
    NextAct.WISH:              ("POST", "/v1/cases/{case_id}/wishes"),
    NextAct.WITHDRAW:          ("POST", "/v1/cases/{case_id}/withdraw"),
    NextAct.CONTEST:           ("POST", "/v1/cases/{case_id}/objections"),
    NextAct.RATE:              ("POST", "/v1/cases/{case_id}/rating"),
}
# fmt: on


class LabelOut(BaseModel):
    """A word with its labels in both languages."""

    value: str
    zh: str
    en: str

    @classmethod
    def of(cls, term: Term) -> "LabelOut":
        """Return a term as it is shown."""
        return cls(value=term.value, zh=term.zh, en=term.en)


class ActOut(LabelOut):
    """Something the reader may do, and the request for it."""

    method: Annotated[str, Field(examples=["POST"])]
    path: Annotated[str, Field(examples=["/v1/offers/0f8fad5bd9cb469fa16570867728950e/answer"])]


class DueOut(BaseModel):
    """A time limit that runs."""

    at: datetime
    estimated: Estimated
    zh: str
    en: str
    basis: Annotated[SourceOut | None, Field(description="What it rests on. 依据。")]


class AboutOut(BaseModel):
    """What a case is about, without its people."""

    number: Annotated[str, Field(examples=["2026-0001"])]
    matter: Matter
    cause: Annotated[LabelOut, Field(description="The cause with its official name. 案由（罪名）。")]
    service: Service
    stage: Stage
    organ: str | None
    area: str | None
    court_area: str | None
    categories: list[Category]
    languages: list[str]
    detained: bool | None
    grave: bool | None


class OwnCaseOut(BaseModel):
    """A case the reader is asked about or has in hand: what it is about, what is due, what to do next."""

    case_id: Id
    status: Status
    situation: Annotated[LabelOut, Field(description="Where it stands for its practitioner. 所处环节。")]
    about: AboutOut
    offer_id: str | None
    arrangement_id: str | None
    assignment_id: str | None
    practitioner_id: str | None
    practitioner: Annotated[str | None, Field(description="Who is asked or named. 承办人员姓名。")]
    deadlines: list[DueOut]
    next: Annotated[ActOut | None, Field(description="Null if somebody else is due. 无须本人办理的为空。")]
    may: list[ActOut]


router = APIRouter(prefix="/me", tags=["own 本人案件"])

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_OWN_CASE))]


@router.get("/cases", responses=responses(PolicyMissingError))
def list_own_cases(actor: MayRead, read: ReadDep) -> list[OwnCaseOut]:
    """List what the reader is asked about or has in hand, the most urgent first; an institution sees its people's.

    The people in a case are read by ``/cases/{case_id}/disclosure``. 本人（本机构）的案件。
    """
    return [_own_case(each) for each in own_cases.own_cases(read, actor)]


def about(case: Any, cause: Any) -> AboutOut:
    """Return what a case is about; a cause that the policy no longer has goes by its code."""
    named = {"zh": cause.zh, "en": cause.en} if cause else {"zh": case.cause, "en": case.cause}
    plain = {name: getattr(case, name) for name in AboutOut.model_fields if name != "cause"}
    return AboutOut(cause=LabelOut(value=case.cause, **named), **plain)


def act_of(act: NextAct, ids: dict[str, str | None]) -> ActOut:
    """Return an act with the request for it."""
    method, path = REQUESTS[act]
    return ActOut(value=act.value, zh=act.zh, en=act.en, method=method, path=path.format(**ids))


def _own_case(each: OwnCase) -> OwnCaseOut:
    kind = {OfferRow: "offer_id", ArrangementRow: "arrangement_id"}.get(type(each.tie), "assignment_id")
    ids = dict.fromkeys(("offer_id", "arrangement_id", "assignment_id")) | {kind: each.tie.id}
    may = {act: act_of(act, {**ids, "case_id": each.case.id}) for act in each.may}
    return OwnCaseOut(
        case_id=each.case.id,
        status=each.case.status,
        situation=LabelOut.of(each.situation),
        about=about(each.case, each.cause),
        practitioner_id=each.practitioner.id if each.practitioner else None,
        practitioner=each.practitioner.name if each.practitioner else None,
        deadlines=[_due(due) for due in each.deadlines],
        next=may[each.next] if each.next else None,
        may=list(may.values()),
        **ids,
    )


def _due(due: CaseDeadline) -> DueOut:
    basis = SourceOut(**shown(due.source)) if due.source else None
    return DueOut(at=due.at, estimated=due.estimated, zh=due.zh, en=due.en, basis=basis)
