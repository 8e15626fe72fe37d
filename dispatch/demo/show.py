"""The demo: from an empty folder to a dispatched and verified day, in one command."""

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path

from rich.console import Console

from dispatch.demo.client import Client
from dispatch.demo.flow import TrialOutcome, dispatch_trial
from dispatch.demo.seed_centre import open_centre
from dispatch.demo.stack import Stack, run_stack, unwind_when_asked_to_end, utc_now
from dispatch.demo.steps import Steps, steps
from dispatch.demo.table import manager_table
from dispatch.demo.trials import DemoTrial, city_trial, register_trial
from dispatch.demo.words import Line, Phase
from dispatch.settings import Settings

SEED = 20240613
FOLDER = "demo"
PROGRAM = "legal-dispatch"
REGISTER_CASES = 1000


def show(register: Path | None, mapping: Path | None, language: str, seed: int = SEED) -> None:
    """Dispatch a sample city, or the register, in a fresh folder; what it started is stopped, whatever happens."""
    unwind_when_asked_to_end()
    console = Console()
    folder = fresh_folder(Settings().data_dir / FOLDER)

    def draw(now: datetime) -> DemoTrial:
        if register and mapping:
            return register_trial(folder, seed, now, register, mapping, REGISTER_CASES)
        return city_trial(folder, seed, now)

    with steps(console, language) as timed:
        outcome = dispatch_from_nothing(folder, draw, timed, language)
    console.print(manager_table(outcome, language))
    console.print(f"{Line.CHECK_AGAIN.label(language)}{called()} verify {outcome.proof}", soft_wrap=True)


def called() -> str:
    """Return how the program is called from here: without its environment activated, by where it is."""
    return PROGRAM if shutil.which(PROGRAM) else os.path.relpath(Path(sys.executable).with_name(PROGRAM))


def dispatch_from_nothing(
    folder: Path, draw: Callable[[datetime], DemoTrial], timed: Steps, language: str
) -> TrialOutcome:
    """Draw, start, bring in, match, apply and verify."""
    now = utc_now()
    with timed.step(Phase.DRAW):
        trial = draw(now)
    with ExitStack() as stack:
        with timed.step(Phase.START):
            home = stack.enter_context(run_stack(folder))
            client = stack.enter_context(closing(enter(home, trial, language, now)))
        return dispatch_trial(client, trial, timed, folder, utc_now())


def enter(home: Stack, trial: DemoTrial, language: str, now: datetime) -> Client:
    """Open the trial's centre and return its manager's client."""
    _, tokens = open_centre(home.begin, now, trial.name, trial.areas, trial.policy)
    return Client(home.url, tokens["manager"], language)


def fresh_folder(folder: Path) -> Path:
    """Return the folder, empty; what an earlier demo left there is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
