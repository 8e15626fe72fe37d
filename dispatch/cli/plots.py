"""A back-test as figures: every difference with its interval, and how effort is spread over the list."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font_names

from dispatch.simulation.backtest.compare import Comparison, Row
from dispatch.simulation.backtest.measures import MEASURES

HAN = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei", "Microsoft YaHei", "SimHei", "PingFang SC", "Noto Sans CJK JP",
)  # fmt: skip
"""Fonts with Chinese characters; where there is none, figures speak English."""

LATIN = "DejaVu Sans"
"""It comes with the library that draws."""


def families() -> list[str]:
    """Return the fonts to write with: of those there are, so that none is looked for in vain."""
    here = set(get_font_names())
    return [LATIN, *(name for name in HAN if name in here)]


def readable(language: str) -> str:
    """Return the language if it can be written here, else English."""
    return language if language == "en" or len(families()) > 1 else "en"


def legible(text: str) -> bool:
    """Tell whether a text can be written here: plain Latin can anywhere."""
    return text.isascii() or readable("zh") == "zh"


COLOURS = {1: "#1a7f4e", -1: "#b3261e", 0: "#8a8f98"}
POLICY, AGAINST = "#1f5fa8", "#c97a1a"


class PlotTexts(NamedTuple):
    """Texts on the figures."""

    language: str
    spreads: dict[str, str]
    versus: str
    difference: str
    same: str
    people: str
    effort: str


# fmt: off
WORDS = {
    "en": PlotTexts("en", {"gini": "Gini of effort", "most_to_mean": "most loaded to mean"}, "{} against {}",
                "difference in % of the other policy, with 95 % interval", "everyone the same",
                "% of the list, least loaded first", "% of all effort"),
    "zh": PlotTexts("zh", {"gini": "工作量基尼系数", "most_to_mean": "最多与平均之比"}, "{}与{}对照",
                "与对照方案之差（%），95%区间", "人人相同", "名册人数（%），由少到多", "全部工作量（%）"),
}
# fmt: on


def draw(found: Comparison, about: dict[str, Any], folder: Path, language: str) -> Iterator[Path]:
    """Write the figures into the folder and yield their paths; the same comparison gives the same bytes."""
    words = WORDS[readable(language)]
    with mpl.rc_context({"font.family": families(), "axes.spines.top": False, "axes.spines.right": False}):
        for name, figure in (
            ("differences.png", differences(found, about, words)),
            ("lorenz.png", lorenz_curves(found, about, words)),
        ):
            path = folder / name
            figure.savefig(path, dpi=150, metadata={"Software": None})
            yield path


def differences(found: Comparison, about: dict[str, Any], words: PlotTexts) -> Figure:
    """Return the relative difference of each figure, with its interval; green is surely better, red surely worse."""
    labels = {each.code: each.label(words.language) for each in MEASURES} | words.spreads
    rows = [row for row in found.rows if row.low is not None and row.against]
    figure = Figure(figsize=(8, 0.42 * len(rows) + 1.4), layout="constrained")
    axes = figure.subplots()
    for place, row in enumerate(reversed(rows)):
        middle, low, high = (100 * value for value in _relative(row))
        axes.plot([low, high], [place, place], color=COLOURS[row.verdict], linewidth=2.5, solid_capstyle="butt")
        axes.plot(middle, place, "o", color=COLOURS[row.verdict], markersize=6)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(rows)), [labels[row.code] for row in reversed(rows)])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlabel(words.difference)
    axes.set_title(words.versus.format(about["policy"]["name"], about["against"]["name"]), loc="left")
    axes.grid(axis="x", alpha=0.25)
    return figure


def lorenz_curves(found: Comparison, about: dict[str, Any], words: PlotTexts) -> Figure:
    """Return how much of all effort the least loaded part of the list holds, under both policies."""
    figure = Figure(figsize=(5.4, 5.2), layout="constrained")
    axes = figure.subplots()
    at = np.linspace(0, 100, len(found.lorenz[0]))
    axes.plot([0, 100], [0, 100], color="black", linewidth=0.8, linestyle=":", label=words.same)
    for curve, side, colour in zip(found.lorenz, ("policy", "against"), (POLICY, AGAINST), strict=True):
        axes.plot(at, [100 * value for value in curve], color=colour, linewidth=2, label=about[side]["name"])
    axes.set_xlabel(words.people)
    axes.set_ylabel(words.effort)
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_title(words.versus.format(about["policy"]["name"], about["against"]["name"]), loc="left")
    axes.legend(frameon=False, loc="upper left")
    return figure


def _relative(row: Row) -> tuple[float, float, float]:
    other = row.against or 1.0
    middle, low, high = (0.0 if value is None else value / other for value in (row.difference, row.low, row.high))
    return middle, low, high
