"""The demo: from an empty folder to a dispatched and verified day, in one command."""

import shutil
import signal
import sys
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from dispatch.demo.client import Client
from dispatch.demo.flow import Outcome, dispatch_trial
from dispatch.demo.household import Household, household, utc_now
from dispatch.demo.opening import open_centre
from dispatch.demo.steps import Steps, steps
from dispatch.demo.table import manager_table
from dispatch.demo.trials import Trial, city_trial, register_trial
from dispatch.demo.words import Line, Phase
from dispatch.settings import Settings

SEED = 20240613
FOLDER = "demo"
REGISTER_CASES = 1000
TERMINATED = 128 + signal.SIGTERM


def show(register: Path | None, mapping: Path | None, language: str, seed: int = SEED) -> None:
    """Dispatch a sample city, or the register, in a fresh folder; what it started is stopped, whatever happens."""
    signal.signal(signal.SIGTERM, _end)
    console = Console()
    folder = fresh_folder(Settings().data_dir / FOLDER)
    with steps(console, language) as timed:
        outcome = dispatch_from_nothing(folder, register, mapping, timed, language, seed)
    console.print(manager_table(outcome, language))
    console.print(f"{Line.CHECK_AGAIN.label(language)}legal-dispatch verify {outcome.proof}", soft_wrap=True)


def dispatch_from_nothing(
    folder: Path, register: Path | None, mapping: Path | None, timed: Steps, language: str, seed: int
) -> Outcome:
    """Draw, start, bring in, match, apply and verify."""
    now = utc_now()
    with timed.step(Phase.DRAW):
        trial = make_trial(folder, register, mapping, seed, now)
    with ExitStack() as stack:
        with timed.step(Phase.START):
            home = stack.enter_context(household(folder))
            client = stack.enter_context(closing(enter(home, trial, language, now)))
        return dispatch_trial(client, trial, timed, folder, seed, utc_now())


def make_trial(folder: Path, register: Path | None, mapping: Path | None, seed: int, now: datetime) -> Trial:
    """Return the trial of a register, or of the sample city where none is given."""
    if register and mapping:
        return register_trial(folder, seed, now, register, mapping, REGISTER_CASES)
    return city_trial(folder, seed, now)


def enter(home: Household, trial: Trial, language: str, now: datetime) -> Client:
    """Open the trial's centre and return its manager's client."""
    _, tokens = open_centre(home.begin, now, trial.name, trial.areas, trial.policy)
    return Client(home.url, tokens["manager"], language)


def fresh_folder(folder: Path) -> Path:
    """Return the folder, empty; what an earlier demo left there is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _end(*_: Any) -> None:
    # An exception unwinds every block, so that servers and processes are stopped in order.
    sys.exit(TERMINATED)
