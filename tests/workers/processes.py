"""Real worker and scheduler processes for the tests, and ways to treat them badly."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LEASE_S = 2.0
PATIENCE_S = 60.0


@contextmanager
def started(*words: str, env: dict[str, str], output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``python -m workers ...`` while the block lasts; what it leaves behind is killed."""
    with output.open("ab") as lines:
        process = subprocess.Popen(
            [sys.executable, "-m", "workers", *words], env={**os.environ, **env}, stdout=lines, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        kill_family(process)


def kill_family(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its children as a power cut would: first all are stopped, so that none can notice."""
    family = [process.pid, *children_of(process.pid)]
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in family:
            send(pid, number)
    process.wait()


def send(pid: int, number: signal.Signals) -> None:
    """Signal a process that may have ended already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def children_of(pid: int) -> list[int]:
    """Return the processes a process has forked; none if it is gone."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def wait_until(holds: Callable[[], bool], what: str, within_s: float = PATIENCE_S, every_s: float = 0.02) -> float:
    """Return the seconds it took until it held; fail with ``what`` if it never does."""
    start = time.monotonic()
    while not holds():
        if time.monotonic() - start > within_s:
            raise AssertionError(f"not within {within_s} s: {what}")
        time.sleep(every_s)
    return time.monotonic() - start
