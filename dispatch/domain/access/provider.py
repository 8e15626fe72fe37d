"""Signing in at an identity provider by OpenID Connect: which one, and how much of what it says is believed."""

from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from dispatch.domain.errors import ProviderSettingsError, stated
from dispatch.domain.vocabulary import Term

LOOPBACK = ("127.0.0.1", "::1", "localhost")

SKEW = timedelta(seconds=60)
"""By so much the provider's clock may differ from ours."""

FLOW_LASTS = timedelta(minutes=10)
"""So long somebody may take at the provider before they have to begin anew."""

FACTORS = frozenset({"mfa", "otp", "hwk", "swk", "sc", "sms"})
"""What a provider says it asked for besides a password (RFC 8176, section 2)."""

MAX_IDENTITIES = 5
"""Identities of one user."""


# fmt: off
class Purpose(Term):
    """What somebody goes to the provider for."""

    SIGN_IN = "sign_in", "登录",         "to sign in"
    CONFIRM = "confirm", "再次验证身份", "to prove again who they are"
    BIND    = "bind",    "绑定身份",     "to bind their identity to their account"
    INVITED = "invited", "接受邀请",     "to take up an account by an invitation"


class Flaw(Term):
    """What does not hold of what a provider says of somebody."""

    FORM      = "form",      "凭证格式有误",               "it is not of the form asked for"
    SIGNATURE = "signature", "签名不符",                   "it is not signed with a key of the provider"
    ISSUER    = "issuer",    "不是由所接入的平台出具",     "another provider issued it"
    AUDIENCE  = "audience",  "不是为本系统出具",           "it is meant for another service"
    EXPIRED   = "expired",   "凭证已过期，请核对两边时钟", "it has expired, or the clocks differ"
    EARLY     = "early",     "凭证尚未生效，请核对两边时钟", "it is not valid yet, or the clocks differ"
    NONCE     = "nonce",     "不是为本次登录出具",         "it belongs to another sign-in"
    AGE       = "age",       "没有重新验证身份",           "nobody proved anew who they are"
    PERSON    = "person",    "不是当前登录账号绑定的身份", "it is the identity of somebody else"
# fmt: on


class ProviderSettings(NamedTuple):
    """Which provider people sign in at, and as what this service is known there."""

    issuer: str
    client: str
    secret: str = ""
    acr: str = ""
    """What the provider calls a sign-in with a second factor; left out, how it was done is asked instead."""


def require_set_up(settings: ProviderSettings) -> ProviderSettings | None:
    """
    Return the provider if one is set up.

    Raises
    ------
    ProviderSettingsError
        If the issuer is no https address (http on this machine only), or this service has no name there.
    """
    if not settings.issuer:
        return None
    if not is_safe(settings.issuer) or set("?#") & set(settings.issuer):
        expected = stated(
            "https 地址，不含参数（本机可用 http）", "an https address without query (http on this machine)"
        )
        raise ProviderSettingsError(field="DISPATCH_OIDC_ISSUER", expected=expected)
    if not settings.client:
        expected = stated("在该平台登记的应用编号", "the id this service is registered by there")
        raise ProviderSettingsError(field="DISPATCH_OIDC_CLIENT", expected=expected)
    return settings


def is_safe(url: str) -> bool:
    """Tell whether nobody reads along on the way to an address."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))
