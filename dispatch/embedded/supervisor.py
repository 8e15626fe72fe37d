"""Keeps named processes running: starts them, starts them again when they end, stops them together."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path

from dispatch.embedded.processes import leash

log = logging.getLogger(__name__)

LOG_BYTES, LOGS_KEPT = 10 * 2**20, 4
"""A full log of a child is put aside, and the oldest of those put aside is removed."""

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0
STEADY_S = 10.0
"""A process that ran this long is started again at once, as if it had never failed."""

GRACE_S = 30.0
"""How long a process may take to finish once asked to stop."""


@dataclass(frozen=True)
class Child:
    """A process to keep running, and what its environment holds besides ours."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def pause_after(failures: int) -> float:
    """Return the seconds to wait before a start that follows so many quick failures."""
    return float(min(FIRST_PAUSE_S * 2 ** min(failures, 16), LONGEST_PAUSE_S))


def to_stdout(name: str, line: str) -> None:
    """Show a line of a child on our own output, with its name before it."""
    sys.stdout.write(f"{name:<9} | {line}")
    sys.stdout.flush()


def to_files(folder: Path) -> Callable[[str, str], None]:
    """Return a sink that appends each child's lines to a file of its own in ``folder``; a full one makes room."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, RotatingFileHandler] = {}

    def write(name: str, line: str) -> None:
        if name not in files:
            place = folder / f"{name}.log"
            files[name] = RotatingFileHandler(place, maxBytes=LOG_BYTES, backupCount=LOGS_KEPT, encoding="utf-8")
            files[name].terminator = ""
        files[name].handle(logging.makeLogRecord({"msg": line}))

    return write


class Supervisor:
    """
    Runs children until told to stop.

    Parameters
    ----------
    children : sequence of Child
        What to run; names are unique.
    sink : callable of (name, line), optional
        Where each line a child writes goes; standard output if left out.
    grace_s : float, optional
        How long a child may take to stop before it is killed.
    """

    def __init__(
        self, children: Sequence[Child], sink: Callable[[str, str], None] = to_stdout, grace_s: float = GRACE_S
    ) -> None:
        self._sink = sink
        self._grace_s = grace_s
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self._threads = [threading.Thread(target=self._keep, args=[child], name=child.name) for child in children]

    def start(self) -> None:
        """Start every child; returns at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask every child to end, wait for the work in hand, and kill what has not ended in time."""
        with self._starting:
            self._stopping.set()
        for process in self._processes.values():
            process.terminate()
        end = time.monotonic() + self._grace_s
        # One that was never begun starts nothing any more.
        begun = [thread for thread in self._threads if thread.ident]
        for thread in begun:
            thread.join(max(0.0, end - time.monotonic()))
        for process in self._processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        for thread in begun:
            thread.join()

    def wait_for_signal(self) -> None:
        """Return when this process is asked to stop, by a terminal or a supervisor."""
        stopping = threading.Event()
        numbers = (signal.SIGTERM, signal.SIGINT)
        before = [signal.signal(number, lambda *_: stopping.set()) for number in numbers]
        stopping.wait()
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)

    def _keep(self, child: Child) -> None:
        failures = 0
        while (process := self._spawn(child)) is not None:
            began = time.monotonic()
            self._follow(child, process)
            failures = 0 if time.monotonic() - began > STEADY_S else failures + 1
            log.info("event=ended name=%s status=%s failures=%s", child.name, process.returncode, failures)
            self._stopping.wait(pause_after(failures))

    def _spawn(self, child: Child) -> subprocess.Popen[str] | None:
        with self._starting:
            if self._stopping.is_set():
                return None
            # A session of its own: Ctrl-C reaches us alone, and we stop all in order.
            self._processes[child.name] = process = subprocess.Popen(
                list(child.command),
                env={**os.environ, **child.environment},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                encoding="utf-8",
                errors="replace",
            )
            return process

    def _follow(self, child: Child, process: subprocess.Popen[str]) -> None:
        # Lines are passed on by a thread of their own: a grandchild may keep the pipe open after its parent's end.
        threading.Thread(target=self._pass_on, args=[child.name, process], daemon=True).start()
        with leash(process.pid):
            process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)

    def _pass_on(self, name: str, process: subprocess.Popen[str]) -> None:
        if process.stdout is None:
            return
        with process.stdout as lines:
            for line in lines:
                self._sink(name, line)


@contextmanager
def supervised(children: Sequence[Child], sink: Callable[[str, str], None] = to_stdout) -> Iterator[Supervisor]:
    """Keep the children running for the length of the block."""
    supervisor = Supervisor(children, sink)
    try:
        # If it is interrupted between two children, there is one to stop already.
        supervisor.start()
        yield supervisor
    finally:
        supervisor.stop()
