"""The subsidy of a piece of work: a place's own table of rates, and the amount with every line that makes it.

A table is a document as a policy is: written by the place, bounded by this file, never changed once it is there.
Money is whole fen. Source: 《法律援助法》第五十二条.
"""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, NamedTuple, Self

from pydantic import Field, ValidationError, model_validator

from dispatch.domain.errors import (
    NoRateFitsError,
    NoSubsidyDueError,
    SubsidyTableInvalidError,
    UnknownReferenceError,
    WorkUnknownError,
    stated,
)
from dispatch.domain.law.citations import Citations
from dispatch.domain.policy.document import Document, Text
from dispatch.domain.states import QualityGrade
from dispatch.domain.validation import UnfitError, expected_of
from dispatch.domain.vocabulary import CentreLevel, Matter, PractitionerKind, Service, Stage, Term

MAX_FEN = 100_000_000
"""A million yuan for one piece of work: nothing larger is meant."""

MAX_SERVICE_DAYS = 400
PRESETS = ("henan_provincial",)

Fen = Annotated[int, Field(ge=0, le=MAX_FEN)]
Percent = Annotated[int, Field(ge=0, le=300)]


# fmt: off
class CostKind(Term):
    """What was spent on a case."""

    TRAVEL      = "travel",      "交通费",         "travel"
    LODGING     = "lodging",     "食宿费",         "board and lodging"
    COPYING     = "copying",     "复印、打印费",   "copying and printing"
    POST        = "post",        "邮寄费",         "post"
    TRANSLATION = "translation", "翻译费",         "translation"
    NOTARY      = "notary",      "公证费",         "notary"
    APPRAISAL   = "appraisal",   "鉴定费",         "appraisal"
    OTHER       = "other",       "其他直接费用",   "other direct costs"


class SubsidyItem(Term):
    """What a line of an amount is."""

    BASIS = "basis", "办案补贴标准",       "rate of the work"
    DAYS  = "days",  "服务天数补贴",       "service days"
    PART  = "part",  "未办结部分核减",     "part of the work not done"
    GRADE = "grade", "质量等次调整",       "quality grade"
    COSTS = "costs", "直接费用",           "direct costs"
    CAP   = "cap",   "直接费用超限额部分", "costs above the cap"


SALARIED = (PractitionerKind.CENTRE_LAWYER, PractitionerKind.CENTRE_STAFF, PractitionerKind.GOVERNMENT_LAWYER)
"""Who works on a public post, and so draws no subsidy for a case."""
# fmt: on


WHERE = {
    "kind": stated("名册中承办人员的类别", "the kind of the practitioner, in the register"),
    "service_days": stated("结案报告的服务天数，或者本次核算时填写", "in the closing report, or in this request"),
    "grade": stated("先进行案件质量评估", "grade the work first"),
}
"""Where what a subsidy is reckoned by is filled in."""


class DirectCost(Document):
    """A direct cost, in fen."""

    kind: CostKind
    fen: Fen


class Spent(NamedTuple):
    """What a piece of work took: service days, whole or half, and direct costs."""

    days: float | None = None
    costs: tuple[DirectCost, ...] = ()


NOTHING_SPENT = Spent()


class Rate(Document):
    """What one kind of work is paid: a sum, an amount for each service day, or both. What is left out fits all."""

    matters: tuple[Matter, ...] = ()
    services: tuple[Service, ...] = ()
    stages: tuple[Stage, ...] = ()
    amount_fen: Fen | None = None
    day_fen: Fen | None = None
    max_days: float | None = Field(default=None, gt=0, le=MAX_SERVICE_DAYS, multiple_of=0.5)
    """Service days that are paid at most."""
    cost_cap_fen: Fen | None = None
    """Costs that are paid at most; as they were spent, where left out."""

    @model_validator(mode="after")
    def paid(self) -> Self:
        """Refuse a row that pays nothing, or caps days it does not pay."""
        if self.amount_fen is None and self.day_fen is None:
            raise UnfitError("填写补贴标准 amount_fen 或者每服务日金额 day_fen", "give amount_fen, day_fen or both")
        if self.max_days is not None and self.day_fen is None:
            raise UnfitError("限定服务天数的，须填写每服务日金额 day_fen", "max_days needs day_fen")
        return self

    def fits(self, matter: Matter, service: Service, stage: Stage) -> bool:
        """Tell whether the row is for such work."""
        pairs: tuple[tuple[Sequence[Term], Term], ...] = (
            (self.matters, matter), (self.services, service), (self.stages, stage),
        )  # fmt: skip
        return all(not words or word in words for words, word in pairs)

    def covers(self, other: "Rate") -> bool:
        """Tell whether whatever fits the other row fits this one."""
        pairs: tuple[tuple[Sequence[Term], Sequence[Term]], ...] = (
            (self.matters, other.matters), (self.services, other.services), (self.stages, other.stages),
        )  # fmt: skip
        return all(not mine or (theirs and set(theirs) <= set(mine)) for mine, theirs in pairs)


class SubsidyTable(Document):
    """A place's subsidy standard: rates, of which the first that fits counts, and what each grade makes of them."""

    title_zh: Text = Field(min_length=2)
    title_en: Text = Field(min_length=2)
    valid_from: date
    """The first closing day it is for."""
    source: Annotated[Citations, Field(min_length=1)]
    levels: tuple[CentreLevel, ...] = ()
    """The level of the centres it binds; any, where left out."""
    rates: Annotated[tuple[Rate, ...], Field(min_length=1, max_length=200)]
    grade_percent: dict[QualityGrade, Percent]
    """What a grade makes of the sum and the days, in percent; costs are paid whatever the grade."""
    ungraded_percent: Percent | None = 100
    """What is paid before a grade is given; nothing is, where left out."""

    @model_validator(mode="after")
    def whole(self) -> Self:
        """Refuse a table that lacks a grade, or in which a worse one pays more."""
        percents = [self.grade_percent.get(grade, -1) for grade in QualityGrade]
        if -1 in percents:
            raise UnfitError("每个质量等次都应有调整比例", "every quality grade needs a percentage")
        if percents != sorted(percents, reverse=True):
            raise UnfitError("调整比例应从优秀到不合格递减", "percentages must fall from excellent to fail")
        return self

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read a table from a JSON document, or raise SubsidyTableInvalidError with every fault and its row."""
        try:
            table = cls.model_validate(document)
        except ValidationError as faults:
            found = _innermost(faults.errors(include_url=False, include_input=False))
            raise SubsidyTableInvalidError(
                problems=[_problem(fault["loc"], expected_of(fault)) for fault in found]
            ) from None
        if problems := list(_hidden(table.rates)):
            raise SubsidyTableInvalidError(problems=problems)
        return table


def _problem(path: Sequence[int | str], reason: dict[str, str]) -> dict[str, Any]:
    """Return a fault with the row of the rates it is in, counted from one as people do."""
    row = {"row": int(path[1]) + 1} if path[:1] == ("rates",) and len(path) > 1 else {}
    return {"field": ".".join(map(str, path)), **row, "reason": reason}


def _innermost(faults: Sequence[Any]) -> list[Any]:
    """Return the faults without those that only follow from one within: a row with a fault is no row, says the list."""
    paths = [fault["loc"] for fault in faults]
    return [
        fault
        for fault, path in zip(faults, paths, strict=True)
        if not any(len(other) > len(path) and other[: len(path)] == path for other in paths)
    ]


def _hidden(rates: Sequence[Rate]) -> Iterator[dict[str, Any]]:
    """Yield the rows that are never reached, because an earlier one fits all they fit."""
    for i, rate in enumerate(rates):
        earlier = next((k for k in range(i) if rates[k].covers(rate)), None)
        if earlier is not None:
            reason = stated(
                f"第{earlier + 1}行已包含本行的全部情形，请调整顺序或者删除本行",
                f"row {earlier + 1} fits all that this row fits: move it up, or leave it out",
            )
            yield _problem(("rates", i), reason)


class Work(NamedTuple):
    """A piece of work as it was carried out; ``part_percent`` of what was not carried through."""

    matter: Matter
    service: Service
    stage: Stage
    kind: PractitionerKind | None
    grade: QualityGrade | None = None
    spent: Spent = NOTHING_SPENT
    part_percent: int | None = None


class SubsidyLine(NamedTuple):
    """A line of an amount: how many at how much, and what that makes; deductions are negative."""

    item: SubsidyItem
    quantity: float | None
    fen: int


class Subsidy(NamedTuple):
    """An amount, its lines, and the row of the table it rests on, counted from one."""

    lines: tuple[SubsidyLine, ...]
    total_fen: int
    row: int


def subsidy_of(table: SubsidyTable, work: Work) -> Subsidy:
    """
    Return what a piece of work is paid, line by line.

    Raises
    ------
    NoSubsidyDueError
        If it was done on a public post.
    WorkUnknownError
        If the kind of practitioner, the service days or the grade is needed and not known.
    NoRateFitsError
        If no row of the table is for such work.
    """
    if work.kind in SALARIED:
        raise NoSubsidyDueError(kind=work.kind)
    row = next((i for i, rate in enumerate(table.rates) if rate.fits(work.matter, work.service, work.stage)), None)
    if row is None:
        raise NoRateFitsError(matter=work.matter.value, service=work.service.value, stage=work.stage.value)
    rate = table.rates[row]
    percent = _percent(table, work)
    _require_known(rate, work, percent)
    lines = tuple(line for line in _lines(rate, work, percent or 0) if line.fen or line.item is SubsidyItem.BASIS)
    return Subsidy(lines, sum(line.fen for line in lines), row + 1)


def _percent(table: SubsidyTable, work: Work) -> int | None:
    if work.part_percent is not None:
        return 100
    return table.ungraded_percent if work.grade is None else table.grade_percent[work.grade]


def _require_known(rate: Rate, work: Work, percent: int | None) -> None:
    missing = {
        "kind": work.kind is None,
        "service_days": rate.day_fen is not None and work.spent.days is None,
        "grade": percent is None,
    }
    if any(missing.values()):
        raise WorkUnknownError(missing=[{"field": name, "where": WHERE[name]} for name in missing if missing[name]])


def _lines(rate: Rate, work: Work, percent: int) -> Iterator[SubsidyLine]:
    days = min(work.spent.days or 0, MAX_SERVICE_DAYS if rate.max_days is None else rate.max_days)
    basis, by_day = rate.amount_fen or 0, _share(int(2 * days) * (rate.day_fen or 0), 1, 2)
    yield SubsidyLine(SubsidyItem.BASIS, None, basis)
    yield SubsidyLine(SubsidyItem.DAYS, days, by_day)
    part = 100 if work.part_percent is None else work.part_percent
    done = _share(basis + by_day, part, 100)
    yield SubsidyLine(SubsidyItem.PART, part, done - basis - by_day)
    yield SubsidyLine(SubsidyItem.GRADE, percent, _share(done, percent, 100) - done)
    costs = sum(cost.fen for cost in work.spent.costs)
    yield SubsidyLine(SubsidyItem.COSTS, len(work.spent.costs), costs)
    if rate.cost_cap_fen is not None:
        yield SubsidyLine(SubsidyItem.CAP, None, min(rate.cost_cap_fen - costs, 0))


def _share(fen: int, part: int, whole: int) -> int:
    """Return a part of an amount, half a fen upwards."""
    return (2 * fen * part + whole) // (2 * whole)


@cache
def load_preset(name: str) -> dict[str, Any]:
    """Return what is known of a standard, as the start of a table: what it leaves out is to be filled in."""
    if name not in PRESETS:
        raise UnknownReferenceError(field="preset", value=name, known=list(PRESETS))
    text = files("dispatch.domain.funds").joinpath(f"presets/{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
