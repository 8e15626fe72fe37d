"""At the door of the console: a cookie instead of a token, and only requests of our own pages."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from dispatch.api.dependencies import require_readable
from dispatch.api.problems import language_of
from dispatch.commands.access.sessions import Opened, Session, find_session
from dispatch.domain.errors import ForbiddenError, ForeignPageError, TransportOpenError, UnauthenticatedError
from dispatch.domain.permissions import PERMISSIONS, Verb

COOKIE, FLOW_COOKIE = "lad-session", "lad-flow"
SECURE = "__Host-"
"""A cookie named so a browser takes over https only, for this host and every path, and no other host can set it."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")
READING = ("GET", "HEAD")
STORED_NOWHERE = {"Cache-Control": "no-store"}

LANGUAGES = {"zh": "中文", "en": "English"}
"""By code, what each is called by who reads it; the first is for readers who name no language."""

LANGUAGE_PARAMETER = "lang"
LANGUAGE_COOKIE = "lad-language"
YEAR_S = 365 * 24 * 3600


def guard(request: Request, response: Response) -> None:
    """
    Let pass what one of our own pages asks over a connection nobody reads along.

    Raises
    ------
    UnauthenticatedError
        If a token is given: what a program may do, it asks ``/v1``.
    TransportOpenError
        If the connection is open, and leads further than this machine.
    ForeignPageError
        If something is to change, and the browser does not say that our own page asks for it.
    """
    guard_way(request, response)
    require_readable(request)


def guard_way(request: Request, response: Response) -> None:
    """Let pass what ``guard`` does, whatever is asked: another site that sends somebody here asks as it likes."""
    require_own_page(request)
    response.headers.update(STORED_NOWHERE)


def require_own_page(request: Request) -> None:
    """Let pass what `guard` does, whatever is asked."""
    if "authorization" in request.headers:
        raise UnauthenticatedError
    if not _secure(request) and not (_names(request.url.hostname) and _names(request.client and request.client.host)):
        raise TransportOpenError
    if request.method not in READING and not _own_page(request):
        raise ForeignPageError


def session_of(request: Request) -> Session:
    """Return who is signed in, looked up once a request: at the gate where a body follows, else before the route."""
    if known := getattr(request.state, "session", None):
        return known  # type: ignore[no-any-return]
    parts: Any = request.app.state.context
    session = find_session(parts.read_autocommit, parts.begin, parts.clock(), cookie_of(request))
    request.state.session, request.state.actor = session, session.actor
    return session


def signed_in(request: Request, _: Annotated[None, Depends(guard)]) -> Session:
    """Return who is signed in; without a session nobody is."""
    return session_of(request)


class May:
    """Lets a session pass whose role has one of the verbs, as ``Permit`` does a token."""

    def __init__(self, *verbs: Verb) -> None:
        self.verbs = verbs

    def __call__(self, session: Annotated[Session, Depends(signed_in)]) -> Session:
        """Return the session, or refuse."""
        return self.require(session)

    def require(self, session: Session) -> Session:
        """Return the session of who may, or refuse."""
        if PERMISSIONS[session.actor.role].isdisjoint(self.verbs):
            raise ForbiddenError(verb=self.verbs[0].value, role=session.actor.role.value)
        return session


def source_of(request: Request) -> str:
    """Return from where somebody asks."""
    return request.client.host if request.client else ""


def cookie_of(request: Request) -> str:
    """Return what the session's cookie holds; an unprefixed one counts on this machine only."""
    return request.cookies.get(_name(request), "")


def flow_of(request: Request) -> str:
    """Return what the browser keeps of a sign-in at the identity provider."""
    return request.cookies.get(_name(request, FLOW_COOKIE), "")


def keep_flow(request: Request, response: Response, sealed: str, lasts: timedelta) -> None:
    """Let the browser keep a sign-in until it comes back from the identity provider, which is another site."""
    response.set_cookie(
        _name(request, FLOW_COOKIE), sealed, max_age=int(lasts.total_seconds()), path="/", secure=_secure(request),
        httponly=True, samesite="lax",
    )  # fmt: skip


def forget_flow(request: Request, response: Response) -> None:
    """Let the browser forget it: what was begun is over."""
    name = _name(request, FLOW_COOKIE)
    response.delete_cookie(name, path="/", secure=_secure(request), httponly=True, samesite="lax")


def give_cookie(request: Request, response: Response, opened: Opened, now: datetime) -> None:
    """Let the browser keep the session, out of reach of scripts and of other pages' forms."""
    left = int((opened.session.expires_at - now).total_seconds())
    response.set_cookie(
        _name(request), opened.secret, max_age=left, path="/", secure=_secure(request), httponly=True, samesite="lax"
    )


def take_cookie(request: Request, response: Response) -> None:
    """Let the browser forget the session."""
    response.delete_cookie(_name(request), path="/", secure=_secure(request), httponly=True, samesite="lax")


def chosen_language(request: Request) -> str:
    """Return the language of the pages that are asked for."""
    for given in (request.query_params.get(LANGUAGE_PARAMETER), request.cookies.get(LANGUAGE_COOKIE)):
        if given in LANGUAGES:
            return given
    return language_of(request) if request.headers.get("accept-language") else next(iter(LANGUAGES))


def keep_language(request: Request, response: Response) -> None:
    """Let the browser remember the language that was chosen in the address."""
    chosen = request.query_params.get(LANGUAGE_PARAMETER)
    if chosen in LANGUAGES and chosen != request.cookies.get(LANGUAGE_COOKIE):
        secure = request.url.scheme == "https"
        response.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=YEAR_S, path="/", secure=secure, httponly=True, samesite="lax"
        )


def _own_page(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    # A page over plain http says where it comes from instead.
    return request.headers.get("origin") == f"{request.url.scheme}://{request.headers.get('host')}"


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _names(host: str | None) -> bool:
    return host in LOOPBACK


def _name(request: Request, cookie: str = COOKIE) -> str:
    return f"{SECURE}{cookie}" if _secure(request) else cookie


SourceDep = Annotated[str, Depends(source_of)]
Signed = Annotated[Session, Depends(May(Verb.SIGN_IN))]
