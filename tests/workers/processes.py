"""Real worker and scheduler processes for the tests, and ways to treat them badly."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.forked import Forked

WITHIN_S = 90.0

Process = Forked | subprocess.Popen[bytes]


@contextmanager
def started(*words: str, env: Mapping[str, str], output: Path) -> Iterator[Forked]:
    """Run what ``python -m workers ...`` runs while the block lasts; what it leaves behind is killed."""
    process = Forked("from workers.__main__ import app; app()", *words, env=env, output=output)
    try:
        yield process
    finally:
        cut_power(process)


@contextmanager
def started_from_nothing(
    *words: str, env: Mapping[str, str], output: Path, folder: Path | None = None, inside: Sequence[str] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``python -m workers ...`` itself while the block lasts; what it leaves behind is killed.

    ``folder`` is where it works; ``inside`` is a command that starts it elsewhere and becomes it.
    """
    with output.open("ab") as lines:
        process = subprocess.Popen(
            [*inside, sys.executable, "-m", "workers", *words],
            env={**os.environ, **env},
            cwd=folder,
            stdout=lines,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        cut_power(process)


def cut_power(process: Process) -> None:
    """End a process and its children as a power cut would: all are stopped first, so that none can notice."""
    if process.poll() is not None:
        return  # its number may be somebody else's by now
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
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [line.split() for line in listed.splitlines()]
    return [int(child) for child, parent in pairs if int(parent) == pid]


def wait_until(holds: Callable[[], object], what: str, within_s: float = WITHIN_S, every_s: float = 0.1) -> None:
    """Return when it holds; fail with ``what`` if it does not in time."""
    end = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"not within {within_s} s: {what}")
        time.sleep(every_s)
