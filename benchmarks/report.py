"""Results as a table for people, as rows for programs, and as pictures."""

import csv
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.measure import Result

RESULTS = Path(__file__).parent / "results"
ROOMS = ("ample", "tight", "short")
HEADER = "| instance | peer | exact | seconds | × ours | × limit | peak MB | share of best |"


def machine() -> str:
    """Return what the figures were taken on."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return f"{model}, 2 cores used, Python {platform.python_version()}"


def as_table(results: Iterable[Result]) -> str:
    """Return the results as a Markdown table."""
    rows = [
        f"| {r.instance} | {r.peer} | {'yes' if r.exact else 'no'} | {r.seconds:.3f} | {r.times_ours:.1f} "
        f"| {r.times_limit:.1f} | {r.peak_mb:.0f} | {r.share_of_best:.4f} |"
        for r in results
    ]
    return "\n".join((HEADER, "|---|---|---|---|---|---|---|---|", *rows))


def write(name: str, results: list[Result], notes: list[str]) -> Path:
    """Write table, rows and plots of one benchmark run; return the table's path."""
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{name}.md"
    lines = [f"# {name}", "", machine(), "", as_table(results), "", *notes, ""]
    target.write_text("\n".join(lines), encoding="utf-8")
    with (RESULTS / f"{name}.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(Result._fields)
        writer.writerows(results)
    plot(name, results)
    return target


def plot(name: str, results: list[Result]) -> None:
    """Draw time and memory against the number of pairs, both logarithmic, a column for each kind of room."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, grid = pyplot.subplots(2, len(ROOMS), figsize=(15, 9), layout="constrained", sharex=True, sharey="row")
    for column, room in zip(grid.T, ROOMS, strict=True):
        shown = [result for result in results if f", {room}, civil" in result.instance]
        for axis, field, title in zip(column, ("seconds", "peak_mb"), ("time, s", "memory added, MB"), strict=True):
            for peer in dict.fromkeys(result.peer for result in shown):
                _draw(axis, [result for result in shown if result.peer == peer], field)
            axis.set(xscale="log", yscale="log", xlabel="cases × practitioners", title=f"{room}: {title}")
            axis.grid(visible=True, which="both", alpha=0.25)
    grid[0, 0].legend(fontsize=8)
    figure.savefig(RESULTS / f"{name}.svg")
    figure.savefig(RESULTS / f"{name}.png", dpi=90)
    pyplot.close(figure)


def _draw(axis: Any, results: list[Result], field: str) -> None:
    own = results[0].peer == "ours"
    style = {"linewidth": 2.5, "color": "black", "zorder": 5} if own else {"linewidth": 1}
    points = sorted((r.cases * r.practitioners, getattr(r, field)) for r in results if getattr(r, field))
    if points:
        axis.plot(*zip(*points, strict=True), marker="o", markersize=4, label=results[0].peer, **style)
