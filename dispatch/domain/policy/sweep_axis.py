"""Axes: the whole numbers of a policy that can be moved alone, and the policy after moving one."""

from fractions import Fraction
from math import floor
from typing import Any

from pydantic import ValidationError

from dispatch.domain.policy.criteria import BASIS_POINTS, Criterion
from dispatch.domain.policy.schema import MAX_SLOT_PRICE, Policy
from dispatch.domain.vocabulary import Term

PRICES = ("price_per_turn", "price_per_effort", "floor_premium")
"""Prices of the fairness part that are one number; the load ladder is the only other."""


# fmt: off
class Axis(Term):
    """What a day can be given more or less of."""

    FAIRNESS   = "fairness",   "轮次均衡",     "evenness of turns"
    EFFORT     = "effort",     "工作量均衡",   "evenness of effort"
    FLOOR      = "floor",      "年度最低办案件数",   "floor on cases a year"
    SPECIALTY  = "specialty",  "专业特长",     "specialty in the cause of action"
    EXPERIENCE = "experience", "受援人类别经验", "experience with the recipient's categories"
    DISTANCE   = "distance",   "便利程度",     "nearness to the case"
    LANGUAGE   = "language",   "语言",         "language"
    QUALITY    = "quality",    "办案质量",     "quality of past cases"
    SENIORITY  = "seniority",  "执业经验",     "years of practice"
    WISH       = "wish",       "点援意愿",   "the recipient's wish"
    CONTINUITY = "continuity", "一援到底",     "counsel of the earlier stage"
    CHURN      = "churn",      "保持原方案",   "keeping to the plan before"


FIELDS: dict[Axis, tuple[str, str, int]] = {
    # axis                         part        field               highest the policy takes
    Axis.FAIRNESS:                ("fairness", "price_per_turn",   100_000),
    Axis.EFFORT:                  ("fairness", "price_per_effort", 10_000),
    Axis.FLOOR:                   ("fairness", "floor_premium",    MAX_SLOT_PRICE),
    **{Axis[each.name]:          ("weights",  each.value,         BASIS_POINTS) for each in Criterion},
}
# fmt: on


def is_weight(axis: Axis) -> bool:
    """Tell whether the axis is a weight, which counts only beside the others."""
    return axis in FIELDS and FIELDS[axis][0] == "weights"


def level_of(policy: Policy, axis: Axis) -> int:
    """Return the policy's position on the axis; nothing in it keeps to an earlier plan."""
    if axis not in FIELDS:
        return 0
    part, field, _ = FIELDS[axis]
    level: int = getattr(getattr(policy, part), field)
    return level


def with_level(policy: Policy, axis: Axis, level: int) -> Policy:
    """Return the policy with one number changed and all others as they are: weights may then sum to anything."""
    part, field, _ = FIELDS[axis]
    changed = getattr(policy, part).model_copy(update={field: level})
    return policy.model_copy(update={part: changed})


def policy_at(policy: Policy, axis: Axis, level: int) -> Policy:
    """
    Return the policy that decides as if one number alone were changed.

    Notes
    -----
    Weights must sum to 10,000: all weights and prices are brought down or up together, which changes no decision
    but by rounding to whole numbers.

    Raises
    ------
    PolicyInvalidError
        If a price leaves its bounds by that.
    """
    moved, scale = with_level(policy, axis, level), scale_at(policy, axis, level)
    fair = moved.fairness.model_dump()
    prices = {name: round(fair[name] * scale) for name in PRICES}
    ladder = [round(price * scale) for price in fair["load_ladder"]]
    weights = apportioned(moved.weights.model_dump(), scale)
    return _with_parts(moved, weights=weights, fairness=fair | prices | {"load_ladder": ladder})


def _with_parts(policy: Policy, **parts: dict[str, Any]) -> Policy:
    """The policy with some parts read anew and all others, which were read before, as they are."""
    try:
        read = {name: type(getattr(policy, name)).model_validate(part) for name, part in parts.items()}
    except ValidationError:
        return Policy.from_document(policy.to_document() | parts)  # which tells every fault
    return policy.model_copy(update=read)


def scale_at(policy: Policy, axis: Axis, level: int) -> Fraction:
    """Return by what all weights and prices are brought down or up together where one number alone is changed."""
    return Fraction(BASIS_POINTS, sum(with_level(policy, axis, level).weights.model_dump().values()))


def apportioned(weights: dict[str, Any], scale: Fraction) -> dict[str, int]:
    """Return the weights at another scale in whole basis points that sum to 10,000: largest remainders go up."""
    exact = {name: weight * scale for name, weight in weights.items()}
    whole = {name: floor(share) for name, share in exact.items()}
    behind = sorted(exact, key=lambda name: whole[name] - exact[name])
    for name in behind[: BASIS_POINTS - sum(whole.values())]:
        whole[name] += 1
    return whole
