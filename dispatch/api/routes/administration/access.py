"""Users and who asks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from dispatch.api.dependencies import BeginDep, ContextDep, Now, Permit, ReadDep
from dispatch.api.idempotency import SECRET, IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.access import accounts, users
from dispatch.commands.access.users import UserFilter
from dispatch.domain.errors import DuplicateNumberError, InvalidFieldError, NotFoundError, UnknownReferenceError
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.domain.texts.typed import Login, Name, Number
from dispatch.domain.vocabulary import Role

Invite = Annotated[
    bool,
    Field(description="True: an invitation to set a password, and no token. 为真的，发邀请（设置密码），不发令牌。"),
]


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
    invite: Invite = False


class UserOut(Out):
    """A user."""

    id: Id
    login: str
    role: Role
    practitioner_id: str | None
    institution_id: str | None
    organ: str | None
    active: bool


class AccountOut(UserOut):
    """A user, with the codes of whom they act for."""

    practitioner_code: Annotated[str | None, Field(description="Of the roster entry. 执业证号（人员编号）。")]
    institution_code: Annotated[str | None, Field(description="Of the institution. 机构编号。")]
    institution_name: Annotated[str | None, Field(description="Of the institution. 机构名称。")]
    awaits_confirmation: Annotated[
        bool, Field(description="Another manager has to confirm (``/v1/confirmations``). 待另一名负责人确认。")
    ]


class UserMadeOut(BaseModel):
    """A new user and what lets them in, shown only once; none for a manager who waits for another to confirm."""

    user: UserOut
    token: Annotated[
        str | None,
        Field(description="Null: invited, or another manager has to confirm. 发邀请的、待负责人确认的为空。"),
    ]
    invitation: Annotated[
        str | None,
        Field(description="Good once, for seven days, if asked for. 只能使用一次，七日内有效；未要求的为空。"),
    ] = None


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


class UserQuery(BaseModel):
    """What a list of users is narrowed by."""

    # The parameters of paging are declared beside these.
    model_config = ConfigDict(extra="ignore")

    role: Annotated[Role | None, Field(description="Of this role. 角色。")] = None
    active: Annotated[bool | None, Field(description="False: the retired ones. 是否在用。")] = None
    login: Annotated[
        str | None, Field(max_length=80, pattern=r"^[\w.@-]+$", description="With this login. 登录名。")
    ] = None
    practitioner_id: Annotated[
        str | None, Field(max_length=32, pattern=ID, description="Of this roster entry. 承办人员。")
    ] = None
    institution_id: Annotated[
        str | None, Field(max_length=32, pattern=ID, description="Of this institution. 承办机构。")
    ] = None


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
    actor: MayManage, read: ReadDep, paging: PagingQuery, wanted: Annotated[UserQuery, Query()]
) -> Page[AccountOut]:
    """List users by login, including retired ones. Recipients are not among them: they come in by links. 用户列表。"""
    return page_of(AccountOut, accounts.list_accounts(read, actor, paging.part, UserFilter(**dict(wanted))))


@router.get("/users/{user_id}", responses=responses(NotFoundError))
def get_user(user_id: str, actor: MayManage, read: ReadDep) -> AccountOut:
    """Return a user, and the person or organ they act for. 查看用户。"""
    return AccountOut.model_validate(accounts.get_account(read, actor, user_id))


@router.post(
    "/users",
    status_code=201,
    responses=responses(DuplicateNumberError, InvalidFieldError, UnknownReferenceError),
)
def create_user(
    given: UserIn, actor: MayManage, begin: BeginDep, now: Now, context: ContextDep, response: Response
) -> UserMadeOut:
    """Create a user, with a token or an invitation shown only once.

    A new manager must be confirmed by another. 新增用户，令牌只显示一次。
    """
    response.headers.update(SECRET)
    user, secret = users.create_user(
        begin, actor, now, actor.centre_id, given.login, given.role, given.practitioner_code, given.institution_code,
        context.settings.token_life.of(None), given.organ, invited=given.invite,
    )  # fmt: skip
    invitation, token = (secret, "") if given.invite else ("", secret)
    return UserMadeOut(user=UserOut.model_validate(user), token=token or None, invitation=invitation or None)


@router.post("/users/{user_id}/revoke", responses=responses(NotFoundError))
def revoke_user(user_id: str, actor: MayManage, begin: BeginDep, now: Now) -> UserOut:
    """Retire a user.

    Their tokens and sessions end at once, and their queued work is not carried out. Idempotent. 停用用户。
    """
    return UserOut.model_validate(users.revoke_user(begin, actor, now, user_id))


@router.post("/users/{user_id}/restore", responses=responses(NotFoundError))
def restore_user(user_id: str, actor: MayManage, begin: BeginDep, now: Now) -> UserOut:
    """Restore a retired user, without tokens. A manager is restored once another confirms it. Idempotent. 恢复用户。"""
    return UserOut.model_validate(users.restore_user(begin, actor, now, user_id))
