"""Declared ties: clients advised and relatives, of practitioners and institutions, and what they mean for cases."""

from datetime import date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from dispatch.api.dependencies import BeginDep, IfMatch, Now, Permit, ReadDep, SealDep, etag
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, cursor_of
from dispatch.api.problems import responses
from dispatch.api.routes.life.conflicts import CheckPartiesIn
from dispatch.api.schemas import Certain, Change, Consented, Id, In, Kept, MayBeFound, Out, Reason, SameNumber, Words
from dispatch.commands.cases import tie_reviews
from dispatch.commands.cases.drafts import Day
from dispatch.commands.roster import ties
from dispatch.commands.roster.shown_ties import ShownTie
from dispatch.commands.roster.ties import TieFilter, TieSubject
from dispatch.domain.conflicts.declared import Kinship, TieKind
from dispatch.domain.conflicts.reviews import ReviewOutcome
from dispatch.domain.errors import (
    DuplicateNumberError,
    IfMatchRequiredError,
    InvalidFieldError,
    NotFoundError,
    PolicyMissingError,
    StaleError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts.typed import Code, IdentityNumber, Name, Title
from dispatch.domain.vocabulary import IdentityKind, PartyRole

MAX_SHOWN = 200

Number = Annotated[
    IdentityNumber,
    Field(
        examples=["91410000MA0000001X"],
        description="Of the relative, or the client's credit code; without it names alone are compared. "
        "亲属证件号码或者顾问单位统一社会信用代码；不填则只比对姓名（名称），须人工核对。",
    ),
]
Kind = Annotated[TieKind, Field(description="What is declared. 申报类型。")]
Related = Annotated[Kinship | None, Field(description="How a relative is related. 与本人关系，亲属须填写。")]
WhoseName = Annotated[Name, Field(examples=["示例有限公司"], description="The relative, or the client. 姓名（名称）。")]
Organ = Annotated[Title, Field(examples=["商丘市中级人民法院"], description="Where the relative serves. 任职机关。")]
First = Annotated[Day, Field(description="Blank: it has always been so. 起始日期，不填为一直如此。")]
Last = Annotated[Day, Field(description="This day counts; blank: it has not ended. 终止日期，当日仍有效。")]


class TieIn(In):
    """Whom somebody advises, who a relative is, or where a relative serves; of oneself, unless it says of whom."""

    practitioner_id: Id | None = None
    institution_id: Annotated[
        Id | None, Field(description="For an institution that is the adviser. 机构担任法律顾问的填写。")
    ] = None
    code: Annotated[
        Code | None, Field(examples=["GX-2026-001"], description="Its key in files; made, if left out. 申报编号。")
    ] = None
    kind: Kind
    relation: Related = None
    name: WhoseName | None = None
    identity_kind: IdentityKind | None = None
    identity_number: Number | None = None
    organ: Organ | None = None
    from_on: First | None = None
    until_on: Last | None = None


class TieChange(Change):
    """What was wrong in a declaration; what is left out stays."""

    kind: Annotated[Kind | None, Kept] = None
    relation: Related = None
    name: WhoseName | None = None
    identity_kind: IdentityKind | None = None
    identity_number: Number | None = None
    organ: Organ | None = None
    from_on: First | None = None
    until_on: Last | None = None
    reason: Annotated[Reason, Field(exclude=True)]


class TieEndIn(In):
    """The last day."""

    until_on: Annotated[Day, Field(examples=["2026-12-31"])]


class TieRemovalIn(In):
    """Why it should never have been declared."""

    reason: Reason


class TieReviewIn(In):
    """What was found of a declared tie to a case, and on what it rests."""

    outcome: Annotated[ReviewOutcome, Field(examples=["different_person"])]
    text: Annotated[Words, Field(examples=["经核对户籍信息不是同一人 two people by the household register"])]


class TieOut(Out):
    """A declared tie; the number shows its ends alone."""

    id: Id
    code: str
    practitioner_id: Id | None
    institution_id: Id | None
    whose: Annotated[str, Field(description="Name of whoever it is declared of. 申报的承办人员、机构的姓名（名称）。")]
    kind: Kind
    relation: Related
    name: str | None
    identity_number: str | None
    organ: str | None
    from_on: date | None
    until_on: date | None
    recorded_at: datetime
    removed_at: datetime | None
    revision: int

    @classmethod
    def of(cls, found: ShownTie) -> Self:
        """Return what is shown of a declaration."""
        stated = {name: getattr(found.row, name) for name in cls.model_fields if hasattr(found.row, name)}
        return cls(**stated | {"whose": found.whose, "name": found.name, "identity_number": found.identity_number})


Declaration = Annotated[TieOut, Field(description="What was declared. 申报内容。")]


class CaseTieOut(Out):
    """A declared tie to a party, or without a part to the organ, of a case."""

    case_id: Id
    case_number: str
    tie: Declaration
    role: Annotated[PartyRole | None, Field(description="Their part in the case; null: the organ's. 在本案中的身份。")]
    same_number: SameNumber
    certain: Certain
    waits: Annotated[bool, Field(description="Somebody has to look at it. 待核对。")]
    outcome: ReviewOutcome | None
    consented: Consented
    may_be: MayBeFound

    @classmethod
    def of(cls, found: tie_reviews.CaseTie) -> Self:
        """Return what is shown of it."""
        return cls(
            case_id=found.case_id,
            case_number=found.case_number,
            tie=TieOut.of(found.tie),
            role=found.match.role,
            same_number=found.match.same,
            certain=found.match.certain,
            waits=found.waits,
            outcome=found.found.outcome,
            consented=found.found.consented,
            may_be=list(found.may_be),
        )


class WaitingTiesOut(Out):
    """What waits to be looked at, and how much there is."""

    total: int
    items: list[CaseTieOut]


class TiedPeopleOut(Out):
    """A declaration that somebody would meet who is not taken in yet."""

    tie: Declaration
    role: Annotated[PartyRole, Field(description="Their part in the case. 在案件中的身份。")]
    same_number: SameNumber


router = APIRouter(tags=["declared ties 利害关系申报"], route_class=IdempotentRoute)

MayDeclare = Annotated[Actor, Depends(Permit(Verb.DECLARE_TIE))]
MayRead = Annotated[Actor, Depends(Permit(Verb.READ_ROSTER, Verb.READ_OWN_ROSTER))]
MayCorrect = Annotated[Actor, Depends(Permit(Verb.EDIT_ROSTER))]
MaySee = Annotated[Actor, Depends(Permit(Verb.READ_CASE))]
FOUND = responses(NotFoundError, InvalidFieldError, PolicyMissingError)


@router.post(
    "/declared-ties",
    status_code=201,
    responses=responses(NotFoundError, InvalidFieldError, DuplicateNumberError, PolicyMissingError),
)
def declare_tie(given: TieIn, actor: MayDeclare, begin: BeginDep, seal: SealDep, now: Now) -> TieOut:
    """Declare a client one advises, a relative, or an organ where a relative serves.

    Practitioners and institutions declare their own; institutions also those of their people; officers anybody's. If
    somebody already has a case that the declaration affects, they are reported to the manager.
    申报顾问单位、亲属、亲属任职机关。
    """
    whose = TieSubject(given.practitioner_id, given.institution_id)
    said = given.model_dump(exclude={"practitioner_id", "institution_id"})
    return TieOut.of(ties.declare(begin, seal, actor, now, whose, said))


@router.get("/declared-ties")
def list_declared_ties(
    actor: MayRead,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    paging: PagingQuery,
    practitioner_id: Annotated[str | None, Query(max_length=32)] = None,
    institution_id: Annotated[str | None, Query(max_length=32)] = None,
    kind: TieKind | None = None,
    removed: Annotated[bool, Query(description="Those that were taken back too. 含已撤销的。")] = False,
) -> Page[TieOut]:
    """List declared ties by their code. Those who may read only their own find only theirs. 利害关系申报列表。"""
    wanted = TieFilter(practitioner_id, institution_id, kind, removed)
    items, found = ties.list_ties(read, seal, actor, now, wanted, paging.part)
    return Page(items=[TieOut.of(each) for each in items], next=cursor_of(*found.last) if found.last else None)


@router.get("/declared-ties/{tie_id}", responses=responses(NotFoundError))
def read_declared_tie(
    tie_id: str, actor: MayRead, read: ReadDep, seal: SealDep, now: Now, response: Response
) -> TieOut:
    """Return a declared tie. 查看利害关系申报。"""
    found = ties.read_tie(read, seal, actor, now, tie_id)
    response.headers.update(etag(found.row.revision))
    return TieOut.of(found)


@router.post("/declared-ties/{tie_id}/end", responses=FOUND)
def end_declared_tie(
    tie_id: str, given: TieEndIn, actor: MayDeclare, begin: BeginDep, seal: SealDep, now: Now
) -> TieOut:
    """Record the last day of a declared tie.

    Practitioners and institutions may not name a day before today. 登记终止日期。
    """
    return TieOut.of(ties.end(begin, seal, actor, now, tie_id, given.until_on))


@router.patch(
    "/declared-ties/{tie_id}",
    responses=responses(NotFoundError, InvalidFieldError, StaleError, IfMatchRequiredError, PolicyMissingError),
)
def correct_declared_tie(
    tie_id: str, given: TieChange, actor: MayCorrect, if_match: IfMatch, begin: BeginDep, seal: SealDep, now: Now
) -> TieOut:
    """Correct a declared tie, with a reason. If it now means somebody else, it is reviewed again. 更正利害关系申报。"""
    return TieOut.of(ties.correct(begin, seal, actor, now, tie_id, given.sent(), if_match, given.reason))


@router.post("/declared-ties/{tie_id}/removal", responses=FOUND)
def remove_declared_tie(
    tie_id: str, given: TieRemovalIn, actor: MayCorrect, begin: BeginDep, seal: SealDep, now: Now
) -> TieOut:
    """Withdraw a tie that should never have been declared. It stays readable. 撤销误报的利害关系。"""
    return TieOut.of(ties.remove(begin, seal, actor, now, tie_id, given.reason))


@router.get("/cases/{case_id}/declared-ties", responses=responses(NotFoundError))
def list_case_ties(case_id: str, actor: MaySee, read: ReadDep, seal: SealDep, now: Now) -> list[CaseTieOut]:
    """List declared ties that may concern a case, with the findings on them.

    They are ties to the parties or to the organ of the case. 申报关系核对。
    """
    return [CaseTieOut.of(each) for each in tie_reviews.list_case_ties(read, seal, actor, now, case_id)]


@router.put("/cases/{case_id}/declared-ties/{tie_id}", status_code=204, responses=FOUND)
def review_case_tie(
    case_id: str,
    tie_id: str,
    given: TieReviewIn,
    actor: Annotated[Actor, Depends(Permit(Verb.EDIT_CASE))],
    begin: BeginDep,
    seal: SealDep,
    now: Now,
) -> None:
    """Record whether a declared tie really conflicts with a case.

    That is, whether it is the same person and whether interests conflict. Once dismissed, it stays dismissed.
    登记核对结果。
    """
    tie_reviews.review_case_tie(begin, seal, actor, now, case_id, tie_id, given.outcome, given.text)


@router.get("/tie-reviews")
def list_waiting_ties(
    actor: MaySee,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    limit: Annotated[int, Query(ge=1, le=MAX_SHOWN)] = 50,
) -> WaitingTiesOut:
    """List the declared ties that exclude somebody from open cases until reviewed. 待核对的申报关系。"""
    found = tie_reviews.list_waiting_ties(read, seal, actor, now)
    return WaitingTiesOut(total=len(found), items=[CaseTieOut.of(each) for each in found[:limit]])


@router.post("/conflict-check/declared-ties")
def check_declared_ties(
    given: CheckPartiesIn,
    actor: Annotated[Actor, Depends(Permit(Verb.SUBMIT_CASE))],
    read: ReadDep,
    seal: SealDep,
    now: Now,
) -> list[TiedPeopleOut]:
    """Check the people of a case not yet registered against declared ties. Nothing is stored. 受理前审查申报关系。"""
    people = [(each.role, each.person) for each in given.parties]
    return [
        TiedPeopleOut(tie=TieOut.of(each.tie), role=each.role, same_number=each.same)
        for each in tie_reviews.check_people(read, seal, actor, now, people)
    ]
