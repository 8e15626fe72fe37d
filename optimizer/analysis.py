"""Questions about a plan, from one place: why not this one, what a slot is worth, what more of a criterion costs."""

from optimizer.alternatives import Alternatives
from optimizer.cut import Cut, Repair, blocking_cut, cheapest_repair, relaxation_gains
from optimizer.explain import Move, Regret, Regrets, chain, regret, regrets
from optimizer.frontier import Frontier
from optimizer.hull import Between, Corner, Plan
from optimizer.learning import Choice, Lesson, learn
from optimizer.levers import Lever, LeverError, lever_between, staying
from optimizer.parity import Parity, best_within
from optimizer.radius import Radius, Reach, stability_radius
from optimizer.rank import Ranking, learn_prices, rank
from optimizer.repair import Point, trade_off
from optimizer.slots import SlotValues, slot_values

__all__ = [
    "Alternatives",
    "Between",
    "Choice",
    "Corner",
    "Cut",
    "Frontier",
    "Lesson",
    "Lever",
    "LeverError",
    "Move",
    "Parity",
    "Plan",
    "Point",
    "Radius",
    "Ranking",
    "Reach",
    "Regret",
    "Regrets",
    "Repair",
    "SlotValues",
    "best_within",
    "blocking_cut",
    "chain",
    "cheapest_repair",
    "learn",
    "learn_prices",
    "lever_between",
    "rank",
    "regret",
    "regrets",
    "relaxation_gains",
    "slot_values",
    "stability_radius",
    "staying",
    "trade_off",
]
