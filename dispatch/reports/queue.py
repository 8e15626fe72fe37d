"""The queue and the clock: what waits, what was in time, how long it took, whose first wish was met."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median

import numpy as np

from dispatch.domain.law.deadlines import DEADLINES, NOT_OURS, state_of
from dispatch.domain.lifecycle import UNDECIDED
from dispatch.domain.report_data import CaseLine, Label, ReportData
from dispatch.domain.states import ClockState
from dispatch.domain.vocabulary import ModeName, Status, Term
from dispatch.reports.facts import HOUR, LEFT, Dispatched, dispatched, month_of
from dispatch.reports.shape import Cell, Chart, ColumnUnit, Report, Row, Shape, count, mean, number, ratio, share, word

AGES_H = (24, 72, 168)
"""Edges of the classes of age, in hours."""

RISK = timedelta(hours=24)
"""What is left of the legal term when an open case is called at risk."""

ALL = Label("all", "全部", "all")


# fmt: off
class LimitState(Term):
    """The state of a case relative to its legal time limit."""

    MET     = "met",     "按期",     "met"
    AT_RISK = "at_risk", "临近期限", "at risk"
    OPEN    = "open",    "期限内待指派", "open in time"
    MISSED  = "missed",  "逾期",     "missed"
    LEFT    = "left",    "已不再等待指派", "left before"
# fmt: on


def queue(data: ReportData) -> Iterator[Row]:
    """Yield each state with the cases in it by age."""
    for status in Status:
        cases = [case for case in data.waiting if case.status is status]
        ages = [(data.now - (case.entitled_at or case.received_at)) / HOUR for case in cases]
        if cases:
            by_age = np.bincount(np.searchsorted(AGES_H, ages, side="right"), minlength=len(AGES_H) + 1)
            overdue = sum(_undecided(case) and case.due_at is not None and case.due_at < data.now for case in cases)
            yield (status, len(cases), *by_age.tolist(), round(max(ages), 1), overdue)


def deadlines(data: ReportData) -> Iterator[Row]:
    """Yield each month of the grant with its cases by whether their term was kept."""
    found: dict[date, list[Dispatched]] = defaultdict(list)
    for each in dispatched(data):
        found[month_of(data, each.entitled_at)].append(each)
    for month, cases in sorted(found.items()):
        counts = {term: 0 for term in LimitState}
        for each in cases:
            counts[stand(data, each)] += 1
        ended = counts[LimitState.MET] + counts[LimitState.MISSED]
        yield (month, len(cases), *counts.values(), ratio(counts[LimitState.MET], ended))


def stand(data: ReportData, each: Dispatched) -> LimitState:
    """Return the state of a case relative to its time limit: by when its last seat was given, or by now."""
    due = each.case.due_at or each.entitled_at
    if each.filled_at is not None:
        return LimitState.MET if each.filled_at <= due else LimitState.MISSED
    if each.case.status in LEFT:
        return LimitState.LEFT
    if due < data.now:
        return LimitState.MISSED
    return LimitState.AT_RISK if due - data.now < RISK else LimitState.OPEN


def time_to_assign(data: ReportData) -> Iterator[Row]:
    """Yield each mode with the hours from the grant to the last seat, then all cases."""
    filled = [each for each in dispatched(data) if each.hours is not None]
    groups: list[tuple[Cell, list[Dispatched]]] = [
        (mode, [each for each in filled if each.mode is mode]) for mode in ModeName
    ]
    for mode, cases in (*groups, (ALL, filled)):
        hours = [each.hours or 0.0 for each in cases]
        if hours:
            yield mode, len(hours), mean(hours), round(median(hours), 2), round(float(np.quantile(hours, 0.9)), 2)


def wishes(data: ReportData) -> Iterator[Row]:
    """Yield each month of the grant with the first wishes of its cases that were honoured."""
    found: dict[date, list[bool]] = defaultdict(list)
    for each in dispatched(data):
        if each.first_wish is not None and each.filled_at is not None:
            found[month_of(data, each.entitled_at)].append(each.first_wish)
    for month, honoured in sorted(found.items()):
        yield month, len(honoured), sum(honoured), ratio(sum(honoured), len(honoured))


def timeliness(data: ReportData) -> Iterator[Row]:
    """Yield each limit with the cases whose limit ends in the period, by its state; all that are ours last."""
    counts: dict[str, Counter[ClockState]] = defaultdict(Counter)
    for line in data.clocks:
        counts[line.code][state_of(line.due_at, line.stopped_at, line.became, data.now)] += 1
    for code, limit in DEADLINES.items():
        if code in counts:
            yield Label(code, limit.zh, limit.en), limit.whose, *_of_limit(counts[code])
    ours = [counts[code] for code in counts if DEADLINES[code].whose not in NOT_OURS]
    if ours:
        yield ALL, None, *_of_limit(sum(ours, Counter()))


def _of_limit(counts: Counter[ClockState]) -> Row:
    kept, ended = counts[ClockState.MET], counts[ClockState.LATE] + counts[ClockState.OVERDUE]
    return (counts.total(), *(counts[state] for state in ClockState), ratio(kept, kept + ended))


def _undecided(case: CaseLine) -> bool:
    return case.status in UNDECIDED


# fmt: off
REPORTS = (
    Report(
        code="queue", zh="在办案件：状态与等待时长", en="Queue by state and age",
        about=("目前各状态的案件，按决定给予法律援助（未决定的按收到）以来的小时数分组；逾期指法定期限已过仍未指派。",
               "Cases in each state now, by the hours since the grant, or the receipt before it; overdue is past the "
               "legal term without a practitioner."),
        columns=(word("status", "状态", "State"), count("cases", "案件数", "Cases"),
                 count("under_1_day", "不足1天", "Under 1 day"), count("under_3_days", "1天以上不足3天", "1 to 3 days"),
                 count("under_7_days", "3天以上不足7天", "3 to 7 days"), count("older", "7天以上", "Over 7 days"),
                 number("oldest", "最长等待（小时）", "Oldest (hours)", ColumnUnit.HOURS),
                 count("overdue", "逾期未指派", "Overdue")),
        rows=queue,
        charts=(Chart(Shape.STACK, "status", ("under_1_day", "under_3_days", "under_7_days", "older")),),
    ),
    Report(
        code="deadlines", zh="指派期限", en="Deadlines met, at risk, missed",
        about=("期间内决定给予法律援助的案件：最后一个承办名额首次指派不晚于期限为按期；未指派且距期限不足24小时为临近期限。",
               "Cases granted in the period: met when the last seat was first given by the legal term; at risk when "
               "open with less than 24 hours left."),
        columns=(number("month", "月份", "Month", ColumnUnit.MONTH), count("granted", "决定给予法律援助", "Granted"),
                 *(count(each.value, each.zh, each.en.capitalize()) for each in LimitState),
                 share("rate", "按期率", "Share met")),
        rows=deadlines, source=DEADLINES["T2"].source + DEADLINES["T4"].source,
        charts=(Chart(Shape.STACK, "month", tuple(each.value for each in LimitState)),),
    ),
    Report(
        code="timeliness", zh="各项期限", en="Time limits kept",
        about=("期间内届满的各项期限，按义务主体和完成情况分组；按期率为按期完成的占按期完成、逾期完成和已逾期之和的比例。"
               "合计不含受援人和办案机关的期限。",
               "Limits that end in the period, by who must act and how they stand; the share kept is of those met, met "
               "late or overdue. The last line leaves out limits of recipients and case organs."),
        columns=(word("limit", "期限", "Limit"), word("whose", "义务主体", "Whose"), count("limits", "件数", "Limits"),
                 *(count(each.value, each.zh, each.en.capitalize()) for each in ClockState),
                 share("rate", "按期率", "Share kept")),
        rows=timeliness,
        charts=(Chart(Shape.STACK, "limit", tuple(each.value for each in ClockState)),),
    ),
    Report(
        code="time_to_assign", zh="指派用时", en="Time to assign by mode",
        about=("从决定给予法律援助到最后一个承办名额首次指派的小时数，按现有指派的方式分组。",
               "Hours from the grant until the last seat was first given, by the mode of the standing assignment."),
        columns=(word("mode", "指派方式", "Mode"), count("cases", "案件数", "Cases"),
                 number("mean", "平均（小时）", "Mean (hours)", ColumnUnit.HOURS),
                 number("median", "中位数（小时）", "Median (hours)", ColumnUnit.HOURS),
                 number("slow", "90%的案件不超过（小时）", "Nine in ten within (hours)", ColumnUnit.HOURS)),
        rows=time_to_assign,
        charts=(Chart(Shape.BARS, "mode", ("median", "slow")),),
    ),
    Report(
        code="wishes", zh="首选点援意愿", en="First wishes honoured",
        about=("期间内决定给予法律援助、已指派且受援人提出点援意愿的案件：由第一意愿人选承办的比例。",
               "Cases granted in the period that have a practitioner and named one: the share that has the one named "
               "first."),
        columns=(number("month", "月份", "Month", ColumnUnit.MONTH), count("named", "提出点援意愿", "Named one"),
                 count("honoured", "首选实现", "Honoured"), share("rate", "实现率", "Share honoured")),
        rows=wishes,
        charts=(Chart(Shape.LINES, "month", ("rate",)),),
    ),
)
# fmt: on
