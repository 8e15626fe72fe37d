"""Undertaking institutions and areas."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import ConfigDict, Field

from dispatch.api.dependencies import BeginDep, IfMatch, Now, Permit, ReadDep, SealDep, etag
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import CountedPage, PagingQuery, counted_page_of
from dispatch.api.problems import responses
from dispatch.api.schemas import (
    AsOf,
    Count,
    DatedChange,
    Id,
    Kept,
    Latitude,
    Longitude,
    Out,
)
from dispatch.commands.cases.drafts import Day
from dispatch.commands.lists.searches import InstitutionSearch
from dispatch.commands.roster import changes
from dispatch.domain.errors import (
    DuplicateNumberError,
    IfMatchRequiredError,
    InvalidFieldError,
    NotFoundError,
    ReasonRequiredError,
    StaleError,
    UnknownReferenceError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts.typed import LongTitle, Number, Word
from dispatch.domain.vocabulary import InstitutionKind
from dispatch.exchange.columns import Kind
from dispatch.registry import reads
from dispatch.registry.docket.roster import read_day
from dispatch.registry.lists.roster import institutions
from dispatch.registry.tables import InstitutionAttributesRow, InstitutionRow
from dispatch.registry.transaction import Read


class InstitutionIn(DatedChange):
    """A change of an institution's entry: from today on, from a later day, or a correction of what was wrong."""

    code: Annotated[
        Number | None, Kept, Field(description="To change it is a correction. 机构编号，更改即为更正。")
    ] = None
    name: Annotated[LongTitle | None, Kept] = None
    kind: InstitutionKind | None = None
    area: Word | None = None
    contact: Annotated[
        LongTitle | None, Field(description="Office telephone and address, shown to recipients. 办公电话和地址。")
    ] = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    capacity: Annotated[Count | None, Field(examples=[40], description="Null for no cap. 为空则不限。")] = None
    entered_on: Day | None = None
    left_on: Day | None = None


class NewInstitutionIn(InstitutionIn):
    """An institution that comes to the register."""

    from_on: None = Field(default=None, exclude=True)
    code: Annotated[Number, Field(description="Unique in the centre. 在本中心内唯一。", examples=["F1"])]
    name: Annotated[LongTitle, Field(examples=["示例律师事务所"])]


class InstitutionOut(Out):
    """An undertaking institution as registered on a day; null means unknown."""

    id: Id
    code: str
    name: str
    kind: InstitutionKind | None
    area: str | None
    contact: str | None
    latitude: float | None
    longitude: float | None
    capacity: int | None
    entered_on: date | None
    left_on: date | None
    revision: int


class AreaOut(Out):
    """A county, district or postcode area."""

    code: str
    name: str
    latitude: float | None
    longitude: float | None


router = APIRouter(tags=["roster 名册"], route_class=IdempotentRoute)

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_ROSTER))]
MayReadOne = Annotated[Actor, Depends(Permit(Verb.READ_ROSTER, Verb.READ_OWN_ROSTER))]


class InstitutionQuery(InstitutionSearch):
    """What a list of institutions is narrowed by, as an address names it."""

    # The parameters of paging are declared beside these; unknown ones were refused before.
    model_config = ConfigDict(extra="ignore")


@router.get("/institutions", responses=responses(UnknownReferenceError))
def list_institutions(
    actor: MayRead,
    read: ReadDep,
    now: Now,
    paging: PagingQuery,
    wanted: Annotated[InstitutionQuery, Query()],
    as_of: AsOf = None,
) -> CountedPage[InstitutionOut]:
    """List institutions by their code, as registered on a given day. 承办机构列表。"""
    with read() as session:
        day = as_of or read_day(session, actor.centre_id, now).today
        found = institutions(session, actor.centre_id, paging.part, day, wanted.filter(session, actor.centre_id))
        stated = reads.institution_attributes(session, [row.id for row in found.rows], day)
    return counted_page_of((_institution(row, stated.get(row.id)) for row in found.rows), found)


@router.get("/institutions/{institution_id}", responses=responses(NotFoundError))
def get_institution(
    institution_id: str, actor: MayReadOne, read: ReadDep, now: Now, response: Response, as_of: AsOf = None
) -> InstitutionOut:
    """Return an institution as registered on a given day. 查看承办机构。"""
    return _as_it_is(read, actor, now, institution_id, response, as_of)


@router.post(
    "/institutions",
    status_code=201,
    responses=responses(DuplicateNumberError, InvalidFieldError, UnknownReferenceError),
)
def register_institution(
    given: NewInstitutionIn,
    actor: Annotated[Actor, Depends(Permit(Verb.EDIT_ROSTER))],
    begin: BeginDep,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    response: Response,
) -> InstitutionOut:
    """Register an institution. The same checks apply as to an imported file. 登记承办机构。"""
    row = changes.register_entry(begin, seal, actor, now, Kind.INSTITUTIONS, given.sent(), given.reason)
    response.headers["Location"] = f"/v1/institutions/{row.id}"
    return _as_it_is(read, actor, now, row.id, response)


@router.patch(
    "/institutions/{institution_id}",
    responses=responses(
        NotFoundError,
        StaleError,
        IfMatchRequiredError,
        DuplicateNumberError,
        InvalidFieldError,
        UnknownReferenceError,
        ReasonRequiredError,
    ),
)
def change_institution(
    institution_id: str,
    change: InstitutionIn,
    actor: Annotated[Actor, Depends(Permit(Verb.EDIT_ROSTER))],
    if_match: IfMatch,
    begin: BeginDep,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    response: Response,
) -> InstitutionOut:
    """Change an institution's entry from today or a later day on.

    From an earlier day, a reason is required. A change holds until the next of the same field, and is undone by
    another. 变更承办机构登记。
    """
    sent, effect = change.sent(), change.effect
    row = changes.change_entry(begin, seal, actor, now, Kind.INSTITUTIONS, institution_id, sent, if_match, effect)
    return _as_it_is(read, actor, now, row.id, response)


@router.get("/areas")
def list_areas(actor: Annotated[Actor, Depends(Permit(*Verb))], read: ReadDep) -> list[AreaOut]:
    """List the areas of the centre. 本中心地区。"""
    with read() as session:
        return [AreaOut.model_validate(row) for row in reads.areas(session, actor.centre_id)]


def _as_it_is(
    read: Read, actor: Actor, now: datetime, id: str, response: Response, as_of: date | None = None
) -> InstitutionOut:
    with read() as session:
        row = reads.institution(session, actor, id)
        day = as_of or read_day(session, actor.centre_id, now).today
        stated = reads.institution_attributes(session, [row.id], day)
    response.headers.update(etag(row.revision))
    return _institution(row, stated.get(row.id))


def _institution(row: InstitutionRow, stated: InstitutionAttributesRow | None) -> InstitutionOut:
    facts = {name: getattr(stated, name, None) for name in InstitutionOut.model_fields if not hasattr(row, name)}
    return InstitutionOut(**row.model_dump(include=set(InstitutionOut.model_fields)), **facts)
