"""Webhook endpoints and the messages to them."""

from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from dispatch.domain.webhooks import DeliveryState, Disabled, HookState, HookType, Trouble
from dispatch.registry.tables.columns import Moment, a_word, centre_field, document, id_field, one_of

WAITING = text("state = 'waiting'")


class WebhookRow(SQLModel, table=True):
    """An endpoint of a centre. Its secret is sealed; after a change the one before it signs too, for a while.

    One worker at a time sends to it, until ``claimed_until``; ``failures`` counts those in a row.
    """

    __tablename__ = "webhook"

    id: str = id_field()
    centre_id: str = centre_field()
    name: str = Field(max_length=80)
    url: str = Field(max_length=500)
    types: list[str] = Field(sa_column=document(nullable=False))
    sealed: bytes
    sealed_before: bytes | None = None
    before_until: Moment | None = None
    state: HookState = Field(sa_column=one_of(HookState, "webhook_state"))
    because: Disabled | None = Field(default=None, sa_column=one_of(Disabled, "webhook_because", nullable=True))
    disabled_at: Moment | None = None
    failures: int = 0
    failing_since: Moment | None = None
    rest_until: Moment | None = None
    claimed_by: str | None = Field(default=None, max_length=80)
    claimed_until: Moment | None = None
    revision: int = 1
    created_by: str | None = Field(default=None, foreign_key="app_user.id")
    created_at: Moment
    updated_at: Moment


class DeliveryRow(SQLModel, table=True):
    """A message to one endpoint; ``id`` is the id it is always sent under. Of the answer only the status is kept."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("delivery_due", "webhook_id", "next_at", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("delivery_of_webhook", "webhook_id", "created_at"),
        Index("delivery_ended", "state", "ended_at"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    webhook_id: str = Field(foreign_key="webhook.id")
    type: HookType = Field(sa_column=a_word(HookType))
    data: dict[str, Any] = Field(sa_column=document(nullable=False))
    state: DeliveryState = Field(sa_column=one_of(DeliveryState, "delivery_state"))
    attempts: int = 0
    next_at: Moment
    attempted_at: Moment | None = None
    status: int | None = None
    trouble: Trouble | None = Field(default=None, sa_column=one_of(Trouble, "delivery_trouble", nullable=True))
    created_at: Moment
    ended_at: Moment | None = None
