"""Questions about a plan, from one place: why not this one, what a slot is worth, what more of a criterion costs."""

from optimizer.analysis.alternatives import NOWHERE, Alternatives, Node, PlanNetwork
from optimizer.analysis.cut import Cut, Repair, blocking_cut, cheapest_repair, relaxation_gains
from optimizer.analysis.explain import Move, Regret, Regrets, chain, entries, regret, regrets
from optimizer.analysis.frontier import Frontier
from optimizer.analysis.hull import Between, Corner, WeighedPlan
from optimizer.analysis.learning import Choice, Lesson, learn
from optimizer.analysis.parity.within import Parity, ParitySearch, Settled, best_within
from optimizer.analysis.radius import Radius, Reach, stability_radius
from optimizer.analysis.rank import Ranking, learn_prices, rank
from optimizer.analysis.repair import Point, trade_off
from optimizer.analysis.slots import SlotValues, slot_values
from optimizer.perturbation import Perturbation, PerturbationError, perturbation_between, staying

__all__ = [
    "NOWHERE",
    "Alternatives",
    "Between",
    "Choice",
    "Corner",
    "Cut",
    "Frontier",
    "Lesson",
    "Move",
    "Node",
    "Parity",
    "ParitySearch",
    "Perturbation",
    "PerturbationError",
    "PlanNetwork",
    "Point",
    "Radius",
    "Ranking",
    "Reach",
    "Regret",
    "Regrets",
    "Repair",
    "Settled",
    "SlotValues",
    "WeighedPlan",
    "best_within",
    "blocking_cut",
    "chain",
    "cheapest_repair",
    "entries",
    "learn",
    "learn_prices",
    "perturbation_between",
    "rank",
    "regret",
    "regrets",
    "relaxation_gains",
    "slot_values",
    "stability_radius",
    "staying",
    "trade_off",
]
