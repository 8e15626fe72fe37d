"""How the figures of a report are drawn: where each bar, point and line is in the SVG that a page has in itself."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from dispatch.reports.page import WRITTEN
from dispatch.reports.shape import ColumnUnit, Shape

WIDTH, HEIGHT, STEP = 100.0, 40.0, 6.0
"""Of a figure, in its own units; a page stretches it."""

MAX_PLACES = 30
"""Bars of one figure below each other: of more, those with the greatest values; the table has all of them."""

TONES = 8
"""Colours that the style sheet knows."""

DATED = (ColumnUnit.MONTH, ColumnUnit.DAY)

Figure = Mapping[str, Any]
Label = Mapping[str, str] | str
"""A word in both languages, or a date."""


class Bar(NamedTuple):
    """A rectangle in a colour."""

    tone: int
    x: float
    y: float
    width: float
    height: float


class BarLine(NamedTuple):
    """One line of bars: what it is of, what is said of it, and its rectangles."""

    at: Label
    captions: tuple[tuple[Label, str], ...]
    bars: tuple[Bar, ...]


class DrawnLine(NamedTuple):
    """A line in a colour, its known points, and what it ends at."""

    tone: int
    path: str
    dots: str
    label: Label
    last: str


class Drawing(NamedTuple):
    """A figure as it is drawn; of ``places`` and ``curves`` one is empty."""

    title: Label
    axis: Label
    series: tuple[Label, ...]
    places: tuple[BarLine, ...] = ()
    curves: tuple[DrawnLine, ...] = ()
    height: float = STEP
    ends: tuple[str, str] = ("", "")
    top: str = ""
    left_out: int = 0
    square: bool = False


def draw(figure: Figure) -> Drawing | None:
    """Return where everything of a figure is drawn; None where nothing is known."""
    series = [{**each, "points": [p for p in each["points"] if p["value"] is not None]} for each in figure["series"]]
    series = [each for each in series if each["points"]]
    if not any(point["value"] for each in series for point in each["points"]):
        return None
    return DRAWN[figure["shape"]]({**figure, "series": series})


def _bars(figure: Figure) -> Drawing:
    """Return bars of the same place below each other."""
    places, left_out = _places(figure)
    most = max(value for _, values in places for value in values)
    rows = []
    for at, values in places:
        bars = tuple(
            Bar(_tone(k), 0.0, k * STEP, _part(value, most), STEP - 1) for k, value in enumerate(values) if value > 0
        )
        rows.append(BarLine(at, _captions(figure, values), bars))
    return _drawing(figure, rows, left_out)._replace(height=STEP * len(figure["series"]))


def _stack(figure: Figure) -> Drawing:
    """Return bars of the same place one behind the other; what is nowhere has no colour."""
    some = [each for each in figure["series"] if any(point["value"] for point in each["points"])]
    figure = {**figure, "series": some}
    places, left_out = _places(figure)
    most = max(sum(values) for _, values in places)
    rows = []
    for at, values in places:
        bars, x = [], 0.0
        for k, value in enumerate(values):
            bars.append(Bar(_tone(k), x, 0.0, _part(value, most), STEP))
            x = round(x + _part(value, most), 2)
        rows.append(BarLine(at, _captions(figure, values), tuple(bars)))
    return _drawing(figure, rows, left_out)


def _ranges(figure: Figure) -> Drawing:
    """Return a value with its interval for each group."""
    points = figure["series"][0]["points"]
    ends = [each for point in points for each in (point["value"], point["low"], point["high"]) if each is not None]
    least, most = min(0.0, *ends), max(ends)
    rows = []
    for point in points:
        at, mark = _part(point["value"] - least, most - least), 1.0
        bars = [Bar(_tone(0), round(min(max(at - mark / 2, 0.0), WIDTH - mark), 2), 0.0, mark, STEP)]
        if point["low"] is not None:
            low, high = (_part(point[end] - least, most - least) for end in ("low", "high"))
            bars.insert(0, Bar(_tone(1), low, STEP / 3, round(high - low, 2), STEP / 3))
        rows.append(BarLine(_label(figure, point["at"]), _range_captions(figure, point), tuple(bars)))
    return _drawing(figure, rows, 0)._replace(series=())


def _lines(figure: Figure) -> Drawing:
    """Return lines over time; where a value is missing, a line goes on to the next."""
    series, value = figure["series"], _unit(figure, "value")
    days = sorted({point["at"] for each in series for point in each["points"]})
    first, last = (date.fromisoformat(days[end]).toordinal() for end in (0, -1))
    top = 1.0 if value is ColumnUnit.SHARE else 0.0
    top = max(top, *(point["value"] for each in series for point in each["points"]))
    curves = []
    for k, each in enumerate(series):
        at = [
            (_part(date.fromisoformat(p["at"]).toordinal() - first, last - first), HEIGHT - p["value"] / top * HEIGHT)
            for p in each["points"]
        ]
        curves.append(
            DrawnLine(_tone(k), _path(at), _dots(at), each["label"], WRITTEN[value](each["points"][-1]["value"]))
        )
    named = [str(_label(figure, days[end])) for end in (0, -1)]
    return _drawing(figure, [], 0)._replace(
        curves=tuple(curves), height=HEIGHT, ends=(named[0], named[1]), top=WRITTEN[value](top)
    )


def _lorenz(figure: Figure) -> Drawing:
    """Return the curve of what the least loaded hold, to be drawn above what an equal load would be."""
    points = figure["series"][0]["points"]
    at = [(point["at"] * WIDTH, WIDTH - point["value"] * WIDTH) for point in points]
    curve = DrawnLine(_tone(0), _path(at), _dots(at), figure["value"], "")
    drawn = _drawing(figure, [], 0)
    return drawn._replace(curves=(curve,), height=WIDTH, ends=("0%", "100%"), top="100%", square=True)


# fmt: off
DRAWN: Mapping[str, Callable[[Figure], Drawing]] = {
    Shape.BARS.value:   _bars,
    Shape.STACK.value:  _stack,
    Shape.LINES.value:  _lines,
    Shape.RANGES.value: _ranges,
    Shape.LORENZ.value: _lorenz,
}
# fmt: on


def _drawing(figure: Figure, rows: Sequence[BarLine], left_out: int) -> Drawing:
    names = tuple(each["label"] for each in figure["series"])
    return Drawing(figure["title"], figure["value"], names if len(names) > 1 else (), tuple(rows), left_out=left_out)


def _places(figure: Figure) -> tuple[list[tuple[Label, list[float]]], int]:
    """Return what each series has at each place, those with the greatest values where there are many, and how many
    are left out.
    """
    found: dict[str, tuple[Label, list[float]]] = {}
    for k, each in enumerate(figure["series"]):
        for point in each["points"]:
            key = point["at"]["code"] if isinstance(point["at"], dict) else point["at"]
            _, values = found.setdefault(key, (_label(figure, point["at"]), [0.0] * len(figure["series"])))
            values[k] += point["value"]
    dated = _unit(figure, "at") in DATED
    keys = sorted(found) if dated else list(found)
    kept = set(keys[-MAX_PLACES:] if dated else sorted(keys, key=lambda key: -sum(found[key][1]))[:MAX_PLACES])
    return [found[key] for key in keys if key in kept], len(keys) - len(kept)


def _label(figure: Figure, at: Any) -> Label:
    """Return what a place is called; a month by its number."""
    if isinstance(at, dict):
        return at
    return str(at)[:7] if _unit(figure, "at") is ColumnUnit.MONTH else str(at)


def _captions(figure: Figure, values: Sequence[float]) -> tuple[tuple[Label, str], ...]:
    write = WRITTEN[_unit(figure, "value")]
    whole = (int(value) if math.isclose(value, round(value)) else value for value in values)
    return tuple((each["label"], write(value)) for each, value in zip(figure["series"], whole, strict=True))


def _range_captions(figure: Figure, point: Mapping[str, Any]) -> tuple[tuple[Label, str], ...]:
    write = WRITTEN[_unit(figure, "value")]
    interval = "" if point["low"] is None else f" [{write(point['low'])}, {write(point['high'])}]"
    return ((figure["value"], write(point["value"]) + interval),)


def _unit(figure: Figure, axis: str) -> ColumnUnit:
    return ColumnUnit(figure[axis]["unit"])


def _tone(number: int) -> int:
    return number % TONES + 1


def _part(value: float, most: float) -> float:
    """Return how far a value is across the figure; in the middle, where there is but one place."""
    return round(WIDTH * value / most, 2) if most else WIDTH / 2


def _path(at: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x:.2f} {y:.2f}" for x, y in at)


def _dots(at: Sequence[tuple[float, float]]) -> str:
    """Return a path of no length at each point, which a round pen makes a dot however the figure is stretched."""
    return " ".join(f"M{x:.2f} {y:.2f}h0" for x, y in at)
