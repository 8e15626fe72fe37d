"""Where the time of a claim goes: ``python -m benchmarks.claim_profile``.

Twice the same claims on PostgreSQL with its commits on disk: over HTTP as in ``service``, counted by the processor
time of each kind of process; and by a single caller under a profiler, by what the time was spent in.
"""

import cProfile
import itertools
import os
import pstats
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import scenes
from benchmarks.board import Lawyer, open_board
from benchmarks.establishment import Establishment, established, machine_load
from benchmarks.load import Outcome, ask
from benchmarks.report import RESULTS, machine
from benchmarks.service import bare_endpoints
from dispatch.commands.access import authenticate
from dispatch.commands.board import claim
from dispatch.domain.errors import DispatchError
from dispatch.embedded import redis
from dispatch.registry.transaction import make_read_autocommit
from testbed import postgres

CLAIMS = 400
CONNECTIONS = 16
SECONDS = 5.0
HERTZ = os.sysconf("SC_CLK_TCK")

# fmt: off
KINDS = (
    # in the command line , as it is called
    ("postgres",            "PostgreSQL"),
    ("legal-dispatch api",  "API processes"),
    ("benchmarks.bare",     "bare endpoint"),
    ("benchmarks.claim",    "who asks"),
    ("workers",             "worker and scheduler"),
)
PLACES = (
    # in the file name       , as it is called
    ("psycopg/connection.py", "waiting for PostgreSQL, its reading and writing"),
    ("psycopg",               "driver"),
    ("sqlalchemy",            "SQLAlchemy"),
    ("sqlmodel",              "SQLAlchemy"),
    ("dispatch/",             "our own code"),
    ("numpy",                 "NumPy"),
)
# fmt: on
ELSE = "Python's own"


def over_http(service: Establishment, bare_ports: Sequence[int], now: datetime) -> Iterator[str]:
    """Yield a row for each kind of request: how many a second, and what each cost in which process."""
    what, hopeless = next(scenes.hopeless(service, now))
    board = open_board(service.begin, now, f"profile {now.timestamp()}", CLAIMS, CLAIMS)
    winning = itertools.starmap(scenes.claiming, zip(board.lawyers, board.case_ids, strict=True))
    yield _counted("bare endpoint", lambda: ask(bare_ports, hopeless(), CONNECTIONS, SECONDS))
    yield _counted(f"refused: {what}", lambda: ask(service.ports, hopeless(), CONNECTIONS, SECONDS))
    yield _counted("won", lambda: ask(service.ports, winning, CONNECTIONS, 120))


def by_place(service: Establishment, now: datetime) -> Iterator[str]:
    """Yield a row for a refused and a won claim: what a single caller's time is spent in, in milliseconds."""
    board = open_board(service.begin, now, f"alone {now.timestamp()}", CLAIMS, CLAIMS)
    first, *others = zip(board.lawyers, board.case_ids, strict=True)
    _claim_each(service, [first, *others[:40]], now)
    half = len(others) // 2
    yield _spent("refused", lambda: _claim_each(service, [(board.lawyers[-1], first[1])] * half, now), half)
    yield _spent("won", lambda: _claim_each(service, others[half:], now), len(others) - half)


def _claim_each(service: Establishment, pairs: Iterable[tuple[Lawyer, str]], now: datetime) -> None:
    read_autocommit = make_read_autocommit(service.engine)
    for lawyer, case_id in pairs:
        with suppress(DispatchError):
            claim(service.begin, read_autocommit, authenticate(read_autocommit, lawyer.token, now), now, case_id)


def _spent(what: str, work: Callable[[], None], times: int) -> str:
    profile = cProfile.Profile()
    profile.runcall(work)
    spent: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        spent[next((name for word, name in PLACES if word in file), ELSE)] += own
    cells = (f"{1000 * spent[name] / times:.2f}" for name in _places())
    return f"| {what} | {1000 * sum(spent.values()) / times:.2f} | {' | '.join(cells)} |"


def _counted(what: str, load: Callable[[], Outcome]) -> str:
    before, (idle, began) = _spent_by_kind(), (_idle_s(), time.monotonic())
    outcome = load()
    spent = _spent_by_kind() - before
    answered = len(outcome.answers)
    cells = (f"{1000 * spent[name] / answered:.2f}" for _, name in KINDS)
    cores = os.cpu_count() or 1
    resting = (_idle_s() - idle) / (cores * (time.monotonic() - began))
    return f"| {what} | {outcome.per_second:.0f} | {' | '.join(cells)} | {resting:.0%} |"


def _spent_by_kind() -> Counter[str]:
    spent: Counter[str] = Counter()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            order = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            name = next((name for word, name in KINDS if word in order), ELSE)
            spent[name] += (int(fields[11]) + int(fields[12])) / HERTZ  # type: ignore[assignment]
    return spent


def _idle_s() -> float:
    return int(Path("/proc/stat").read_text().split()[4]) / HERTZ


def _places() -> list[str]:
    return [*dict.fromkeys(name for _, name in PLACES), ELSE]


def _heading(*cells: str) -> list[str]:
    return [f"| {' | '.join(cells)} |", "|" + "---|" * len(cells)]


def main() -> None:
    """Profile on PostgreSQL and write both tables."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="profile-") as place, ExitStack() as stack:
        folder = Path(place)
        url = stack.enter_context(postgres.running(durable=True))
        redis_url = stack.enter_context(redis.running(folder / "redis"))
        service = stack.enter_context(established(url, redis_url, folder))
        scenes.warm_up(service, now)
        bare_ports = stack.enter_context(bare_endpoints(service, url))
        asked, alone = list(over_http(service, bare_ports, now)), list(by_place(service, now))
    lines = [
        "# Where the time of a claim goes", "",
        f"{machine()}; load average at the end: {machine_load()}.", "",
        "Over HTTP, two API processes: milliseconds of processor time a request, by process; *resting* is the share of "
        "both cores that nobody used.", "",
        *_heading("what", "a second", *(name for _, name in KINDS), "resting"), *asked, "",
        "By a single caller without HTTP, under a profiler, which about doubles the time: milliseconds a claim.", "",
        *_heading("what", "all", *_places()), *alone, "",
    ]  # fmt: skip
    (RESULTS / "claim_profile.md").write_text("\n".join(lines), encoding="utf-8")
    sys.stdout.write("\n".join(lines))


if __name__ == "__main__":
    main()
