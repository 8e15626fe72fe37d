"""A frontier as a figure: what a criterion gains against what the match gives up."""

from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from dispatch.cli.plots import AGAINST, COLOURS, POLICY, families, readable
from dispatch.domain.policy.sweep_axis import Axis
from dispatch.simulation.evidence.frontier import AMOUNTS, Curve

# fmt: off
WORDS = {
    "en": ("match given up, %", "a policy yields it", "no whole number yields it", "between corners", "now at {}",
           "{}, mean level of 100"),
    "zh": ("匹配得分下降（%）", "有方案可以做到", "没有可用的整数参数", "关键方案之间", "现值{}",
           "{}，平均分值（百分制）"),
}
# fmt: on


def draw(curve: Curve, folder: Path, language: str) -> Iterator[Path]:
    """Write the figure as PNG and SVG and yield the paths; the same curve gives the same bytes."""
    with mpl.rc_context({
        "font.family": families(), "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "frontier",
    }):  # fmt: skip
        figure = picture(curve, readable(language))
        for name, metadata in (("frontier.png", {"Software": None}), ("frontier.svg", {"Date": None})):
            figure.savefig(folder / name, dpi=150, metadata=metadata)
            yield folder / name


def picture(curve: Curve, language: str) -> Figure:
    """Return the frontier with its corners, the points between them, and the point of the current policy."""
    price, adoptable, other, between, now, level = WORDS[language]
    figure = Figure(figsize=(7.2, 5), layout="constrained")
    axes = figure.subplots()
    corners = [point for point in curve.points if point.kind == "corner"]
    axes.plot([p.amount for p in corners], [100 * p.price for p in corners], color=COLOURS[0], linewidth=1, zorder=1)
    kinds = (
        (adoptable, POLICY, "o", [p for p in corners if p.policy is not None]),
        (other, COLOURS[0], "o", [p for p in corners if p.policy is None]),
        (between, AGAINST, "D", [p for p in curve.points if p.kind == "between"]),
    )
    for label, colour, marker, points in kinds:
        if points:
            at = [p.amount for p in points], [100 * p.price for p in points]
            axes.scatter(*at, color=colour, marker=marker, s=22, label=label, zorder=2)
    for point in corners:
        if point.least is not None and point.most is not None and point.least <= curve.now <= point.most:
            axes.scatter(
                [point.amount],
                [100 * point.price],
                s=130,
                facecolor="none",
                edgecolor=COLOURS[-1],
                label=now.format(f"{curve.now:,}"),
            )
            break
    axes.set_xlabel(_amount(curve.axis, language, level))
    axes.set_ylabel(price)
    axes.grid(alpha=0.25)
    axes.legend(frameon=False)
    return figure


def _amount(axis: Axis, language: str, level: str) -> str:
    """What the horizontal axis counts."""
    if axis not in AMOUNTS:
        return level.format(axis.label(language))
    _, zh, en = AMOUNTS[axis]
    return zh if language == "zh" else en
