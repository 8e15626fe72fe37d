"""Users, tokens, and who asks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from dispatch.api.dependencies import BeginDep, Now, Permit
from dispatch.api.idempotency import SECRET, IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Out
from dispatch.commands import access
from dispatch.domain.errors import DuplicateNumberError, InvalidFieldError, NotFoundError, UnknownReferenceError
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.domain.texts.typed import Login, Name, Number
from dispatch.domain.vocabulary import Role


class UserIn(In):
    """A user to create."""

    login: Annotated[Login, Field(examples=["clerk-1"])]
    role: Role
    practitioner_code: Number | None = None
    institution_code: Number | None = None
    organ: Annotated[
        Name | None,
        Field(
            description="For users of a case organ, named as its cases name it. 办案机关用户必填，与案件登记一致。",
            examples=[None],
        ),
    ] = None


class UserOut(Out):
    """A user."""

    id: Id
    login: str
    role: Role
    practitioner_id: str | None
    institution_id: str | None
    organ: str | None
    active: bool


class TokenOut(BaseModel):
    """A token, shown only once."""

    token: str


class UserMadeOut(BaseModel):
    """A new user and the token, which is shown only once."""

    user: UserOut
    token: str


class MeOut(Out):
    """The current user and their permissions."""

    user_id: str
    role: Role
    centre_id: str
    practitioner_id: str | None
    institution_id: str | None
    organ: str | None
    verbs: list[str]


router = APIRouter(tags=["access 权限"], route_class=IdempotentRoute)

MayManage = Annotated[Actor, Depends(Permit(Verb.MANAGE_USERS))]


@router.get("/me")
def get_me(actor: Annotated[Actor, Depends(Permit(*Verb))]) -> MeOut:
    """Return the current user and their permissions. 当前用户与权限。"""
    verbs = sorted(verb.value for verb in PERMISSIONS[actor.role])
    return MeOut(verbs=verbs, **{name: getattr(actor, name) for name in actor.__slots__})


@router.post(
    "/users",
    status_code=201,
    responses=responses(DuplicateNumberError, InvalidFieldError, UnknownReferenceError),
)
def create_user(given: UserIn, actor: MayManage, begin: BeginDep, now: Now, response: Response) -> UserMadeOut:
    """Create a user. The token is shown only once. 新增用户，令牌只显示一次。"""
    response.headers.update(SECRET)
    user, token = access.create_user(
        begin, actor, now, actor.centre_id, given.login, given.role, given.practitioner_code, given.institution_code,
        organ=given.organ,
    )  # fmt: skip
    return UserMadeOut(user=UserOut.model_validate(user), token=token)


@router.post("/users/{user_id}/tokens", status_code=201, responses=responses(NotFoundError))
def issue_token(user_id: str, actor: MayManage, begin: BeginDep, now: Now, response: Response) -> TokenOut:
    """Issue another token for a user, shown only once. Earlier tokens stay valid. 补发令牌，只显示一次。"""
    response.headers.update(SECRET)
    return TokenOut(token=access.issue_token(begin, actor, now, user_id))


@router.post("/users/{user_id}/revoke", responses=responses(NotFoundError))
def revoke_user(user_id: str, actor: MayManage, begin: BeginDep, now: Now) -> UserOut:
    """End a user's access at once. Idempotent. 停用用户。"""
    return UserOut.model_validate(access.revoke_user(begin, actor, now, user_id))
