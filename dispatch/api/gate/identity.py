"""Who asks: looked up once a request, at the gate where a body follows, else before the route."""

import ipaddress
from collections import OrderedDict

from fastapi import Request

from dispatch.commands.access import authenticate
from dispatch.domain.errors import UnauthenticatedError
from dispatch.domain.permissions import Actor

MAX_KNOWN = 20_000


class Known:
    """Tokens that let somebody in lately: they pass while others from the same address try out what they have."""

    def __init__(self) -> None:
        self._tokens: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, token: str) -> bool:
        return token in self._tokens

    def add(self, token: str) -> None:
        """Remember a token that is good; each request still asks the register for it."""
        self._tokens[token] = None
        self._tokens.move_to_end(token)
        if len(self._tokens) > MAX_KNOWN:
            self._tokens.popitem(last=False)

    def drop(self, token: str) -> None:
        """Forget a token that is good no more."""
        self._tokens.pop(token, None)


def token_of(request: Request) -> str | None:
    """Return the token somebody shows."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token if kind.lower() == "bearer" else None


def is_of_this_machine(address: str) -> bool:
    """Tell whether an address is the machine's own."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def identify(request: Request) -> Actor:
    """
    Return who asks.

    Raises
    ------
    UnauthenticatedError
        If nobody is named, or by a token that lets nobody in.
    """
    if known := getattr(request.state, "actor", None):
        return known  # type: ignore[no-any-return]
    token = token_of(request)
    if not token:
        raise UnauthenticatedError
    context = request.app.state.context
    request.state.actor = authenticate(context.read_autocommit, token, context.clock())
    return request.state.actor  # type: ignore[no-any-return]
