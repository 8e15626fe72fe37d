"""Why a case is given so, and why not to somebody else: on a day as it was decided, exactly, or as the register was."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dispatch.casework.records import Judged
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.rules import Refusal
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.ledger import slot_prices
from dispatch.domain.vocabulary import Term
from dispatch.modes.encode import decode, first_rows
from dispatch.modes.figures import CriterionFigure, figures_of, levels_of
from dispatch.modes.optimized import Match, slots_taken
from dispatch.modes.scores import Scores
from dispatch.simulation.evidence.days import Day
from optimizer.analysis.questions import Regret, chain, regret


# fmt: off
class CaseStanding(Term):
    """How somebody compares for a case."""

    CHOSEN   = "chosen",   "已选定",                   "chosen"
    EQUAL    = "equal",    "同等最优，由抽签决定",     "as good: the draw decides"
    WORSE    = "worse",    "符合条件，但总体不如现方案", "eligible, but the whole day would lose"
    ELIGIBLE = "eligible", "符合条件，未被选定",       "eligible, not chosen"
    FULL     = "full",     "符合条件，但没有承办名额", "eligible, but without a free place"
    REFUSED  = "refused",  "不符合条件",               "refused by a rule"
# fmt: on


class CaseMove(NamedTuple):
    """A case that would go from one practitioner to another; None is nobody."""

    case_id: str
    origin: str | None
    target: str | None


class SeenPractitioner(NamedTuple):
    """A practitioner as a case sees them: the figures sum to the score, the slot price is what one more case costs."""

    practitioner_id: str
    figures: list[CriterionFigure]
    slot_price: int

    @property
    def score(self) -> int:
        """What the pair is worth."""
        return sum(each.points for each in self.figures)


class AskedAbout(NamedTuple):
    """
    The answer about one practitioner.

    Parameters
    ----------
    above : dict of str to int
        How many eligible people have more in each criterion.
    rank : int or None
        Place among the eligible by score less slot price; None if refused.
    regret : Regret or None
        Points the day would lose if they took the case; None where the case was not matched with a day, or the plan
        is not proven.
    moves : list of CaseMove
        What that would set off, their own first.
    """

    seen: SeenPractitioner
    standing: CaseStanding
    refusals: tuple[Refusal, ...]
    rank: int | None
    above: dict[str, int]
    regret: Regret | None
    moves: list[CaseMove]

    @property
    def left_open(self) -> list[str]:
        """Cases that would have nobody, or one fewer."""
        return [each.case_id for each in self.moves if each.target is None]


class RuleCounts(NamedTuple):
    """How many people on the list are eligible, and how many each rule refuses, the most first."""

    listed: int
    eligible: int
    refused: list[tuple[str, int]]


class Why(NamedTuple):
    """Who has a case, and how the others compare."""

    chosen: list[SeenPractitioner]
    counts: RuleCounts
    asked: AskedAbout | None


class _View(NamedTuple):
    docket: Docket
    eligibility: Eligibility
    levels: Scores
    row: int
    prices: np.ndarray
    """What the next slot of each costs; of who has the case, what this one cost."""


def why_on_day(day: Day, case_id: str, practitioner_id: str | None) -> Why | None:
    """Return the answer on a day that was matched as a whole; None if the case or the practitioner is not on it."""
    docket, case = day.docket, case_of(day.docket, case_id)
    j = NOBODY if practitioner_id is None else docket.column_of(practitioner_id)
    if case == NOBODY or (practitioner_id is not None and j == NOBODY):
        return None
    match = Match(decode(docket, day.solution), day.problem, day.solution)
    paid, prices = slots_taken(docket, match)
    row = int(first_rows(docket)[case])
    rows = [i for i in range(row, row + docket.case_at(row).demand) if match.choice[i] != NOBODY]
    holders = match.choice[rows].tolist()
    prices[holders] = paid[rows]
    view = _View(docket, day.eligibility, day.levels, row, prices)
    asked = None if j == NOBODY else _on_day(day, view, case, j, holders)
    return _why(view, holders, asked)


def why_as_registered(judged: Judged, case_id: str, chosen: Sequence[str], practitioner_id: str | None) -> Why | None:
    """Return the answer for a case that another mode decided: how each compared by the register as it was."""
    docket, eligibility = judged
    case = case_of(docket, case_id)
    j = NOBODY if practitioner_id is None else docket.column_of(practitioner_id)
    if case == NOBODY or (practitioner_id is not None and j == NOBODY):
        return None
    prices = slot_prices(docket.practitioner, docket.policy.fairness, 1)[:, 0]
    view = _View(docket, eligibility, levels_of(docket), int(first_rows(docket)[case]), prices)
    holders = [held for held in map(docket.column_of, chosen) if held != NOBODY]
    asked = None if j == NOBODY else _asked(view, j, CaseStanding.CHOSEN if j in holders else CaseStanding.ELIGIBLE)
    return _why(view, holders, asked)


def case_of(docket: Docket, case_id: str) -> int:
    """Return the place of a case, or NOBODY."""
    return next((i for i, each in enumerate(docket.facts.cases) if each.id == case_id), NOBODY)


def listed_of(docket: Docket) -> np.ndarray:
    """Return who is on the list, (m,)."""
    return np.array([person.listed for person in docket.facts.practitioners], bool)


def moves_of(day: Day, case: int, j: int) -> Iterator[CaseMove]:
    """Yield the moves that giving the case to somebody would set off, its own first."""
    docket = day.docket
    for move in chain(day.answers, case, j):
        origin, target = (None if at < 0 else docket.practitioner_at(at).id for at in (move.origin, move.target))
        yield CaseMove(docket.facts.cases[move.case].id, origin, target)


def counts_of(docket: Docket, eligibility: Eligibility, row: int) -> RuleCounts:
    """Return how many may take a row, and how many each rule refuses; people not on the list count nowhere."""
    listed = listed_of(docket)
    refused = [(code, int((who & listed).sum())) for code, who in eligibility.refused_by(row)]
    counted = sorted((each for each in refused if each[1]), key=lambda each: (-each[1], each[0]))
    return RuleCounts(int(listed.sum()), int(eligibility.row(row).sum()), counted)


def _why(view: _View, holders: list[int], asked: AskedAbout | None) -> Why:
    return Why([_seen(view, j) for j in holders], counts_of(view.docket, view.eligibility, view.row), asked)


def _on_day(day: Day, view: _View, case: int, j: int, holders: list[int]) -> AskedAbout:
    if j in holders:
        return _asked(view, j, CaseStanding.CHOSEN)
    if not view.eligibility.row(view.row)[j]:
        return _asked(view, j, CaseStanding.REFUSED)
    if not day.solution.optimal:
        return _asked(view, j, CaseStanding.ELIGIBLE)
    loss = regret(day.answers, case, j)
    if loss is None:
        return _asked(view, j, CaseStanding.FULL)
    standing = CaseStanding.WORSE if loss.most else CaseStanding.EQUAL
    return _asked(view, j, standing)._replace(regret=loss, moves=list(moves_of(day, case, j)))


def _asked(view: _View, j: int, standing: CaseStanding) -> AskedAbout:
    points, able = view.levels.row(view.row), view.eligibility.row(view.row)
    weights = view.docket.policy.weights
    seen = _seen(view, j)
    worth = sum(weights.of(each.criterion) * points[each.criterion.value] for each in seen.figures) - view.prices
    above = {name: int((points_of > points_of[j])[able].sum()) for name, points_of in points.items()}
    refusals = () if standing is CaseStanding.CHOSEN else view.eligibility.why(view.row, j)
    rank = 1 + int((worth > worth[j])[able].sum()) if able[j] else None
    return AskedAbout(seen, CaseStanding.REFUSED if refusals else standing, refusals, rank, above, None, [])


def _seen(view: _View, j: int) -> SeenPractitioner:
    figures = figures_of(view.docket, view.levels, view.row, j)
    return SeenPractitioner(view.docket.practitioner_at(j).id, figures, int(view.prices[j]))
