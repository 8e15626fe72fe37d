"""Accounts of managers that wait for another manager: confirmed or not; the invitation is shown to who confirms."""

from starlette.responses import Response

from dispatch.api.routes.administration.confirmations import DecisionIn, list_confirmations
from dispatch.commands.access import confirmations
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.administration.accounts import HANDED, invited
from dispatch.domain.permissions import Verb


def confirmations_page(visit: Visit) -> Context:
    """Return the managers who wait to be let in, the oldest first."""
    found = list_confirmations(visit.actor, visit.read, visit.paging())
    return {"waiting": found.items, "next": found.next}


def decide(visit: Visit, form: FilledForm) -> Response | None:
    """Let a manager in, with an invitation that is shown this once, or not."""
    id = form.text("confirmation")
    given = form.read(DecisionIn, f"confirm-{id}")
    who = confirmations.get_confirmation(visit.read, visit.actor, id)
    made = confirmations.decide_confirmation(visit.begin, visit.actor, visit.now, id, approve=given.approve)
    if made is None:
        return None
    return visit.show(invited(visit, who.user_id, made.token, made.row.expires_at), HANDED)


# fmt: off
PAGES = (
    ConsolePage(
        "/confirmations", "confirmations_page", (Verb.CONFIRM_ACCESS,), ("负责人账号确认", "Managers’ accounts"),
        ("系统管理员新建、恢复或者重新邀请负责人的，由另一名负责人核实确认，并把邀请转交本人。",
         "A manager whom an administrator makes, brings back or invites anew is confirmed by another manager, "
         "who hands the invitation over."),
        confirmations_page, "administration/confirmations.html", Menu.ADMINISTRATION,
        acts={"decide": PageAct(decide, ("已登记不予确认，请告知系统管理员。",
                                         "They are not let in; tell the administrator."))},
    ),
)
# fmt: on
