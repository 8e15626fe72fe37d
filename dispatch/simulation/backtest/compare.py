"""Two policies on the same weeks: the difference of every figure, with paired intervals by week.

Each week is left out once, the same for both, so that what makes a week hard for both policies does not blur their
difference (``dispatch.domain.jackknife``). Each interval stands for itself; what is called better or worse is corrected
for how many figures there are, so that two policies that do not differ are told apart in one of twenty comparisons.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dispatch.domain.docket.columns import Numbers
from dispatch.domain.errors import stated
from dispatch.domain.jackknife import FEWEST, chance_of, hold, jackknife
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import Category
from dispatch.simulation.backtest.measures import MEASURES, Figures, Weekly
from dispatch.simulation.replay.fitting import FIGURES

DIGITS, CHANCE_DIGITS = 4, 6
LORENZ_POINTS = 101


class Row(NamedTuple):
    """A figure under both policies, and their difference with its 95 % interval; None where nothing carries one."""

    code: str
    unit: str
    better: int
    policy: float | None
    against: float | None
    difference: float | None
    low: float | None
    high: float | None
    chance: float | None = None
    """How often so large a difference comes of two policies that do not differ."""
    same_cases: bool = True
    """Whether the figure is about the same cases under both; if not, neither is called better by it."""
    verdict: int = 0
    """1 where the policy is surely better, -1 where it is surely worse, all figures taken together, else 0."""


class Comparison(NamedTuple):
    """Everything two policies differ in."""

    rows: tuple[Row, ...]
    hours_of: tuple[Row, ...]
    quality_of: tuple[Row, ...]
    lorenz: tuple[list[float], list[float]]
    """Shares of all effort held by the least loaded, in hundredths of the list, under each policy."""


def compare(policy: Figures, against: Figures) -> Comparison:
    """Return the figures of both policies side by side."""
    rows = [_ratio(each.code, each.unit, each.better, policy.measures[each.code], against.measures[each.code])
            ._replace(same_cases=each.same_cases) for each in MEASURES]  # fmt: skip
    rows += [_spread(code, policy.credit, against.credit) for code in SPREADS]
    hours = _categories(policy.hours_of, against.hours_of, "h", -1)
    quality = _categories(policy.quality_of, against.quality_of, "of 100", 1)
    first, second, third = _judged(rows, hours, quality)
    return Comparison(
        rows=first,
        hours_of=second,
        quality_of=third,
        lorenz=(lorenz(policy.credit.sum(axis=0)), lorenz(against.credit.sum(axis=0))),
    )


def _judged(*tables: Sequence[Row]) -> list[tuple[Row, ...]]:
    """Return the tables with what can be said of each figure, all of them taken together."""
    counted = [row for table in tables for row in table if row.chance is not None and row.same_cases and row.better]
    sure = {counted[k] for k in hold([row.chance or 0.0 for row in counted])}
    return [tuple(row._replace(verdict=_sign(row)) if row in sure else row for row in table) for table in tables]


def _sign(row: Row) -> int:
    return row.better * (1 if (row.difference or 0) > 0 else -1)


def to_json(found: Comparison, about: dict[str, Any]) -> bytes:
    """Return the comparison as canonical JSON: the same seed gives the same bytes."""
    rows = {name: [row._asdict() for row in getattr(found, name)] for name in ("rows", "hours_of", "quality_of")}
    lorenz = dict(zip(("policy", "against"), found.lorenz, strict=True))
    document = {**about, **rows, "lorenz": lorenz}
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def from_document(document: dict[str, Any]) -> Comparison:
    """Read a comparison back from its JSON."""
    rows, hours_of, quality_of = (
        tuple(Row(**row) for row in document[name]) for name in ("rows", "hours_of", "quality_of")
    )
    return Comparison(rows, hours_of, quality_of, (document["lorenz"]["policy"], document["lorenz"]["against"]))


def about_policies(policy: Policy, against: Policy) -> dict[str, Any]:
    """Return which policies were compared."""
    return {
        name: {"name": each.name, "digest": each.digest()} for name, each in (("policy", policy), ("against", against))
    }


def gini(credit: Numbers) -> Numbers:
    """Return the Gini coefficient of each row, (r, p): 0 where all have the same."""
    ordered = np.sort(credit, axis=-1)
    size = ordered.shape[-1]
    total = ordered.sum(axis=-1)
    rank = 2 * np.arange(1, size + 1) - size - 1
    coefficient: Numbers = (ordered @ rank) / np.maximum(size * total, 1e-9)
    return coefficient


def most_to_mean(credit: Numbers) -> Numbers:
    """Return how many times the mean the most loaded has, by row."""
    ratio: Numbers = credit.max(axis=-1, initial=0.0) / np.maximum(credit.mean(axis=-1), 1e-9)
    return ratio


def lorenz(credit: Numbers) -> list[float]:
    """Return the share of all effort that the least loaded hundredths of the list hold, from 0 to 1."""
    held = np.concatenate([[0.0], np.cumsum(np.sort(credit))]) / max(float(credit.sum()), 1e-9)
    at = np.linspace(0, len(held) - 1, LORENZ_POINTS)
    return [round(float(value), DIGITS) for value in np.interp(at, np.arange(len(held)), held)]


# fmt: off
SPREADS = {
    # code            figure        , less is better
    "gini":         gini,
    "most_to_mean": most_to_mean,
}
SPREAD_LABELS = {
    "gini":         ("工作量基尼系数", "Gini of effort"),
    "most_to_mean": ("最多与平均之比", "most loaded to mean"),
}
# fmt: on


def _ratio(code: str, unit: str, better: int, policy: Weekly, against: Weekly) -> Row:
    values = [_value(each.above.sum(), each.below.sum()) for each in (policy, against)]
    rest = [_divided(_left_out(each.above), _left_out(each.below)) for each in (policy, against)]
    return _row(code, unit, better, values, rest[0] - rest[1])


def _spread(code: str, policy: Numbers, against: Numbers) -> Row:
    figure = SPREADS[code]
    values = [float(figure(each.sum(axis=0)[None, :])[0]) for each in (policy, against)]
    return _row(code, "", -1, values, figure(_left_out(policy)) - figure(_left_out(against)))


def _categories(policy: dict[str, Weekly], against: dict[str, Weekly], unit: str, better: int) -> tuple[Row, ...]:
    shared = [code for code in policy if code in against]
    return tuple(_ratio(code, unit, better, policy[code], against[code]) for code in shared)


def _row(code: str, unit: str, better: int, values: list[float] | list[float | None], left_out: Numbers) -> Row:
    mine, other = values
    if mine is None or other is None:
        return Row(code, unit, better, _rounded(mine), _rounded(other), None, None, None)
    ends = jackknife(mine - other, left_out)
    if ends is None:
        return Row(code, unit, better, _rounded(mine), _rounded(other), _rounded(mine - other), None, None)
    low, high, middle = _rounded(ends[0]), _rounded(ends[1]), _rounded(mine - other)
    chance = round(chance_of(*ends, len(left_out)), CHANCE_DIGITS)
    return Row(code, unit, better, _rounded(mine), _rounded(other), middle, low, high, chance)


def _left_out(weekly: Numbers) -> Numbers:
    """Return the sum over the weeks without each, (w, ...)."""
    rest: Numbers = weekly.sum(axis=0) - weekly
    return rest


def _value(above: float, below: float) -> float | None:
    return float(above / below) if below else None


def _divided(above: Numbers, below: Numbers) -> Numbers:
    ratio: Numbers = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
    return ratio


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


LABELS = {each.code: (each.zh, each.en) for each in MEASURES} | SPREAD_LABELS
CATEGORIES = {category.value: (category.zh, category.en) for category in Category}

# fmt: off
TABLES = {
    # part          what its rows are called
    "rows":       LABELS,
    "hours_of":   CATEGORIES,
    "quality_of": CATEGORIES,
}
# fmt: on

ESTIMATED = {each.code: (each.zh, each.en) for each in FIGURES}


READING = stated(
    f"区间为95%置信区间，按周逐一剔除估计，不足{FEWEST}周不给出，也不下结论；每项区间各自成立。是否更好、更差，按全部各项一并校正："
    "两个方案毫无差别时，平均每20次试算也只有1次误判。指派用时、匹配得分只计已指派的案件；按指派方式分列的指派用时，"
    "两个方案下不是同一批案件，不作比较结论。",
    f"Intervals of 95 %, by leaving out each week; below {FEWEST} weeks there is none, and no verdict. Each interval "
    "stands for itself; better or worse is said after a correction for all figures together: two policies that do not "
    "differ at all are told apart in one of 20 back-tests. Time to assign and match quality count assigned cases only; "
    "by mode they are not the same cases under both policies, so that neither is called better by them.",
)


def result_of(document: dict[str, Any]) -> dict[str, Any]:
    """Return a stored comparison with names and verdicts."""
    parts = {part: [_named(row, names) for row in document[part]] for part, names in TABLES.items()}
    known = ((each, *ESTIMATED[each["code"]]) for each in document.get("estimates", ()))
    return document | parts | {"reading": READING, "estimates": [each | {"zh": zh, "en": en} for each, zh, en in known]}


def _named(row: dict[str, Any], names: dict[str, tuple[str, str]]) -> dict[str, Any]:
    zh, en = names[row["code"]]
    return row | {"zh": zh, "en": en}
