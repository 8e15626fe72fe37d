"""Fairness to recipients, by category, county and matter, and how good matches are by the same groups.

Differences between groups are told with their intervals; a group of fewer cases than ``FEWEST`` is named without
its figures, because few cases say little, and may say who they were.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from dispatch.domain.report_data import Label, ReportData
from dispatch.domain.vocabulary import Category, Matter, ModeName, Term
from dispatch.reports.facts import POINTS, Dispatched, area_of, dispatched, month_of, quality_of
from dispatch.reports.intervals import NOTHING, Units
from dispatch.reports.shape import (
    Cell,
    Chart,
    ColumnUnit,
    Report,
    ReportColumn,
    Row,
    Shape,
    count,
    mean,
    number,
    ratio,
    share,
    word,
)

FEWEST = 10
"""Cases below which the figures of a group are left out: our own choice."""


# fmt: off
class Grouping(Term):
    """By what recipients are grouped."""

    CATEGORY = "category", "受援人类别", "recipient category"
    COUNTY   = "county",   "县区",       "county"
    MATTER   = "matter",   "案件类型",   "matter"
# fmt: on


class Figure(NamedTuple):
    """One figure of a case; None where the case does not count."""

    code: str
    zh: str
    en: str
    unit: ColumnUnit
    of: Callable[[Dispatched], float | None]


def waiting(each: Dispatched) -> float | None:
    """Return the hours until the last seat was first given."""
    return each.hours


def regret(each: Dispatched) -> float | None:
    """Return by how much the best-scored person of the day was better, in hundredths, at least 0."""
    lost = [max(seat.best - seat.score, 0) / POINTS for seat in each.standing
            if seat.score is not None and seat.best is not None]  # fmt: skip
    return mean(lost)


def honoured(each: Dispatched) -> float | None:
    """Return 1 where the first wish has the case, of those that named one and have a practitioner."""
    return None if each.first_wish is None or each.filled_at is None else float(each.first_wish)


def place(each: Dispatched) -> float | None:
    """Return the place of its practitioners among all who could have had the case that day."""
    return mean(seat.place for seat in each.standing if seat.place is not None)


# fmt: off
FIGURES = (
    Figure("waiting",    "等待（小时）", "Waiting (hours)",     ColumnUnit.HOURS,  waiting),
    Figure("regret",     "与最优人选的分差", "Regret",              ColumnUnit.POINTS, regret),
    Figure("first_wish", "首选实现",   "First wish honoured", ColumnUnit.SHARE,  honoured),
    Figure("place",      "承办人员得分名次", "Place of the lawyer", ColumnUnit.NUMBER, place),
)
# fmt: on


def equity(data: ReportData) -> Iterator[Row]:
    """Yield each group with its figures and their intervals."""
    cases = dispatched(data)
    days = {each.case.id: _day(data, each) for each in cases}
    units = Units(days.values())
    for grouping, group, members in groups(data, cases):
        shown = len(members) >= FEWEST
        cells: list[Cell] = []
        for figure in FIGURES:
            found = ((days[each.case.id], figure.of(each)) for each in members)
            known = [(day, value) for day, value in found if value is not None]
            # Of ten cases one may have named a wish: what few of a group say is left out as well.
            cells += units.mean(known) if shown and len(known) >= FEWEST else NOTHING
        yield grouping, group, len(members) if shown else None, not shown, *cells


def groups(data: ReportData, cases: list[Dispatched]) -> Iterator[tuple[Grouping, Label | Term, list[Dispatched]]]:
    """Yield each group of each grouping with its cases; who is of several categories counts in each."""
    for category in Category:
        yield from _some(Grouping.CATEGORY, category, [each for each in cases if category in each.case.categories])
    by_area: dict[str, list[Dispatched]] = defaultdict(list)
    for each in cases:
        by_area[each.case.area or ""].append(each)
    for code in sorted(by_area):
        yield Grouping.COUNTY, area_of(data, code), by_area[code]
    for matter in Matter:
        yield from _some(Grouping.MATTER, matter, [each for each in cases if each.case.matter is matter])


def quality(data: ReportData) -> Iterator[Row]:
    """Yield each month and mode with the quality of the matches of its cases."""
    found: dict[tuple[date, ModeName], list[Dispatched]] = defaultdict(list)
    for each in dispatched(data):
        if each.mode is not None:
            found[month_of(data, each.entitled_at), each.mode].append(each)
    for (month, mode), cases in sorted(found.items()):
        yield month, mode, *_quality(cases)


def quality_by_category(data: ReportData) -> Iterator[Row]:
    """Yield each recipient category with the quality of the matches of its cases."""
    cases = dispatched(data)
    for grouping, group, members in groups(data, cases):
        if grouping is Grouping.CATEGORY and len(members) >= FEWEST:
            yield group, *_quality(members)


def _quality(cases: Iterable[Dispatched]) -> tuple[int, float | None, float | None, float | None]:
    seats = [seat for each in cases for seat in each.standing if seat.score is not None and seat.best is not None]
    best = [max(seat.best or 0, seat.score or 0) / POINTS for seat in seats]
    return len(seats), mean(quality_of(seats)), mean(best), ratio(sum(quality_of(seats)), sum(best))


def _some(
    grouping: Grouping, group: Term, members: list[Dispatched]
) -> Iterator[tuple[Grouping, Term, list[Dispatched]]]:
    if members:
        yield grouping, group, members


def _day(data: ReportData, each: Dispatched) -> date:
    return each.entitled_at.astimezone(data.zone).date()


def _interval(figure: Figure) -> tuple[ReportColumn, ...]:
    return (
        number(figure.code, figure.zh, figure.en, figure.unit),
        number(f"{figure.code}_low", f"{figure.zh}：置信区间下限", f"{figure.en}: low", figure.unit),
        number(f"{figure.code}_high", f"{figure.zh}：置信区间上限", f"{figure.en}: high", figure.unit),
    )


# fmt: off
QUALITY = (count("seats", "承办名额数", "Seats"), number("quality", "匹配得分", "Match quality", ColumnUnit.POINTS),
           number("best", "当日最优人选", "Best of the day", ColumnUnit.POINTS),
           share("rate", "占最优比例", "Share of the best"))

REPORTS = (
    Report(
        code="quality", zh="匹配得分：月份与指派方式", en="Match quality by month and mode",
        about=("现有指派按当日现行指派方案权重的得分，以及按当日早晨状态可承办人员的最高得分；每夜评估一次。",
               "Scores of standing assignments by the weights in force that day, and the best score of anyone who "
               "could have had the seat by that morning's state; told once, the night after."),
        columns=(number("month", "月份", "Month", ColumnUnit.MONTH), word("mode", "指派方式", "Mode"), *QUALITY),
        rows=quality,
        charts=(Chart(Shape.LINES, "month", ("quality",), by="mode"),),
    ),
    Report(
        code="quality_categories", zh="匹配得分：受援人类别", en="Match quality by recipient category",
        about=(f"同上，按受援人类别；少于{FEWEST}件的类别不列。",
               f"The same by recipient category; categories of fewer than {FEWEST} cases are left out."),
        columns=(word("category", "受援人类别", "Recipient category"), *QUALITY),
        rows=quality_by_category,
        charts=(Chart(Shape.BARS, "category", ("quality", "best")),),
    ),
    Report(
        code="equity", zh="受援人群体间差异", en="Equity between recipients",
        about=("等待：决定给予法律援助到最后一个承办名额首次指派；与最优人选的分差：当日可承办人员的最高得分减去实际得分；名次：1为得分最高。"
               f"95%置信区间按周（不足12周按日）逐一剔除估计，不足4个的不给出。少于{FEWEST}件的组不显示数值。",
               "Waiting: from the grant until the last seat was first given. Regret: best score of anyone who could "
               "have had the seat that day, less the score it got. Place: 1 is the best-scored. 95 % intervals by "
               "leaving out each week, or each day below 12 weeks; none below 4 of them. "
               f"Groups of fewer than {FEWEST} cases show no figures."),
        columns=(word("grouping", "分组", "Grouping"), word("group", "组", "Group"), count("cases", "案件数", "Cases"),
                 ReportColumn("suppressed", "件数过少", "Too few", ColumnUnit.YES),
                 *(column for figure in FIGURES for column in _interval(figure))),
        rows=equity,
        charts=tuple(
            Chart(Shape.RANGES, "group", (each.code,), low=f"{each.code}_low", high=f"{each.code}_high",
                  only=("grouping", Grouping.CATEGORY.value)) for each in FIGURES),
    ),
)
# fmt: on
