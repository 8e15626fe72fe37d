"""Who has a part in a case and in others: recorded whenever it becomes known, compared, and looked at by a person.

Nothing here takes a case from anybody. Anyone who has one and is excluded by a tie that is known late, or by what
was found of it, is reported to the manager with the rule (``holder_barred``), who decides by a replacement.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from dispatch.commands.cases.completion import completed_party, decided_on
from dispatch.commands.cases.drafts import PersonDraft
from dispatch.commands.cases.holders import Refusals, refusals_of, review_holders, review_tied, tied_to
from dispatch.domain.conflicts.declared import organ_against
from dispatch.domain.conflicts.parties import ConflictGround, PartyMatch
from dispatch.domain.conflicts.reviews import ANY_KEY, ReviewOutcome, outcomes_of, standing_of
from dispatch.domain.errors import InvalidFieldError, NotFoundError, stated
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.causes import either
from dispatch.domain.texts.organs import Organs
from dispatch.domain.vocabulary import PartyRole, RelationKind, Status
from dispatch.domain.webhooks import AMEND
from dispatch.registry.audit import note
from dispatch.registry.docket.conflicts import find_matches, load_parties, load_reviewed
from dispatch.registry.docket.organs import OVER, load_organs
from dispatch.registry.host import RegisterHost
from dispatch.registry.reads import get, parties
from dispatch.registry.references import known_ties, tie_of
from dispatch.registry.seal import Seal
from dispatch.registry.statements import load_by
from dispatch.registry.tables import CaseRow, ConflictReviewRow, PartyRow, RelationRow
from dispatch.registry.transaction import Begin, Read

CASES = select(CaseRow).where(col(CaseRow.id).in_(bindparam("keys", expanding=True)))
OPEN = [status for status in Status if status not in OVER]


class SharedPerson(NamedTuple):
    """A person with a part in a case and in another one, and what was found of it."""

    id: str
    ground: ConflictGround
    name: str
    role: PartyRole
    """Their part in this case."""
    other_id: str
    other_number: str
    same_number: bool
    certain: bool
    outcome: ReviewOutcome | None
    consented: bool
    may_be: tuple[ReviewOutcome, ...]


class WaitingPerson(NamedTuple):
    """Somebody to be looked at, and the open case in which they are."""

    case: CaseRow
    shared: SharedPerson


class RelatedCase(NamedTuple):
    """A case tied to another, as seen from that one."""

    kind: RelationKind
    case: CaseRow
    later: bool
    """Whether it is the later of two stages."""


class WaitingFilter(NamedTuple):
    """Which of those who wait are asked for; nothing is all."""

    ground: ConflictGround | None = None
    same_number: bool | None = None

    def lets(self, match: PartyMatch) -> bool:
        """Tell whether a match is asked for."""
        return self.ground in (None, match.ground) and self.same_number in (None, match.same_number)


def list_shared(read: Read, seal: Seal, actor: Actor, case_id: str) -> list[SharedPerson]:
    """Return who has a part in the case and in another, so that those who serve the one may not serve the other."""
    require(actor, Verb.READ_CASE)
    with read() as session:
        case = get(session, CaseRow, actor.centre_id, case_id)
        found = [shared for _, shared in _shared_by(session, seal, case, _matches(session, case))]
        return sorted(found, key=lambda each: (each.other_number, each.ground, each.id))


def list_relations(read: Read, actor: Actor, case_id: str) -> list[RelatedCase]:
    """Return the cases that are tied to a case, by their numbers."""
    require(actor, Verb.READ_CASE)
    with read() as session:
        case = get(session, CaseRow, actor.centre_id, case_id)
        ties = [(kind, own if other == case.id else other, other) for kind, own, other in known_ties(session, [case])]
        others = {row.id: row for row in load_by(session, CASES, {id for _, id, _ in ties})}
    found = [RelatedCase(kind, others[id], _later(kind, earlier, case)) for kind, id, earlier in ties]
    return sorted(found, key=lambda each: (each.case.number_order, each.kind))


def review_shared(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    case_id: str,
    shared_id: str,
    outcome: ReviewOutcome,
    text: str,
) -> None:
    """Record what somebody found of a person with a part in two cases; it is asked no more, and may be found anew."""
    review_several(begin, seal, actor, now, [(case_id, shared_id)], outcome, text)


def review_several(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    shared: Collection[tuple[str, str]],
    outcome: ReviewOutcome,
    text: str,
) -> None:
    """Record one finding of several people, each by a case and their id there, with one reason: all or none."""
    require(actor, Verb.EDIT_CASE)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        for case_id, shared_id in sorted(set(shared)):
            match = _match(host.session, get(host.session, CaseRow, actor.centre_id, case_id), shared_id)
            if outcome not in outcomes_of(match):
                raise InvalidFieldError(field="outcome", value=outcome.value, expected=either(outcomes_of(match)))
            _judged_again(host, match.pair, partial(_write_review, host, seal, match, outcome, text))
            host.session.flush()


def list_waiting(read: Read, seal: Seal, actor: Actor, wanted: WaitingFilter) -> list[WaitingPerson]:
    """Return who keeps somebody from an open case until a person has looked, in the order of the cases' numbers."""
    require(actor, Verb.READ_CASE)
    with read() as session:
        open_cases = {case.id: case for case in session.exec(
            select(CaseRow).where(CaseRow.centre_id == actor.centre_id, col(CaseRow.status).in_(OPEN))
        )}  # fmt: skip
        matches = find_matches(session, actor.centre_id, load_parties(session, actor.centre_id, open_cases))
        reviewed = load_reviewed(session, actor.centre_id, matches)
        unsettled = {
            match for match in matches
            if (standing := standing_of(match, reviewed)) and not standing.settled and wanted.lets(match)
        }  # fmt: skip
        told = {min(id for id in match.pair if id in open_cases) for match in unsettled}
        found = [
            WaitingPerson(open_cases[id], shared)
            for id in told
            for match, shared in _shared_by(session, seal, open_cases[id], unsettled)
            if id == min(each for each in match.pair if each in open_cases)
        ]
    return sorted(found, key=lambda each: (each.case.number, each.shared.other_number, each.shared.id))


def add_party(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, role: PartyRole, person: PersonDraft
) -> CaseRow:
    """Add someone who turns out to have a part in a case, whatever its state; the recipient is there already."""
    require(actor, Verb.EDIT_CASE)
    if role is PartyRole.RECIPIENT:
        raise InvalidFieldError(field="role", value=role.value, expected=either(tuple(PartyRole)[1:]))
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        case = host.case(case_id)
        person = completed_party(person, role, decided_on(case, host.office.zone))
        organs = load_organs(tx.session, actor.centre_id)
        _judged_again(host, (case_id,), lambda: tx.add(party_row(seal, organs, case, role, person, now)))
        host.touch(case)
        tx.record(case, AMEND, actor, now, case.status, facts={"fields": [role.value]})
        return case


def add_relation(begin: Begin, actor: Actor, now: datetime, case_id: str, kind: RelationKind, other_id: str) -> CaseRow:
    """Tie a case to another one, whatever the states of both; a tie that is known changes nothing."""
    require(actor, Verb.EDIT_CASE)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        if case_id == other_id:
            expected = stated("另一案件", "another case")
            raise InvalidFieldError(field="other_id", value=other_id, expected=expected)
        case, other = (get(host.session, CaseRow, actor.centre_id, id) for id in (case_id, other_id))
        tie = tie_of(kind, case.id, other.id)
        if tie in known_ties(host.session, [case]):
            return case
        row = RelationRow(centre_id=case.centre_id, kind=kind, case_id=tie[1], other_id=tie[2], recorded_at=now)
        _judged_again(host, (case_id, other_id), lambda: tx.add(row))
        host.touch(case)
        tx.record(case, AMEND, actor, now, case.status, facts={"fields": [kind.value], "other_id": other_id})
        return case


def party_row(
    seal: Seal,
    organs: Organs,
    case: CaseRow,
    role: PartyRole,
    person: PersonDraft,
    at: datetime | None = None,
    story: str | None = None,
) -> PartyRow:
    """Return a person as a case keeps them: sealed, and found again by keyed hashes of number and name.

    ``at`` is when it became known that they have a part, if not with the case.
    """
    return PartyRow(
        centre_id=case.centre_id,
        case_id=case.id,
        role=role,
        sealed=seal.seal(person.model_dump(mode="json", exclude_none=True) | ({"story": story} if story else {})),
        identity_key=identity_key(seal, person),
        name_key=seal.name_key(person.name),
        organ=organ_against(organs, role, person.name),
        recorded_at=at,
    )


def identity_key(seal: Seal, person: PersonDraft) -> str | None:
    """Return the keyed hash of a person's number, if there is one."""
    return seal.identity_key(person.identity.key) if person.identity else None


def _judged_again(host: RegisterHost, case_ids: tuple[str, ...], write: Callable[[], object]) -> None:
    """Write something that may bar who has the cases, and report those whom it does."""
    cases = [host.case(case_id) for case_id in sorted(case_ids)]
    before: dict[str, Refusals] = {case.id: refusals_of(host, case) for case in cases}
    tied = tied_to(host, case_ids)
    write()
    host.session.flush()
    for case in cases:
        review_holders(host, case, before[case.id])
    review_tied(host, case_ids, tied)


def _matches(session: Session, case: CaseRow) -> frozenset[PartyMatch]:
    return find_matches(session, case.centre_id, load_parties(session, case.centre_id, [case.id]))


def _later(kind: RelationKind, earlier_id: str, case: CaseRow) -> bool:
    return kind is RelationKind.EARLIER_STAGE and earlier_id == case.id


def _match(session: Session, case: CaseRow, shared_id: str) -> PartyMatch:
    found = next((match for match in _matches(session, case) if _id(match) == shared_id), None)
    if found is None:
        raise NotFoundError(what="shared_person", id=shared_id)
    return found


def _shared_by(
    session: Session, seal: Seal, case: CaseRow, found: Iterable[PartyMatch]
) -> Iterator[tuple[PartyMatch, SharedPerson]]:
    """Yield those of the matches that the case has a part in, each as seen from it."""
    matches = [match for match in found if case.id in match.pair]
    reviewed = load_reviewed(session, case.centre_id, matches)
    people = {key: row for row in parties(session, case.id) for key in (row.name_key, row.identity_key) if key}
    for match in matches:
        other_id = next(id for id in match.pair if id != case.id)
        person = people[match.key]
        yield match, SharedPerson(
            _id(match), match.ground, seal.show(person.sealed, "name")["name"], person.role,
            other_id, session.get_one(CaseRow, other_id).number, match.same_number, match.certain,
            reviewed.get((*match.pair, match.key)), (*match.pair, ANY_KEY) in reviewed, outcomes_of(match),
        )  # fmt: skip


def _id(match: PartyMatch) -> str:
    return sha256("\n".join((*match.pair, match.key, match.ground)).encode()).hexdigest()[:32]


def _write_review(host: RegisterHost, seal: Seal, match: PartyMatch, outcome: ReviewOutcome, text: str) -> None:
    row = _review_row(host, match, outcome)
    row.outcome, row.sealed = outcome, seal.seal({"text": text})
    row.reviewed_by, row.reviewed_at = host.user_id, host.now
    assert host.actor is not None
    note(host.tx, host.actor, Verb.EDIT_CASE, "conflict_review", row.id, host.now)


def _review_row(host: RegisterHost, match: PartyMatch, outcome: ReviewOutcome) -> ConflictReviewRow:
    (case_id, other_id), key = match.pair, ANY_KEY if outcome is ReviewOutcome.CONSENT else match.key
    same = (ConflictReviewRow.case_id == case_id, ConflictReviewRow.other_id == other_id, ConflictReviewRow.key == key)
    standing = select(ConflictReviewRow).where(*same, col(ConflictReviewRow.superseded_at).is_(None))
    if there := host.session.exec(standing).one_or_none():
        there.superseded_at = host.now
        host.session.flush()
    return host.tx.add(
        ConflictReviewRow(
            centre_id=host.centre_id,
            case_id=case_id,
            other_id=other_id,
            key=key,
            outcome=outcome,
            sealed=b"",
            reviewed_at=host.now,
        )
    )
