"""How pages are served: a visit becomes a page, a button one command and 303, a refusal a page that says what to do."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any

from anyio import from_thread
from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dispatch.api import idempotency, problems
from dispatch.api.console.guard import LANGUAGE_PARAMETER, May, keep_language, require_own_page, session_of
from dispatch.api.dependencies import require_visible
from dispatch.api.problems import ProblemAnswer
from dispatch.commands.access.sessions import Session
from dispatch.console.frame.page import ConsoleFeed, ConsolePage, PageAct
from dispatch.console.frame.rendering import render
from dispatch.console.frame.visit import KEY, FilledForm, Visit
from dispatch.domain.errors import DispatchError, PasswordAgainError

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types console"
)
HEADERS = {"Content-Security-Policy": CSP, "Cache-Control": "no-store"}
DONE, BACK = "done", "back"
SIGN_IN, CONFIRM = "/sign-in", "/confirm"
MAX_FIELDS, MAX_FILES = 2000, 4
HTML = "text/html"
OF_RECIPIENT = re.compile(r"/r/[0-9a-f]{1,32}(?=/)")
"""Where a recipient comes in by the code again; a login they have not."""


Endpoint = Callable[..., Response]


def guard_page(request: Request) -> None:
    """Let pass what a browser asks for itself; what messengers add to an address is let be."""
    require_own_page(request)
    require_visible(request)


class MayOpen(May):
    """Lets a session pass as `May` does, to a page."""

    def __call__(self, request: Request) -> Session:  # type: ignore[override]  # a page has no credentials to declare
        """Return the session, or refuse."""
        guard_page(request)
        return self.require(session_of(request))


def shower(page: ConsolePage, pages: tuple[ConsolePage, ...]) -> Endpoint:
    """Return what answers to who opens a page."""

    def answer(request: Request, session: Session | None) -> Response:
        visit = Visit(request, request.state.language, session)
        if _closed(page, session):
            return to(visit, CONFIRM, back=_own_address(request))
        shown = page.show(visit)
        response = shown if isinstance(shown, Response) else _filled(page, visit, pages, shown)
        keep_language(request, response)
        return response

    return _open_to(page.verbs, answer)


def doer(page: ConsolePage, act: PageAct, pages: tuple[ConsolePage, ...]) -> Endpoint:
    """Return what answers to a button of a page."""

    def fill(visit: Visit, context: Mapping[str, Any], template: str) -> Response:
        return _filled(page._replace(template=template or page.template), visit, pages, context)

    def answer(request: Request, session: Session | None) -> Response:
        taken: Any = partial(request.form, max_fields=MAX_FIELDS, max_files=MAX_FILES)
        given = from_thread.run(taken)
        visit = Visit(request, request.state.language, session, fill=fill)
        form = FilledForm(given, lambda: visit.zone)
        key = None
        try:
            if act.once and session and (text := form.text(KEY)):
                key = idempotency.key_of(request, session.actor.user_id, text[: idempotency.MAX_KEY], given)
                if earlier := idempotency.answer_given(request, key):
                    return earlier
                request.state.key = key
            where = act.do(visit, form)
        except PasswordAgainError as again:
            if not form.typed:
                return to(visit, CONFIRM, back=_own_path(page, request))
            return _again(page, visit, pages, form, problems.problem_of(request, again))
        except (DispatchError, RequestValidationError) as refusal:
            return _again(page, visit, pages, form, problems.problem_of(request, refusal))
        if isinstance(where, Response):
            return where
        response = to(visit, where or _own_path(page, request), **{DONE: request.url.path.rpartition("/")[2]})
        if key and idempotency.bound(request):
            idempotency.keep(request, key, response)
        return response

    return _open_to(act.verbs or page.verbs, answer)


def feeder(feed: ConsoleFeed) -> Endpoint:
    """Return what answers to a page's script."""

    def answer(request: Request, session: Session | None) -> Response:
        return feed.answer(Visit(request, request.state.language, session))

    return _open_to(feed.verbs, answer)


def leader(page: ConsolePage) -> Endpoint:
    """Return what answers to who loads the address of a button again: the page it is on."""

    def answer(request: Request) -> Response:
        guard_page(request)
        return to(Visit(request, request.state.language), _own_path(page, request))

    return answer


def to(visit: Visit, where: str, **query: str) -> RedirectResponse:
    """Return the way to another page, which the browser then opens by GET."""
    path, _, asked = where.partition("?")
    params = {name: value for name, value in query.items() if value}
    url = visit.request.url.replace(scheme="", netloc="", path=visit.base + path, query=asked)
    return RedirectResponse(str(url.include_query_params(**params)), 303)


def problem_page(request: Request, found: ProblemAnswer, pages: tuple[ConsolePage, ...], base: str) -> Response | None:
    """Return the page of a refusal; None for a program, and for what is no page of ours."""
    # The gate answers before the console is mounted; a proxy may put a path of its own before it.
    root: str = request.scope.get("root_path", "").removesuffix(base) + base
    if not request.url.path.startswith(root + "/") or HTML not in request.headers.get("accept", ""):
        return None
    request.scope["root_path"] = root
    visit = Visit(request, getattr(request.state, "language", "zh"), _known(request), problem=found)
    if found.status == 401 and (link := OF_RECIPIENT.match(request.url.path.removeprefix(root))):
        return to(visit, link[0])
    if found.status == 401:
        back = _own_address(request) if request.method == "GET" else _page_before(request)
        return to(visit, SIGN_IN, back=back)
    if found.body["code"] == PasswordAgainError().code:
        return to(visit, CONFIRM, back=_page_before(request))
    html = render("problem.html", visit, None, pages, {})
    return HTMLResponse(html, found.status, {**HEADERS, **found.headers})


def local(where: str) -> str:
    """Return an address of this console, or its first page where it is anything else."""
    plain = where.startswith("/") and not where.startswith("//") and "\\" not in where and where.isprintable()
    return where if plain else "/"


def _open_to(verbs: tuple[Any, ...], answer: Callable[[Request, Session | None], Response]) -> Endpoint:
    if not verbs:

        def open_(request: Request, _: Annotated[None, Depends(guard_page)]) -> Response:
            return answer(request, _known(request))

        return open_
    permit = MayOpen(*verbs)

    def closed(request: Request, session: Annotated[Session, Depends(permit)]) -> Response:
        return answer(request, session)

    return closed


def _filled(
    page: ConsolePage, visit: Visit, pages: tuple[ConsolePage, ...], context: Mapping[str, Any], status: int = 200
) -> Response:
    act = page.acts.get(visit.asked(DONE))
    return HTMLResponse(
        render(page.template, visit, page, pages, {"done": act and act.done, **context}), status, HEADERS
    )


def _again(
    page: ConsolePage, visit: Visit, pages: tuple[ConsolePage, ...], form: FilledForm, found: ProblemAnswer
) -> Response:
    """Return the page once more, with what was typed and what is wrong with it."""
    again = Visit(visit.request, visit.language, visit.session, form.typed, found)
    try:
        # A refusal opens nothing that the page itself would ask the password for.
        shown = {} if _closed(page, visit.session) else page.show(again)
    except (DispatchError, HTTPException):
        # The page cannot be shown any more, perhaps by the act of somebody else: the refusal alone is.
        shown = {}
    if isinstance(shown, Response) or not shown:
        html = render("problem.html", again, None, pages, {})
        return HTMLResponse(html, found.status, {**HEADERS, **found.headers})
    response = _filled(page, again, pages, shown, found.status)
    response.headers.update(found.headers)
    return response


def _closed(page: ConsolePage, session: Session | None) -> bool:
    """Tell whether a page that opens what is sealed is asked for long after its reader gave the password."""
    return bool(page.confirmed and session and not session.actor.confirmed)


def _known(request: Request) -> Session | None:
    """Return who is signed in, if anybody is."""
    try:
        return session_of(request)
    except DispatchError:
        return None


def _own_path(page: ConsolePage, request: Request) -> str:
    return page.path.format(**request.path_params)


def _own_address(request: Request) -> str:
    """Return the address of this page within the console, as it was asked for."""
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    asked = request.url.remove_query_params([LANGUAGE_PARAMETER, DONE]).query
    return f"{path}?{asked}" if asked else path


def _page_before(request: Request) -> str:
    """Return the page whose button was pressed."""
    path: str = request.url.path.removeprefix(request.scope.get("root_path", ""))
    return path.rpartition("/")[0] or "/"
