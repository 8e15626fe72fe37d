"""What the verb ``backtest`` does: two policies on the same past, a table, a file, and plots where asked for."""

from datetime import date
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from dispatch.cli.context import opened
from dispatch.cli.files import policy_named
from dispatch.cli.output import language, localize, out
from dispatch.commands.simulations.stage import (
    TrialSetting,
    backtest,
    policy_of,
    recorded_stage,
    require_span,
    sample_stage,
)
from dispatch.domain.jackknife import FEWEST
from dispatch.domain.permissions import Actor
from dispatch.domain.policy.schema import Policy
from dispatch.registry.transaction import Read
from dispatch.simulation.backtest.compare import CATEGORIES, ESTIMATED, LABELS, READING, Comparison, Row, to_json
from dispatch.simulation.sample.year import Year

SIGNS = {1: "[green]▲[/]", -1: "[red]▼[/]", 0: ""}
RESULT = "backtest.json"


def run_backtest(
    wanted: tuple[str, str], span: tuple[date, date], seed: int, city: Year | None, target: Path | None, plots: bool,
    centre: str | None,
) -> None:  # fmt: skip
    """Compare two policies on the sample city, or on a period of the register."""
    require_span(*span)
    if city is not None:
        policy, against = (policy_named(name) for name in wanted)
        found, about = _play(sample_stage(against, span[0], city, seed), policy, against, seed)
    else:
        with opened() as here:
            actor = here.operator(centre)
            policy, against = (_of_centre(here.read, actor, name) for name in wanted)
            found, about = _play(recorded_stage(here.read, actor, *span, seed), policy, against, seed)
    show_comparison(found, about, wanted)
    if target:
        _save(found, about, target)
    if target and plots:
        _draw(found, about, target)


def _of_centre(read: Read, actor: Actor, name: str) -> Policy:
    if name == "current" or name.isdecimal():
        return policy_of(read, actor, int(name) if name.isdecimal() else None)
    return policy_named(name)


def _play(stage: TrialSetting, policy: Policy, against: Policy, seed: int) -> tuple[Comparison, dict[str, Any]]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out, transient=True) as progress:
        task = progress.add_task(localize("试算", "Back-test"), total=1.0)
        return backtest(stage, policy, against, seed, lambda done: progress.update(task, completed=done))


def _save(found: Comparison, about: dict[str, Any], target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    (target / RESULT).write_bytes(to_json(found, about))
    out.print(localize(f"结果：{target / RESULT}", f"Result: {target / RESULT}"))


def _draw(found: Comparison, about: dict[str, Any], target: Path) -> None:
    from dispatch.cli.plots import draw

    for path in draw(found, about, target, language()):
        out.print(str(path), highlight=False)


def show_comparison(found: Comparison, about: dict[str, Any], names: tuple[str, str]) -> None:
    """Print what two policies differ in, with the intervals, under the names they were asked for by."""
    out.print(_table(found, about, names))
    out.print(_by_category(found))
    out.print(READING[language()])
    if about["weeks"] < FEWEST:
        out.print(localize(f"只有{about['weeks']}周，不足{FEWEST}周：没有区间，不能判断哪个方案更好。",
                           f"There are {about['weeks']} weeks, fewer than {FEWEST}: no interval, and no telling "
                           "which policy is better."))  # fmt: skip
    out.print(_estimates(about["estimates"]))


def _estimates(known: list[dict[str, Any]]) -> Table:
    title = localize("人员行为的取值与来源", "How people behave in it, and what that rests on")
    table = Table(title=title, title_justify="left")
    for header in ("", localize("取值", "value"), localize("来源", "from")):
        table.add_column(header, justify="right" if header else "left", overflow="fold")
    for each in known:
        seen = localize(f"记录{each['seen']:,}项", f"{each['seen']:,} records")
        assumed = localize(f"假定（{seen}）", f"assumed ({seen})")
        names = ESTIMATED[each["code"]]
        table.add_row(localize(*names), f"{each['value']:.2f}", assumed if each["assumed"] else seen)
    return table


def _table(found: Comparison, about: dict[str, Any], names: tuple[str, str]) -> Table:
    title = localize(
        f"{about['cases']:,}件案件、{about['people']:,}人、{about['weeks']}周，随机数种子{about['seed']}",
        f"{about['cases']:,} cases, {about['people']:,} people, {about['weeks']} weeks, seed {about['seed']}",
    )
    table = Table(title=title, title_justify="left")
    for number, header in enumerate(
        ("", *map(escape, names), localize("差（95%区间）", "Difference (95 % interval)"), "")
    ):
        table.add_column(header, justify="left" if number == 0 else "right", overflow="fold")
    for row in found.rows:
        if row.policy is not None or row.against is not None:
            table.add_row(localize(*LABELS[row.code]), *_cells(row))
    return table


def _by_category(found: Comparison) -> Table:
    table = Table(
        title=localize("受援人类别：指派用时与匹配得分", "Recipients: time to assign and match quality"),
        title_justify="left",
    )
    hours, points = localize("小时", "hours"), localize("得分", "quality")
    for header in (
        "",
        hours,
        hours,
        localize("差", "difference"),
        "",
        points,
        points,
        localize("差", "difference"),
        "",
    ):
        table.add_column(header, justify="right" if header else "left", overflow="fold")
    quality = {row.code: row for row in found.quality_of}
    for row in found.hours_of:
        if row.code in quality:
            table.add_row(localize(*CATEGORIES[row.code]), *_cells(row), *_cells(quality[row.code]))
    return table


def _cells(row: Row) -> tuple[str, str, str, str]:
    difference = _number(row, row.difference, "+")
    interval = f" ({_number(row, row.low, '+')} … {_number(row, row.high, '+')})" if row.low is not None else ""
    return _number(row, row.policy), _number(row, row.against), difference + interval, SIGNS[row.verdict]


def _number(row: Row, value: float | None, sign: str = "") -> str:
    if value is None:
        return "–"
    return f"{100 * value:{sign}.1f}%" if row.unit == "share" else f"{value:{sign}.2f}"
