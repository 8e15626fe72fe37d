"""What the verbs ``verify-log`` and ``verify-run`` do."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import typer

from dispatch.cli.context import opened
from dispatch.cli.output import REFUSED, language, localize, out
from dispatch.commands.log.keeping import verify_logs
from dispatch.commands.runs.checks import check_run
from dispatch.domain.errors import UnreadableFileError
from dispatch.domain.log.records import Head
from dispatch.registry.log.checking import MAX_NAMED, Checked, Fault


def verify_every_log(heads: Path | None) -> None:
    """Print what each log came to and what is wrong with it; end with 1 if anything is."""
    published = read_heads(heads) if heads else []
    with opened() as here:
        checked, triggers = verify_logs(here.read, published=published)
    for each in checked:
        _print_log(each)
    for fault in triggers:
        _print_fault(fault)
    if triggers or any(each.counts for each in checked):
        raise typer.Exit(REFUSED)
    out.print(localize("核验通过：记录与封存、每日校验值和触发器均一致", "All logs verify, and so do the triggers"))


def verify_one_run(run_id: str, centre: str | None) -> None:
    """Print whether each part of a run holds; end with 1 if one does not."""
    with opened() as here:
        found = check_run(here.read, here.operator(centre), run_id)
    for each in found:
        mark = localize("相符", "holds") if each.holds else localize("[red]不符[/]", "[red]does not hold[/]")
        out.print(f"{mark}  {each.part.label(language())}")
    if not all(each.holds for each in found):
        raise typer.Exit(REFUSED)


def read_heads(path: Path) -> list[Head]:
    """Return the heads that somebody kept."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return [_head(each) for each in (kept["items"] if isinstance(kept, dict) else kept)]
    except (ValueError, KeyError, TypeError):
        raise UnreadableFileError(file=path.name) from None


def _head(document: dict[str, Any]) -> Head:
    on, root = date.fromisoformat(document["on"]), bytes.fromhex(document["root"])
    return Head(document["log"], on, int(document["size"]), root, document["previous"])


def _print_log(checked: Checked) -> None:
    out.print(
        localize(
            f"日志 {checked.log}：{checked.size}条，根 {checked.root.hex()}",
            f"Log {checked.log}: {checked.size} entries, root {checked.root.hex()}",
        ),
        highlight=False,
        soft_wrap=True,
    )
    for fault in checked.faults:
        _print_fault(fault)
    for kind, count in checked.counts.items():
        if count > MAX_NAMED:
            out.print(f"  {kind.label(language())}: {count}")


def _print_fault(fault: Fault) -> None:
    out.print(f"  {fault.where}: {fault.kind.label(language())}", markup=False, highlight=False, soft_wrap=True)
