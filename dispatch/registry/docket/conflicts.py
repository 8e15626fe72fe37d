"""Finds who has a part in other cases as well, by keyed hash and part, through indexes: the history costs nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, bindparam, or_, union_all
from sqlmodel import Session, col, select
from sqlmodel.sql.sqltypes import UTCDateTime

from dispatch.domain.conflicts.learned import WITH_THE_CASE, DatedParty, DatedReview, LearnedTies, learn
from dispatch.domain.conflicts.parties import COUNTERPARTS, Party, PartyMatch, compare
from dispatch.domain.conflicts.reviews import Reviewed, relations_of
from dispatch.domain.docket.ties import Relation, Ties
from dispatch.domain.vocabulary import PartyRole, RelationKind
from dispatch.registry.statements import AT_ONCE, fetch, fetch_by, select_rows
from dispatch.registry.tables import ConflictReviewRow, PartyRow, RelationRow

CENTRE: BindParameter[str] = bindparam("centre_id")
KEYS: BindParameter[Sequence[str]] = bindparam("keys", expanding=True)
EVER = datetime(9999, 1, 1, tzinfo=UTC)
BEFORE: BindParameter[datetime] = bindparam("before", EVER, UTCDateTime())
"""A past moment: what became known at it, or later, is left out."""

Arm = tuple[PartyRole, str]
"""A part in a case, and the name of the key by which the person is looked for."""

BY = ("identity_key", "name_key")
CHAINED = frozenset({RelationKind.CO_DEFENDANTS, RelationKind.EARLIER_STAGE})
"""Ties that reach on from case to case."""


def _known(row: Any) -> Any:
    return or_(col(row.recorded_at).is_(None), col(row.recorded_at) < BEFORE)


# fmt: off
ALL: Any = select_rows(
    PartyRow.case_id, PartyRow.role, PartyRow.identity_key, PartyRow.name_key).where(
    PartyRow.centre_id == CENTRE, _known(PartyRow))
OURS: Any = ALL.add_columns(col(PartyRow.organ)).where(col(PartyRow.case_id).in_(KEYS))
STATED: Any = select(RelationRow.kind, RelationRow.case_id, RelationRow.other_id).where(
    col(RelationRow.centre_id) == CENTRE, _known(RelationRow))
TOUCHING: Any = STATED.where(or_(col(RelationRow.case_id).in_(KEYS), col(RelationRow.other_id).in_(KEYS)))
REVIEWS: Any = select_rows(
    ConflictReviewRow.case_id, ConflictReviewRow.other_id, ConflictReviewRow.key, ConflictReviewRow.outcome,
    ConflictReviewRow.reviewed_at,
).where(ConflictReviewRow.centre_id == CENTRE)
STANDING: Any = REVIEWS.where(
    col(ConflictReviewRow.reviewed_at) < BEFORE,
    or_(col(ConflictReviewRow.superseded_at).is_(None), col(ConflictReviewRow.superseded_at) >= BEFORE))
REVIEWED: Any = STANDING.where(col(ConflictReviewRow.case_id).in_(KEYS))
DATED: Any = ALL.add_columns(col(PartyRow.recorded_at))
DATED_STATED: Any = STATED.add_columns(col(RelationRow.recorded_at))
# fmt: on


def load_parties(session: Session, centre_id: str, case_ids: Collection[str], before: datetime = EVER) -> list[Party]:
    """Return everyone with a part in the cases."""
    return [Party(*row) for row in fetch_by(session, OURS, case_ids, centre_id=centre_id, before=before)]


def find_matches(
    session: Session, centre_id: str, parties: Iterable[Party], before: datetime = EVER
) -> frozenset[PartyMatch]:
    """Return how these parties, on record or not, match those of all cases the centre has."""
    parties = list(parties)
    return compare(parties, _alike(session, centre_id, parties, before))


def load_reviewed(session: Session, centre_id: str, matches: Iterable[PartyMatch], before: datetime = EVER) -> Reviewed:
    """Return what was found of the matches."""
    first = {match.pair[0] for match in matches}
    return {
        (case_id, other_id, key): outcome
        for case_id, other_id, key, outcome, _ in fetch_by(session, REVIEWED, first, centre_id=centre_id, before=before)
    }


def load_ties(
    session: Session,
    centre_id: str,
    case_ids: Collection[str],
    before: datetime = EVER,
    parties: Sequence[Party] | None = None,
) -> Ties:
    """Return the ties of these cases, stated and found; a joint group and the stages of a matter hold together.

    What became known at the moment ``before`` or later is left out. ``parties`` are everyone with a part in the cases,
    where they have been loaded already.
    """
    relations: set[Relation] = set()
    seen: set[str] = set()
    fresh = set(case_ids)
    while fresh:
        theirs = load_parties(session, centre_id, fresh, before) if parties is None else parties
        parties = None
        seen |= fresh
        found = {*_stated(session, centre_id, fresh, before), *_derived(session, centre_id, theirs, before)}
        fresh = {id for kind, *pair in found if kind in CHAINED for id in pair} - seen
        relations |= found
    return Ties.of(sorted(relations))


def load_learned(session: Session, centre_id: str) -> list[LearnedTies]:
    """Return when each tie of the centre's cases became known, and when it was found to be none."""
    return learn(
        ((at or WITH_THE_CASE, tuple(tie)) for *tie, at in fetch(session, DATED_STATED, centre_id=centre_id)),
        (DatedParty(at or WITH_THE_CASE, Party(*row)) for *row, at in fetch(session, DATED, centre_id=centre_id)),
        (DatedReview(at, (one, other), key, outcome)
         for one, other, key, outcome, at in fetch(session, REVIEWS, centre_id=centre_id)),
    )  # fmt: skip


def _stated(session: Session, centre_id: str, case_ids: Collection[str], before: datetime) -> Iterator[Relation]:
    yield from map(tuple, fetch_by(session, TOUCHING, case_ids, centre_id=centre_id, before=before))


def _derived(session: Session, centre_id: str, parties: Sequence[Party], before: datetime) -> Iterator[Relation]:
    matches = find_matches(session, centre_id, parties, before)
    if matches:
        yield from relations_of(matches, load_reviewed(session, centre_id, matches, before))


def _alike(session: Session, centre_id: str, parties: Sequence[Party], before: datetime) -> Iterator[Party]:
    for start in range(0, len(parties), AT_ONCE):
        keys: dict[Arm, set[str]] = defaultdict(set)
        for party in parties[start : start + AT_ONCE]:
            for by in BY:
                if COUNTERPARTS[party.role] and (key := getattr(party, by)):
                    keys[party.role, by].add(key)
        if keys:
            bound: dict[str, Any] = {_name(arm): sorted(found) for arm, found in keys.items()} | {"before": before}
            yield from (Party(*row) for row in fetch(session, asked(frozenset(keys)), centre_id=centre_id, **bound))


@cache
def asked(arms: frozenset[Arm]) -> Any:
    """Return one statement for the parts and keys that occur: each arm walks one index by key and part."""
    return union_all(*(
        ALL.where(
            col(getattr(PartyRow, by)).in_(bindparam(_name((role, by)), expanding=True)),
            col(PartyRow.role).in_(sorted(COUNTERPARTS[role])),
        )
        for role, by in sorted(arms)
    ))  # fmt: skip


def _name(arm: Arm) -> str:
    return "_".join(arm)
