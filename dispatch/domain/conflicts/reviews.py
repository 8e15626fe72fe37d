"""What a person made of a match, and the ties between cases that follow from matches and reviews.

A certain match ties two cases automatically. Any other keeps people from them as *unknown* until somebody has looked.
Confirmed, it becomes a tie; dismissed, it is not asked again. Consent lets a colleague act where the law lets it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dispatch.domain.conflicts.parties import DECISIVE, ConflictGround, PartyMatch
from dispatch.domain.docket.ties import DerivedKind, Relation
from dispatch.domain.vocabulary import RelationKind, Term


# fmt: off
class ReviewOutcome(Term):
    """What the reviewer of a match found."""

    CONFLICT  = "conflict",         "确认为利益冲突",         "a conflict of interest"
    DIFFERENT = "different_person", "不是同一人",             "not the same person"
    NONE      = "no_conflict",      "是同一人，没有利益冲突", "the same person, without a conflict of interest"
    CONSENT   = "consent",          "当事人知情并书面同意由同一机构其他人员承办", \
                "the parties know and agree in writing to someone else of the same institution"
# fmt: on

DISMISSED = frozenset({ReviewOutcome.DIFFERENT, ReviewOutcome.NONE})

ANY_KEY = ""
"""In the place of a person's key: what concerns the two cases as such, as consent does."""

Reviewed = Mapping[tuple[str, str, str], ReviewOutcome]
"""By the two cases in their order, and the person's key."""


class StandingMatch(NamedTuple):
    """A match that nobody has dismissed."""

    match: PartyMatch
    settled: bool


def outcomes_of(match: PartyMatch) -> tuple[ReviewOutcome, ...]:
    """Return what may be found of a match: one number is one person, and what clashes plainly does so."""
    may = {
        ReviewOutcome.CONFLICT: not match.certain,
        ReviewOutcome.DIFFERENT: not match.same_number,
        ReviewOutcome.NONE: match.ground not in DECISIVE,
        ReviewOutcome.CONSENT: match.ground is ConflictGround.ADVERSE,
    }
    return tuple(outcome for outcome, possible in may.items() if possible)


def standing_of(match: PartyMatch, reviewed: Reviewed) -> StandingMatch | None:
    """Return a match with whether it is settled, or nothing where it was dismissed."""
    outcome = reviewed.get((*match.pair, match.key))
    if outcome in DISMISSED:
        return None
    return StandingMatch(match, match.certain or outcome is ReviewOutcome.CONFLICT)


def relations_of(matches: Iterable[PartyMatch], reviewed: Reviewed) -> Iterator[Relation]:
    """Yield the ties that matches make, and the consents to them, in one order."""
    pairs: dict[tuple[str, str], list[StandingMatch]] = defaultdict(list)
    for match in matches:
        if standing := standing_of(match, reviewed):
            pairs[match.pair].append(standing)
    for pair in sorted(pairs):
        for kind in sorted(_kinds(pairs[pair])):
            yield kind, *pair
        if reviewed.get((*pair, ANY_KEY)) is ReviewOutcome.CONSENT:
            yield DerivedKind.CONSENTED, *pair


def _kinds(found: Iterable[StandingMatch]) -> set[RelationKind | DerivedKind]:
    found = list(found)
    kinds: set[RelationKind | DerivedKind] = {_kind(each) for each in found}
    sides = _both_sides(found)
    if sides is not None:
        kinds.add(RelationKind.OPPOSING_SIDES if sides else DerivedKind.UNCLEAR_SIDES)
    return kinds


def _kind(standing: StandingMatch) -> RelationKind | DerivedKind:
    if not standing.settled:
        return DerivedKind.UNCLEAR
    joint = standing.match.ground in (ConflictGround.CO_DEFENDANTS, ConflictGround.ACCOMPLICES)
    return RelationKind.CO_DEFENDANTS if joint else DerivedKind.ADVERSE


def _both_sides(found: Iterable[StandingMatch]) -> bool | None:
    """Tell whether each client is the other's opponent: for certain, perhaps (False), or not at all (None)."""
    settled: dict[str, bool] = {}
    for match, sure in found:
        if match.ground is ConflictGround.ADVERSE:
            settled[match.case_id] = settled.get(match.case_id, False) or sure
    return all(settled.values()) if len(settled) > 1 else None
