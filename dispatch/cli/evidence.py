"""What the verbs ``frontier``, ``policy sensitivity`` and ``policy learn`` do: tables, files, plots where asked for."""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path

from rich.table import Table

from dispatch.cli.context import opened
from dispatch.cli.files import policy_named
from dispatch.cli.options import word_of
from dispatch.cli.output import language, localize, out
from dispatch.commands.policies.evidence import draft_learned, learn_policy, sensitivity
from dispatch.commands.simulations.frontiers import frontier_of_city, frontier_of_run
from dispatch.domain.policy.criteria import Criterion
from dispatch.domain.policy.sweep_axis import Axis
from dispatch.simulation.evidence.frontier import Curve, to_document
from dispatch.simulation.evidence.teaching import JudgedOverride
from dispatch.simulation.sample.city import Size

City = tuple[str, date, Size, int]
"""Policy, day, size and seed of a sample."""

MORNING = time(1)
"""Nine o'clock in China."""

RESULT = "frontier.json"
MARKS = {True: "[green]✓[/]", False: ""}


def show_frontier(
    run: str | None, city: City, axis: str, corners: int, between: int, target: Path | None, plots: bool,
    centre: str | None,
) -> None:  # fmt: skip
    """Print the frontier of a run, or of a day of the sample city, and keep it where that was asked for."""
    wanted = word_of(Axis, "axis", axis)
    if run is None:
        policy, day, size, seed = city
        now = datetime.combine(day, MORNING, UTC)
        curve = frontier_of_city(policy_named(policy), wanted, now, size, seed, corners, between)
        about = {"source": "sample", "policy": policy, "seed": seed, "day": day.isoformat()}
    else:
        with opened() as here:
            curve = frontier_of_run(here.read, here.operator(centre), run, wanted, corners, between)
        about = {"source": "run", "run": run}
    out.print(_curve_table(curve))
    if target:
        target.mkdir(parents=True, exist_ok=True)
        content = json.dumps(to_document(curve, about), ensure_ascii=False, indent=1, sort_keys=True)
        (target / RESULT).write_text(content + "\n", encoding="utf-8")
        out.print(localize(f"结果：{target / RESULT}", f"Result: {target / RESULT}"))
    if target and plots:
        from dispatch.cli.frontier_plots import draw

        for path in draw(curve, target, language()):
            out.print(str(path), highlight=False)


def show_firmness(runs: int, centre: str | None) -> None:
    """Print how far each number of the policy can move."""
    with opened() as here:
        found = sensitivity(here.read, here.operator(centre), runs)
    table = Table(title=localize("各项数值的稳定区间", "How firm the policy is"), title_justify="left")
    for header in (
        "",
        localize("现值", "now"),
        localize("下限", "from"),
        localize("上限", "to"),
        localize("最先改变的批次", "first run to change"),
    ):
        table.add_column(header, overflow="fold")
    for room in found.rooms:
        ends = (f"{room.least:,}", f"{room.most:,}")
        first = " / ".join(run for run in (room.least_run, room.most_run) if run)
        table.add_row(room.axis.label(language()), f"{room.now:,}", *ends, first)
    out.print(table)
    for room in found.rooms:
        out.print(localize(room.zh, room.en))


def show_lessons(most: int, draft: bool, centre: str | None) -> None:
    """Print what overrides teach; keep it as a draft where that was asked for."""
    with opened() as here:
        actor = here.operator(centre)
        found = learn_policy(here.read, actor, most)
        row = draft_learned(here.begin, here.read, actor, here.now, most) if draft else None
    out.print(localize(found.zh, found.en))
    for id in found.contradiction:
        out.print(f"  {id}", highlight=False)
    table = Table(title=localize("权重（基点）", "Weights in basis points"), title_justify="left")
    for header in ("", localize("现行", "now"), localize("推算", "learned")):
        table.add_column(header, justify="right" if header else "left", overflow="fold")
    for criterion in Criterion:
        table.add_row(criterion.label(language()), f"{found.now[criterion]:,}", f"{found.weights[criterion]:,}")
    out.print(table)
    out.print(_decision_table(found.decisions))
    if row:
        out.print(localize(f"已存为第{row.version}版草稿", f"Kept as draft version {row.version}"))


def _curve_table(curve: Curve) -> Table:
    title = localize(
        f"{curve.axis.zh}：现值{curve.now:,}，{curve.seats:,}个承办名额",
        f"{curve.axis.en}: {curve.now:,} now, {curve.seats:,} seats",
    )
    table = Table(title=title, title_justify="left")
    headers = (
        localize("方案数值", "level"), localize("该项结果", "amount"), localize("匹配得分", "match of 100"),
        localize("得分下降", "price"),
        localize("首选实现", "first wishes"), localize("单人最多", "most for one"), localize("基尼系数", "Gini"),
        localize("未证明的差距", "gap"), localize("可采用", "adoptable"),
    )  # fmt: skip
    for header in headers:
        table.add_column(header, justify="right", overflow="fold")
    for point in curve.points:
        figures = point.figures
        table.add_row(
            "–" if point.level is None else f"{point.level:,}", f"{point.amount:,.1f}",
            "–" if figures.match is None else f"{figures.match / 10_000:.2f}", f"{100 * point.price:.2f}%",
            f"{figures.first_wishes}", f"{figures.most}", f"{figures.gini:.3f}",
            f"{point.gap:,}" if point.gap else "", MARKS[point.policy is not None],
        )  # fmt: skip
    return table


def _decision_table(decisions: list[JudgedOverride]) -> Table:
    table = Table(title=localize("人工指派", "Overrides"), title_justify="left")
    for header in (
        localize("决定", "decision"),
        localize("批次", "run"),
        localize("可解释", "explained"),
        localize("当日得分减少", "loss to the day"),
    ):
        table.add_column(header, overflow="fold")
    for each in decisions:
        mark = localize("不可比", "not comparable") if not each.comparable else MARKS[each.explained]
        table.add_row(
            each.override.designation_id, each.override.run_id, mark, "–" if each.loss is None else f"{each.loss:,}"
        )
    return table
