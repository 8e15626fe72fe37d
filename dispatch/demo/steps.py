"""The steps of a demo: shown while they run, timed when they are done; a check that fails ends them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from dispatch.demo.words import Phase


class CheckFailedError(Exception):
    """The service did not do what it should."""


def check(holds: bool, broken: str) -> None:
    """Refuse to go on with what was broken, unless it holds."""
    if not holds:
        raise CheckFailedError(broken)


Notify = Callable[[float, str], None]


class Steps:
    """A line a step, with a bar; ``seconds`` holds what each took."""

    def __init__(self, progress: Progress, language: str) -> None:
        self._progress = progress
        self._language = language
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, phase: Phase) -> Iterator[Notify]:
        """Show and time a step; what is given tells how far it is, from 0 to 1."""
        task = self._progress.add_task(phase.label(self._language), total=1.0)
        began = time.monotonic()
        yield lambda share, _doing: self._progress.update(task, completed=share)
        self.seconds[phase.value] = time.monotonic() - began
        self._progress.update(task, completed=1.0)


@contextmanager
def steps(console: Console, language: str) -> Iterator[Steps]:
    """Show steps for the length of the block."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        yield Steps(progress, language)
