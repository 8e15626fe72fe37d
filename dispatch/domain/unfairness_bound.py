"""The bound on unfairness: nobody is above the entitled share by more than one largest case, or they are named.

Measured in effort credits among those in the rotation. Anyone above it is named with the cause:
what alone, taken away, would bring them back within the bound; failing that, what weighs most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import mul
from typing import NamedTuple

from dispatch.domain.ledger import EntryKind
from dispatch.domain.vocabulary import ModeName, Term

DIGITS = 2


# fmt: off
class ExcessCause(Term):
    """Why someone has more than the entitled share; the first that explains it is reported."""

    UNMET      = "unmet",      "他人返岗或者新列入名册，尚未补计轮次", \
                               "others came back or joined, and what they missed is not counted yet"
    NEWCOMER   = "newcomer",   "新列入名册",   "joined the list at the median"
    RETURNED   = "returned",   "休假后返岗",   "took on what the median grew while on leave"
    OVERRIDE   = "override",   "负责人调整",   "a manager moved them"
    ONLY_ONE   = "only_one",   "唯一符合条件", "was the only one eligible"
    WISHED     = "wished",     "受援人点援",   "was chosen by recipients"
    FOLLOWED   = "followed",   "一援到底",     "kept cases of an earlier stage"
    DESIGNATED = "designated", "人工指派",     "was designated by officers"
    CLAIMED    = "claimed",    "抢单",         "claimed cases on the board"
    MATCHED    = "matched",    "精准指派",     "matched better in runs"
    HEAVY      = "heavy",      "案件较重",     "had heavier cases in the rotation"


OF_KIND = {
    EntryKind.OPENING:  ExcessCause.NEWCOMER,
    EntryKind.RETURN:   ExcessCause.RETURNED,
    EntryKind.OVERRIDE: ExcessCause.OVERRIDE,
}
OF_MODE = {
    ModeName.POINT_SELECTION: ExcessCause.WISHED,
    ModeName.CONTINUITY:      ExcessCause.FOLLOWED,
    ModeName.DESIGNATION:     ExcessCause.DESIGNATED,
    ModeName.GRAB:            ExcessCause.CLAIMED,
    ModeName.OPTIMIZED:       ExcessCause.MATCHED,
    ModeName.ROTATION:        ExcessCause.HEAVY,
}
# fmt: on


class CreditByKind(NamedTuple):
    """Entries of one kind that someone has: `pool` is how many could have taken the cases, where it is known."""

    kind: EntryKind
    mode: ModeName | None
    pool: int | None
    turns: int
    effort: int
    share: Fraction


@dataclass(frozen=True, slots=True)
class Holder:
    """
    Someone in the rotation: their share today, and what they have had.

    Parameters
    ----------
    unmet : sequence of CreditByKind
        What is not counted yet for days they were away, or for joining.
    """

    practitioner_id: str
    share: Fraction
    credits: Sequence[CreditByKind]
    unmet: Sequence[CreditByKind] = ()


class Excess(NamedTuple):
    """Someone above the entitled share by more than one largest case, and what explains it."""

    practitioner_id: str
    effort: int
    above: float
    cause: ExcessCause


class Bound(NamedTuple):
    """The spread of the ledger over those in the rotation; ``above`` is empty where the bound holds for all."""

    practitioners: int
    ideal_effort: float
    largest_case: int
    most_effort: int
    least_effort: int
    above: list[Excess]


def prove(holders: Sequence[Holder], largest: int) -> Bound:
    """
    Return how far the ledger is from the entitled shares.

    Parameters
    ----------
    holders : sequence of Holder
        Those in the rotation.
    largest : int
        Effort of the largest case so far.
    """
    plain = [sum(credit.effort for credit in holder.credits) for holder in holders]
    shares = [holder.share for holder in holders]
    weighed = [weighed_effort(holder.credits) for holder in holders]
    met = [have + weighed_effort(holder.unmet) for have, holder in zip(weighed, holders, strict=True)]
    above = [
        Excess(holder.practitioner_id, effort, round(float(much), DIGITS), cause_of(holder, much, then, largest))
        for holder, effort, much, then in zip(holders, plain, beyond(weighed, shares), beyond(met, shares), strict=True)
        if much > largest
    ]
    above.sort(key=lambda excess: (-excess.above, excess.practitioner_id))
    ideal = round(float(level_of(weighed, shares) * sum(shares) / max(len(holders), 1)), DIGITS)
    return Bound(len(holders), ideal, largest, max(plain, default=0), min(plain, default=0), above)


def weighed_effort(credits: Sequence[CreditByKind]) -> Fraction:
    """Return what credits come to, each divided by the share it was made at."""
    return sum((credit.effort / credit.share for credit in credits), Fraction(0))


def level_of(weighed: Sequence[Fraction], shares: Sequence[Fraction]) -> Fraction:
    """Return the effort that a share of one has had on average."""
    return Fraction(sum(map(mul, weighed, shares))) / (sum(shares) or 1)


def beyond(weighed: Sequence[Fraction], shares: Sequence[Fraction]) -> list[Fraction]:
    """Return how much effort each has had beyond the entitled share."""
    level = level_of(weighed, shares)
    return [(each - level) * share for each, share in zip(weighed, shares, strict=True)]


def cause_of(holder: Holder, much: Fraction, then: Fraction, largest: int) -> ExcessCause:
    """
    Return what explains an excess, in effort at the holder's share of today.

    Parameters
    ----------
    much, then : Fraction
        How far beyond the entitled share they are, and would be once nothing was unmet of anybody.
    """
    too_much = much - largest
    parts = {ExcessCause.UNMET: much - then}
    for credit in holder.credits:
        # Where turns are evened an override has no effort of its own: each turn taken off is one more case that came.
        plain = credit.kind is EntryKind.OVERRIDE and not credit.effort
        effort = -credit.turns * largest if plain else credit.effort
        cause = origin_of(credit)
        parts[cause] = parts.get(cause, Fraction(0)) + effort * holder.share / credit.share
    enough = [cause for cause in ExcessCause if parts.get(cause, Fraction(0)) >= too_much]
    return enough[0] if enough else max(ExcessCause, key=lambda cause: parts.get(cause, Fraction(0)))


def origin_of(credit: CreditByKind) -> ExcessCause:
    """Return where an entry comes from."""
    if credit.kind in OF_KIND:
        return OF_KIND[credit.kind]
    if credit.pool == 1:
        return ExcessCause.ONLY_ONE
    return OF_MODE[credit.mode] if credit.mode else ExcessCause.HEAVY
