"""One's identities at the identity provider (统一身份认证平台): bound to one's account, listed, unbound."""

from starlette.responses import Response

from dispatch.api.console.identities import begin_binding, list_own_identities
from dispatch.commands.access import identities
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.access.provider import MAX_IDENTITIES
from dispatch.domain.permissions import Verb


def identity_page(visit: Visit) -> Context:
    """Return the identities bound to one's account, and whether there is a provider to bind another of."""
    provider = visit.context.provider
    return {
        "own": list_own_identities(visit.signed_in, visit.context),
        "issuer": provider.settings.issuer if provider else None,
        "most": MAX_IDENTITIES,
        "way": None,
    }


def bind(visit: Visit, form: FilledForm) -> Response:
    """Begin to bind an identity: a link leads to the provider, for no form may be sent to another site."""
    kept = Response()
    way = begin_binding(visit.signed_in, visit.context, visit.seal, visit.now, visit.request, kept)
    answer = visit.show({**identity_page(visit), "way": way.address})
    for cookie in kept.headers.getlist("set-cookie"):
        answer.headers.append("set-cookie", cookie)
    return answer


def unbind(visit: Visit, form: FilledForm) -> None:
    """Unbind one; every other session and token of one's own ends, for it may be by that identity."""
    identities.unbind_own(visit.begin, visit.signed_in, visit.now, form.text("identity"))


# fmt: off
BOUND = ("已绑定，今后可以从该平台登录。", "It is bound; you can sign in there now.")

PAGES = (
    ConsolePage(
        "/identity", "identity_page", (Verb.SIGN_IN,), ("统一身份认证", "Identity provider"),
        ("绑定以后可以从统一身份认证平台登录；解除绑定的，您在其他设备上的登录会话和令牌随即结束。",
         "Once bound, you can sign in at the identity provider; unbinding ends your other sessions and tokens."),
        identity_page, "account/identity.html",
        acts={
            "bind": PageAct(bind, BOUND, once=False),
            "unbind": PageAct(unbind, ("已解除绑定。", "It is unbound.")),
        },
    ),
)
# fmt: on
