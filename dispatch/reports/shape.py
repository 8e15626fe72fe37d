"""What a report is made of: typed columns, a function from report data to rows, and what is drawn of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from dispatch.domain.law.citations import Citations, in_words
from dispatch.domain.report_data import Label, PersonLine, ReportData
from dispatch.domain.vocabulary import Term

Cell = str | int | float | bool | date | datetime | Term | Label | None
Row = tuple[Cell, ...]
Rows = Callable[[ReportData], Iterable[Row]]


# fmt: off
class ColumnUnit(Term):
    """What the cells of a column are; ``FORMATS`` tells how a spreadsheet shows them."""

    WORD   = "word",   "名称",     "word"
    TEXT   = "text",   "文本",     "text"
    COUNT  = "count",  "件、人次", "count"
    SHARE  = "share",  "比例",     "share"
    HOURS  = "hours",  "小时",     "hours"
    POINTS = "points", "分（百分制）", "points of 100"
    NUMBER = "number", "数值",     "number"
    MONTH  = "month",  "月份",     "month, its first day"
    DAY    = "day",    "日期",     "day"
    MOMENT = "moment", "时间",     "moment, in the centre's time"
    YES    = "yes",    "是否",     "yes or no"


class Shape(Term):
    """How a report is drawn."""

    BARS   = "bars",   "条形图", "bars"
    STACK  = "stack",  "堆叠条形图", "stacked bars"
    LINES  = "lines",  "折线图", "lines"
    RANGES = "ranges", "区间图", "values with intervals"
    LORENZ = "lorenz", "洛伦兹曲线", "Lorenz curve"
# fmt: on


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column; ``personal`` ones are only for those who may read the names of practitioners."""

    code: str
    zh: str
    en: str
    unit: ColumnUnit
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """
    What is drawn of a report.

    Parameters
    ----------
    at : str
        The column on the axis of categories or time.
    values : tuple of str
        The columns that are drawn, one series each.
    by : str, optional
        A column whose words part the rows into series.
    low, high : str, optional
        The columns of the interval of the only value.
    only : tuple of (str, str), optional
        A column and the code its word must have for a row to be drawn.
    """

    shape: Shape
    at: str
    values: tuple[str, ...]
    by: str | None = None
    low: str | None = None
    high: str | None = None
    only: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report; ``about`` defines in both languages what is counted, ``source`` says who asks for it."""

    code: str
    zh: str
    en: str
    about: tuple[str, str]
    columns: tuple[ReportColumn, ...]
    rows: Rows
    charts: tuple[Chart, ...] = ()
    source: Citations = ()

    @property
    def defined(self) -> dict[str, str]:
        """Return what is counted, and what that rests on, in both languages."""
        zh, en = self.about
        if not self.source:
            return {"zh": zh, "en": en}
        basis = in_words(self.source)
        return {"zh": f"{zh}依据：{basis['zh']}。", "en": f"{en} Source: {basis['en']}."}

    def place(self, code: str) -> int:
        """Return the place of a column."""
        return next(place for place, column in enumerate(self.columns) if column.code == code)


def word(code: str, zh: str, en: str) -> ReportColumn:
    """Return a column of words."""
    return ReportColumn(code, zh, en, ColumnUnit.WORD)


def count(code: str, zh: str, en: str) -> ReportColumn:
    """Return a column of counts."""
    return ReportColumn(code, zh, en, ColumnUnit.COUNT)


def share(code: str, zh: str, en: str) -> ReportColumn:
    """Return a column of shares."""
    return ReportColumn(code, zh, en, ColumnUnit.SHARE)


def number(code: str, zh: str, en: str, unit: ColumnUnit = ColumnUnit.NUMBER) -> ReportColumn:
    """Return a column of numbers."""
    return ReportColumn(code, zh, en, unit)


# fmt: off
PERSON = (
    ReportColumn("practitioner_id", "人员编号", "Practitioner", ColumnUnit.TEXT),
    ReportColumn("code", "执业证号", "Licence number", ColumnUnit.TEXT, personal=True),
    ReportColumn("name", "承办人员", "Name", ColumnUnit.TEXT, personal=True),
)
# fmt: on

DIGITS = 4


def named(people: Mapping[str, PersonLine], id: str) -> Row:
    """Return the cells of a practitioner."""
    person = people.get(id)
    return id, person.code if person else None, person.name if person else None


def order_of(people: Mapping[str, PersonLine], id: str) -> tuple[str, str]:
    """Return what practitioners are sorted by."""
    return people[id].code if id in people else "", id


def ratio(above: float, below: float) -> float | None:
    """Return a ratio, None of nothing."""
    return round(above / below, DIGITS) if below else None


def mean(values: Iterable[float]) -> float | None:
    """Return the mean, None of nothing."""
    known = list(values)
    return ratio(sum(known), len(known))
