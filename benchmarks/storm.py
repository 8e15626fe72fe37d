"""A storm: a thousand lawyers claim two hundred cases from fifty threads while processes are killed under them.

``python -m benchmarks.storm 20`` plays twenty seeds with 1,000 lawyers and 200 cases, each in peace and with
every blow, and writes what came of it to ``results/storm.md``. What must hold is in ``audit.py``.
"""

import itertools
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from benchmarks.audit import HEADER, Account, audit, unsettled
from benchmarks.board import Board, case_draft, open_board
from benchmarks.establishment import Establishment, established, machine_load
from benchmarks.lives import Life, acts_on, audit_lives, open_lives
from benchmarks.report import RESULTS, machine
from benchmarks.stubborn import Asked, Progress, ask_all
from dispatch.embedded import redis
from testbed import postgres
from testbed.blows import kill_child, kill_redis, start_redis

PATIENCE_S = 240.0
QUOTA = {"weekly_claims": 2, "open_claims": 2}
SEALED = {"window_minutes": 10, "epsilon": 0}
"""Whoever is not the best of all waits for the end of the window, where the case has one."""

CAPACITIES = (1, 2, 3)


class Size(NamedTuple):
    """How many take part; ``tries`` is how many cases each lawyer claims, ``granted`` how many come in meanwhile."""

    lawyers: int = 1000
    cases: int = 200
    threads: int = 50
    tries: int = 2
    granted: int = 20
    window: timedelta = timedelta(seconds=10)
    """Every fourth case is claimed under seal for so long."""
    lives: int = 20
    """Cases at work, each with a lawyer who claims nothing, that everybody ends, replaces and corrects at once."""


def play(seed: int, database_url: str, size: Size, *, blows: bool) -> Account:
    """
    Play one storm and return what came of it.

    Raises
    ------
    AssertionError
        If anything was lost or doubled, or a cap or a quota was exceeded.
    """
    with tempfile.TemporaryDirectory(prefix="storm-") as place:
        folder = Path(place)
        with (
            redis.running(folder / "redis") as url,
            second_redis(folder / "redis") as restart_empty,
            established(database_url, url, folder) as service,
        ):
            return _play(seed, service, size, restart_empty if blows else None)


def _play(seed: int, service: Establishment, size: Size, restart_empty: "Restart | None") -> Account:
    now = datetime.now(UTC)
    board = open_board(
        service.begin, now, f"storm-{seed}-{now.timestamp()}", size.lawyers + size.lives, size.cases,
        capacities=CAPACITIES, windows=(*[timedelta()] * 3, size.window), grab=QUOTA | SEALED, at_once=True,
    )  # fmt: skip
    claimants, workers = board.lawyers[: size.lawyers], board.lawyers[size.lawyers :]
    lives = open_lives(service.begin, board, workers, now)
    asked = draw(seed, board._replace(lawyers=claimants), lives, size, now)
    progress, began = Progress(len(asked)), time.monotonic()
    with ThreadPoolExecutor(size.threads + 1) as pool:
        struck = pool.submit(strike, service, progress, restart_empty) if restart_empty else None
        shares = (asked[number :: size.threads] for number in range(size.threads))
        answering = [pool.submit(ask_all, service.ports, share, progress) for share in shares]
        answers = [answer for share in answering for answer in share.result()]
        if struck:
            struck.result()
    spent_s = time.monotonic() - began
    _await_settled(service, board)
    of_lives = [answer for answer in answers if answer.asked.key.startswith("life-")]
    acts = audit_lives(service.read, board, lives, of_lives)
    others = [answer for answer in answers if answer not in of_lives]
    without = {life.case_id for life in lives}
    return audit(service.read, board, others, QUOTA, spent_s, without)._replace(acts=acts)


def draw(seed: int, board: Board, lives: list[Life], size: Size, now: datetime) -> list[Asked]:
    """Return what is asked, in the order of this seed: claims, cases handed in, and acts on cases at work."""
    dice = random.Random(seed)
    asked = [
        Asked(f"/v1/board/{case_id}/claims", lawyer.token, f"{lawyer.id}-{case_id}")
        for lawyer in board.lawyers
        for case_id in dice.sample(board.case_ids, size.tries)
    ]
    asked += [
        Asked("/v1/cases", board.clerk, f"granted-{number}", case_draft(f"granted-{number}", now))
        for number in range(size.granted)
    ]
    asked += [each for life in lives for each in acts_on(life, board)]
    dice.shuffle(asked)
    return asked


class Restart(NamedTuple):
    """Kills a Redis and starts it again where it was, with nothing in it."""

    folder: Path
    servers: list[subprocess.Popen[bytes]]

    def __call__(self) -> None:
        """Do so; whoever was connected is thrown out."""
        kill_redis(self.folder)
        shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)
        self.servers.append(start_redis(self.folder))


@contextmanager
def second_redis(folder: Path) -> Iterator[Restart]:
    """Give a way to restart the Redis of a folder; what was started ends with the block."""
    restart = Restart(folder, [])
    try:
        yield restart
    finally:
        for server in restart.servers:
            server.terminate()
            server.wait()


def strike(service: Establishment, progress: Progress, restart_empty: Restart) -> None:
    """Kill each API process, the worker host, and Redis; the supervisor starts again what is its own."""
    for share, name in ((0.25, "api-0"), (0.5, "worker"), (0.75, "api-1")):
        progress.wait_for(share)
        kill_child(service.supervisor, name)
        if name == "worker":
            restart_empty()


def _await_settled(service: Establishment, board: Board) -> None:
    end = time.monotonic() + PATIENCE_S
    while left := unsettled(service.read, board.centre_id):
        if time.monotonic() > end:
            raise AssertionError(f"not settled within {PATIENCE_S:.0f} s: {left}")
        time.sleep(0.2)


def main(seeds: int) -> None:
    """Play that many seeds on PostgreSQL, in peace and with kills, and write the figures."""
    lines = [f"# storm\n\n{machine()}\n", HEADER]
    for seed, blows in itertools.product(range(seeds), (False, True)):
        with postgres.running() as url:
            account = play(seed, url, Size(), blows=blows)
        lines.append(account.as_row(seed, "killed" if blows else "in peace", machine_load()))
        sys.stdout.write(lines[-1] + "\n")
        sys.stdout.flush()
    (RESULTS / "storm.md").write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
