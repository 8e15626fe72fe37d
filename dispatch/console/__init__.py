"""
The console: pages for people in a browser, another face of the commands and reads behind ``/v1``.

`frame` is what every page is put in, `pages` the pages by their subject, each a table of rows; templates and static
files lie beside. Pages speak no SQL and decide nothing: what they show comes from reads, each button is one command.
"""

from functools import cache, partial

from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, compile_path

from dispatch.api import problems
from dispatch.api.gate.admission import BROWSERS, Place, SpecialRoutes
from dispatch.console.frame.assets import get_console_file
from dispatch.console.frame.page import ConsolePage
from dispatch.console.frame.serving import doer, feeder, leader, problem_page, shower
from dispatch.console.pages import FEEDS, PAGES

GZIP_FROM_BYTES = 600


def mount(app: FastAPI) -> None:
    """Add every page below ``/console``, with the parts of the app."""
    pages = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, routes=_routes())
    # One state: the context of the app, and the page that its gate answers browsers with.
    pages.state = app.state
    app.state.problem_page = partial(problem_page, pages=PAGES, base=BROWSERS)
    problems.install(pages)
    pages.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM_BYTES)
    app.mount(BROWSERS, pages, name="console")


@cache
def _routes() -> list[BaseRoute]:
    # The same for every app of this process: they know no app.
    pages = APIRouter()
    pages.add_api_route("/static/{name}", get_console_file, name="get_console_file")
    for feed in FEEDS:
        pages.add_api_route(feed.path, feeder(feed), name=feed.name, methods=["GET"])
    # Plain addresses before those with parts to fill in: `/cases/new` is no case.
    for page in sorted(PAGES, key=lambda page: page.path.count("{")):
        pages.add_api_route(page.path, shower(page, PAGES), name=page.name, methods=["GET"])
        for act, done in page.acts.items():
            answer = doer(page, done, PAGES)
            pages.add_api_route(act_path(page, act), answer, name=f"{page.name}_{act}", methods=["POST"])
    for page in PAGES:
        for act in page.acts:
            name = f"{page.name}_after_{act}"
            pages.add_api_route(act_path(page, act), leader(page), name=name, methods=["GET"])
    return pages.routes


def act_path(page: ConsolePage, act: str) -> str:
    """Return where a button of a page is posted to."""
    return f"{page.path.rstrip('/')}/{act}"


def special_routes_of(app: FastAPI) -> SpecialRoutes:
    """Return the special routes of an app, with the forms that bring files, and those of people not known yet."""
    acts = [(page, name, act) for page in PAGES for name, act in page.acts.items()]
    uploads = [_place(page, name) for page, name, act in acts if act.upload]
    return SpecialRoutes.of(app).beside(uploads, [_place(page, name) for page, name, _ in acts if not page.verbs])


def _place(page: ConsolePage, act: str) -> Place:
    return frozenset({"POST"}), compile_path(BROWSERS + act_path(page, act))[0]
