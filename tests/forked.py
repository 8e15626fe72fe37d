"""Processes that have loaded the service before they begin: as real as ``python -c``, without its two seconds.

Python's own fork server, started with the first of them, loads what a worker loads and opens nothing; it forks one
process for each that is asked for, as ``python -m workers`` forks those of its queues.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TextIO

FORKING = get_context("forkserver")
FORKING.set_forkserver_preload(
    [
        "tests.forked",
        "testbed.rows",
        "workers.__main__",
        "workers.jobs",
        "ortools.graph.python.min_cost_flow",
        "dispatch.cli.sealing",
    ]
)


class Forked:
    """A process that runs code with words; it is asked and told things as a ``subprocess.Popen`` is.

    What it writes goes to ``output``, or else is read from ``lines``.
    """

    def __init__(
        self, code: str, *words: str, env: Mapping[str, str] | None = None, output: Path | None = None
    ) -> None:
        reader, writer = FORKING.Pipe(duplex=False)
        surroundings = {**os.environ, **(env or {})}
        self._process = FORKING.Process(target=_become, args=(code, words, surroundings, output or writer))
        self._process.start()
        with reader, writer:
            self.lines: TextIO = os.fdopen(os.dup(reader.fileno()), encoding="utf-8")
        self.pid: int = self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if (ended := self.returncode) is None:
            raise subprocess.TimeoutExpired("forked", timeout or 0)
        return ended

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _become(code: str, words: tuple[str, ...], environment: Mapping[str, str], output: Path | Connection) -> None:
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["-c", *words]
    file = output if isinstance(output, Connection) else output.open("ab")
    for number in (1, 2):
        os.dup2(file.fileno(), number)
    file.close()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    exec(compile(code, "<forked>", "exec"), {"__name__": "__main__"})
