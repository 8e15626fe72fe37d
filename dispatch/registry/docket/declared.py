"""Finds what declared ties say of the cases of a decision, by keyed hash and organ, as of its day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, and_, bindparam, case, or_, text, union_all
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
from dispatch.domain.conflicts.parties import Party
from dispatch.domain.conflicts.reviews import ReviewOutcome
from dispatch.domain.docket.facts import PairFact
from dispatch.domain.docket.ties import Members
from dispatch.domain.eligibility.predicates import IN_COURT
from dispatch.domain.texts.organs import Organs
from dispatch.domain.vocabulary import Service
from dispatch.registry.docket.caseload import Caseload
from dispatch.registry.statements import AT_ONCE, fetch, fetch_by, in_force, select_rows
from dispatch.registry.tables import (
    ArrangementRow,
    AssignmentRow,
    AttributesRow,
    CaseRow,
    DeclaredTieRow,
    OfferRow,
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
MEMBER: Any = and_(
    col(AttributesRow.practitioner_id) == col(DeclaredTieRow.practitioner_id), in_force(AttributesRow, TODAY))
WHO: Any = col(PractitionerRow.id) == col(DeclaredTieRow.practitioner_id)
FOUND: Any = (*TIE, col(DeclaredTieRow.identity_key), col(DeclaredTieRow.name_key))


def _by(key: Any, name: str) -> Any:
    return (
        select_rows(*FOUND).outerjoin(PractitionerRow, WHO).outerjoin(AttributesRow, MEMBER)
        .where(STANDS, key.in_(bindparam(name, expanding=True)))
    )


OF_PEOPLE: Any = union_all(
    _by(col(DeclaredTieRow.identity_key), "identity_keys"), _by(col(DeclaredTieRow.name_key), "name_keys"))
"""Each arm walks one index by key: the ties of a centre are many, and those of a case's parties few."""
OF_ORGANS: Any = (
    select_rows(*FOUND).outerjoin(PractitionerRow, WHO).outerjoin(AttributesRow, MEMBER)
    .where(STANDS, col(DeclaredTieRow.kind) == TieKind.ADVISER, col(DeclaredTieRow.organ).is_not(None))
)
"""The organs that are advised are few; which names mean one of them, only the catalogue of the day tells."""
PARTIES: Any = select_rows(
    PartyRow.case_id, PartyRow.role, PartyRow.identity_key, PartyRow.name_key, PartyRow.organ).where(
    PartyRow.centre_id == CENTRE, col(PartyRow.role).in_(AGAINST),
    or_(col(PartyRow.recorded_at).is_(None), col(PartyRow.recorded_at) < BEFORE))
OF_CASES: Any = PARTIES.where(col(PartyRow.case_id).in_(KEYS))
# In words, so that the index of what is open is found whatever is bound.
ASKED: Any = (OfferRow.centre_id == CENTRE, text("offer.state = 'pending'"))
HOLDERS: Any = union_all(
    select_rows(AssignmentRow.case_id, AssignmentRow.practitioner_id).where(
        AssignmentRow.centre_id == CENTRE, col(AssignmentRow.ended_at).is_(None)),
    select_rows(OfferRow.case_id, OfferRow.practitioner_id).where(*ASKED),
    select_rows(ArrangementRow.case_id, AttributesRow.practitioner_id)
    .join(AttributesRow, col(AttributesRow.institution_id) == col(ArrangementRow.institution_id))
    .where(ArrangementRow.centre_id == CENTRE, text("arrangement.state = 'open'"), in_force(AttributesRow, TODAY)),
)
"""Who has a case, is asked to take it, or belongs to the institution that is to arrange it."""
AT_ORGANS: Any = (
    select_rows(*TIE).outerjoin(PractitionerRow, WHO).outerjoin(AttributesRow, MEMBER)
    .where(STANDS, col(DeclaredTieRow.kind) == TieKind.RELATIVE_AT_ORGAN)
    .order_by(col(DeclaredTieRow.id))
)
OF_ONE: Any = AT_ORGANS.where(col(DeclaredTieRow.practitioner_id) == bindparam("practitioner_id"))
HELD_BY: Any = union_all(
    select_rows(AssignmentRow.practitioner_id, CaseRow.id, CaseRow.organ, CaseRow.service)
    .join(CaseRow, col(CaseRow.id) == col(AssignmentRow.case_id))
    .where(AssignmentRow.centre_id == CENTRE, col(AssignmentRow.ended_at).is_(None))
    .where(col(AssignmentRow.practitioner_id).in_(KEYS)),
    select_rows(OfferRow.practitioner_id, CaseRow.id, CaseRow.organ, CaseRow.service)
    .join(CaseRow, col(CaseRow.id) == col(OfferRow.case_id))
    .where(*ASKED, col(OfferRow.practitioner_id).in_(KEYS)),
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
    session: Session, asked: TieQuestion, caseload: Caseload, organs: Organs, members: Members
) -> TiesOfDay:
    """Return what is declared on the day of the decision."""
    at_organs = load_at_organs(session, asked)
    served: dict[str, list[str]] = defaultdict(list)
    for tie in at_organs:
        if tie.recuses and tie.practitioner_id and tie.organ:
            served[tie.practitioner_id].append(tie.organ)
    before = {each.id: OrganCase(each.id, each.organ, each.service) for each in caseload.cases}
    against = [each for each in caseload.parties if each.role in AGAINST and each.case_id in before]
    matches = _all_of(session, asked, against, before.values(), at_organs, organs)
    reviews = load_reviews(session, asked, {match.case_id for match in matches})
    pairs = tuple(
        PairFact(case_id=case_id, practitioner_id=who, kind=kind)
        for case_id, (who, kind) in bars_of(matches, reviews, members)
    )
    return TiesOfDay(served, pairs)


def load_matches(session: Session, asked: TieQuestion, cases: Collection[OrganCase], organs: Organs) -> list[TieMatch]:
    """Return the declared ties that somebody has to look at, or that are certain, one for each case and declaration."""
    against = _parties(session, asked, [each.id for each in cases])
    return _all_of(session, asked, against, cases, load_at_organs(session, asked), organs)


def find_ties(
    session: Session, asked: TieQuestion, people: Iterable[Party], organs: Organs
) -> Iterator[tuple[Party, TieMatch]]:
    """Yield what was declared of the people, each with whom it means: by number, by name, by any name of an organ."""
    people = list(people)
    by_key: dict[str, dict[str, Any]] = defaultdict(dict)
    for start in range(0, len(people), AT_ONCE):
        for row in _declared_of(session, asked, people[start : start + AT_ONCE]):
            for key in filter(None, (row.identity_key, row.name_key)):
                by_key[key][row.id] = row
    advised = _advised(session, asked, organs) if any(person.organ for person in people) else {}
    for person in people:
        found = {id: row for key in (person.identity_key, person.name_key) if key for id, row in by_key[key].items()}
        if person.organ:
            found |= advised.get(organs.key(person.organ), {})
        for row in found.values():
            # Two numbers are two people, whatever the name.
            if not (person.identity_key and row.identity_key) or person.identity_key == row.identity_key:
                yield person, _match(row, person)


def _advised(session: Session, asked: TieQuestion, organs: Organs) -> Mapping[str, dict[str, Any]]:
    """Return whose adviser somebody is, by what the spellings of the organ share."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in fetch(session, OF_ORGANS, **asked.bound):
        found[organs.key(row.organ)][row.id] = row
    return found


def _declared_of(session: Session, asked: TieQuestion, people: Iterable[Party]) -> Any:
    numbers, names = ({key for each in people if (key := getattr(each, name))} for name in ("identity_key", "name_key"))
    if not numbers and not names:
        return ()
    return fetch(session, OF_PEOPLE, identity_keys=sorted(numbers), name_keys=sorted(names), **asked.bound)


def _all_of(
    session: Session,
    asked: TieQuestion,
    people: Iterable[Party],
    cases: Collection[OrganCase],
    at_organs: Iterable[DeclaredTie],
    organs: Organs,
) -> list[TieMatch]:
    of_people = (match for _, match in find_ties(session, asked, people, organs))
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
    """Return the cases whose holder, a person asked, or a colleague is tied by what is in force that day."""
    holders: dict[str, set[str]] = defaultdict(set)
    for case_id, who in fetch(session, HOLDERS, centre_id=asked.centre_id, today=asked.today):
        holders[case_id].add(who)
    met = [match for _, match in find_ties(session, asked, _parties(session, asked, holders), organs)]
    met = [match for match in met if tie_id in (None, match.tie.id)]
    homes: dict[str, set[str]] = defaultdict(set)
    concerned = {who for match in met for who in holders[match.case_id]}
    for who, house in fetch_by(session, HOUSES_OF, concerned, centre_id=asked.centre_id, today=asked.today):
        homes[who].add(house)
    found = {
        match.case_id for match in met for who in holders[match.case_id]
        if who == match.tie.practitioner_id or match.tie.house in homes[who]
    }  # fmt: skip
    return found | set(_at_organs_held(session, asked, organs, tie_id))


def _parties(session: Session, asked: TieQuestion, case_ids: Collection[str]) -> list[Party]:
    bound = {"centre_id": asked.centre_id, "before": asked.before or EVER}
    return [Party(*row) for row in fetch_by(session, OF_CASES, case_ids, **bound)]


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


def _match(row: Any, person: Party) -> TieMatch:
    tie = _tie(row)
    same = bool(person.identity_key) and person.identity_key == row.identity_key
    return TieMatch(tie, person.case_id, person.role, same or (tie.kind is TieKind.ADVISER and bool(tie.organ)))


def _tie(row: Any) -> DeclaredTie:
    return DeclaredTie(row.id, row.kind, row.relation, row.practitioner_id, row.institution_id or row.house, row.organ)
