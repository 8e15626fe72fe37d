"""Admission to the app: nobody's body is read before they are known, and nobody comes without measure."""

import math
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, NamedTuple

from anyio import to_thread
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dispatch.api import problems
from dispatch.api.console.guard import chosen_language, cookie_of, require_own_page, session_of
from dispatch.api.dependencies import current_actor
from dispatch.api.gate.bodies import STRANGERS_BYTES, Bodies, Limits
from dispatch.api.gate.identity import Known, identify, is_of_this_machine, token_of
from dispatch.api.gate.rate_limit import Failures, RateLimit
from dispatch.commands.access import digest_of
from dispatch.domain.errors import DispatchError, TooManyRequestsError
from dispatch.settings import Settings

MULTIPART = "multipart/form-data"
BROWSERS = "/console"
GUARDED = ("/v1", BROWSERS)
"""What programs ask, and what browsers do; no other address takes a body."""

ADDRESSES_PER_TOKEN = 5
"""An address may come as often as so many tokens: an office shares one."""


Place = tuple[frozenset[str], re.Pattern[str]]
"""Methods, and the addresses they are asked at."""


class SpecialRoutes(NamedTuple):
    """The routes that take more, or ask for less, than the others: of uploads, and of people not known yet."""

    uploads: tuple[Place, ...]
    strangers: tuple[Place, ...]

    @classmethod
    def of(cls, app: FastAPI) -> "SpecialRoutes":
        """Read from an app's routes which those are."""
        included = [each for each in app.routes if hasattr(each, "effective_route_contexts")]
        routes = [route for each in included for route in each.effective_route_contexts()]
        return cls(
            tuple(_place(route) for route in routes if _media_type(route) == MULTIPART),
            tuple(_place(route) for route in routes if not _asks_who(route.dependant)),
        )

    def beside(self, uploads: Iterable[Place], strangers: Iterable[Place]) -> "SpecialRoutes":
        """Return these routes with more such places."""
        return SpecialRoutes((*self.uploads, *uploads), (*self.strangers, *strangers))


class Gate:
    """Lets requests in, one place for what all of them must keep to."""

    def __init__(self, app: ASGIApp, settings: Settings, special: SpecialRoutes) -> None:
        self._app, self._special = app, special
        self._bodies = Bodies(Limits(settings.json_bytes_at_most, settings.upload_bytes_at_most))
        self._tokens = RateLimit(settings.requests_per_token)
        self._addresses = RateLimit(settings.requests_per_token * ADDRESSES_PER_TOKEN)
        self._known = Known()
        self._failures = Failures(settings.redis_url, settings.refusals_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it before any of its body is read."""
        if scope["type"] != "http" or not scope["path"].startswith(GUARDED):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        # A browser whose session is good passes while others from its office try passwords out.
        shown = cookie_of(request) if _of_browsers(scope) else token_of(request)
        if _of_browsers(scope):
            request.state.language = chosen_language(request)
        token = digest_of(shown) if shown else None
        address = scope["client"][0] if scope.get("client") else ""
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._require_rate(token, address)
            async with self._body(request, scope, receive) as body:
                await self._app(scope, body, answer)
        except (DispatchError, HTTPException) as refusal:
            await (await problems.answer(request, refusal))(scope, receive, answer)
        await self._remember(request, token, address, status)

    async def _remember(self, request: Request, token: str | None, address: str, status: int) -> None:
        if status == HTTPStatus.UNAUTHORIZED:
            await self._failures.add(address)
        if token and status == HTTPStatus.UNAUTHORIZED:
            self._known.drop(token)
        elif token and getattr(request.state, "actor", None):
            self._known.add(token)

    async def _require_rate(self, token: str | None, address: str) -> None:
        # A proxy that nobody named brings everyone from its own address.
        wait_s = 0.0 if is_of_this_machine(address) else self._addresses.wait_s(address)
        wait_s = wait_s or (self._tokens.wait_s(token) if token else 0.0)
        if not wait_s and not (token and token in self._known):
            wait_s = await self._failures.wait_s(address)
        if wait_s:
            raise TooManyRequestsError(retry_after_s=math.ceil(wait_s))

    @asynccontextmanager
    async def _body(self, request: Request, scope: Scope, receive: Receive) -> AsyncIterator[Receive]:
        headers = request.headers
        declared = int(headers["content-length"]) if headers.get("content-length", "").isdecimal() else None
        if declared == 0 or (declared is None and "transfer-encoding" not in headers):
            yield receive
            return
        stranger = _among(self._special.strangers, scope)
        if not stranger:
            await to_thread.run_sync(_identify_browser if _of_browsers(scope) else identify, request)
        if _among(self._special.uploads, scope) and headers.get("content-type", "").startswith(MULTIPART):
            taken = self._bodies.spooled(receive, declared)
        else:
            limit = self._bodies.limits.json_bytes
            taken = self._bodies.whole(receive, declared, min(limit, STRANGERS_BYTES) if stranger else limit)
        async with taken as body:
            yield body


def _of_browsers(scope: Scope) -> bool:
    return bool(scope["path"].startswith(BROWSERS))


def _identify_browser(request: Request) -> None:
    require_own_page(request)
    session_of(request)


def _place(route: Any) -> Place:
    return frozenset(route.methods), route.path_regex


def _among(places: Iterable[Place], scope: Scope) -> bool:
    return any(scope["method"] in methods and path.match(scope["path"]) for methods, path in places)


def _media_type(route: Any) -> str | None:
    return route.body_field.field_info.media_type if route.body_field else None


def _asks_who(dependant: Any) -> bool:
    return dependant.call is current_actor or any(_asks_who(below) for below in dependant.dependencies)
