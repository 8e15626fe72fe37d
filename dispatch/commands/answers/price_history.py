"""The prices of a centre: what rules cost and one more practitioner was worth over its last days, with intervals."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from dispatch.commands.answers.days import one_at_a_time
from dispatch.commands.answers.prices import Kind, Named, labels_of
from dispatch.commands.runs.proofs import day_of
from dispatch.domain.errors import NotFoundError
from dispatch.domain.jackknife import FEWEST
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.plain_words import PlainWords
from dispatch.domain.policy.causes import Catalogue
from dispatch.domain.policy.criteria import MAX_SCORE
from dispatch.registry.runs import last_of_days
from dispatch.registry.tables import RunRow
from dispatch.registry.transaction import Read
from dispatch.simulation.evidence.price_history import (
    DayPrices,
    PersonHistory,
    RuleHistory,
    Spread,
    day_prices,
    person_history,
    rule_history,
)

MAX_DAYS = 20
"""Days an answer is made of at most: each is matched again without each rule."""
KEPT = 400
"""Runs of which a process remembers the prices; a run never changes."""

_kept: dict[str, tuple[DayPrices, Catalogue]] = {}

# fmt: off
SPAN = {
    # whether it is one day
    True:  PlainWords("只有1天的匹配批次，不能代表平时：", "Of one day alone, which need not be like others. "),
    False: PlainWords("最近{days}天的匹配批次（每天取最后一个）：", "Of the last {days} days with a run. "),
}
RULE = {
    # whether a seat more would have somebody
    True:  PlainWords("如不设此条件，平均每天可多指派{figure}个承办名额{interval}。",
                      "Without this rule {figure} more seats a day would have somebody{interval}."),
    False: PlainWords("如不设此条件，平均每天全部案件合计得分可增加{figure}分{interval}；一件满分为{full:,}分。",
                      "Without this rule all cases of a day together would gain {figure} points{interval}; "
                      "a case is worth {full:,} at most."),
}
FREE = PlainWords("此条件没有影响结果。", "This rule cost nothing.")
PERSON = PlainWords("同类人员再增加1人（1个名额），平均每天全部案件合计得分可增加{figure}分{interval}；"
                    "一件满分为{full:,}分。",
                    "One more such person with one place would add {figure} points to all cases of a day{interval}; "
                    "a case is worth {full:,} at most.")
FILLS = PlainWords("其中{filling}天，条件合适的，可使1件无人承办的案件得到指派。",
                   " On {filling} of them a case that had nobody could have been assigned.")
SPARE = PlainWords("同类人员已足够，再增加1人对结果没有影响。",
                   "There were enough such people: one more changes nothing.")
INTERVAL = PlainWords("（95%置信区间：{low}至{high}）", " (95 % interval: {low} to {high})")
NO_INTERVAL = PlainWords("（不足{fewest}天，不给出区间）", " (no interval below {fewest} days)")
# fmt: on


class PricedDay(NamedTuple):
    """A day that counts, by the last run of it."""

    on: date
    run_id: str


class CentrePrices(NamedTuple):
    """The prices of a centre's last days, the latest first, and what kinds are called."""

    days: list[PricedDay]
    rules: list[RuleHistory]
    people: list[PersonHistory]
    labels: Mapping[Kind, Named]


def prices_of_centre(read: Read, actor: Actor, days: int = MAX_DAYS) -> CentrePrices:
    """
    Return what the last days with a run say of the rules and the people of a centre; nothing is written.

    Of each day the last proven run counts: runs over the same cases would count them twice.

    Raises
    ------
    NotFoundError
        If there is no proven run yet.
    """
    require(actor, Verb.READ_RUN)
    with read() as session:
        found = [PricedDay(*each) for each in last_of_days(session, actor.centre_id, min(days, MAX_DAYS))]
    if not found:
        raise NotFoundError(what="proven run", id=actor.centre_id)
    # One by one, so that who asks about a single case is answered in between.
    priced = [_priced(read, each.run_id) for each in found]
    by_day = [prices for prices, _ in priced]
    with read() as session:
        labels = labels_of(session, actor.centre_id, [catalogue for _, catalogue in reversed(priced)])
    return CentrePrices(found, rule_history(by_day), person_history(by_day), labels)


def rule_history_in_words(history: RuleHistory, days: int, language: str) -> str:
    """Return what a rule cost."""
    if not history.gain.mean:
        return _span(days, language) + FREE.label(language)
    seats = history.served.mean > 0
    told = RULE[seats].label(language)
    spread = history.served if seats else history.gain
    return _span(days, language) + told.format(**_figures(spread, days, language, places=2 if seats else 0))


def person_history_in_words(history: PersonHistory, language: str) -> str:
    """Return what one more person was worth."""
    if not history.worth.mean and not history.filling:
        return _span(history.days, language) + SPARE.label(language)
    told = PERSON.label(language).format(**_figures(history.worth, history.days, language, places=0))
    fills = FILLS.label(language).format(filling=history.filling) if history.filling else ""
    return _span(history.days, language) + told + fills


def _span(days: int, language: str) -> str:
    return SPAN[days == 1].label(language).format(days=days)


def _figures(spread: Spread, days: int, language: str, places: int) -> dict[str, str | int]:
    figure, full = _rounded(spread.mean, places), MAX_SCORE
    if spread.low is not None and spread.high is not None:
        ends = {"low": _rounded(spread.low, places), "high": _rounded(spread.high, places)}
        return {"figure": figure, "full": full, "interval": INTERVAL.label(language).format(**ends)}
    missing = NO_INTERVAL.label(language).format(fewest=FEWEST) if 1 < days < FEWEST else ""
    return {"figure": figure, "full": full, "interval": missing}


def _rounded(figure: float, places: int) -> str:
    text = f"{figure:,.{places}f}"
    return text.rstrip("0").rstrip(".") if places else text


def _priced(read: Read, run_id: str) -> tuple[DayPrices, Catalogue]:
    if run_id not in _kept:
        with one_at_a_time():
            with read() as session:
                day = day_of(session.get_one(RunRow, run_id))
            while len(_kept) >= KEPT:
                _kept.pop(next(iter(_kept)))
            _kept[run_id] = day_prices(day), day.docket.policy.catalogue
    return _kept[run_id]
