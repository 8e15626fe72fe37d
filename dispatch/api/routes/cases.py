"""Cases: registered, granted, looked up, and who could take them."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Response
from pydantic import ConfigDict, Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep, etag
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import CountedPage, Page, Paging, PagingQuery, counted_page_of, page_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Estimated, Id, In, Out, SourceText
from dispatch.commands.cases import disclosure, intake
from dispatch.commands.cases.drafts import CaseDraft, Day, Instant
from dispatch.commands.lists import cases as lists
from dispatch.commands.lists.searches import OrderedCaseSearch, RecipientSearch
from dispatch.domain.errors import (
    DuplicateNumberError,
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    PolicyMissingError,
    UnknownReferenceError,
)
from dispatch.domain.funds.sources import FundSource
from dispatch.domain.law.aid_first import AidFirst, Material
from dispatch.domain.law.means import MeansGround, MeansStatus
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.domain.vocabulary import (
    CaseSource,
    Category,
    Matter,
    MeansTest,
    ModeName,
    PartyRole,
    ReviewCourt,
    Service,
    Sex,
    Stage,
    Status,
)
from dispatch.registry import reads
from dispatch.registry.audit import note


class CaseOut(Out):
    """A case, without its people."""

    id: Id
    number: Annotated[str, Field(examples=["2026-0001"])]
    status: Status
    source: CaseSource
    matter: Matter
    cause: Annotated[str, Field(examples=["wages"])]
    service: Service
    stage: Stage
    means_test: MeansTest
    means_status: Annotated[MeansStatus | None, Field(description="Null while unknown. 经济困难核查结果。")]
    means_ground: Annotated[MeansGround | None, Field(description="Why no check is made. 免予核查或者不受限制的情形。")]
    fund_source: Annotated[
        FundSource | None,
        Field(description="Which fund is to pay, once it has granted that; null if nobody said. 经费来源。"),
    ]
    area: str | None
    organ: str | None
    categories: list[Category]
    languages: list[str]
    interpreter: bool
    domicile_areas: list[str]
    court_area: str | None
    recipient_sex: Sex | None
    recipient_is_minor: bool | None
    detained: bool | None
    grave: bool | None
    sexual_assault: bool | None
    death_review: bool | None
    review_court: ReviewCourt | None
    compulsory_treatment: bool | None
    secret: bool | None
    major: bool
    demand: int
    hearing_on: date | None
    limitation_ends_on: date | None
    custody_ends_on: date | None
    preservation: bool | None
    aid_first: Annotated[
        AidFirst | None, Field(description="On which ground aid came before its papers. 先行提供法律援助的情形。")
    ]
    materials_owed: Annotated[list[Material], Field(description="Still owed. 尚未补交的材料。")]
    materials_due_on: date | None
    relaxed: Annotated[list[str], Field(description="Soft rules relaxed, in order. 已放宽的条件。")]
    received_at: datetime
    granted_at: Annotated[
        datetime | None, Field(description="None for a notified case. 通知辩护、代理案件没有给予法律援助决定。")
    ]
    entitled_at: Annotated[
        datetime | None,
        Field(description="Since when a practitioner is due: the grant, or the notice. 自决定给予或者收到通知起算。"),
    ]
    due_at: datetime | None
    due_estimated: Estimated
    due_source: SourceText
    archive_number: Annotated[str | None, Field(description="Of its file in the archive. 案卷号。")]
    duplicate_of: Annotated[str | None, Field(description="Same person and matter as this case. 同一人、同一案件。")]
    revision: int


class PartyOut(Out):
    """A person in a case; reading it is logged."""

    role: PartyRole
    details: dict[str, Any]


class EventOut(Out):
    """One entry in the history of a case."""

    id: int
    event: str
    from_status: Status | None
    to_status: Status
    mode: ModeName | None
    actor_id: str | None
    facts: dict[str, Any] | None
    at: datetime


class FirstIn(In):
    """Terms on which aid comes before its papers (《法律援助法》第四十四条)."""

    aid_first: Annotated[AidFirst, Field(examples=["limitation"])]
    materials_owed: Annotated[list[Material], Field(max_length=len(Material), examples=[["means", "case"]])]
    materials_due_on: Annotated[
        Day | None, Field(description="Last day to hand them in. 补交期限。", examples=["2026-12-07"])
    ]


class GrantIn(In):
    """The decision to grant aid."""

    granted_at: Annotated[
        Instant | None,
        Field(description="Now, if left out. 不填则为当前时间。", examples=["2026-11-23T10:30:00+08:00"]),
    ] = None
    first: Annotated[
        FirstIn | None, Field(description="Where aid comes before its papers. 先行提供法律援助的填写。")
    ] = None


router = APIRouter(prefix="/cases", tags=["cases 案件"], route_class=IdempotentRoute)

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_CASE, Verb.READ_OWN_CASE))]

EXAMPLE = {
    "number": "2026-0001",
    "matter": "civil",
    "cause": "wages",
    "service": "litigation_agency",
    "stage": "first_instance",
    "area": "411402",
    "categories": ["migrant_worker"],
    "means_status": "pledged",
    "recipient": {"name": "张某", "identity_number": "411402198001010015", "sex": "male"},
    "received_at": "2026-11-23T09:00:00+08:00",
    "granted_at": "2026-11-23T10:30:00+08:00",
    "wishes": [],
}


@router.post(
    "",
    status_code=201,
    responses=responses(DuplicateNumberError, UnknownReferenceError, PolicyMissingError),
)
def submit_case(
    draft: Annotated[
        CaseDraft, Body(openapi_examples={"wages": {"summary": "拖欠工资 unpaid wages", "value": EXAMPLE}})
    ],
    actor: Annotated[Actor, Depends(Permit(Verb.SUBMIT_CASE))],
    begin: BeginDep,
    seal: SealDep,
    now: Now,
    response: Response,
) -> CaseOut:
    """Register a case.

    Its statutory time limits start to run. Submitting it again returns the existing case. 登记案件。
    """
    case = intake.submit_case(begin, seal, actor, now, draft)
    response.headers.update(etag(case.revision) | {"Location": f"/v1/cases/{case.id}"})
    return CaseOut.model_validate(case)


class CaseQuery(OrderedCaseSearch):
    """What a list of cases is narrowed by, as an address names it."""

    # The parameters of paging are declared beside these; unknown ones were refused before.
    model_config = ConfigDict(extra="ignore")


class RecipientSearchIn(RecipientSearch, Paging):
    """A search for the cases of a recipient; in a body, because addresses are written into logs."""


@router.get("", responses=responses(InvalidFieldError, UnknownReferenceError))
def list_cases(
    actor: Annotated[Actor, Depends(Permit(Verb.READ_CASE))],
    read: ReadDep,
    paging: PagingQuery,
    wanted: Annotated[CaseQuery, Query()],
) -> CountedPage[CaseOut]:
    """List cases by case number, or by deadline.

    To find the cases of a recipient, use `POST /v1/cases/search`. 案件列表。
    """
    found = lists.list_cases(read, actor, wanted, paging.part)
    return counted_page_of(map(CaseOut.model_validate, found.rows), found)


@router.post("/search", responses=responses(InvalidFieldError, UnknownReferenceError))
def search_cases(
    wanted: Annotated[
        RecipientSearchIn,
        Body(openapi_examples={"name": {"summary": "姓名 name", "value": {"recipient_name": "古丽米热·艾比布力"}}}),
    ],
    actor: Annotated[Actor, Depends(Permit(Verb.READ_CASE))],
    begin: BeginDep,
    seal: SealDep,
    now: Now,
) -> CountedPage[CaseOut]:
    """Find the cases of a recipient by their whole name or identity number.

    The results can be narrowed by the same filters as the list of cases. The search, and each case it finds, is logged.
    按受援人姓名、证件号码查找案件（查阅留痕）。
    """
    found = lists.search_cases(begin, seal, actor, now, wanted, wanted.part)
    return counted_page_of(map(CaseOut.model_validate, found.rows), found)


@router.get("/{case_id}", responses=responses(NotFoundError))
def get_case(case_id: str, actor: MayRead, read: ReadDep, response: Response) -> CaseOut:
    """Return a case, without the people involved in it.

    For staff, and for anyone who is asked about the case or named for it. 查看案件。
    """
    with read() as session:
        case = disclosure.readable_case(session, actor, case_id)
    response.headers.update(etag(case.revision))
    return CaseOut.model_validate(case)


@router.post("/{case_id}/grant", responses=responses(NotFoundError, IllegalTransitionError, InvalidFieldError))
def grant_case(
    case_id: str,
    given: GrantIn,
    actor: Annotated[Actor, Depends(Permit(Verb.GRANT))],
    begin: BeginDep,
    now: Now,
    response: Response,
) -> CaseOut:
    """Grant legal aid in a case.

    The three days to assign a practitioner start to run. In urgent cases aid may come first, with the missing papers
    due by the day named. 决定给予法律援助，或者先行提供法律援助。
    """
    first = intake.First(**dict(given.first)) if given.first else None
    case = intake.grant_case(begin, actor, now, case_id, given.granted_at, first)
    response.headers.update(etag(case.revision))
    return CaseOut.model_validate(case)


@router.get("/{case_id}/events", responses=responses(NotFoundError))
def list_events(case_id: str, actor: MayRead, read: ReadDep, paging: PagingQuery) -> Page[EventOut]:
    """List the history of a case, oldest first.

    Readers who see only their own cases are told what happened and when, but not who else was asked. 案件经过。
    """
    with read() as session:
        disclosure.readable_case(session, actor, case_id)
        found = reads.events(session, actor.centre_id, case_id, paging.part)
    page = page_of(EventOut, found)
    if Verb.READ_CASE not in PERMISSIONS[actor.role]:
        page.items = [each.model_copy(update={"actor_id": None, "facts": None}) for each in page.items]
    return page


@router.get("/{case_id}/parties", responses=responses(NotFoundError))
def list_parties(
    case_id: str, actor: MayRead, read: ReadDep, begin: BeginDep, seal: SealDep, now: Now
) -> list[PartyOut]:
    """Return the people involved in a case.

    For staff, and for the practitioner once they have accepted the case. The access is logged before they are shown.
    当事人信息（查阅留痕）。
    """
    with begin() as tx:
        case = disclosure.require_file(tx.session, actor, case_id)
        note(tx, actor, disclosure.verb_of(actor), "party", case.id, now)
    with read() as session:
        people = reads.parties(session, case_id)
    return [PartyOut(role=person.role, details=seal.show(person.sealed, "name")) for person in people]
