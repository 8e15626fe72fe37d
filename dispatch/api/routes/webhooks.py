"""Webhook endpoints and their deliveries."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from dispatch.api.dependencies import BeginDep, ContextDep, IfMatch, Now, Permit, ReadDep, SealDep, etag
from dispatch.api.idempotency import SECRET, IdempotentRoute
from dispatch.api.paging import Newest, Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.cases.drafts import Instant
from dispatch.commands.webhooks import endpoints
from dispatch.domain.errors import (
    IfMatchRequiredError,
    InvalidFieldError,
    NotFoundError,
    StaleError,
    WebhookSilentError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts import typed
from dispatch.domain.webhooks import DeliveryState, Disabled, HookState, HookType, Trouble
from dispatch.exchange.outbound import MAX_URL
from dispatch.registry import reads, webhooks
from dispatch.registry.tables import WebhookRow

Name = Annotated[typed.Name, Field(examples=["case management 办案系统"])]
Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_URL,
        description="Address that receives messages: https, in no private network unless settings allow it. 接收地址。",
        examples=["https://cases.example.org/hooks"],
    ),
]
Types = Annotated[
    list[HookType],
    Field(
        min_length=1,
        max_length=len(HookType),
        description="Event types; see `HookType` in the vocabulary. 消息类型。",
        examples=[["case.assigned", "case.escalated"]],
    ),
]


class WebhookIn(In):
    """An endpoint to register."""

    name: Name
    url: Url
    types: Types


class WebhookChangeIn(In):
    """Changes to an endpoint; fields left out keep their value."""

    name: Name | None = None
    url: Url | None = None
    types: Types | None = None

    def sent(self) -> dict[str, Any]:
        """Return what was given."""
        return {name: value for name, value in self.model_dump(exclude_unset=True).items() if value is not None}


class SecretIn(In):
    """How long messages are also signed with the previous secret."""

    overlap_hours: Annotated[int, Field(ge=0, le=168, examples=[24])] = 24


class ReplayIn(In):
    """What to send again: everything that failed since the given time."""

    since: Annotated[Instant, Field(examples=["2026-03-09T09:00:00+08:00"])]


class WebhookOut(Out):
    """An endpoint, without its secret."""

    id: Id
    name: str
    url: str
    types: list[HookType]
    state: HookState
    because: Annotated[Disabled | None, Field(description="Why it was disabled. 停用原因。")]
    disabled_at: datetime | None
    failures: Annotated[int, Field(description="Failed attempts in a row. 连续失败次数。")]
    failing_since: datetime | None
    before_until: Annotated[
        datetime | None, Field(description="Until when the previous secret also signs. 旧密钥有效期。")
    ]
    revision: int
    created_at: datetime
    updated_at: datetime


class WebhookMadeOut(BaseModel):
    """An endpoint and its secret, which is shown only once."""

    webhook: WebhookOut
    secret: str


class DeliveryOut(Out):
    """A message to an endpoint; ``id`` is its ``webhook-id``."""

    id: Id
    type: HookType
    data: dict[str, Any]
    state: DeliveryState
    attempts: int
    next_at: datetime
    attempted_at: datetime | None
    status: Annotated[int | None, Field(description="HTTP status of the last response. 对方最近的状态码。")]
    trouble: Trouble | None
    created_at: datetime
    ended_at: datetime | None


class ReplayedOut(BaseModel):
    """How many messages are sent again."""

    replayed: int


class DeliveryQuery(BaseModel):
    """What the messages to an endpoint are narrowed by."""

    # The parameters of paging are declared beside these.
    model_config = ConfigDict(extra="ignore")

    state: Annotated[DeliveryState | None, Field(description="In this state. 状态。")] = None
    type: Annotated[HookType | None, Field(description="Of this type. 消息类型。")] = None
    newest: Newest = False


router = APIRouter(prefix="/webhooks", tags=["webhooks 回调"], route_class=IdempotentRoute)

MayManage = Annotated[Actor, Depends(Permit(Verb.MANAGE_WEBHOOKS))]


@router.post("", status_code=201, responses=responses(InvalidFieldError))
def create_webhook(
    given: WebhookIn,
    actor: MayManage,
    begin: BeginDep,
    seal: SealDep,
    now: Now,
    context: ContextDep,
    response: Response,
) -> WebhookMadeOut:
    """Register a webhook endpoint for events. Its secret is shown only once. 新增回调地址，密钥只显示一次。"""
    private = context.settings.webhooks_private
    row, secret = endpoints.create_webhook(begin, seal, actor, now, given.name, given.url, given.types, private=private)
    response.headers.update(SECRET | etag(row.revision))
    return WebhookMadeOut(webhook=WebhookOut.model_validate(row), secret=secret)


@router.get("")
def list_webhooks(actor: MayManage, read: ReadDep, paging: PagingQuery) -> Page[WebhookOut]:
    """List webhook endpoints in the order they were created. Retired ones are included. 回调地址列表。"""
    with read() as session:
        found = reads.page(session, WebhookRow, actor.centre_id, paging.part, by="created_at")
    return page_of(WebhookOut, found)


@router.get("/{webhook_id}", responses=responses(NotFoundError))
def get_webhook(webhook_id: str, actor: MayManage, read: ReadDep, response: Response) -> WebhookOut:
    """Return a webhook endpoint. 查看回调地址。"""
    with read() as session:
        row = reads.get(session, WebhookRow, actor.centre_id, webhook_id)
    response.headers.update(etag(row.revision))
    return WebhookOut.model_validate(row)


@router.patch(
    "/{webhook_id}",
    responses=responses(NotFoundError, StaleError, IfMatchRequiredError, InvalidFieldError, WebhookSilentError),
)
def change_webhook(
    webhook_id: str,
    change: WebhookChangeIn,
    actor: MayManage,
    if_match: IfMatch,
    begin: BeginDep,
    now: Now,
    context: ContextDep,
    response: Response,
) -> WebhookOut:
    """Change the name, address or event types of a webhook endpoint.

    Pending messages go to the new address. 修改回调地址。
    """
    private = context.settings.webhooks_private
    row = endpoints.change_webhook(begin, actor, now, webhook_id, change.sent(), if_match, private=private)
    response.headers.update(etag(row.revision))
    return WebhookOut.model_validate(row)


@router.delete("/{webhook_id}", responses=responses(NotFoundError))
def retire_webhook(webhook_id: str, actor: MayManage, begin: BeginDep, now: Now) -> WebhookOut:
    """Retire a webhook endpoint permanently. Its deliveries remain readable. Idempotent. 注销回调地址。"""
    return WebhookOut.model_validate(endpoints.retire_webhook(begin, actor, now, webhook_id))


@router.post("/{webhook_id}/disable", responses=responses(NotFoundError, WebhookSilentError))
def disable_webhook(webhook_id: str, actor: MayManage, begin: BeginDep, now: Now) -> WebhookOut:
    """Stop deliveries to a webhook endpoint. Pending messages are dropped and can be replayed later. 停用回调地址。"""
    return WebhookOut.model_validate(endpoints.disable_webhook(begin, actor, now, webhook_id))


@router.post("/{webhook_id}/enable", responses=responses(NotFoundError, WebhookSilentError))
def enable_webhook(webhook_id: str, actor: MayManage, begin: BeginDep, now: Now) -> WebhookOut:
    """Resume deliveries to a webhook endpoint, starting with the next event. 启用回调地址。"""
    return WebhookOut.model_validate(endpoints.enable_webhook(begin, actor, now, webhook_id))


@router.post("/{webhook_id}/secret", responses=responses(NotFoundError, InvalidFieldError, WebhookSilentError))
def change_secret(
    webhook_id: str, given: SecretIn, actor: MayManage, begin: BeginDep, seal: SealDep, now: Now, response: Response
) -> WebhookMadeOut:
    """Issue a new secret for a webhook endpoint, shown only once.

    Messages are signed with both secrets for a while. 更换密钥，只显示一次，过渡期内新旧并用。
    """
    overlap = timedelta(hours=given.overlap_hours)
    row, secret = endpoints.change_secret(begin, seal, actor, now, webhook_id, overlap)
    response.headers.update(SECRET | etag(row.revision))
    return WebhookMadeOut(webhook=WebhookOut.model_validate(row), secret=secret)


@router.post("/{webhook_id}/test", status_code=202, responses=responses(NotFoundError, WebhookSilentError))
def send_test(webhook_id: str, actor: MayManage, begin: BeginDep, now: Now) -> DeliveryOut:
    """Send a test message without content to a webhook endpoint. 发送测试消息。"""
    return DeliveryOut.model_validate(endpoints.send_test(begin, actor, now, webhook_id))


@router.get("/{webhook_id}/deliveries", responses=responses(NotFoundError))
def list_deliveries(
    webhook_id: str,
    actor: MayManage,
    read: ReadDep,
    paging: PagingQuery,
    wanted: Annotated[DeliveryQuery, Query()],
) -> Page[DeliveryOut]:
    """List messages to a webhook endpoint, oldest first, or the newest first.

    Delivered ones are kept for 30 days, failed ones for 90. 投递记录。
    """
    with read() as session:
        reads.get(session, WebhookRow, actor.centre_id, webhook_id)
        found = webhooks.list_deliveries(session, actor.centre_id, webhook_id, paging.part, **dict(wanted))
    return page_of(DeliveryOut, found)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/replay",
    status_code=202,
    responses=responses(NotFoundError, WebhookSilentError),
)
def replay_delivery(webhook_id: str, delivery_id: str, actor: MayManage, begin: BeginDep, now: Now) -> DeliveryOut:
    """Send a webhook message again under the same id, whatever its state. 重新发送一条消息。"""
    return DeliveryOut.model_validate(endpoints.replay_delivery(begin, actor, now, webhook_id, delivery_id))


@router.post("/{webhook_id}/replay", status_code=202, responses=responses(NotFoundError, WebhookSilentError))
def replay_dead(webhook_id: str, given: ReplayIn, actor: MayManage, begin: BeginDep, now: Now) -> ReplayedOut:
    """Send every failed webhook message since a given time again. 重新发送某时刻以来全部未送达的消息。"""
    return ReplayedOut(replayed=endpoints.replay_dead(begin, actor, now, webhook_id, given.since))
