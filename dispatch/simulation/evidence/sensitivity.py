"""How far each weight and price of a policy can move before the plan of a day changes."""

from collections.abc import Sequence
from typing import NamedTuple

from dispatch.domain.policy.sweep_axis import FIELDS, Axis
from dispatch.domain.vocabulary import Term
from dispatch.simulation.evidence.days import Day
from dispatch.simulation.evidence.perturbation import perturbed_day
from optimizer.analysis.questions import Radius, Reach, stability_radius


# fmt: off
class Slack(Term):
    """What comes of moving a number of the policy one way; where runs differ, the first of these."""

    AT_ONCE  = "at_once",  "稍动即变",   "changes a plan at once"
    LIMITED  = "limited",  "有限",       "changes a plan beyond a point"
    UNPROVEN = "unproven", "未能证明",   "is proven to change no plan up to a point"
    FIXED    = "fixed",    "不能再变动",   "cannot move"
    ANY      = "any",      "变动均不影响", "changes no plan"


FALLS = {
    Slack.AT_ONCE:  ("稍一降低，指派即改变",         "lowered at all, it changes a plan"),
    Slack.LIMITED:  ("降至{0}，指派不变",      "down to {0} it changes nothing"),
    Slack.UNPROVEN: ("已证明降至{0}，指派不变",  "down to {0} it is proven to change nothing"),
    Slack.FIXED:    ("已是最低，不能再降",     "it cannot be lower"),
    Slack.ANY:      ("降到最低（{0}），指派也不变", "however low, it changes nothing"),
}
RISES = {
    Slack.AT_ONCE:  ("稍一提高，指派即改变",         "raised at all, it changes a plan"),
    Slack.LIMITED:  ("升至{0}，指派不变",      "up to {0} it changes nothing"),
    Slack.UNPROVEN: ("已证明升至{0}，指派不变",  "up to {0} it is proven to change nothing"),
    Slack.FIXED:    ("已是最高，不能再升",     "it cannot be higher"),
    Slack.ANY:      ("升到最高（{0}），指派也不变", "however high, up to {0}, it changes nothing"),
}
# fmt: on

NAMED = (Slack.AT_ONCE, Slack.LIMITED, Slack.UNPROVEN)
"""Where it is one run that holds a number back."""


class Room(NamedTuple):
    """
    Between which values one number of the policy leaves the plans of some days as they are, all else unchanged.

    Parameters
    ----------
    now : int
        Its value.
    least, most : int
        The ends of the interval.
    falls, rises : Slack
        Why the interval ends there.
    least_run, most_run : str or None
        The run whose plan would be the first to change, or is not proven further.
    """

    axis: Axis
    now: int
    least: int
    most: int
    falls: Slack
    rises: Slack
    least_run: str | None
    most_run: str | None
    zh: str
    en: str


def rooms_of(days: Sequence[tuple[str, Day]], axes: Sequence[Axis] = tuple(FIELDS)) -> list[Room]:
    """Return the room of each axis on all days together; days by the id of their run, at least one."""
    return [_room(axis, days) for axis in axes]


def slack_of(reach: Reach) -> Slack:
    """Return what comes of moving a number whose reach is known."""
    if reach.steps == reach.room:
        return Slack.ANY if reach.room else Slack.FIXED
    if not reach.proven:
        return Slack.UNPROVEN
    return Slack.LIMITED if reach.steps else Slack.AT_ONCE


def _room(axis: Axis, days: Sequence[tuple[str, Day]]) -> Room:
    found = [(_radius(axis, day), run_id) for run_id, day in days]
    now = found[0][0].now
    down, falls, least_run = _shortest([(each.radius.down, run_id) for each, run_id in found])
    up, rises, most_run = _shortest([(each.radius.up, run_id) for each, run_id in found])
    ends = ((FALLS[falls], now - down), (RISES[rises], now + up))
    zh, en = zip(*(tuple(text.format(f"{end:,}") for text in texts) for texts, end in ends), strict=True)
    return Room(
        axis, now, now - down, now + up, falls, rises, least_run, most_run,
        f"{axis.zh}（现为{now:,}），最近{len(days)}个匹配批次：{'；'.join(zh)}",
        f"{axis.en} ({now:,} now), last {len(days)} runs: {'; '.join(en)}",
    )  # fmt: skip


class _Found(NamedTuple):
    now: int
    radius: Radius


def _radius(axis: Axis, day: Day) -> _Found:
    """The radius of an axis on one day; of a plan that is not the best even now nothing is proven."""
    free = perturbed_day(day.docket, day.eligibility, axis)
    plan = day.solution.rows, day.solution.cols
    near = day.solution.certificate.proof.practitioner_price
    radius = stability_radius(free.problem, free.perturbation, free.now, free.most, *plan, near=near)
    rooms = free.now, free.most - free.now
    return _Found(free.now, radius or Radius(*(Reach(0, room, proven=room == 0) for room in rooms)))


def _shortest(reaches: Sequence[tuple[Reach, str]]) -> tuple[int, Slack, str | None]:
    """The steps all days allow, what ends them, and the run that does."""
    order = list(Slack)
    reach, run_id = min(reaches, key=lambda each: (each[0].steps, order.index(slack_of(each[0]))))
    slack = slack_of(reach)
    return reach.steps, slack, run_id if slack in NAMED else None
