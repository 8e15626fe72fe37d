"""Questions about a plan, from one place: why not this one, what a slot is worth, what more of a criterion costs."""

from optimizer.alternatives import Alternatives
from optimizer.cut import Cut, Repair, blocking_cut, cheapest_repair, relaxation_gains
from optimizer.explain import Move, chain, regrets
from optimizer.fairness import Evenness, evenness
from optimizer.frontier import Between, Corner, Frontier, Plan
from optimizer.learning import Choice, Lesson, learn
from optimizer.levers import Lever, lever_between, staying
from optimizer.metrics import Radius, blocking_pairs, price_of_stability, stability_radius, stable_plan
from optimizer.parity import Parity, best_within
from optimizer.rank import Ranking, learn_prices, rank
from optimizer.repair import Point, trade_off
from optimizer.slots import SlotValues, Spread, by_label, slot_values

__all__ = [
    "Alternatives",
    "Between",
    "Choice",
    "Corner",
    "Cut",
    "Evenness",
    "Frontier",
    "Lesson",
    "Lever",
    "Move",
    "Parity",
    "Plan",
    "Point",
    "Radius",
    "Ranking",
    "Repair",
    "SlotValues",
    "Spread",
    "best_within",
    "blocking_cut",
    "blocking_pairs",
    "by_label",
    "chain",
    "cheapest_repair",
    "evenness",
    "learn",
    "learn_prices",
    "lever_between",
    "price_of_stability",
    "rank",
    "regrets",
    "relaxation_gains",
    "slot_values",
    "stability_radius",
    "stable_plan",
    "staying",
    "trade_off",
]
