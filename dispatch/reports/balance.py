"""How effort lies over practitioners, how near each day came to its best plan, and where places are scarce."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator
from typing import TypeVar

import numpy as np

from dispatch.domain.docket.columns import Numbers
from dispatch.domain.report_data import Measured, ParityLine, ParitySettled, PriceLine, ReportData
from dispatch.domain.vocabulary import Term
from dispatch.reports.facts import POINTS, area_of, cause_of, month_of
from dispatch.reports.shape import DIGITS, Chart, ColumnUnit, Report, Row, Shape, count, number, ratio, share, word
from dispatch.simulation.backtest.compare import gini, lorenz, most_to_mean

Key = TypeVar("Key", bound=Hashable)
DECILES = 10


# fmt: off
class Weighed(Term):
    """What is counted of a practitioner's cases."""

    EFFORT = "effort", "工作量", "effort"
    TURNS  = "turns",  "轮次",   "turns"
# fmt: on


def load(data: ReportData) -> Iterator[Row]:
    """Yield turns and effort of the period with how unevenly they lie."""
    for weighed in Weighed:
        held = credit_of(data, weighed)
        if held.sum() > 0:
            spread = (float(held.max()), float(most_to_mean(held[None])[0]), float(gini(held[None])[0]))
            yield (
                weighed,
                len(held),
                int(held.sum()),
                round(float(held.mean()), 2),
                *(round(each, DIGITS) for each in spread),
            )


def lorenz_curve(data: ReportData) -> Iterator[Row]:
    """Yield the share of all effort that the least loaded tenths of the list hold."""
    held = credit_of(data, Weighed.EFFORT)
    if held.sum() > 0:
        curve = lorenz(held)
        for tenth in range(DECILES + 1):
            yield tenth / DECILES, curve[tenth * (len(curve) - 1) // DECILES]


def credit_of(data: ReportData, weighed: Weighed) -> Numbers:
    """Return what each earned in the period, of all on the list at its end and anyone else who earned any."""
    earned = {each.practitioner_id: float(getattr(each, weighed.value)) for each in data.credits}
    people = {person.id for person in data.people if person.listed} | {id for id, value in earned.items() if value}
    return np.array([max(earned.get(id, 0.0), 0.0) for id in sorted(people)])


def hindsight(data: ReportData) -> Iterator[Row]:
    """Yield each day with assignments, what they were worth and what the best plan for them was worth."""
    for day in data.days:
        if day.seats:
            realised, best = (round(each / POINTS, 2) for each in (day.realised, day.best))
            yield day.on, day.seats, day.compared, realised, best, ratio(day.realised, day.best)


def parity(data: ReportData) -> Iterator[Row]:
    """Yield each gap between categories with what keeping it would have cost, over the days that could be asked."""
    found: dict[tuple[Measured, int], list[ParityLine]] = defaultdict(list)
    for line in data.parity:
        found[line.measured, line.gap].append(line)
    for (measured, gap), lines in sorted(found.items(), reverse=True):
        kept = [line for line in lines if line.value is not None]
        counted = Counter(line.settled for line in lines)
        best, seats = (sum(getattr(line, name) for line in kept) for name in ("best", "seats"))
        losses = (best - sum(getattr(line, name) or 0 for line in kept) for name in ("bound", "value"))
        least, most = (ratio(loss / POINTS, seats) for loss in losses)
        rendered = gap / WHOLE[measured]
        yield measured, rendered, len(lines), *(counted[each] for each in ParitySettled), seats, least, most


WHOLE = {Measured.QUALITY: 1_000_000, Measured.FIRST_WISH: 10_000}
"""What a gap of everything is, in the units gaps are kept in."""


def scarcity(data: ReportData) -> Iterator[Row]:
    """Yield each month, cause and county with what places cost in its applied runs."""
    found = _summed(data, lambda each: (month_of(data, each.at), each.cause, each.area or ""))
    for (month, cause, area), (seats, price) in sorted(found.items()):
        yield month, cause_of(data, cause), area_of(data, area), seats, ratio(price / POINTS, seats)


def scarce_causes(data: ReportData) -> Iterator[Row]:
    """Yield each month and cause with what places cost."""
    found = _summed(data, lambda each: (month_of(data, each.at), each.cause))
    for (month, cause), (seats, price) in sorted(found.items()):
        yield month, cause_of(data, cause), seats, ratio(price / POINTS, seats)


def scarce_areas(data: ReportData) -> Iterator[Row]:
    """Yield each month and county with what places cost."""
    found = _summed(data, lambda each: (month_of(data, each.at), each.area or ""))
    for (month, area), (seats, price) in sorted(found.items()):
        yield month, area_of(data, area), seats, ratio(price / POINTS, seats)


def _summed(data: ReportData, key: Callable[[PriceLine], Key]) -> dict[Key, tuple[int, int]]:
    found: dict[Key, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for each in data.prices:
        seats, price = found[key(each)]
        found[key(each)] = (seats + each.seats, price + each.price)
    return found


# fmt: off
MONTH = number("month", "月份", "Month", ColumnUnit.MONTH)
CAUSE, COUNTY = word("cause", "案由（罪名）", "Cause"), word("area", "县区", "County")
PRICE = (count("seats", "承办名额数", "Seats"), number("price", "紧缺程度", "Scarcity price", ColumnUnit.POINTS))
SCARCE = ("已采纳的匹配批次中，如多一个可承办的名额，当日总分可增加多少"
          "，按承办名额平均；0表示人员有余，100表示有案件因此未能指派。",
          "In applied runs: what one more place with the practitioner would have added to the day, "
          "exactly, as a mean over seats; 0 where there was room "
          "to spare, 100 where a case stayed open for want of such a place.")

REPORTS = (
    Report(
        code="load", zh="工作量均衡", en="Load fairness",
        about=("期间内轮流指派记录的轮次与工作量（已扣除退回冲减的），包括在册人员和有记录的人员；基尼系数为0表示人人相同。",
               "Turns and effort of the ledger in the period, reversals deducted, over all on the list and whoever "
               "else earned any; a Gini of 0 is the same for all."),
        columns=(word("weighed", "计量", "Counted"), count("people", "人数", "People"), count("total", "合计", "Total"),
                 number("mean", "平均", "Mean"), number("most", "最多", "Most"),
                 number("most_to_mean", "最多与平均之比", "Most to mean"), number("gini", "基尼系数", "Gini")),
        rows=load,
    ),
    Report(
        code="lorenz", zh="工作量洛伦兹曲线", en="Lorenz curve of effort",
        about=("按工作量由少到多排列，横轴为人员累计比例，纵轴为其工作量累计比例。",
               "Share of all effort that the least loaded tenths of the list hold."),
        columns=(share("people", "人员比例", "Share of people"), share("effort", "工作量比例", "Share of effort")),
        rows=lorenz_curve,
        charts=(Chart(Shape.LORENZ, "people", ("effort",)),),
    ),
    Report(
        code="hindsight", zh="实际得分与事后最优之比", en="Hindsight ratio by day",
        about=("当日指派的总分，除以知道当日全部案件、按当日早晨人员状态求得的最优方案总分（精确求解，不计轮次扣分）。"
               "最优方案只用早晨未达上限的人员，因此在实际指派时同样可行；按早晨状态不可行的实际指派，不作比较。",
               "Score of the day's assignments over that of the best plan for the same seats, knowing all cases of the "
               "day, by everyone's state that morning (solved exactly, turns without a price). Each seat goes to "
               "someone with room that morning, so the plan could have been carried out at the very moments "
               "the seats were given; seats whose practitioner could not have had them by that morning's state "
               "are not compared."),
        columns=(number("on", "日期", "Day", ColumnUnit.DAY), count("seats", "承办名额数", "Seats"),
                 count("compared", "可比名额", "Compared"),
                 number("realised", "实际总分", "Realised", ColumnUnit.POINTS),
                 number("best", "最优总分", "Best", ColumnUnit.POINTS), share("ratio", "与事后最优之比", "Ratio")),
        rows=hindsight,
        charts=(Chart(Shape.LINES, "on", ("ratio",)),),
    ),
    Report(
        code="parity", zh="类别均衡测算", en="Price of equality",
        about=("当日至少有两个受援人类别、每类有5个以上可比名额时：如要求各类别平均匹配得分（百分制）或者首选实现率之差不超过所列幅度，"
               "当日最优总分每个名额减少多少，按当日早晨状态（精确求解）。每一天的结果为三者之一：已证明、无法满足、尚无定论；"
               "尚无定论的，已找到方案的给出减少的上下限，未找到方案的不计入减少数。",
               "On days on which two recipient categories have 5 or more compared seats: by how much the best plan of "
               "the day loses a seat if the gap between categories, in average match quality of 100 or in the share "
               "of first wishes honoured, must not exceed the one told, by that morning's state (solved exactly). A "
               "day is proven, or no plan keeps the gap, or it is not settled; then the loss is told with both bounds "
               "if a plan is known, and left out if none is."),
        columns=(word("measured", "均衡项目", "To be alike"), share("gap", "最大差距", "Largest gap"),
                 count("days", "天数", "Days"), count("exact", "已证明的天数", "Days proven"),
                 count("impossible", "无法满足的天数", "Days without a plan"),
                 count("unsettled", "尚无定论的天数", "Days not settled"),
                 count("seats", "计入的名额数", "Seats counted"),
                 number("least", "每个名额得分减少：至少", "Loss a seat: at least", ColumnUnit.POINTS),
                 number("most", "每个名额得分减少：至多", "Loss a seat: at most", ColumnUnit.POINTS)),
        rows=parity,
    ),
    Report(code="scarcity", zh="人员紧缺程度：案由与县区", en="Scarcity prices by cause and county", about=SCARCE,
           columns=(MONTH, CAUSE, COUNTY, *PRICE), rows=scarcity),
    Report(code="scarcity_causes", zh="人员紧缺程度：案由", en="Scarcity prices by cause", about=SCARCE,
           columns=(MONTH, CAUSE, *PRICE), rows=scarce_causes,
           charts=(Chart(Shape.LINES, "month", ("price",), by="cause"),)),
    Report(code="scarcity_counties", zh="人员紧缺程度：县区", en="Scarcity prices by county", about=SCARCE,
           columns=(MONTH, COUNTY, *PRICE), rows=scarce_areas,
           charts=(Chart(Shape.LINES, "month", ("price",), by="area"),)),
)
# fmt: on
