"""When ties between cases became known, and when they were found to be none: a back-test sees them no earlier.

What came with a case is known as long as the case is. A party, a tie or a review of later has its moment.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from dispatch.domain.conflicts.parties import GROUNDS, Party, PartyMatch, compare
from dispatch.domain.conflicts.reviews import ReviewOutcome, relations_of
from dispatch.domain.docket.ties import Relation
from dispatch.domain.vocabulary import PartyRole

WITH_THE_CASE = datetime.min.replace(tzinfo=UTC)
"""The moment of what came with a case."""

Pair = tuple[str, str]
KnownSince = Mapping[tuple[str, str, PartyRole], datetime]
"""Since when somebody is known to have a part, by the case, a key of theirs, and the part."""


class DatedParty(NamedTuple):
    """Someone in a case, and since when that is known."""

    at: datetime
    party: Party


class DatedReview(NamedTuple):
    """What somebody found of two cases, and when."""

    at: datetime
    pair: Pair
    key: str
    outcome: ReviewOutcome


class LearnedTies(NamedTuple):
    """Ties that became known at a moment, and ties that were found to be none."""

    at: datetime
    found: tuple[Relation, ...]
    dropped: tuple[Relation, ...]


def learn(
    stated: Iterable[tuple[datetime, Relation]], parties: Iterable[DatedParty], reviews: Iterable[DatedReview]
) -> list[LearnedTies]:
    """Return every change of the ties in the order of time; what came with the cases is the first."""
    found: dict[datetime, set[Relation]] = defaultdict(set)
    dropped: dict[datetime, set[Relation]] = defaultdict(set)
    for at, before, after in _changes(stated, list(parties), reviews):
        found[at] |= after - before
        dropped[at] |= before - after
    moments = sorted(found.keys() | dropped.keys())
    return [LearnedTies(at, tuple(sorted(found[at])), tuple(sorted(dropped[at]))) for at in moments]


def known_at(learned: Iterable[LearnedTies], at: datetime) -> tuple[Relation, ...]:
    """Return the ties that are known at a moment."""
    known: set[Relation] = set()
    for each in learned:
        if each.at <= at:
            known = known.difference(each.dropped).union(each.found)
    return tuple(sorted(known))


def _changes(
    stated: Iterable[tuple[datetime, Relation]], parties: Sequence[DatedParty], reviews: Iterable[DatedReview]
) -> Iterator[tuple[datetime, frozenset[Relation], frozenset[Relation]]]:
    named, matched, reviewed = defaultdict(list), defaultdict(list), defaultdict(list)
    for at, relation in stated:
        named[_ordered(relation)].append((at, relation))
    for at, match in _dated(parties):
        matched[match.pair].append((at, match))
    for review in reviews:
        reviewed[review.pair].append(review)
    for pair in sorted(named.keys() | matched.keys()):
        before: frozenset[Relation] = frozenset()
        dated = {at for at, _ in (*named[pair], *matched[pair])} | {each.at for each in reviewed[pair]}
        for at in sorted(dated):
            outcomes = {(*each.pair, each.key): each.outcome for each in sorted(reviewed[pair]) if each.at <= at}
            matches = [match for since, match in matched[pair] if since <= at]
            after = frozenset(relation for since, relation in named[pair] if since <= at)
            after |= frozenset(relations_of(matches, outcomes))
            yield at, before, after
            before = after


def _dated(parties: Sequence[DatedParty]) -> Iterator[tuple[datetime, PartyMatch]]:
    since: dict[tuple[str, str, PartyRole], datetime] = {}
    for at, party in parties:
        for key in filter(None, (party.identity_key, party.name_key)):
            part = (party.case_id, key, party.role)
            since[part] = min(at, since.get(part, at))
    people = [each.party for each in parties]
    for match in compare(people, people):
        yield _known_since(match, since), match


def _known_since(match: PartyMatch, since: KnownSince) -> datetime:
    """Return since when both parts that clash are known; a match is kept once whatever the number of such parts."""
    return min(
        max(since[mine], since[theirs])
        for (one, other), ground in GROUNDS.items()
        if ground is match.ground
        and (mine := (match.case_id, match.key, one)) in since
        and (theirs := (match.other_id, match.key, other)) in since
    )


def _ordered(relation: Relation) -> Pair:
    _, one, other = relation
    return min(one, other), max(one, other)
