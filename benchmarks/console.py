"""The console on the sample city: how heavy, how fast, how soon live: ``python -m benchmarks.console [part ...]``.

Parts: ``pages`` (weight and time of every page for everyone who sees it, and what if), and a number of viewers, of
whom one is a real page in Chromium. Without any: ``pages 200 3000``. Each figure stands beside its aim.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.console import Console

from benchmarks.answers import what_if
from benchmarks.pages import City, PageFigures
from benchmarks.report import RESULTS, machine
from benchmarks.viewers import seen_live
from dispatch.console.frame.assets import ASSETS, asset_path
from dispatch.demo.client import Client
from dispatch.demo.serve import settle
from dispatch.demo.stack import run_stack
from dispatch.domain.vocabulary import Role
from dispatch.embedded.supervisor import to_files

PARTS = ("pages", "200", "3000")
PHONE_BYTES, STAFF_BYTES, SCRIPT_BYTES = 15_000, 25_000, 10_000
PAGE_MS, WHAT_IF_S = 250, 1.0
FEW, FEW_MS, MANY_MS = 200, 300, 400
"""Up to so many viewers a card stands in the page within the first time, beyond within the second."""

FIRST = {
    # where somebody comes first, after the sign-in
    Role.PRACTITIONER: "/board",
    Role.RECIPIENT: "/r/{link_id}/case",
    Role.INSTITUTION: "/desk",
}
ON_PHONES = (Role.PRACTITIONER, Role.RECIPIENT)
WHAT_IFS = 10
SMALL = {asset_path(name): len(asset.small) for name, asset in ASSETS.items()}
HEADER = "| | reached | aim |\n|---|---|---|"


def pages(folder: Path) -> list[str]:
    """Measure every page on the sample city; return the lines of the report."""
    with run_stack(folder, None, to_files(folder / "logs")) as home:
        tokens = settle(Console(stderr=True), home, "en")
        with closing(Client(home.url, tokens[Role.MANAGER])) as manager:
            waits = [_waited(manager, step) for step in range(1, WHAT_IFS + 1)]
            found = list(City(home, manager).measured())
    scripts = sum(len(asset.small) for name, asset in ASSETS.items() if name.endswith(".js"))
    every = [each for page in found for each in page.times_ms]
    slowest = max(found, key=lambda page: page.p95_ms)
    lines = [
        *map(_first_visit, (page for page in found if page.role and page.path == FIRST.get(page.role, "/"))),
        f"| all scripts | {scripts:,} B | {SCRIPT_BYTES:,} B |",
        f"| {len(found)} pages, p95 of {len(every)} requests | {np.quantile(every, 0.95):.0f} ms | {PAGE_MS} ms |",
        f"| the slowest, `{slowest.path}`, p95 | {slowest.p95_ms:.0f} ms | {PAGE_MS} ms |",
        f"| what if, p95 of {WHAT_IFS} | {np.quantile(waits, 0.95):.2f} s | {WHAT_IF_S} s |",
    ]
    return [HEADER, *lines, "", *_table(found)]


def _waited(manager: Client, step: int) -> float:
    start = perf_counter()
    what_if(manager, changes={"fairness": {"price_per_turn": 10_000 * step}})
    return perf_counter() - start


def _first_visit(page: PageFigures) -> str:
    assert page.role
    aim = PHONE_BYTES if page.role in ON_PHONES else STAFF_BYTES
    return f"| first page of {page.role.value}, `{page.path}`, with its files | {weight(page):,} B | {aim:,} B |"


def weight(page: PageFigures) -> int:
    """Return what a first visit loads, as it goes over the wire."""
    return page.html_bytes + sum(SMALL[path.removeprefix("/console")] for path in page.files)


def _table(found: Sequence[PageFigures]) -> list[str]:
    ordered = sorted(found, key=lambda page: -page.p95_ms)
    rows = [
        f"| `{page.path}` | {page.role.value if page.role else ''} | {np.median(page.times_ms):.0f} "
        f"| {page.p95_ms:.0f} | {page.html_bytes:,} | {weight(page):,} |"
        for page in ordered
    ]
    return ["| page | role | p50, ms | p95, ms | page, B | with files, B |", "|---|---|---|---|---|---|", *rows]


def live(viewers: int) -> list[str]:
    """Measure how soon a card stands in the page of one of so many; return the lines of the report."""
    seen = seen_live(viewers)
    aim = FEW_MS if viewers <= FEW else MANY_MS
    return [
        f"## {viewers:,} viewers", "", HEADER,
        f"| commit to DOM, p95 of {seen.cards} cards | {seen.dom_p95_ms:.0f} ms | {aim} ms |",
        f"| median, most | {seen.dom_p50_ms:.0f}, {seen.dom_max_ms:.0f} ms | |",
        f"| the other streams, p95 | {seen.stream_p95_ms:.0f} ms | |",
        f"| lost | {seen.lost} | 0 |",
        f"| processor time of both servers | {seen.cpu_s:.1f} s | |",
    ]  # fmt: skip


def main(parts: Sequence[str]) -> None:
    """Measure the parts and write the report."""
    lines = ["# console", ""]
    for part in parts:
        if part == "pages":
            with tempfile.TemporaryDirectory(prefix="console-") as folder:
                found = pages(Path(folder))
        else:
            found = live(int(part))
        found += ["", f"{machine()}; load average {os.getloadavg()[0]:.1f} at the end of this part.", ""]
        sys.stdout.write("\n".join(found) + "\n")
        sys.stdout.flush()
        lines += found
    (RESULTS / "console.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or PARTS)
