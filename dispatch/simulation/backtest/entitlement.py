"""Whether a period was fair: everyone's credit against the entitled share of their time in the rotation.

Each standing assignment is shared out among those who were in the rotation on its day, by their entitled
shares. Leave freezes a share, and so does a rule that keeps someone from every case, such as an assessment that
has lapsed: those are counted by rule. What anyone else has beyond their share, or lacks, by more than one
largest case is told with its cause.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np

from dispatch.domain.docket.columns import Numbers
from dispatch.domain.vocabulary import ModeName, Term
from dispatch.simulation.replay.files import Assignment
from dispatch.simulation.replay.play import Played

NARROW = 0.5
"""A case that fewer than this part of the list may take is one for few."""

DIGITS = 2


# fmt: off
class DeviationCause(Term):
    """Why someone's credit is out of the bound."""

    RULE    = "rule",    "按规则跳过", "a rule passed over them"
    ANSWERS = "answers", "不接受或者未答复", "declined or did not answer"
    FEW     = "few",     "可承办人员少", "took cases that few may take"
    OTHER   = "other",   "其他指派方式", "took cases in other modes than the rotation"
    BACK    = "back",    "暂停期满",   "was behind after a suspension, and caught up"
    UNKNOWN = "unknown", "没有记录的原因",   "nothing recorded explains it"
# fmt: on


class Outlier(NamedTuple):
    """Someone out of the bound, by how much effort, and why; ``rule`` names the one that passed them over most."""

    practitioner_id: str
    credit: int
    entitled: float
    beyond: float
    because: DeviationCause
    rule: str | None
    times: int


class Verdict(NamedTuple):
    """How a period treated those in the rotation."""

    practitioners: int
    cases: int
    largest_case: int
    within: int
    most_beyond: float
    least_beyond: float
    barred: dict[str, int]
    """People whom a rule kept from every case for a time, by rule."""
    exceptions: tuple[Outlier, ...]


def stands(assignment: Assignment) -> bool:
    """Tell whether the assignment was carried through, or still is."""
    return assignment.carried


def verdict(played: Played) -> Verdict:
    """Return how far each one's credit of the period is from their entitled share, and why."""
    standing = [each for each in played.assignments if stands(each)]
    number = {id: k for k, id in enumerate(played.ids)}
    credit, entitled = np.zeros(len(number), np.int64), entitlements(played, standing)
    for each in standing:
        credit[number[each.practitioner_id]] += each.effort
    largest = max((each.effort for each in standing), default=0)
    beyond = credit - entitled
    took_part = np.flatnonzero((entitled > 0) | (credit > 0))
    out = [int(k) for k in took_part if abs(beyond[k]) > largest]
    named = (_exception(played, standing, played.ids[k], int(credit[k]), float(entitled[k])) for k in out)
    return Verdict(
        practitioners=len(took_part),
        cases=len({each.case_id for each in standing}),
        largest_case=largest,
        within=len(took_part) - len(out),
        most_beyond=round(float(beyond.max(initial=0.0)), DIGITS),
        least_beyond=round(float(beyond.min(initial=0.0)), DIGITS),
        barred=dict(sorted(Counter(rule for rules in played.barred.values() for rule in rules).items())),
        exceptions=tuple(sorted(named, key=lambda each: (each.beyond, each.practitioner_id))),
    )


def entitlements(played: Played, standing: list[Assignment]) -> Numbers:
    """Return what everyone was due of the effort of the standing assignments, (p,)."""
    zone = played.zone
    by_day = Counter[object]()
    for each in standing:
        by_day[each.assigned_at.astimezone(zone).date()] += each.effort
    entitled: Numbers = np.zeros(len(played.ids))
    for day, (who, shares) in played.in_rotation.items():
        portions = shares.astype(float)
        if len(who) and by_day[day]:
            entitled[who] += by_day[day] * portions / portions.sum()
    return entitled


def _exception(played: Played, standing: list[Assignment], id: str, credit: int, entitled: float) -> Outlier:
    beyond = credit - entitled
    because, rule, times = _behind(played, id) if beyond < 0 else _ahead(played, standing, id)
    return Outlier(id, credit, round(entitled, DIGITS), round(beyond, DIGITS), because, rule, times)


def _behind(played: Played, id: str) -> tuple[DeviationCause, str | None, int]:
    rules, refused = played.passed.get(id, {}), played.refused.get(id, 0)
    if not rules:
        return (DeviationCause.ANSWERS, None, refused) if refused else (DeviationCause.UNKNOWN, None, 0)
    rule, times = min(rules.items(), key=lambda item: (-item[1], item[0]))
    return (DeviationCause.ANSWERS, None, refused) if refused > times else (DeviationCause.RULE, rule, times)


def _ahead(played: Played, standing: list[Assignment], id: str) -> tuple[DeviationCause, str | None, int]:
    mine = [each for each in standing if each.practitioner_id == id]
    listed = np.mean([len(who) for who, _ in played.in_rotation.values()])
    few = sum(each.pool is not None and bool(each.pool < NARROW * listed) for each in mine)
    others = sum(each.mode is not ModeName.ROTATION for each in mine)
    if suspended := played.suspended.get(id, 0):
        return DeviationCause.BACK, None, suspended
    if not few and not others:
        return DeviationCause.UNKNOWN, None, 0
    return (DeviationCause.FEW, None, few) if few >= others else (DeviationCause.OTHER, None, others)
