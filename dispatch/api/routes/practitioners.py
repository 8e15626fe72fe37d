"""Practitioners: looked up as of any day, changed from today on."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

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
    In,
    Kept,
    Latitude,
    Level,
    Longitude,
    Out,
)
from dispatch.commands.cases.drafts import Day
from dispatch.commands.lists.searches import PractitionerSearch
from dispatch.commands.roster import changes
from dispatch.commands.roster.contacts import masked_of, readable
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
from dispatch.domain.texts.typed import Contact, IdentityNumber, LongTitle, Number, Title, Word
from dispatch.domain.vocabulary import Category, PractitionerKind, Sex
from dispatch.exchange.columns import Kind
from dispatch.registry import reads
from dispatch.registry.docket.roster import read_day
from dispatch.registry.lists.roster import practitioners
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AttributesRow, PractitionerRow
from dispatch.registry.transaction import Read


class FormerOfficeIn(In):
    """A court or procuratorate where someone has served; null means unknown."""

    organ: LongTitle | None
    left_on: Day | None = None


class PractitionerIn(DatedChange):
    """A change of a practitioner's entry: from today on, from a later day, or a correction of what was wrong."""

    code: Annotated[
        Number | None, Kept, Field(description="Licence number; to change it is a correction. 执业证号。")
    ] = None
    name: Annotated[Title | None, Kept] = None
    contact: Annotated[
        LongTitle | None,
        Field(
            description="Office telephone and address, shown to recipients once assigned; null gives the institution's."
            " 办公电话和地址。"
        ),
    ] = None
    phone: Annotated[Contact | None, Field(description="Mobile telephone, for the centre alone. 手机号码。")] = None
    identity_number: Annotated[
        IdentityNumber | None, Field(description="Sealed; it tells two of one name apart. 身份证件号码，加密保存。")
    ] = None
    institution: Annotated[Number | None, Kept, Field(description="Code of the institution. 机构编号。")] = None
    kind: PractitionerKind | None = None
    sex: Sex | None = None
    listed: Annotated[bool | None, Kept] = None
    assessment_valid_to: Annotated[Day | None, Field(examples=["2030-12-31"])] = None
    assessment_passed: bool | None = None
    practising_since: Day | None = None
    criminal_defence_since: Day | None = None
    minor_trained: bool | None = None
    legal_qualification: bool | None = None
    specialties: Annotated[
        dict[Word, Level] | None,
        Field(
            max_length=200, description="Causes, groups or branches of law, by code or name, and levels. 案由及分值。"
        ),
    ] = None
    experience: dict[Category, Level] | None = None
    languages: Annotated[list[Word] | None, Field(max_length=40)] = None
    areas: Annotated[list[Word] | None, Field(max_length=400)] = None
    former_offices: Annotated[list[FormerOfficeIn] | None, Field(max_length=20)] = None
    relatives_at: Annotated[list[Title] | None, Field(max_length=20)] = None
    quality: Level | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    capacity: Annotated[Count | None, Field(examples=[6])] = None
    monthly_capacity: Count | None = None
    entered_on: Annotated[Day | None, Kept] = None
    left_on: Day | None = None

    def sent(self) -> dict[str, Any]:
        """Return only what was sent, former offices as the register writes them."""
        sent = super().sent()
        if self.former_offices is not None:
            sent["former_offices"] = [office.model_dump(mode="json") for office in self.former_offices]
        return sent


class NewPractitionerIn(PractitionerIn):
    """A practitioner who comes to the register."""

    from_on: None = Field(default=None, exclude=True)
    code: Annotated[Number, Field(description="Licence number, unique in the centre. 执业证号。", examples=["14101"])]
    name: Annotated[Title, Field(examples=["示例律师"])]


Masked = Annotated[str | None, Field(description="Only its ends in lists. 列表中部分隐去。")]


class AttributesOut(Out):
    """A practitioner's entry on a given day; null means unknown."""

    from_on: date
    until_on: date | None
    institution_id: str
    kind: PractitionerKind | None
    sex: Sex | None
    listed: bool
    assessment_valid_to: date | None
    assessment_passed: bool | None
    practising_since: date | None
    criminal_defence_since: date | None
    minor_trained: bool | None
    legal_qualification: bool | None
    specialties: dict[str, int] | None
    experience: dict[str, int] | None
    languages: list[str] | None
    areas: list[str] | None
    former_offices: list[dict[str, Any]] | None
    relatives_at: list[str] | None
    quality: int | None
    latitude: float | None
    longitude: float | None
    capacity: int | None
    monthly_capacity: int | None


class PractitionerOut(Out):
    """A practitioner of the register."""

    id: Id
    code: str
    name: str
    contact: Masked
    phone: Masked
    identity_number: Masked
    entered_on: date
    left_on: date | None
    merged_into: Annotated[str | None, Field(description="The record kept of the same person. 并入的登记。")]
    revision: int
    attributes: AttributesOut | None = None


router = APIRouter(prefix="/practitioners", tags=["roster 名册"], route_class=IdempotentRoute)

MayReadOne = Annotated[Actor, Depends(Permit(Verb.READ_ROSTER, Verb.READ_OWN_ROSTER))]
MayEdit = Annotated[Actor, Depends(Permit(Verb.EDIT_ROSTER, Verb.EDIT_OWN_ROSTER, Verb.REPORT_LEAVE))]


class PractitionerQuery(PractitionerSearch):
    """What a list of practitioners is narrowed by, as an address names it."""

    # The parameters of paging are declared beside these; unknown ones were refused before.
    model_config = ConfigDict(extra="ignore")


@router.get("", responses=responses(UnknownReferenceError))
def list_practitioners(
    actor: MayReadOne,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    paging: PagingQuery,
    wanted: Annotated[PractitionerQuery, Query()],
    as_of: AsOf = None,
) -> CountedPage[PractitionerOut]:
    """List practitioners by code, as registered on a given day.

    An institution sees only its own people. 承办人员列表。
    """
    with read() as session:
        day = as_of or read_day(session, actor.centre_id, now).today
        found = practitioners(session, actor, paging.part, day, wanted.filter(session, actor.centre_id))
        stated = reads.attributes(session, [row.id for row in found.rows], day)
    items = (_practitioner(row, stated.get(row.id), masked_of(seal, row.sealed)) for row in found.rows)
    return counted_page_of(items, found)


@router.get("/{practitioner_id}", responses=responses(NotFoundError))
def get_practitioner(
    practitioner_id: str,
    actor: MayReadOne,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    response: Response,
    as_of: AsOf = None,
) -> PractitionerOut:
    """Return a practitioner as registered on a given day. 查看承办人员。"""
    with read() as session:
        day = as_of or read_day(session, actor.centre_id, now).today
        row, stated = reads.roster_entry(session, actor, practitioner_id, day)
    response.headers.update(etag(row.revision))
    return _practitioner(row, stated, readable(seal, actor, row.sealed))


@router.post(
    "",
    status_code=201,
    responses=responses(DuplicateNumberError, InvalidFieldError, UnknownReferenceError),
)
def register_practitioner(
    given: NewPractitionerIn,
    actor: Annotated[Actor, Depends(Permit(Verb.EDIT_ROSTER, Verb.EDIT_OWN_ROSTER))],
    begin: BeginDep,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    response: Response,
) -> PractitionerOut:
    """Register a practitioner.

    The same checks apply as to an imported file. An institution registers its own people; the centre puts them on its
    list. 登记承办人员。
    """
    row = changes.register_entry(begin, seal, actor, now, Kind.PRACTITIONERS, given.sent(), given.reason)
    response.headers["Location"] = f"/v1/practitioners/{row.id}"
    return _as_it_is(read, seal, actor, now, row.id, response)


@router.patch(
    "/{practitioner_id}",
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
def change_practitioner(
    practitioner_id: str,
    change: PractitionerIn,
    actor: MayEdit,
    if_match: IfMatch,
    begin: BeginDep,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    response: Response,
) -> PractitionerOut:
    """Change a practitioner's entry from today or a later day on.

    From an earlier day, a reason is required. A change holds until the next of the same field, and is undone by
    another. Earlier decisions keep the facts they were based on.
    变更登记，即日或者自所填之日起生效；自过去之日起更正的，须写明理由。
    """
    sent, effect = change.sent(), change.effect
    row = changes.change_entry(begin, seal, actor, now, Kind.PRACTITIONERS, practitioner_id, sent, if_match, effect)
    return _as_it_is(read, seal, actor, now, row.id, response)


def _as_it_is(read: Read, seal: Seal, actor: Actor, now: datetime, id: str, response: Response) -> PractitionerOut:
    with read() as session:
        row, stated = reads.roster_entry(session, actor, id, read_day(session, actor.centre_id, now).today)
    response.headers.update(etag(row.revision))
    return _practitioner(row, stated, readable(seal, actor, row.sealed))


def _practitioner(
    row: PractitionerRow, stated: AttributesRow | None, known: Mapping[str, str | None]
) -> PractitionerOut:
    facts = AttributesOut.model_validate(stated) if stated else None
    return PractitionerOut(**row.model_dump(include=set(PractitionerOut.model_fields)), **known, attributes=facts)
