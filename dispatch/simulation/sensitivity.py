"""How far each weight and price of a policy can move before the plan of a day changes."""

from collections.abc import Sequence
from typing import NamedTuple

from dispatch.domain.policy.sweep_axis import FIELDS, Axis
from dispatch.simulation.days import Day
from dispatch.simulation.levers import levered
from optimizer.metrics import stability_radius


class Room(NamedTuple):
    """
    Between which values one number of the policy leaves the plans of some days as they are, all else unchanged.

    Parameters
    ----------
    now : int
        Where it stands.
    least, most : int or None
        The ends of the interval; None where it can fall to 0, or rise as far as is allowed.
    least_run, most_run : str or None
        The run whose plan would be the first to change.
    """

    axis: Axis
    now: int
    least: int | None
    most: int | None
    least_run: str | None
    most_run: str | None
    zh: str
    en: str


def rooms_of(days: Sequence[tuple[str, Day]], axes: Sequence[Axis] = tuple(FIELDS)) -> list[Room]:
    """Return the room of each axis on all days together, tightest bounds first named; days by the id of their run."""
    return [_room(axis, days) for axis in axes]


def _room(axis: Axis, days: Sequence[tuple[str, Day]]) -> Room:
    below: list[tuple[int, str]] = []
    above: list[tuple[int, str]] = []
    now = 0
    for run_id, day in days:
        free = levered(day.docket, day.eligibility, axis)
        now, plan = free.now, (day.solution.rows, day.solution.cols)
        radius = stability_radius(free.problem, free.lever, free.now, free.most, *plan)
        below += [] if radius.down is None else [(free.now - radius.down, run_id)]
        above += [] if radius.up is None else [(free.now + radius.up, run_id)]
    least, least_run = max(below, default=(None, None))
    most, most_run = min(above, default=(None, None))
    return Room(axis, now, least, most, least_run, most_run, *_words(axis, now, least, most, len(days)))


def _words(axis: Axis, now: int, least: int | None, most: int | None, count: int) -> tuple[str, str]:
    low, high = "0" if least is None else f"{least:,}", "…" if most is None else f"{most:,}"
    if least is None and most is None:
        return (
            f"{axis.zh}（现为{now:,}）怎么调，最近{count}个批次的指派都不变",
            f"{axis.en} ({now:,} now) changes nothing in the last {count} runs, wherever it stands",
        )
    return (
        f"{axis.zh}（现为{now:,}）在{low}至{high}之间，最近{count}个批次的指派都不变",
        f"{axis.en} ({now:,} now) changes nothing in the last {count} runs between {low} and {high}",
    )
