"""Debian's Chromium, and pages of it that are watched: anything wrong on one fails the test that opened it."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, Request, sync_playwright

from dispatch.domain.vocabulary import Role
from tests.console.browser.hall import Hall
from tests.console.browser.town import Town, served

PATIENCE_MS = 20_000
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
ZOOMED = {side: pixels // 2 for side, pixels in DESK.items()}
REFUSED, CUT = "the server responded with a status", "net::ERR_"
NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW = "no Chromium here: `apt-get install chromium` brings it (as root), and `make test` does so by itself"
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RUN_AXE = "axe.run(document, {resultTypes: ['violations']}).then((found) => JSON.stringify(found.violations))"


@pytest.fixture(scope="session")
def town(sqlite_template, tmp_path_factory) -> Iterator[Town]:
    with served(sqlite_template, tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest.fixture(scope="session")
def hall(town) -> Hall:
    return Hall(town)


def find_browser() -> str:
    """Return where Chromium is; without one, tests are skipped on a desk and fail where everything is checked."""
    place = next(filter(None, map(shutil.which, NAMES)), None)
    if place is None and not os.environ.get("CI"):
        pytest.skip(HOW)
    assert place, HOW
    return place


class Chromium(NamedTuple):
    """The browser, and the loop it is spoken to by."""

    browser: Browser
    loop: asyncio.AbstractEventLoop


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    place = find_browser()
    with sync_playwright() as playwright:
        # Root may not use Chromium's own sandbox; the pages are ours.
        browser = playwright.chromium.launch(executable_path=place, args=["--no-sandbox"])
        found = Chromium(browser, asyncio.get_running_loop())
        asyncio._set_running_loop(None)
        yield found
        asyncio._set_running_loop(found.loop)
        browser.close()


@contextmanager
def running(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Let the loop count as running for the length of the block: it would for good, and other tests run their own."""
    asyncio._set_running_loop(loop)
    yield
    asyncio._set_running_loop(None)


class Watched:
    """A page and everything that went wrong on it."""

    def __init__(self, page: Page, address: str, *, scripts: bool = True) -> None:
        self.page, self.address, self.scripts = page, address, scripts
        self.faults: list[str] = []
        page.on("console", self._read)
        page.on("pageerror", self._fail)
        page.on("request", self._follow)
        self.devtools = page.context.new_cdp_session(page)

    def _read(self, line: ConsoleMessage) -> None:
        if line.type in ("error", "warning"):
            self.faults.append(line.text)

    def _fail(self, error: Error) -> None:
        self.faults.append(str(error))

    def _follow(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.faults.append(f"foreign request: {request.url}")

    def open(self, path: str, *, expected: int = 200) -> Page:
        """Open a page below the console and look at it."""
        answer = self.page.goto(f"{self.address}/console{path}")
        assert answer is not None
        assert answer.status == expected, (path, answer.status)
        if expected >= 400:
            self.forgive(REFUSED)
        self.look()
        return self.page

    def press(self, button: str, *, refused: bool = False) -> None:
        """Press a button that leads to a page, and look at that; the server may refuse only where it is said."""
        self.follow(self.page.get_by_role("button", name=button, exact=True), refused=refused)

    def follow(self, link: Locator, *, refused: bool = False) -> None:
        """Click what leads to a page, and look at that page, not at the one that is left."""
        with self.page.expect_navigation():
            link.click()
        if refused:
            self.forgive(REFUSED)
        self.look()

    def forgive(self, report: str) -> None:
        """Let pass what the browser reports of a refusal, or of a line cut, that the test has brought about."""
        self.faults = [fault for fault in self.faults if report not in fault]

    def look(self) -> None:
        """Look at the page as it is now: sideways scroll, at a desk also at twice the size, axe, what was reported."""
        try:
            self._look()
        except Error:
            # A page that has just loaded itself again is looked at as it is then.
            self._look()

    def _look(self) -> None:
        self.page.wait_for_load_state()
        self._measure()
        if (size := self.page.viewport_size) == DESK:
            # A page at twice the size has half the room.
            self.page.set_viewport_size(ZOOMED)
            self._measure()
            self.page.set_viewport_size(size)
        if self.scripts:
            # Without scripts axe waits for a timer that never comes.
            self._evaluate(AXE + ";0")
            violations = self._evaluate(RUN_AXE)
            assert violations == "[]", f"{self.page.url}: {violations}"
        assert self.faults == [], self.page.url

    def _measure(self) -> None:
        wide = self._evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"

    def _evaluate(self, expression: str):
        # By the devtools: a script tag is refused by our own rules, as it should be.
        order = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        found = self.devtools.send("Runtime.evaluate", order)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")


@pytest.fixture
def watched(town, chromium):
    """
    Return a way to open pages as somebody, each time through another process.

    `watched(Role.CLERK)`, `watched(None, PHONE, lang="en")`, or by a session's cookie: `watched(hall.session(rival))`.
    """
    contexts = []

    def open_page(who: Role | str | None = None, size=DESK, lang: str = "zh", dark: bool = False, **more) -> Watched:
        context = chromium.browser.new_context(
            viewport=size, locale="zh-CN" if lang == "zh" else "en-GB", color_scheme="dark" if dark else "light", **more
        )
        contexts.append(context)
        cookies = [{"name": "lad-language", "value": lang, "url": town.address}]
        if who:
            secret = town.session(who) if isinstance(who, Role) else who
            cookies.append({"name": "lad-session", "value": secret, "url": town.address})
        context.add_cookies(cookies)
        context.set_default_timeout(PATIENCE_MS)
        return Watched(context.new_page(), town.next_address(), scripts=more.get("java_script_enabled", True))

    with running(chromium.loop):
        yield open_page
        for context in contexts:
            context.close()
