"""Users and who asks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from dispatch.api.dependencies import BeginDep, ContextDep, Now, Permit, ReadDep
from dispatch.api.idempotency import SECRET, IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.access import users
from dispatch.commands.access.users import UserFilter
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


class UserMadeOut(BaseModel):
    """A new user and the token, which is shown only once; none for a manager who waits for another to confirm."""

    user: UserOut
    token: Annotated[str | None, Field(description="Null: another manager has to confirm. 待另一名负责人确认的为空。")]


class MeOut(Out):
    """The current user and their permissions."""

    user_id: str
    role: Role
    centre_id: str
    practitioner_id: str | None
    institution_id: str | None
    organ: str | None
    verbs: list[str]


ID = r"^[0-9a-f]+$"

WHO = ("user_id", "role", "centre_id", "practitioner_id", "institution_id", "organ")

router = APIRouter(tags=["access 权限"], route_class=IdempotentRoute)

MayManage = Annotated[Actor, Depends(Permit(Verb.MANAGE_USERS))]


@router.get("/me")
def get_me(actor: Annotated[Actor, Depends(Permit(*Verb))]) -> MeOut:
    """Return the current user and their permissions. 当前用户与权限。"""
    verbs = sorted(verb.value for verb in PERMISSIONS[actor.role])
    return MeOut(verbs=verbs, **{name: getattr(actor, name) for name in WHO})


@router.get("/users")
def list_users(
    actor: MayManage,
    read: ReadDep,
    paging: PagingQuery,
    role: Annotated[Role | None, Query(description="Of this role. 角色。")] = None,
    active: Annotated[bool | None, Query(description="False: the retired ones. 是否在用。")] = None,
    login: Annotated[
        str | None, Query(max_length=80, pattern=r"^[\w.@-]+$", description="With this login. 登录名。")
    ] = None,
    practitioner_id: Annotated[
        str | None, Query(max_length=32, pattern=ID, description="Of this roster entry. 承办人员。")
    ] = None,
    institution_id: Annotated[
        str | None, Query(max_length=32, pattern=ID, description="Of this institution. 承办机构。")
    ] = None,
) -> Page[UserOut]:
    """List users by login, the retired ones too; recipients come in by links instead. 用户列表。"""
    wanted = UserFilter(role, active, login, practitioner_id, institution_id)
    return page_of(UserOut, users.list_users(read, actor, paging.part, wanted))


@router.post(
    "/users",
    status_code=201,
    responses=responses(DuplicateNumberError, InvalidFieldError, UnknownReferenceError),
)
def create_user(
    given: UserIn, actor: MayManage, begin: BeginDep, now: Now, context: ContextDep, response: Response
) -> UserMadeOut:
    """Create a user. The token is shown only once; a manager waits for another. 新增用户，令牌只显示一次。"""
    response.headers.update(SECRET)
    user, token = users.create_user(
        begin, actor, now, actor.centre_id, given.login, given.role, given.practitioner_code, given.institution_code,
        context.settings.token_life.of(None), given.organ,
    )  # fmt: skip
    return UserMadeOut(user=UserOut.model_validate(user), token=token or None)


@router.post("/users/{user_id}/revoke", responses=responses(NotFoundError))
def revoke_user(user_id: str, actor: MayManage, begin: BeginDep, now: Now) -> UserOut:
    """Retire a user: tokens and sessions end at once, queued work is not carried out. Idempotent. 停用用户。"""
    return UserOut.model_validate(users.revoke_user(begin, actor, now, user_id))


@router.post("/users/{user_id}/restore", responses=responses(NotFoundError))
def restore_user(user_id: str, actor: MayManage, begin: BeginDep, now: Now) -> UserOut:
    """Bring a retired user back without tokens; a manager once another confirms. Idempotent. 恢复用户。"""
    return UserOut.model_validate(users.restore_user(begin, actor, now, user_id))
