"""Debian's Chromium, and pages of it that are watched: anything wrong on one fails the test that opened it."""

import asyncio
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, Request, sync_playwright

from dispatch.console.frame.assets import asset_path
from dispatch.domain.vocabulary import Role
from tests.console.browser.board import Board
from tests.console.browser.town import Town, served

PATIENCE_MS = 20_000
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
ZOOMED = {side: pixels // 2 for side, pixels in DESK.items()}
REFUSED, CUT = "the server responded with a status", "net::ERR_"
NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW = "no Chromium here: `apt-get install chromium` brings it (as root), and `make test` does so by itself"
NOWHERE = asset_path("icon.svg")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """(() => {
  const pointing = ["for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns"];
  const [lists, count] = [[], new Map()];
  const told = (row, part, name) => {
    const value = part.getAttribute(name).trim();
    if (pointing.includes(name)) {
      const others = value.split(/\\s+/).map((id) => document.getElementById(id));
      return others.map((other) => other && [other.tagName, row.contains(other), !other.textContent.trim()]);
    }
    const said = ["class", "role", "type"].includes(name) || (name.startsWith("aria-") && name !== "aria-label");
    return said ? value : !value;
  };
  const like = [...document.querySelectorAll("tbody > tr, li")].filter((row) => {
    if (!lists.includes(row.parentElement)) { lists.push(row.parentElement); }
    const parts = [row, ...row.querySelectorAll("*")].map((part) => [
      part.tagName, !part.textContent.trim(), ...part.getAttributeNames().map((name) => [name, told(row, part, name)]),
    ]);
    const make = JSON.stringify([lists.indexOf(row.parentElement), parts]);
    count.set(make, (count.get(make) || 0) + 1);
    return count.get(make) > 2;
  });
  return axe.run({include: [document], exclude: like}, {resultTypes: ["violations"], preload: false});
})().then((found) => JSON.stringify(found.violations))"""
"""Of the rows of a list that are made alike but for their words, two are looked at: a list is half of the work."""

FLAGS = ("--no-sandbox", "--process-per-site", "--disable-site-isolation-trials")
"""Root may not use Chromium's own sandbox; the pages are ours. One process for all, and none in reserve."""


@pytest.fixture(scope="session")
def town(sqlite_template, tmp_path_factory) -> Iterator[Town]:
    with served(sqlite_template, tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest.fixture(scope="session")
def board(town) -> Board:
    return Board(town)


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
        browser = playwright.chromium.launch(executable_path=place, args=FLAGS)
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


class Profiles:
    """
    Chromium's profiles with a page each, used by one test after another.

    A page of a new one runs in a new process, which loads and compiles everything again: a second of a processor.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[tuple[str, bool], list[Page]] = defaultdict(list)

    def take(self, lang: str, scripts: bool) -> Page:
        """Return a page that nobody uses, of a profile that keeps nothing of who used it before."""
        free = self._free[lang, scripts]
        return free.pop() if free else self.new(lang, scripts)

    def new(self, lang: str, scripts: bool) -> Page:
        """Return the page of a profile of its own."""
        locale = "zh-CN" if lang == "zh" else "en-GB"
        context = self._browser.new_context(viewport=DESK, locale=locale, java_script_enabled=scripts)
        context.set_default_timeout(PATIENCE_MS)
        return context.new_page()

    def give_back(self, page: Page, lang: str, scripts: bool, address: str) -> None:
        """Leave what is open, sign out, and keep the page for the next."""
        for other in page.context.pages:
            if other is not page:
                other.close()
        page.context.clear_cookies()
        # Of the same site, or the next page would run in a new process; and small.
        page.goto(f"{address}/console{NOWHERE}")
        self._free[lang, scripts].append(page)


class Watched:
    """A page and everything that went wrong on it."""

    def __init__(self, page: Page, address: str, *, scripts: bool = True) -> None:
        self.page, self.address, self.scripts = page, address, scripts
        self.faults: list[str] = []
        self._heard = {"console": self._read, "pageerror": self._fail, "request": self._follow}
        for event, hear in self._heard.items():
            page.on(event, hear)  # type: ignore[call-overload]
        self.devtools = page.context.new_cdp_session(page)

    def leave(self) -> None:
        """Watch the page no longer."""
        for event, hear in self._heard.items():
            self.page.remove_listener(event, hear)
        self.devtools.detach()

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


@pytest.fixture(scope="session")
def profiles(chromium) -> Profiles:
    return Profiles(chromium.browser)


@pytest.fixture
def watched(town, chromium, profiles):
    """
    Return a way to open pages as somebody, each time through another process.

    `watched(Role.CLERK)`, `watched(None, PHONE, lang="en")`, or by a session's cookie: `watched(board.session(rival))`.
    What sets the browser's clock takes a profile of its `own`.
    """
    with running(chromium.loop), ExitStack() as ends:

        def open_page(
            who: Role | str | None = None, size=DESK, lang: str = "zh", dark: bool = False, *,
            scripts: bool = True, own: bool = False,
        ) -> Watched:  # fmt: skip
            page, address = (profiles.new if own else profiles.take)(lang, scripts), town.next_address()
            page.set_viewport_size(size)
            page.emulate_media(media="null", color_scheme="dark" if dark else "light")
            cookies = {"lad-language": lang}
            if who:
                cookies["lad-session"] = town.session(who) if isinstance(who, Role) else who
            page.context.add_cookies(
                [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
            )
            view = Watched(page, address, scripts=scripts)
            ends.callback(page.context.close) if own else ends.callback(
                profiles.give_back, page, lang, scripts, address
            )
            ends.callback(view.leave)
            return view

        yield open_page
