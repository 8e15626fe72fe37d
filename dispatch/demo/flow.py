"""The main job, as a centre does it: import, match, apply, verify; every step over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dispatch.demo.client import Client, Tell
from dispatch.demo.figures import Figures, count_figures
from dispatch.demo.promises import promise
from dispatch.demo.steps import Steps
from dispatch.demo.trials import Gaps, Period, Trial, Upload
from dispatch.demo.words import Phase

PROOF = "proof.zip"
ABSENCE_REASON = "annual-leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a trial came to: figures, the file that proves them, and what the gaps of a register did."""

    figures: Figures
    proof: Path
    gaps: Gaps | None
    refused_as_unknown: Mapping[str, int]


def dispatch_trial(client: Client, trial: Trial, steps: Steps, folder: Path, seed: int, now: datetime) -> Outcome:
    """Bring the trial in, match, apply, verify and sum up; a promise that is not kept ends it."""
    with steps.step(Phase.IMPORT) as tell:
        import_all(client, trial, tell)
    with steps.step(Phase.MATCH) as tell:
        run_id, summary = match_all(client, seed, tell)
    with steps.step(Phase.APPLY):
        apply_all(client, run_id, summary)
    with steps.step(Phase.VERIFY):
        proof = verify_run(client, run_id, folder / PROOF)
    with steps.step(Phase.COUNT):
        cases, assignments = list(client.pages("/v1/cases")), list(client.pages("/v1/assignments"))
        check_books(summary, cases, assignments)
        check_gaps(summary, trial)
    return Outcome(
        figures=count_figures(now, summary, cases, assignments, trial.active, steps.seconds),
        proof=proof,
        gaps=trial.gaps,
        refused_as_unknown=summary["unknown"],
    )
