"""Rotation (轮流指派): the one whose next turn falls due first is next, by person or by institution, equal or weighted.

The order is the quota method of Balinski and Young (Amer. Math. Monthly 82, 1975): of those who are
below their share of the turns once the coming one is counted, the one whose next turn at that share
comes earliest; after them everyone else, likewise. Served in this order nobody is ever a whole turn
above or below their share. With equal shares it is the plain order: fewest turns first. Where effort
is counted, the coming turn is as large as the case, and nobody is off by more than the largest one.

An institution's account is that of its people in the rotation. Ties go to who has waited longest,
then by the hash of the id. Those below the floor of cases a year come before all. A turn that is being
offered is in hand: nobody is asked for a second case before they answered, while someone else may be; nor in a
part of the day that they are away for. A turn that was declined or not answered stays in hand for some hours more, by
the policy; then the place is as it was, for the ledger knows nothing of it. A place waits for those who are absent,
and is met when they are back.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, lcm
from operator import mul
from typing import NamedTuple

from dispatch.domain.docket.columns import Integers, whole
from dispatch.domain.docket.docket import Docket
from dispatch.domain.ledger import largest_service, turn_for
from dispatch.domain.shares import Counted, TurnUnit

Key = tuple[float, ...]
"""Compared from the left; the least is next."""


class TurnAccount(NamedTuple):
    """What someone has had, each turn divided by its share; their share today; whether they are here to take one."""

    taken: Fraction
    share: Fraction
    here: bool


class Standing(NamedTuple):
    """The position of one person: turns ahead of the entitled portion of all, in person and as an institution."""

    portion: Fraction
    ahead: Fraction
    house_portion: Fraction
    house_ahead: Fraction


def queue_of(docket: Docket) -> Integers:
    """Return the columns in the order of the rotation: the first in it who may take the case is next."""
    keys = Turns(docket).keys(size_of(docket))
    return whole(sorted(range(docket.m), key=keys.__getitem__))


def size_of(docket: Docket) -> int:
    """Return how much the case at hand counts; without a case, as much as the largest service."""
    if docket.policy.rotation.counts is Counted.TURNS:
        return 1
    if docket.n:
        return turn_for(docket.case_at(0), docket.policy).effort
    return largest_service(docket.policy)


def standings(docket: Docket) -> list[Standing]:
    """Return everyone's turns relative to their entitled portion of the turns of those in the rotation."""
    if not docket.m:
        return []
    turns = Turns(docket)
    people, houses = turns.people, turns.houses()
    average, house_average = level_of(people), level_of(houses)
    total, house_total = total_of(people), total_of(houses)
    return [
        Standing(
            own.share / total,
            (own.taken - average) * own.share,
            house.share / house_total,
            (house.taken - house_average) * house.share,
        )
        for own, house in zip(people, (houses[k] for k in turns.house), strict=True)
    ]


class Turns:
    """The ledger as a rotation sees it on a day."""

    def __init__(self, docket: Docket) -> None:
        practitioner = docket.practitioner
        by_turns = docket.policy.rotation.counts is Counted.TURNS
        taken = (practitioner.turns if by_turns else practitioner.effort)[0].tolist()
        self.house: list[int] = practitioner.institution[0].tolist()
        self.people = list(map(TurnAccount, taken, practitioner.share[0].tolist(), practitioner.present[0].tolist()))
        self._order = ORDERS[docket.policy.rotation.by]
        self._away: list[bool] = practitioner.away_now[0].tolist()
        self._in_hand: list[int] = (practitioner.asked[0] + practitioner.waived[0]).tolist()
        self._owed: list[int] = practitioner.owed[0].tolist()
        self._waiting: list[float] = practitioner.waiting_since[0].tolist()
        self._hash: list[int] = docket.practitioner_key.tolist()

    def keys(self, size: int) -> list[Key]:
        """Return everyone's current position in the order, for a turn of that size."""
        order = zip(self._away, self._in_hand, self._owed, self._order(self, size), strict=True)
        return [(away, in_hand, -owed, *key) for away, in_hand, owed, key in order]

    def houses(self) -> list[TurnAccount]:
        """Return the account of each institution, in the order of its code."""
        members: list[list[TurnAccount]] = [[] for _ in range(max(self.house, default=-1) + 1)]
        for k, account in zip(self.house, self.people, strict=True):
            members[k].append(account)
        return [joint(each) for each in members]

    def waits(self, j: int) -> Key:
        """Return what decides between those whose turn falls due together."""
        return (self._waiting[j], self._hash[j])


def by_person(turns: Turns, size: int) -> list[Key]:
    """Return the order of people by when their next turn falls due."""
    return [(*due, *turns.waits(j)) for j, due in enumerate(falling_due(turns.people, size))]


def by_institution(turns: Turns, size: int) -> list[Key]:
    """Return the order of institutions by when their next turn falls due, and of colleagues within them."""
    houses = falling_due(turns.houses(), size)
    members: dict[int, list[int]] = {}
    for j, k in enumerate(turns.house):
        members.setdefault(k, []).append(j)
    keys: list[Key] = [()] * len(turns.house)
    for k, colleagues in members.items():
        dues = falling_due([turns.people[j] for j in colleagues], size)
        own = [(*due, *turns.waits(j)) for j, due in zip(colleagues, dues, strict=True)]
        # Between institutions due together decides who of theirs is next and has waited longest.
        first = min(own)[-2:]
        for j, key in zip(colleagues, own, strict=True):
            keys[j] = (*houses[k], *first, *key)
    return keys


# fmt: off
ORDERS: dict[TurnUnit, Callable[[Turns, int], list[Key]]] = {
    TurnUnit.PERSON:      by_person,
    TurnUnit.INSTITUTION: by_institution,
}
# fmt: on


def falling_due(accounts: Sequence[TurnAccount], size: int) -> list[tuple[int, int]]:
    """Return for each account whether its next turn is not due yet, and when it comes: whole numbers, exact."""
    if not accounts:
        return []
    coming = level_of(accounts) + size / total_of(accounts)
    # A turn of the size moves an account by ``size / share``: both are whole in this unit, and no fraction is made.
    stands, shares = [each.taken for each in accounts], [each.share for each in accounts]
    unit = lcm(*{each.denominator for each in stands}, *{each.numerator for each in shares})
    limit = ceil(coming * unit)
    found = []
    for taken, share in zip(stands, shares, strict=True):
        stand = taken.numerator * (unit // taken.denominator)
        found.append((int(stand >= limit), stand + size * share.denominator * (unit // share.numerator)))
    return found


def total_of(accounts: Sequence[TurnAccount]) -> Fraction:
    """Return the shares of those in the rotation together; of all, where nobody is."""
    shares, unit = scaled([each.share for each in present(accounts)])
    return Fraction(sum(shares), unit)


def level_of(accounts: Sequence[TurnAccount]) -> Fraction:
    """Return the turns a share has had on average."""
    here = present(accounts)
    taken, unit = scaled([each.taken for each in here])
    shares, _ = scaled([each.share for each in here])
    return Fraction(sum(map(mul, taken, shares)), unit * sum(shares))


def scaled(values: Sequence[Fraction]) -> tuple[list[int], int]:
    """Return fractions as whole numbers of one unit, and how many of it make one."""
    unit = lcm(*{each.denominator for each in values})
    return [each.numerator * (unit // each.denominator) for each in values], unit


def joint(members: Sequence[TurnAccount]) -> TurnAccount:
    """Return the account of an institution: what its people in the rotation have and are due together."""
    return TurnAccount(level_of(members), total_of(members), any(each.here for each in members))


def present(accounts: Sequence[TurnAccount]) -> Sequence[TurnAccount]:
    """Return those in the rotation, or all where nobody is."""
    return [each for each in accounts if each.here] or accounts
