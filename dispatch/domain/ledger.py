"""The fairness ledger: every mode writes it, and the price of one more case reads only it.

A turn is one assignment, effort what it weighs. Rows are only ever added. A declined turn is
given back, a skip with a reason leaves the turn where it was, and leave changes nothing. A
newcomer opens at the median, so that joining is neither a reward nor a punishment.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dispatch.domain.columns import Integers, PractitionerColumns
from dispatch.domain.facts import CaseFacts
from dispatch.domain.policy import Fairness, Policy
from dispatch.domain.vocabulary import Term


# fmt: off
class EntryKind(Term):
    """Why the ledger changes."""

    TURN     = "turn",     "轮次",     "a case was assigned"
    REVERSAL = "reversal", "冲回",     "the case went back"
    OPENING  = "opening",  "新入名册", "joined the list at the median"
    RETURN   = "return",   "销假",     "back from leave: what the median grew meanwhile"
    OVERRIDE = "override", "调整",     "a manager's override, with a reason"
# fmt: on


@dataclass(frozen=True, slots=True)
class Entry:
    """A row to be added to the ledger."""

    kind: EntryKind
    turns: int
    effort: int


def turn_for(case: CaseFacts, policy: Policy) -> Entry:
    """Return the entry for an assignment of `case`."""
    effort = policy.effort
    extra = effort.grave * (case.grave is True) + effort.major * case.major
    return Entry(EntryKind.TURN, 1, effort.by_service[case.service] + extra)


def reversal_of(turns: int, effort: int) -> Entry:
    """Return the entry that gives a turn back."""
    return Entry(EntryKind.REVERSAL, -turns, -effort)


def opening_at(turns: Sequence[int], effort: Sequence[int]) -> Entry:
    """Return a newcomer's first entry: the medians of those already on the list, rounded down."""
    return Entry(EntryKind.OPENING, median(turns), median(effort))


def grown(before: Sequence[tuple[int, int]], after: Sequence[tuple[int, int]]) -> Entry:
    """Return a returner's entry: what the medians of turns and effort grew while they were away, at least 0."""
    turns, effort = (max(median([sums[k] for sums in after]) - median([sums[k] for sums in before]), 0) for k in (0, 1))
    return Entry(EntryKind.RETURN, turns, effort)


def median(values: Sequence[int]) -> int:
    """Return the lower median, 0 of nothing."""
    return sorted(values)[(len(values) - 1) // 2] if values else 0


def leads(standing: Integers, most: int) -> Integers:
    """Return how far each stands ahead of the last, differences to the median cut at `most`."""
    if standing.size == 0:
        return standing
    ahead = np.clip(standing - median(standing.tolist()), -most, most)
    lead: Integers = ahead - ahead.min()
    return lead


def slot_prices(practitioner: PractitionerColumns, fairness: Fairness, slots: int) -> Integers:
    """
    Return the price of each further case of each practitioner.

    Parameters
    ----------
    practitioner : PractitionerColumns
        Ledger, load and cap, shape (1, m).
    fairness : Fairness
        Prices in points of score.
    slots : int
        How many further cases are priced.

    Returns
    -------
    (m, slots) int64, points, >= 0, not decreasing along a row
        A lead in the ledger, one turn more for every slot, and the load ladder.
    """
    step = np.arange(slots)
    turns = leads(practitioner.turns[0], fairness.most_turns_ahead)[:, None] + step
    effort = leads(practitioner.effort[0], fairness.most_effort_ahead)[:, None]
    ladder = np.array(fairness.load_ladder, np.int64)
    used = (practitioner.load[0][:, None] + step) * len(ladder) // np.maximum(practitioner.cap[0], 1)[:, None]
    load = ladder[np.minimum(used, len(ladder) - 1)]
    prices: Integers = fairness.price_per_turn * turns + fairness.price_per_effort * effort + load
    return prices
