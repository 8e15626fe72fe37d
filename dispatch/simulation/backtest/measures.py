"""What a period came to, in figures by week, so that two policies can be compared on the same weeks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from dispatch.domain.docket.columns import Numbers
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import Category, ModeName
from dispatch.simulation.backtest.entitlement import stands
from dispatch.simulation.replay.files import File
from dispatch.simulation.replay.play import Played

HOUR = timedelta(hours=1)
POINTS = 10_000
"""Points of score to one of a hundred."""

Part = tuple[float, float]
"""What a case adds above and below the line of a ratio."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A ratio over cases or offers: ``part`` gives what each adds, nothing where it does not count."""

    code: str
    zh: str
    en: str
    unit: str
    better: int
    """1 where more is better, -1 where less is, 0 where neither."""
    part: Callable[[File], Part | None]
    same_cases: bool = True
    """Whether it is about the same cases whichever policy decides; which mode a case goes by depends on the policy."""

    def label(self, language: str) -> str:
        """Return its name in the language."""
        return self.zh if language == "zh" else self.en


def hours_to_assign(file: File) -> Part | None:
    """Return the hours from the grant until the last seat was given the first time."""
    return ((file.filled_at - file.case.entitled_at) / HOUR, 1) if file.filled_at else None


def in_mode(mode: ModeName) -> Callable[[File], Part | None]:
    """Return the same for cases whose last seat came in one mode."""

    def part(file: File) -> Part | None:
        standing = [each for each in file.assignments if stands(each)]
        return hours_to_assign(file) if standing and standing[-1].mode is mode else None

    return part


def in_time(file: File) -> Part:
    """Return whether the last seat was given by the legal deadline."""
    return (float(file.filled_at is not None and file.filled_at <= file.case.due_at), 1)


def first_wish(file: File) -> Part | None:
    """Return whether the first wish has the case, of those that named one."""
    if not file.case.wishes:
        return None
    return (float(any(each.practitioner_id == file.case.wishes[0] for each in file.assignments if stands(each))), 1)


def quality(file: File) -> Part | None:
    """Return the score of the standing matches."""
    scores = [each.score for each in file.assignments if stands(each)]
    return (sum(scores) / POINTS, len(scores)) if scores else None


def accepted(file: File) -> Part | None:
    """Return the share accepted of the offers that were not recalled."""
    ended = [offer.state for offer in file.offers if offer.state in ANSWERED]
    return (ended.count(OfferState.ACCEPTED), len(ended)) if ended else None


def given_up(file: File) -> Part | None:
    """Return the assignments that were declined or given back, of all."""
    made = file.assignments
    return (sum(not stands(each) for each in made), len(made)) if made else None


def called(file: File) -> Part:
    """Return whether the manager was called."""
    return (float(file.escalations > 0), 1)


ANSWERED = (OfferState.ACCEPTED, OfferState.DECLINED, OfferState.EXPIRED)
ASKING = (ModeName.POINT_SELECTION, ModeName.GRAB, ModeName.ROTATION, ModeName.CONTINUITY, ModeName.OPTIMIZED)

# fmt: off
MEASURES: tuple[Measure, ...] = (
    Measure("hours_to_assign", "指派用时", "time to assign", "h", -1, hours_to_assign),
    *(Measure(f"hours_{mode.value}", f"指派用时：{mode.zh}", f"time to assign, {mode.en}", "h", -1, in_mode(mode),
              same_cases=False)
      for mode in ASKING),
    Measure("in_time",      "按期指派",     "deadlines met",           "share", 1, in_time),
    Measure("first_wishes", "首选点援实现", "first wishes honoured",   "share", 1, first_wish),
    Measure("quality",      "匹配得分",     "match quality",           "of 100", 1, quality),
    Measure("accepted",     "征询接受率",   "offers accepted",         "share", 1, accepted),
    Measure("given_up",     "不接受、申请变更", "declined or given back",  "share", -1, given_up),
    Measure("called",       "提请负责人",   "manager called",          "share", -1, called),
)
# fmt: on


class Weekly(NamedTuple):
    """A ratio by week: numerator and denominator, (w,) each."""

    above: Numbers
    below: Numbers


class Figures(NamedTuple):
    """A period in figures by week of the grant; ``credit`` is effort by week and person, (w, p)."""

    weeks: tuple[date, ...]
    measures: dict[str, Weekly]
    hours_of: dict[str, Weekly]
    quality_of: dict[str, Weekly]
    """Time to assign and match quality by recipient category."""
    credit: Numbers
    people: tuple[str, ...]


def figures_of(played: Played, weeks: Sequence[date]) -> Figures:
    """Return the figures of a period over these weeks, each named by its Monday."""
    place = {week: k for k, week in enumerate(weeks)}
    files = [(place[week_of(played, file)], file) for file in played.files.values() if week_of(played, file) in place]
    return Figures(
        weeks=tuple(weeks),
        measures={each.code: _weekly(files, each.part, len(weeks)) for each in MEASURES},
        hours_of=dict(_by_category(files, hours_to_assign, len(weeks))),
        quality_of=dict(_by_category(files, quality, len(weeks))),
        credit=_credit(played, place),
        people=played.listed,
    )


def weeks_of(played: Played) -> list[date]:
    """Return the Mondays of all weeks in which cases were granted that fell due before the end."""
    end = played.minutes[-1] if played.minutes else None
    due = [file for file in played.files.values() if end and file.case.due_at <= end]
    return sorted({week_of(played, file) for file in due})


def week_of(played: Played, file: File) -> date:
    """Return the Monday of the week in which the case was granted."""
    day = file.case.entitled_at.astimezone(played.zone).date()
    return day - timedelta(days=day.weekday())


def _weekly(files: list[tuple[int, File]], part: Callable[[File], Part | None], weeks: int) -> Weekly:
    above, below = np.zeros(weeks), np.zeros(weeks)
    for week, file in files:
        if (found := part(file)) is not None:
            above[week] += found[0]
            below[week] += found[1]
    return Weekly(above, below)


def _by_category(
    files: list[tuple[int, File]], part: Callable[[File], Part | None], weeks: int
) -> Iterator[tuple[str, Weekly]]:
    for category in Category:
        of_it = [(week, file) for week, file in files if category in file.case.categories]
        if of_it:
            yield category.value, _weekly(of_it, part, weeks)


def _credit(played: Played, place: dict[date, int]) -> Numbers:
    column = {id: k for k, id in enumerate(played.listed)}
    credit = np.zeros((len(place), len(column)))
    for each in played.assignments:
        day = each.assigned_at.astimezone(played.zone).date()
        week = place.get(day - timedelta(days=day.weekday()))
        if week is not None and stands(each) and each.practitioner_id in column:
            credit[week, column[each.practitioner_id]] += each.effort
    return credit
