"""Webhooks and findings over the wire."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field

from dispatch.api.schemas import Id, In, Out
from dispatch.domain.findings import FindingKind
from dispatch.domain.webhooks import DeliveryState, Disabled, HookState, HookType, Trouble
from dispatch.exchange.outbound import URL_AT_MOST

Name = Annotated[str, Field(min_length=1, max_length=80, examples=["case management 办案系统"])]
Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=URL_AT_MOST,
        description="Where messages are posted; https, in no private network unless the settings allow it. 接收地址。",
        examples=["https://cases.example.org/hooks"],
    ),
]
Types = Annotated[
    list[HookType],
    Field(
        min_length=1,
        max_length=len(HookType),
        description="What it is told; see `HookType` in the vocabulary. 消息类型。",
        examples=[["case.assigned", "case.escalated"]],
    ),
]


class WebhookIn(In):
    """An endpoint to be told."""

    name: Name
    url: Url
    types: Types


class WebhookChangeIn(In):
    """What changes of an endpoint; what is left out stays."""

    name: Name | None = None
    url: Url | None = None
    types: Types | None = None

    def told(self) -> dict[str, Any]:
        """Return what was given."""
        return {name: value for name, value in self.model_dump(exclude_unset=True).items() if value is not None}


class SecretIn(In):
    """How long the secret before signs beside the new one."""

    overlap_hours: Annotated[int, Field(ge=0, le=168, examples=[24])] = 24


class ReplayIn(In):
    """What is sent again: everything given up of what happened since then."""

    since: Annotated[AwareDatetime, Field(examples=["2026-03-09T09:00:00+08:00"])]


class WebhookOut(Out):
    """An endpoint, without its secret."""

    id: Id
    name: str
    url: str
    types: list[HookType]
    state: HookState
    because: Annotated[Disabled | None, Field(description="Why it is told nothing. 停用原因。")]
    disabled_at: datetime | None
    failures: Annotated[int, Field(description="Failed attempts in a row. 连续失败次数。")]
    failing_since: datetime | None
    before_until: Annotated[
        datetime | None, Field(description="Until when the secret before signs too. 旧密钥有效期。")
    ]
    revision: int
    created_at: datetime
    updated_at: datetime


class WebhookMadeOut(BaseModel):
    """An endpoint and its secret, which is shown this once."""

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
    status: Annotated[int | None, Field(description="HTTP status of the last answer. 对方最近的状态码。")]
    trouble: Trouble | None
    created_at: datetime
    ended_at: datetime | None


class ReplayedOut(BaseModel):
    """How many messages are sent again."""

    replayed: int


class FindingOut(Out):
    """Something a person should look at."""

    id: Id
    kind: FindingKind
    subject: Annotated[str, Field(description="What `subject_id` is: practitioner, leave, suspension, webhook. 对象。")]
    subject_id: str
    facts: dict[str, Any]
    due_on: Annotated[date | None, Field(description="The day it is about. 相关日期。")]
    opened_at: datetime
    closed_at: datetime | None
