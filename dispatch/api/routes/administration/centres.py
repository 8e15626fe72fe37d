"""Centres: an administrator makes and changes those below their own."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.idempotency import SECRET, IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.routes.administration.access import Invite, UserMadeOut, UserOut
from dispatch.api.schemas import Id, In, Out
from dispatch.commands import centres
from dispatch.domain.errors import DuplicateNumberError, InvalidFieldError, NotFoundError, UnknownReferenceError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts.typed import CentreCode, Login, Title
from dispatch.domain.vocabulary import CentreLevel

Code = Annotated[CentreCode, Field(examples=["liangyuan"])]
Name = Annotated[Title, Field(examples=["梁园区法律援助中心"])]
Parent = Annotated[CentreCode, Field(description="Code of the centre above. 上级中心代码。")]


class CentreIn(In):
    """A centre to make, with its first policy and its first administrator; below one's own if no parent is named."""

    code: Code
    name: Name
    level: Annotated[CentreLevel, Field(examples=["county"])]
    parent_code: Parent | None = None
    preset: Annotated[str, Field(max_length=40, examples=["national"])] = "national"
    administrator: Annotated[Login, Field(examples=["admin"], description="Login of its administrator. 管理员登录名。")]
    invite: Invite = False


class ChangeCentreIn(In):
    """What is to change; what is left out stays."""

    name: Name | None = None
    level: CentreLevel | None = None
    parent_code: Parent | None = None


class CentreOut(Out):
    """A centre."""

    id: Id
    code: str
    name: str
    level: CentreLevel
    parent_id: str | None
    time_zone: str
    created_at: datetime


class CentreMadeOut(UserMadeOut):
    """A new centre, with its administrator, whose token, or invitation, is shown only once."""

    centre: CentreOut


router = APIRouter(prefix="/centres", tags=["access 权限"], route_class=IdempotentRoute)

MayManage = Annotated[Actor, Depends(Permit(Verb.MANAGE_CENTRES))]


@router.post("", status_code=201, responses=responses(DuplicateNumberError, UnknownReferenceError, InvalidFieldError))
def create_centre(given: CentreIn, actor: MayManage, begin: BeginDep, now: Now, response: Response) -> CentreMadeOut:
    """Create a centre below one's own. With a policy in force and an administrator. 新建下级法律援助中心。"""
    response.headers.update(SECRET)
    made = centres.establish_centre(
        begin, actor, now, given.code, given.name, given.level, given.preset, given.administrator, given.parent_code,
        invited=given.invite,
    )  # fmt: skip
    token, invitation = (None, made.secret) if given.invite else (made.secret, None)
    shown = CentreOut.model_validate(made.centre)
    return CentreMadeOut(centre=shown, user=UserOut.model_validate(made.user), token=token, invitation=invitation)


@router.get("")
def list_centres(actor: MayManage, read: ReadDep, paging: PagingQuery) -> Page[CentreOut]:
    """List one's own centre and those below it, by code. 本中心及下级中心列表。"""
    return page_of(CentreOut, centres.list_centres(read, actor, paging.part))


@router.patch("/{centre_id}", responses=responses(NotFoundError, UnknownReferenceError, InvalidFieldError))
def change_centre(centre_id: str, given: ChangeCentreIn, actor: MayManage, begin: BeginDep, now: Now) -> CentreOut:
    """Change the name, the level or the parent of a centre. What is left out stays. 修改法律援助中心。"""
    changes = given.model_dump(exclude_none=True)
    return CentreOut.model_validate(centres.amend_centre(begin, actor, now, centre_id, changes))
