"""Reports as figures: the same report gives the same bytes, in a language that the fonts here can write."""

import logging
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from dispatch.cli.plots import families, legible, readable
from dispatch.reports.shape import ColumnUnit, Shape

COLOURS = ("#1f5fa8", "#e08a1e", "#3a9a6b", "#b3403a", "#7a5ea8", "#6b7785", "#49a6c4", "#c7b13a", "#b86f9c")
GREY, INK = "#8a8f98", "#22262b"
TIMES = (ColumnUnit.MONTH.value, ColumnUnit.DAY.value)
STYLE: Any = {
    "font.size": 10, "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": "#c5cad1",
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True,
    "grid.color": "#e6e9ed", "grid.linewidth": 0.8, "xtick.color": INK, "ytick.color": INK,
    "svg.hashsalt": "legal-aid-dispatch", "axes.unicode_minus": False,
}  # fmt: skip
METADATA: dict[str, dict[str, None]] = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}
"""What would tell when or by what a figure was drawn."""


def draw(figure: dict[str, Any], period: str, path: Path, language: str) -> bool:
    """Write a figure to the path; return whether there was anything to draw."""
    series = [known for each in figure["series"] if (known := _known(each))["points"]]
    if not series:
        return False
    language = readable(language)
    # A Chinese font without a bold face is told of at each title otherwise.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    with mpl.rc_context(STYLE | {"font.family": families()}):
        drawn = SHAPES[figure["shape"]](figure | {"series": series}, language)
        axes = drawn.axes[0]
        axes.set_title(figure["title"][language], loc="left", fontweight="bold", fontsize=12, pad=22)
        axes.annotate(period, (0, 1), (0, 6), "axes fraction", "offset points", color=GREY, fontsize=9)
        drawn.savefig(path, dpi=150, metadata=METADATA[path.suffix[1:]])
    return True


def bars(figure: dict[str, Any], language: str, *, stacked: bool = False) -> Figure:
    """Return bars side by side, or on top of each other: by time upright, by words lying."""
    upright = figure["at"]["unit"] in TIMES
    at = _places(figure)
    series = figure["series"]
    drawn = _canvas((8, 4.4) if upright else (8, 1.6 + (0.42 if stacked else 0.42 * max(len(series), 1.4)) * len(at)))
    axes = drawn.axes[0]
    width = 0.72 if stacked else 0.8 / len(series)
    base = np.zeros(len(at))
    for number, each in enumerate(series):
        values = np.array([_value_at(each, place) for place in at])
        shift = 0.0 if stacked else (number - (len(series) - 1) / 2) * width
        label, colour = _wording(each["label"], language), COLOURS[number % len(COLOURS)]
        where = np.arange(len(at)) + shift
        if upright:
            axes.bar(where, values, width * 0.94, bottom=base if stacked else None, color=colour, label=label)
        else:
            axes.barh(where, values, width * 0.94, left=base if stacked else None, color=colour, label=label)
        base = base + values
    monthly = figure["at"]["unit"] == ColumnUnit.MONTH.value
    names = _months(map(date.fromisoformat, at)) if monthly else [_named(place, language) for place in at]
    if upright:
        axes.set_xticks(range(len(at)), names)
        axes.grid(visible=False, axis="x")
    else:
        axes.set_yticks(range(len(at)), names)
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
    _label_values(axes.yaxis if upright else axes.xaxis, axes, figure, language, upright=upright)
    _legend(axes, series)
    return drawn


def stack(figure: dict[str, Any], language: str) -> Figure:
    """Return bars on top of each other."""
    return bars(figure, language, stacked=True)


def lines(figure: dict[str, Any], language: str) -> Figure:
    """Return lines over time."""
    drawn = _canvas((8, 4.2))
    axes = drawn.axes[0]
    for number, each in enumerate(figure["series"]):
        at: Any = [date.fromisoformat(point["at"]) for point in each["points"]]
        values = [point["value"] for point in each["points"]]
        marker = "o" if len(at) <= 40 else ""
        axes.plot(at, values, color=COLOURS[number % len(COLOURS)], linewidth=1.8, marker=marker, markersize=4.5,
                  label=_wording(each["label"], language))  # fmt: skip
    if figure["at"]["unit"] == ColumnUnit.MONTH.value:
        places = [date.fromisoformat(place) for place in _places(figure)]
        axes.set_xticks(places, _months(places))  # type: ignore[arg-type]  # it takes dates too
    else:
        locator = AutoDateLocator(minticks=3, maxticks=9)  # type: ignore[no-untyped-call]
        formats = ["%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M", "%S"]
        dates = ConciseDateFormatter(locator, formats=formats, show_offset=False)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(dates)
    top = max(point["value"] for each in figure["series"] for point in each["points"])
    axes.set_ylim(0, max(top * 1.1, 1e-3) if figure["value"]["unit"] != ColumnUnit.SHARE.value else 1.02)
    _label_values(axes.yaxis, axes, figure, language, upright=True)
    _legend(axes, figure["series"])
    return drawn


def ranges(figure: dict[str, Any], language: str) -> Figure:
    """Return a value with its interval for each group."""
    [series] = figure["series"]
    points = sorted(series["points"], key=lambda point: point["value"])
    drawn = _canvas((8, 1.6 + 0.4 * len(points)))
    axes = drawn.axes[0]
    for place, point in enumerate(points):
        axes.plot([point["low"], point["high"]], [place, place], color=COLOURS[0], linewidth=2.5, alpha=0.55,
                  solid_capstyle="butt")  # fmt: skip
        axes.plot(point["value"], place, "o", color=COLOURS[0], markersize=6)
    axes.set_yticks(range(len(points)), [_named(point["at"], language) for point in points])
    axes.set_ylim(-0.6, len(points) - 0.4)
    axes.grid(visible=False, axis="y")
    _label_values(axes.xaxis, axes, figure, language, upright=False)
    return drawn


def lorenz(figure: dict[str, Any], language: str) -> Figure:
    """Return the curve of what the least loaded hold, beside what an equal load would be."""
    [series] = figure["series"]
    drawn = _canvas((5.6, 5.2))
    axes = drawn.axes[0]
    at, values = ([point[name] for point in series["points"]] for name in ("at", "value"))
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--")
    axes.fill_between(at, values, at, color=COLOURS[0], alpha=0.12, linewidth=0)
    axes.plot(at, values, color=COLOURS[0], linewidth=2.2)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel=figure["at"][language], ylabel=figure["value"][language])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0))
    return drawn


# fmt: off
SHAPES: dict[str, Callable[[dict[str, Any], str], Figure]] = {
    Shape.BARS.value:   bars,
    Shape.STACK.value:  stack,
    Shape.LINES.value:  lines,
    Shape.RANGES.value: ranges,
    Shape.LORENZ.value: lorenz,
}
# fmt: on


LABEL_LENGTH = 40
"""Latin letters beside a bar; the table has a longer name in full. A Chinese character is twice as wide."""


def _canvas(size: tuple[float, float]) -> Figure:
    drawn = Figure(figsize=size, layout="constrained")
    drawn.subplots()
    return drawn


def _known(series: dict[str, Any]) -> dict[str, Any]:
    return series | {"points": [point for point in series["points"] if point["value"] is not None]}


def _places(figure: dict[str, Any]) -> list[Any]:
    found = {_key(point["at"]): point["at"] for each in figure["series"] for point in each["points"]}
    return [found[key] for key in (sorted(found) if figure["at"]["unit"] in TIMES else found)]


def _value_at(series: dict[str, Any], place: Any) -> float:
    return float(sum(point["value"] for point in series["points"] if _key(point["at"]) == _key(place)))


def _key(at: Any) -> str:
    return str(at["code"] if isinstance(at, dict) else at)


def _wording(word: dict[str, str], language: str) -> str:
    return word[language] if legible(word[language]) else word["code"]


def _named(at: Any, language: str) -> str:
    text = _wording(at, language) if isinstance(at, dict) else str(at)
    most = LABEL_LENGTH if text.isascii() else LABEL_LENGTH // 2
    return text if len(text) <= most else text[: most - 1] + "…"


def _months(at: Iterable[date]) -> list[str]:
    """Name months by their number, the first of each year also by the year."""
    months = list(at)
    firsts = {min(month for month in months if month.year == year) for year in {month.year for month in months}}
    return [f"{month:%m\n%Y}" if month in firsts else f"{month:%m}" for month in months]


def _label_values(axis: Any, axes: Axes, figure: dict[str, Any], language: str, *, upright: bool) -> None:
    value, series = figure["value"], figure["series"]
    unit = ColumnUnit(value["unit"])
    if unit is ColumnUnit.SHARE:
        axis.set_major_formatter(PercentFormatter(1, decimals=0))
    if unit is ColumnUnit.COUNT:
        axis.set_major_locator(MaxNLocator(integer=True))
    wording, measured = value[language], unit not in (ColumnUnit.SHARE, ColumnUnit.NUMBER, ColumnUnit.COUNT)
    if len(series) > 1:
        text = unit.label(language).capitalize()
    else:
        text = {"zh": f"{wording}（{unit.zh}）", "en": f"{wording}, {unit.en}"}[language] if measured else wording
    (axes.set_ylabel if upright else axes.set_xlabel)(text)


def _legend(axes: Axes, series: list[dict[str, Any]]) -> None:
    if len(series) > 1:
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=9)
