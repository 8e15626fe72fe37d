"""Webhooks (回调地址): which systems are told what; made, changed, switched off, tried out, messages sent again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from dispatch.api.dependencies import BeginDep
from dispatch.api.routes import webhooks
from dispatch.api.routes.webhooks import DeliveryQuery, ReplayIn, SecretIn, WebhookChangeIn, WebhookIn
from dispatch.commands.webhooks import endpoints
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.webhooks import DeliveryState, HookState, HookType

SECRET = "administration/webhook_secret.html"
DELIVERIES = 30


def webhooks_page(visit: Visit) -> Context:
    """Return the endpoints of the centre, the retired ones too."""
    found = webhooks.list_webhooks(visit.actor, visit.read, visit.paging())
    return {"hooks": found.items, "next": found.next}


def new_page(visit: Visit) -> Context:
    """Return what the form for a new endpoint shows."""
    return {"types": list(HookType)}


def create(visit: Visit, form: FilledForm) -> Response:
    """Register an endpoint; its secret is shown this once."""
    given = form.read(WebhookIn)
    private = visit.context.settings.webhooks_private
    row, secret = endpoints.create_webhook(*visit.sealed, given.name, given.url, given.types, private=private)
    return visit.show(_secret(row, secret), SECRET)


def webhook_page(visit: Visit) -> Context:
    """Return an endpoint, and the messages to it, as they are asked for."""
    webhook_id = visit.part("webhook_id")
    hook = webhooks.get_webhook(webhook_id, visit.actor, visit.read, Response())
    wanted = visit.search(DeliveryQuery).model_copy(update={"newest": True})
    found = webhooks.list_deliveries(webhook_id, visit.actor, visit.read, visit.paging(DELIVERIES), wanted)
    return {
        "hook": hook,
        "active": hook.state is HookState.ACTIVE,
        "over": hook.state is HookState.RETIRED,
        "types": list(HookType),
        "states": list(DeliveryState),
        "deliveries": found.items,
        "next": found.next,
        "week_ago": (visit.now - timedelta(days=7)).astimezone(visit.zone).strftime("%Y-%m-%dT%H:%M"),
    }


def change(visit: Visit, form: FilledForm) -> None:
    """Change the name, the address or the types; what waits goes to the new address."""
    given = form.read(WebhookChangeIn, "change")
    private = visit.context.settings.webhooks_private
    endpoints.change_webhook(*_of(visit), given.sent(), form.revision, private=private)


def disable(visit: Visit, form: FilledForm) -> None:
    """Tell it nothing more for now."""
    endpoints.disable_webhook(*_of(visit))


def enable(visit: Visit, form: FilledForm) -> None:
    """Tell it again, from the next event on."""
    endpoints.enable_webhook(*_of(visit))


def retire(visit: Visit, form: FilledForm) -> None:
    """End it for good."""
    endpoints.retire_webhook(*_of(visit))


def new_secret(visit: Visit, form: FilledForm) -> Response:
    """Give it a new secret, shown this once; the one before signs beside it for a while."""
    overlap = timedelta(hours=form.read(SecretIn, "secret").overlap_hours)
    row, secret = endpoints.change_secret(*visit.sealed, visit.part("webhook_id"), overlap)
    return visit.show(_secret(row, secret), SECRET)


def try_out(visit: Visit, form: FilledForm) -> None:
    """Send a message that says nothing."""
    endpoints.send_test(*_of(visit))


def replay(visit: Visit, form: FilledForm) -> None:
    """Send one message again."""
    endpoints.replay_delivery(*_of(visit), form.text("delivery_id"))


def replay_dead(visit: Visit, form: FilledForm) -> None:
    """Send everything again that was given up since a moment."""
    endpoints.replay_dead(*_of(visit), form.read(ReplayIn, "again").since)


def _of(visit: Visit) -> tuple[BeginDep, Actor, datetime, str]:
    return visit.begin, visit.actor, visit.now, visit.part("webhook_id")


def _secret(row: Any, secret: str) -> Mapping[str, Any]:
    return {"webhook_id": row.id, "name": row.name, "secret": secret, "before_until": row.before_until}


# fmt: off
PAGES = (
    ConsolePage(
        "/webhooks", "webhooks_page", (Verb.MANAGE_WEBHOOKS,), ("回调地址", "Webhooks"),
        ("案件、批次和日志有变化时，系统向这些地址发送签名的消息；消息只含编号和代码，不含姓名和案情。",
         "When cases, runs or the log change, these addresses are sent signed messages: ids and codes, no names."),
        webhooks_page, "administration/webhooks.html", Menu.ADMINISTRATION,
    ),
    ConsolePage(
        "/webhooks/new", "new_webhook_page", (Verb.MANAGE_WEBHOOKS,), ("新增回调地址", "A new webhook"),
        ("密钥只显示一次，供接收方核对消息的签名。", "Its secret is shown once: the receiver checks messages by it."),
        new_page, "administration/webhook_new.html",
        acts={"create": PageAct(create, ("", ""))},
    ),
    ConsolePage(
        "/webhooks/{webhook_id}", "webhook_page", (Verb.MANAGE_WEBHOOKS,), ("回调地址", "Webhook"),
        ("修改、停用、更换密钥，查看每条消息是否送达，未送达的重新发送。",
         "Change it, switch it off, give it a new secret; see what was delivered, and send again what was not."),
        webhook_page, "administration/webhook.html",
        acts={
            "change": PageAct(change, ("已修改；待发送的消息发往新的地址。",
                                       "Changed; what waits goes to the new address.")),
            "disable": PageAct(disable, ("已停用；待发送的消息不再发送，可以日后重新发送。",
                                         "Switched off; what waited can be sent again later.")),
            "enable": PageAct(enable, ("已启用，自下一条消息起发送。", "Switched on, from the next message on.")),
            "retire": PageAct(retire, ("已注销。", "It is retired.")),
            "secret": PageAct(new_secret, ("", "")),
            "test": PageAct(try_out, ("测试消息已交后台发送。", "A test message is on its way.")),
            "replay": PageAct(replay, ("已交后台重新发送。", "It is sent again.")),
            "replay-dead": PageAct(replay_dead, ("未送达的消息已交后台重新发送。", "What was given up is sent again.")),
        },
    ),
)
# fmt: on
