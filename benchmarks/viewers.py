"""Who watches the board of the console: so many streams of sessions, and one real page in Chromium among them.

The page is a phone's; when a card stands in its document is noted by the page itself, by the clock of this machine.
Viewers are the sessions of practitioners whom each case is meant for, on sockets of their own, spread over two
processes; what a real page does beside listening (nothing, while it is open) costs the service nothing here either.
"""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
from playwright.async_api import Page, ViewportSize, async_playwright

from benchmarks.board import Board, user_of
from benchmarks.listeners import (
    CONNECTING_AT_ONCE,
    PATIENCE_S,
    SETTLES_S,
    ServedBoard,
    Stream,
    cpu_s_of,
    delays_ms,
    post_all,
    served_board,
)
from dispatch.api.console.guard import COOKIE
from dispatch.domain.access.lives import SESSIONS, PassKind
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import TokenRow
from dispatch.registry.transaction import Begin

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PHONE = ViewportSize(width=390, height=844)
SECRET = "ses_"
NOTE = """
window.cameIn = {};
new MutationObserver((changes) => {
  const now = (performance.timeOrigin + performance.now()) / 1000;
  for (const change of changes) for (const node of change.addedNodes)
    if (node.dataset && node.dataset.case) window.cameIn[node.dataset.case] ??= now;
}).observe(document, { childList: true, subtree: true });
"""


class Seen(NamedTuple):
    """How soon the cards stood in the page, and how soon every viewer had them."""

    viewers: int
    cards: int
    dom_p50_ms: float
    dom_p95_ms: float
    dom_max_ms: float
    stream_p95_ms: float
    lost: int
    cpu_s: float
    """Processor time of both servers, while cards were posted."""


class Viewer(Stream):
    """One stream of the console, of a session."""

    def __init__(self, user_id: str) -> None:
        super().__init__("")
        self._cookie = f"{COOKIE}={SECRET}{user_id}"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream as a page does."""
        self.transport = transport
        words = f"GET /console/board/events HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self._cookie}\r\n\r\n"
        transport.write(words.encode())  # type: ignore[attr-defined]


def seen_live(viewers: int) -> Seen:
    """Return how soon so many viewers see what is posted, one of them in a real page."""
    with served_board("viewers", viewers) as served:
        _sign_in(served.begin, served.board)
        return asyncio.run(_measure(served))


def _sign_in(begin: Begin, board: Board) -> None:
    """Begin a session for everyone, by the same secret as the token, where nothing is secret."""
    now, life = datetime.now(UTC), SESSIONS[Role.PRACTITIONER]
    rows = [
        TokenRow(
            user_id=user_of(lawyer), kind=PassKind.SESSION,
            digest=sha256(f"{SECRET}{user_of(lawyer)}".encode()).hexdigest(), created_at=now,
            expires_at=now + timedelta(hours=6), used_at=now, idle_s=int(life.idle.total_seconds()), confirmed_at=now,
        ) for lawyer in board.lawyers
    ]  # fmt: skip
    with begin() as tx:
        tx.session.add_all(rows)


async def _measure(served: ServedBoard) -> Seen:
    here, *others = map(user_of, served.board.lawyers)
    ports, pids = zip(*served.servers, strict=True)
    gate = asyncio.Semaphore(CONNECTING_AT_ONCE)
    streams = await asyncio.gather(*(_join(id, ports[n % len(ports)], gate) for n, id in enumerate(others)))
    async with _opened(ports[0], here) as page:
        cpu = sum(map(cpu_s_of, pids))
        wall = time.time() - time.monotonic()
        posted = await asyncio.to_thread(post_all, served)
        await asyncio.sleep(SETTLES_S)
        cpu = sum(map(cpu_s_of, pids)) - cpu
        came: dict[str, float] = await page.evaluate("cameIn")
    for stream in streams:
        stream.transport.close()
    in_page = [1000 * (came[id] - wall - at) for id, at in posted.items() if id in came]
    in_streams = [each for id, at in posted.items() for each in delays_ms(streams, id, at)]
    lost = len(posted) * (len(streams) + 1) - len(in_page) - len(in_streams)
    p50, p95 = np.quantile(in_page, (0.5, 0.95)).tolist()
    reached = float(np.quantile(in_streams, 0.95))
    return Seen(len(served.board.lawyers), len(posted), p50, p95, max(in_page), reached, lost, cpu)


async def _join(user_id: str, port: int, gate: asyncio.Semaphore) -> Viewer:
    async with gate:
        _, viewer = await asyncio.get_running_loop().create_connection(lambda: Viewer(user_id), "127.0.0.1", port)
        await asyncio.wait_for(viewer.greeted, PATIENCE_S)
        return viewer


@asynccontextmanager
async def _opened(port: int, user_id: str) -> AsyncIterator[Page]:
    """Open the board in Chromium and wait until it is live."""
    address = f"http://127.0.0.1:{port}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        context: Any = await browser.new_context(viewport=PHONE, locale="zh-CN")
        await context.add_cookies([{"name": COOKIE, "value": f"{SECRET}{user_id}", "url": address}])
        await context.add_init_script(NOTE)
        page: Page = await context.new_page()
        await page.goto(f"{address}/console/board", timeout=1000 * PATIENCE_S)
        await page.wait_for_selector("#board-live:has-text('实时更新中')", timeout=1000 * PATIENCE_S)
        yield page
        await browser.close()


def browser_path() -> str:
    """Return where Chromium is."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise FileNotFoundError("no Chromium here: `make chromium` brings it")
    return found
