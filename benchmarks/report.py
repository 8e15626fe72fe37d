"""Results as a table for people, as rows for programs, and as pictures."""

import csv
import platform
from collections.abc import Iterable
from pathlib import Path

from benchmarks.measure import Result

RESULTS = Path(__file__).parent / "results"
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
        f"| {r.times_limit:.1f} | {'' if r.peak_mb is None else f'{r.peak_mb:.0f}'} | {r.share_of_best:.4f} |"
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
    """Draw time and memory against the number of pairs, both axes logarithmic."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(13, 5.5), layout="constrained")
    for axis, field, title in zip(axes, ("seconds", "peak_mb"), ("time, s", "peak memory added, MB"), strict=True):
        for peer in dict.fromkeys(r.peer for r in results):
            own = [r for r in results if r.peer == peer and getattr(r, field)]
            points = sorted((r.cases * r.practitioners, getattr(r, field)) for r in own)
            style = {"linewidth": 2.5, "color": "black", "zorder": 5} if peer == "ours" else {"linewidth": 1}
            if points:
                axis.plot(
                    *zip(*points, strict=True),
                    marker="o",
                    markersize=4,
                    label=peer,
                    **style,
                )
        axis.set(xscale="log", yscale="log", xlabel="cases × practitioners", title=title)
        axis.grid(visible=True, which="both", alpha=0.25)
    axes[0].legend(fontsize=8)
    figure.savefig(RESULTS / f"{name}.svg")
    figure.savefig(RESULTS / f"{name}.png", dpi=110)
    pyplot.close(figure)
