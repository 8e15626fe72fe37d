"""The main job, as a centre does it: import, match, apply, verify; every step over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dispatch.demo.client import Client
from dispatch.demo.figures import DemoFigures, count_figures
from dispatch.demo.steps import Notify, Steps, check
from dispatch.demo.trials import DemoTrial, DemoUpload, Gaps, Period
from dispatch.demo.words import Phase
from dispatch.exchange.columns import Kind
from optimizer import verify
from optimizer.proof.files import load

PROOF = "proof.zip"
SUSPENSION_REASON = "complaint-upheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOutcome:
    """What a trial came to: figures, the file that proves them, and what the gaps of a register did."""

    figures: DemoFigures
    proof: Path
    gaps: Gaps | None
    refused_as_unknown: Mapping[str, int]


def dispatch_trial(client: Client, trial: DemoTrial, steps: Steps, folder: Path, now: datetime) -> TrialOutcome:
    """Bring the trial in, match, apply, verify and sum up; a check that fails ends it."""
    with steps.step(Phase.IMPORT) as notify:
        import_all(client, trial, notify)
    with steps.step(Phase.MATCH) as notify:
        run_id, summary = match_all(client, notify)
    with steps.step(Phase.APPLY):
        apply_all(client, run_id, summary)
    with steps.step(Phase.VERIFY):
        proof = verify_run(client, run_id, folder / PROOF)
    with steps.step(Phase.COUNT):
        cases, assignments = list(client.pages("/v1/cases")), list(client.pages("/v1/assignments"))
        check_report_data(summary, cases, assignments)
        check_gaps(summary, trial)
    return TrialOutcome(
        figures=count_figures(now, summary, cases, assignments, trial.active, steps.seconds),
        proof=proof,
        gaps=trial.gaps,
        refused_as_unknown=summary["unknown"],
    )


def import_all(client: Client, trial: DemoTrial, notify: Notify) -> None:
    """Bring in every file; who is away is recorded before any case is there to be matched."""
    for done, upload in enumerate(trial.uploads):
        import_one(client, upload, part_of(notify, done, len(trial.uploads)))
        if upload.kind is Kind.PRACTITIONERS:
            record_absences(client, trial)


def record_absences(client: Client, trial: DemoTrial) -> None:
    """Record leaves and suspensions, one request each."""
    absent = trial.leaves.keys() | trial.suspensions.keys()
    ids = {row["code"]: row["id"] for row in client.pages("/v1/practitioners") if row["code"] in absent}
    for code, period in trial.leaves.items():
        client.post(f"/v1/practitioners/{ids[code]}/leaves", days_of(period))
    for code, period in trial.suspensions.items():
        client.post(f"/v1/practitioners/{ids[code]}/suspensions", days_of(period) | {"reason": SUSPENSION_REASON})


def import_one(client: Client, upload: DemoUpload, notify: Notify) -> None:
    """Bring in one file; all of its rows must be taken."""
    files = {"file": (upload.path.name, upload.path.read_bytes())}
    if upload.mapping:
        files["mapping"] = (upload.mapping.name, upload.mapping.read_bytes())
    job = client.post("/v1/imports", data={"what": upload.kind.value}, files=files)
    report = client.wait(job["id"], notify)
    check(report["created"] > 0, f"{upload.path.name}: nothing was created")
    check(not report["refused"], f"{upload.path.name}: {report['refused']} rows were refused")


def part_of(notify: Notify, done: int, parts: int) -> Notify:
    """Return what tells the progress of one of several parts as that of the whole."""
    return lambda share, doing: notify((done + share) / parts, doing)


def days_of(period: Period) -> dict[str, str]:
    """Return a period as the API takes it."""
    return {"from_on": period[0].isoformat(), "until_on": period[1].isoformat()}


def match_all(client: Client, notify: Notify) -> tuple[str, dict[str, Any]]:
    """Match everything that waits; the worker must prove that no better matching exists."""
    run_id = client.post("/v1/runs", {})["run"]["id"]
    summary = client.wait(run_id, notify)
    check(summary["optimal"], f"run {run_id} is not proven optimal")
    check(sum(summary["open_because"].values()) == summary["open"], f"run {run_id} leaves seats open without a reason")
    return run_id, summary


def apply_all(client: Client, run_id: str, summary: dict[str, Any]) -> None:
    """Confirm every proposal; nothing can have gone stale, since nobody else works here."""
    report = client.post(f"/v1/runs/{run_id}/apply", {})
    check(not report["stale"], f"{len(report['stale'])} proposals went stale")
    check(len(report["applied"]) == summary["assigned"], "not every proposal was applied")


def verify_run(client: Client, run_id: str, target: Path) -> Path:
    """Download the proof and check it here, without the service."""
    problem, solution = load(client.download(f"/v1/runs/{run_id}/proof", target))
    verify(problem, solution)
    return target


def check_report_data(summary: Mapping[str, Any], cases: list[Any], assignments: list[Any]) -> None:
    """Compare what the run says with what the register holds now."""
    check(len(cases) == summary["cases"], f"{summary['cases']} cases were matched, {len(cases)} are registered")
    check(len(assignments) == summary["assigned"], "the register holds other assignments than were applied")
    seats = {(assignment["case_id"], assignment["seat"]) for assignment in assignments}
    check(len(seats) == len(assignments), "a seat was given twice")


def check_gaps(summary: Mapping[str, Any], trial: DemoTrial) -> None:
    """See that those who lack a fact are refused as unknown, all of them and nobody else."""
    if trial.gaps is None:
        return
    expected = {"within_reach": trial.gaps.unlocated, "specialised": trial.gaps.unspecified}
    for rule, count in expected.items():
        found = summary["unknown"].get(rule, 0)
        check(found == count, f"{count} rows lack what the rule {rule} needs, {found} were refused as unknown")
