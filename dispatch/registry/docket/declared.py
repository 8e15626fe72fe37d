"""Finds what declared ties say of the cases of a decision, by keyed hash and organ, as of its day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, and_, bindparam, case, literal_column, or_, union_all
from sqlmodel import Session, col
from sqlmodel.sql.sqltypes import UTCDateTime

from dispatch.domain.conflicts.declared import (
    AGAINST,
    DeclaredTie,
    Reviews,
    TieKind,
    TieMatch,
    TieReview,
    bars_of,
    strongest,
)
from dispatch.domain.conflicts.reviews import ReviewOutcome
from dispatch.domain.docket.facts import CaseFacts, PairFact
from dispatch.domain.docket.ties import Members
from dispatch.domain.eligibility.predicates import IN_COURT
from dispatch.domain.texts.organs import Organs
from dispatch.domain.vocabulary import Service
from dispatch.registry.statements import fetch, fetch_by, in_force, select_rows
from dispatch.registry.tables import (
    AssignmentRow,
    AttributesRow,
    CaseRow,
    DeclaredTieRow,
    PartyRow,
    PractitionerRow,
    TieReviewRow,
)

CENTRE: BindParameter[str] = bindparam("centre_id")
KEYS: BindParameter[Sequence[str]] = bindparam("keys", expanding=True)
TODAY: BindParameter[date] = bindparam("today")
EVER = datetime(9999, 1, 1, tzinfo=UTC)
BEFORE: BindParameter[datetime] = bindparam("before", EVER, UTCDateTime())
"""A past moment: what was declared at it, or later, is left out."""

IDENTITY, NAME = "identity_key", "name_key"

# fmt: off
STANDS: Any = and_(
    col(DeclaredTieRow.centre_id) == CENTRE, col(DeclaredTieRow.recorded_at) < BEFORE,
    or_(col(DeclaredTieRow.removed_at).is_(None), col(DeclaredTieRow.removed_at) >= BEFORE),
    or_(col(DeclaredTieRow.from_on).is_(None), col(DeclaredTieRow.from_on) <= TODAY),
    or_(col(DeclaredTieRow.until_on).is_(None), col(DeclaredTieRow.until_on) >= TODAY),
)
HOUSE: Any = case((col(PractitionerRow.left_on) <= TODAY, None), else_=col(AttributesRow.institution_id))
TIE: tuple[Any, ...] = (
    col(DeclaredTieRow.id), col(DeclaredTieRow.kind), col(DeclaredTieRow.relation),
    col(DeclaredTieRow.practitioner_id), col(DeclaredTieRow.institution_id), HOUSE.label("house"),
    col(DeclaredTieRow.organ),
)
SAME_KEY: dict[str, tuple[Any, Any]] = {
    # One number is one person; one name perhaps is, unless both numbers are known.
    IDENTITY: (col(PartyRow.identity_key) == col(DeclaredTieRow.identity_key), literal_column("1")),
    NAME: (
        and_(col(PartyRow.name_key) == col(DeclaredTieRow.name_key),
             or_(col(PartyRow.identity_key).is_(None), col(DeclaredTieRow.identity_key).is_(None))),
        literal_column("0"),
    ),
}
MEMBER: Any = and_(
    col(AttributesRow.practitioner_id) == col(DeclaredTieRow.practitioner_id), in_force(AttributesRow, TODAY))
WHO: Any = col(PractitionerRow.id) == col(DeclaredTieRow.practitioner_id)


def _arm(by: str) -> Any:
    same, sure = SAME_KEY[by]
    return (
        select_rows(*TIE, col(PartyRow.case_id), col(PartyRow.role), sure.label("sure"))
        .select_from(PartyRow).join(DeclaredTieRow, (col(PartyRow.centre_id) == col(DeclaredTieRow.centre_id)) & same)
        .outerjoin(PractitionerRow, WHO).outerjoin(AttributesRow, MEMBER)
        .where(STANDS, col(PartyRow.role).in_(AGAINST))
    )


OF_CASES: Any = union_all(*(_arm(by).where(col(PartyRow.case_id).in_(KEYS)) for by in SAME_KEY))
HELD: Any = union_all(*(
    _arm(by).add_columns(col(AssignmentRow.practitioner_id).label("holder"))
    .join(AssignmentRow, (col(AssignmentRow.case_id) == col(PartyRow.case_id)) & col(AssignmentRow.ended_at).is_(None))
    for by in SAME_KEY
))
"""The same of the cases that somebody has, and who has them."""
AT_ORGANS: Any = (
    select_rows(*TIE).outerjoin(PractitionerRow, WHO).outerjoin(AttributesRow, MEMBER)
    .where(STANDS, col(DeclaredTieRow.kind) == TieKind.RELATIVE_AT_ORGAN)
    .order_by(col(DeclaredTieRow.id))
)
OF_ONE: Any = AT_ORGANS.where(col(DeclaredTieRow.practitioner_id) == bindparam("practitioner_id"))
OF_PEOPLE: Any = (
    select_rows(*TIE, col(DeclaredTieRow.identity_key), col(DeclaredTieRow.name_key))
    .outerjoin(PractitionerRow, WHO).outerjoin(AttributesRow, MEMBER).where(STANDS)
    .where(or_(col(DeclaredTieRow.identity_key).in_(bindparam("identity_keys", expanding=True)),
               col(DeclaredTieRow.name_key).in_(bindparam("name_keys", expanding=True))))
    .order_by(col(DeclaredTieRow.code))
)
HELD_BY: Any = (
    select_rows(AssignmentRow.practitioner_id, CaseRow.id, CaseRow.organ, CaseRow.service)
    .join(CaseRow, col(CaseRow.id) == col(AssignmentRow.case_id))
    .where(AssignmentRow.centre_id == CENTRE, col(AssignmentRow.ended_at).is_(None))
    .where(col(AssignmentRow.practitioner_id).in_(KEYS))
)
REVIEWS: Any = select_rows(
    TieReviewRow.case_id, TieReviewRow.tie_id, TieReviewRow.consent, TieReviewRow.outcome).where(
    TieReviewRow.centre_id == CENTRE, col(TieReviewRow.case_id).in_(KEYS), col(TieReviewRow.reviewed_at) < BEFORE,
    or_(col(TieReviewRow.superseded_at).is_(None), col(TieReviewRow.superseded_at) >= BEFORE))
# fmt: on


class TieQuestion(NamedTuple):
    """Of which centre and day, of everyone or of one practitioner, and before which past moment."""

    centre_id: str
    today: date
    practitioner_id: str | None = None
    before: datetime | None = None

    @property
    def bound(self) -> dict[str, Any]:
        """Return what every statement here is bound to."""
        return {"centre_id": self.centre_id, "today": self.today, "before": self.before or EVER}


class OrganCase(NamedTuple):
    """What a relative at an organ hangs on."""

    id: str
    organ: str | None
    service: Service


class TiesOfDay(NamedTuple):
    """Where relatives serve, by practitioner, as rules read it; and whom else the declarations keep from which case."""

    organs: Mapping[str, Collection[str]]
    pairs: tuple[PairFact, ...]


def load_declared(
    session: Session, asked: TieQuestion, cases: Sequence[CaseFacts], organs: Organs, members: Members
) -> TiesOfDay:
    """Return what was declared as it stands on the day of the decision."""
    at_organs = load_at_organs(session, asked)
    served: dict[str, list[str]] = defaultdict(list)
    for tie in at_organs:
        if tie.recuses and tie.practitioner_id and tie.organ:
            served[tie.practitioner_id].append(tie.organ)
    before = [OrganCase(each.id, each.organ, each.service) for each in cases]
    matches = _all_of(session, asked, before, at_organs, organs)
    reviews = load_reviews(session, asked, {match.case_id for match in matches})
    pairs = tuple(
        PairFact(case_id=case_id, practitioner_id=who, kind=kind)
        for case_id, (who, kind) in bars_of(matches, reviews, members)
    )
    return TiesOfDay(served, pairs)


def load_matches(session: Session, asked: TieQuestion, cases: Collection[OrganCase], organs: Organs) -> list[TieMatch]:
    """Return the declared ties that somebody has to look at, or that are certain, one for each case and declaration."""
    return _all_of(session, asked, cases, load_at_organs(session, asked), organs)


def find_ties(
    session: Session, asked: TieQuestion, identity_keys: Collection[str], name_keys: Collection[str]
) -> list[tuple[DeclaredTie, str | None, str | None]]:
    """Return what was declared of people with these numbers or names, with the keys it was found by."""
    bound = {**asked.bound, "identity_keys": sorted(identity_keys), "name_keys": sorted(name_keys)}
    return [(_tie(row), row.identity_key, row.name_key) for row in fetch(session, OF_PEOPLE, **bound)]


def _all_of(
    session: Session, asked: TieQuestion, cases: Collection[OrganCase], at_organs: Iterable[DeclaredTie], organs: Organs
) -> list[TieMatch]:
    of_people = (_match(row) for row in fetch_by(session, OF_CASES, [each.id for each in cases], **asked.bound))
    return strongest([*of_people, *matches_at_organs(at_organs, cases, organs)])


def load_at_organs(session: Session, asked: TieQuestion) -> list[DeclaredTie]:
    """Return the declared relatives who serve at an organ, of everyone or of one practitioner."""
    if asked.practitioner_id:
        return [_tie(row) for row in fetch(session, OF_ONE, practitioner_id=asked.practitioner_id, **asked.bound)]
    return [_tie(row) for row in fetch(session, AT_ORGANS, **asked.bound)]


def matches_at_organs(ties: Iterable[DeclaredTie], cases: Collection[OrganCase], organs: Organs) -> Iterator[TieMatch]:
    """Yield the relatives at the organ of a case, of whom no law says that they keep anybody from it."""
    at: dict[str, list[str]] = defaultdict(list)
    for each in cases:
        if each.organ and each.service in IN_COURT:
            at[organs.key(each.organ)].append(each.id)
    for tie in ties if at else ():
        if tie.organ and not tie.recuses:
            yield from (TieMatch(tie, case_id, None, same=False) for case_id in at.get(organs.key(tie.organ), ()))


def load_reviews(session: Session, asked: TieQuestion, case_ids: Collection[str]) -> Reviews:
    """Return what was found of the declared ties to the cases."""
    found: dict[tuple[str, str], TieReview] = {}
    for case_id, tie_id, consent, outcome in fetch_by(
        session, REVIEWS, case_ids, centre_id=asked.centre_id, before=asked.before or EVER
    ):
        there = found.get((case_id, tie_id), TieReview())
        found[case_id, tie_id] = (
            there._replace(consented=outcome is ReviewOutcome.CONSENT) if consent else there._replace(outcome=outcome)
        )
    return found


def touched(session: Session, asked: TieQuestion, organs: Organs, tie_id: str | None = None) -> set[str]:
    """Return the cases somebody has whose holder, or a colleague of theirs, is tied to by what stands that day."""
    found = set()
    homes: dict[str, set[str]] = defaultdict(set)
    matched: list[tuple[DeclaredTie, str, str]] = []
    for row in fetch(session, HELD, **asked.bound):
        match = _match(row)
        if tie_id in (None, match.tie.id):
            matched.append((match.tie, match.case_id, row.holder))
            homes[row.holder] = set()
    for who, house in fetch_by(session, HOUSES_OF, homes, centre_id=asked.centre_id, today=asked.today):
        homes[who].add(house)
    for tie, case_id, holder in matched:
        if holder == tie.practitioner_id or tie.house in homes[holder]:
            found.add(case_id)
    return found | set(_at_organs_held(session, asked, organs, tie_id))


HOUSES_OF: Any = select_rows(AttributesRow.practitioner_id, AttributesRow.institution_id).where(
    AttributesRow.centre_id == CENTRE, col(AttributesRow.practitioner_id).in_(KEYS), in_force(AttributesRow, TODAY)
)


def _at_organs_held(session: Session, asked: TieQuestion, organs: Organs, tie_id: str | None) -> Iterator[str]:
    ties: dict[str, list[DeclaredTie]] = defaultdict(list)
    for tie in load_at_organs(session, asked):
        if tie_id in (None, tie.id) and tie.practitioner_id:
            ties[tie.practitioner_id].append(tie)
    for who, case_id, organ, service in fetch_by(session, HELD_BY, ties, centre_id=asked.centre_id):
        key = organs.key(organ) if organ else None
        # A relative at a court nobody entered, or a case whose court nobody knows, leaves the rule open: it is judged.
        if service in IN_COURT and any(
            tie.recuses or (tie.organ and organs.key(tie.organ) == key) for tie in ties[who]
        ):
            yield case_id


def _match(row: Any) -> TieMatch:
    tie = _tie(row)
    return TieMatch(
        tie, row.case_id, row.role, same=bool(row.sure) or (tie.kind is TieKind.ADVISER and bool(tie.organ))
    )


def _tie(row: Any) -> DeclaredTie:
    return DeclaredTie(row.id, row.kind, row.relation, row.practitioner_id, row.institution_id or row.house, row.organ)
