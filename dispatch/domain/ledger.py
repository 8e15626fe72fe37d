"""The fairness ledger: every mode writes it, and the price of one more case reads only it.

A turn is one assignment, effort what it weighs. Rows are only ever added. A declined turn is
given back, a skip with a reason leaves the turn where it was, and absence changes nothing. A
newcomer opens at the median, so that joining is neither a reward nor a punishment. Where shares
differ, accounts are compared by what each entry weighs at the share it was made at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, lcm
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.docket.columns import Fractions, Integers, PractitionerColumns
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.policy.schema import Fairness, Policy
from dispatch.domain.shares import ONE, Counted
from dispatch.domain.vocabulary import Service, Term


# fmt: off
class EntryKind(Term):
    """Why the ledger changes."""

    TURN     = "turn",     "轮次",     "a case was assigned"
    REVERSAL = "reversal", "案件退回，冲减轮次",     "the case went back"
    OPENING  = "opening",  "新列入名册", "joined the list at the median"
    RETURN   = "return",   "返岗，补计轮次", "back from an absence: what the median grew meanwhile"
    RESTORATION = "restoration", "更正后恢复", "what took the case back was undone"
    OVERRIDE = "override", "调整",     "a manager's override, with a reason"
    MERGER   = "merger",   "合并登记", "counted with the record of the same person that is kept"
# fmt: on


@dataclass(frozen=True, slots=True)
class Entry:
    """A row to be added to the ledger."""

    kind: EntryKind
    turns: int
    effort: int

    def again_as(self, kind: EntryKind) -> Self:
        """Return the same once more, for another reason."""
        return type(self)(kind, self.turns, self.effort)


@dataclass(frozen=True, slots=True)
class Account:
    """What someone has had: plain sums, and sums in which each entry is divided by its share."""

    turns: int = 0
    effort: int = 0
    weighed_turns: Fraction = Fraction(0)
    weighed_effort: Fraction = Fraction(0)

    @property
    def even(self) -> bool:
        """Whether both sums agree, as they do where every share was one."""
        return self.weighed_turns == self.turns and self.weighed_effort == self.effort

    def with_entry(self, turns: int, effort: int, share: Fraction = ONE) -> Self:
        """Return the account after an entry made at `share`."""
        return type(self)(
            self.turns + turns,
            self.effort + effort,
            self.weighed_turns + turns / share,
            self.weighed_effort + effort / share,
        )


def account_of(person: PractitionerFacts) -> Account:
    """Return someone's account as a decision sees it."""
    turns, effort = person.weighed_turns, person.weighed_effort
    return Account(
        person.turns,
        person.effort,
        Fraction(person.turns) if turns is None else turns,
        Fraction(person.effort) if effort is None else effort,
    )


class WeighedCase(Protocol):
    """What decides what a case weighs."""

    @property
    def service(self) -> Service: ...
    @property
    def grave(self) -> bool | None: ...
    @property
    def major(self) -> bool: ...


def turn_for(case: WeighedCase, policy: Policy) -> Entry:
    """Return the entry for an assignment of `case`."""
    effort = policy.effort
    extra = effort.grave * (case.grave is True) + effort.major * case.major
    return Entry(EntryKind.TURN, 1, effort.of(case.service) + extra)


def override_of(turns: int, policy: Policy) -> Entry:
    """Return the entry by which a manager gives turns or takes some: where effort is evened, of the largest service."""
    by_effort = policy.rotation.counts is Counted.EFFORT
    return Entry(EntryKind.OVERRIDE, turns, turns * largest_service(policy) if by_effort else 0)


def largest_service(policy: Policy) -> int:
    """Return the effort of the service that counts most."""
    return max(policy.effort.by_service.values())


def reversal_of(turns: int, effort: int) -> Entry:
    """Return the entry that gives a turn back."""
    return Entry(EntryKind.REVERSAL, -turns, -effort)


def sum_of(entries: Iterable[Entry]) -> Account:
    """Return what some entries of one share come to."""
    total = Account()
    for entry in entries:
        total = total.with_entry(entry.turns, entry.effort)
    return total


def opening_at(turns: Sequence[Fraction], effort: Sequence[Fraction], share: Fraction = ONE) -> Entry:
    """Return a newcomer's first entry: the medians of those already on the list at their share, rounded down."""
    return Entry(EntryKind.OPENING, floor(median(turns) * share), floor(median(effort) * share))


def grown(
    before: Sequence[tuple[Fraction, Fraction]], after: Sequence[tuple[Fraction, Fraction]], share: Fraction = ONE
) -> Entry:
    """Return a returner's entry: what the medians of turns and effort grew at their share meanwhile, at least 0."""
    turns, effort = (median([sums[k] for sums in after]) - median([sums[k] for sums in before]) for k in (0, 1))
    return Entry(EntryKind.RETURN, max(floor(turns * share), 0), max(floor(effort * share), 0))


def median(values: Sequence[Fraction]) -> Fraction:
    """Return the lower median, 0 of nothing."""
    if not values:
        return Fraction(0)
    unit, whole = in_one_unit(values)
    return Fraction(sorted(whole)[(len(whole) - 1) // 2], unit)


def in_one_unit(values: Sequence[Fraction]) -> tuple[int, list[int]]:
    """Return how many of a unit are one, and all values in that unit: fractions compared and added singly cost more."""
    unit = lcm(*{value.denominator for value in values})
    return unit, [value.numerator * (unit // value.denominator) for value in values]


def leads(standing: Integers, most: int, among: NDArray[np.bool_]) -> Integers:
    """Return how far each is ahead of the last of those `among`, differences to their median cut at `most`."""
    if not among.any():
        return np.zeros_like(standing)
    middle = np.sort(standing[among])[(np.count_nonzero(among) - 1) // 2]
    ahead = np.clip(standing - middle, -most, most)
    lead: Integers = np.maximum(ahead - ahead[among].min(), 0)
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
    (m, slots) int64, points, not decreasing along a row
        A lead in the ledger, one turn more for every slot, and the load ladder; less the premium
        for each case that lacks to the floor of the year, which may make a first price negative.

    Notes
    -----
    Turns are told in those of an average share: for a person with twice that share two slots
    count one turn. Leads between unequal shares would otherwise undo what the shares are for.
    """
    step = np.arange(slots)
    # A register holds many who take no cases; measured by them nobody would ever be behind.
    here = practitioner.present[0]
    average = mean_share(practitioner.share[0][here])
    taken = turns_of_average(practitioner.turns[0], average)
    turns = leads(taken, fairness.most_turns_ahead, here)[:, None] + further(practitioner.share[0], average, slots)
    effort = np.zeros((1, 1), np.int64)
    if fairness.price_per_effort:
        effort = leads(turns_of_average(practitioner.effort[0], average), fairness.most_effort_ahead, here)[:, None]
    premium = fairness.floor_premium * (step < practitioner.owed[0][:, None])
    ladder = np.array(fairness.load_ladder, np.int64)
    used = (practitioner.load[0][:, None] + step) * len(ladder) // np.maximum(practitioner.cap[0], 1)[:, None]
    load = ladder[np.minimum(used, len(ladder) - 1)]
    prices: Integers = fairness.price_per_turn * turns + fairness.price_per_effort * effort + load - premium
    return prices


def mean_share(shares: Fractions) -> Fraction:
    """Return the average share, 1 of nobody."""
    if not len(shares):
        return Fraction(1)
    unit, whole = in_one_unit(shares.tolist())
    return Fraction(sum(whole), unit * len(whole))


def turns_of_average(weighed: Fractions, average: Fraction) -> Integers:
    """Return what the accounts come to at the average share, in whole turns."""
    top, bottom = average.numerator, average.denominator
    return np.fromiter((each.numerator * top // (each.denominator * bottom) for each in weighed.tolist()), np.int64)


def further(shares: Fractions, average: Fraction, slots: int) -> Integers:
    """Return how many average turns each further slot comes after, (m, slots)."""
    # By numerator and denominator: a fraction's own hash takes longer than the quotients.
    each, (top, bottom) = [share.as_integer_ratio() for share in shares.tolist()], average.as_integer_ratio()
    rows = {
        (over, under): [step * top * under // (bottom * over) for step in range(slots)] for over, under in set(each)
    }
    return np.array([rows[share] for share in each], np.int64).reshape(len(shares), slots)
