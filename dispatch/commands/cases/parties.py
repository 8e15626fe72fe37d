"""Who has a part in a case and in others: recorded whenever it becomes known, compared, and looked at by a person.

Nothing here takes a case from anybody. Whoever has one and is excluded by a tie that is known late, or by what was
found of it, is reported to the manager with the rule (``holder_barred``), who decides by a replacement.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from sqlmodel import Session, select

from dispatch.commands.cases.drafts import PersonDraft
from dispatch.commands.cases.holders import Refusals, refusals_of, review_holders
from dispatch.domain.conflicts.parties import ConflictGround, PartyMatch
from dispatch.domain.conflicts.reviews import ANY_KEY, ReviewOutcome, outcomes_of
from dispatch.domain.errors import InvalidFieldError, NotFoundError, stated
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.causes import either
from dispatch.domain.vocabulary import PartyRole, RelationKind
from dispatch.domain.webhooks import AMEND
from dispatch.registry.audit import note
from dispatch.registry.docket.conflicts import find_matches, load_parties, load_reviewed
from dispatch.registry.host import RegisterHost
from dispatch.registry.reads import get, parties
from dispatch.registry.references import known_ties, tie_of
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow, ConflictReviewRow, PartyRow, RelationRow
from dispatch.registry.transaction import Begin, Read


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


def list_shared(read: Read, seal: Seal, actor: Actor, case_id: str) -> list[SharedPerson]:
    """Return who has a part in the case and in another, so that whoever serves the one may not serve the other."""
    require(actor, Verb.READ_CASE)
    with read() as session:
        case = get(session, CaseRow, actor.centre_id, case_id)
        return sorted(_shared(session, seal, case), key=lambda each: (each.other_number, each.ground, each.id))


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
    require(actor, Verb.EDIT_CASE)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        match = _match(host.session, get(host.session, CaseRow, actor.centre_id, case_id), shared_id)
        if outcome not in outcomes_of(match):
            raise InvalidFieldError(field="outcome", value=outcome.value, expected=either(outcomes_of(match)))

        def write() -> None:
            row = _review_row(host, match, outcome)
            row.outcome, row.sealed = outcome, seal.seal({"text": text})
            row.reviewed_by, row.reviewed_at = actor.user_id, now
            note(tx, actor, Verb.EDIT_CASE, "conflict_review", row.id, now)

        _judged_again(host, match.pair, write)


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
        _judged_again(host, (case_id,), lambda: tx.add(party_row(seal, case, role, person)))
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
        row = RelationRow(centre_id=case.centre_id, kind=kind, case_id=tie[1], other_id=tie[2])
        _judged_again(host, (case_id, other_id), lambda: tx.add(row))
        host.touch(case)
        tx.record(case, AMEND, actor, now, case.status, facts={"fields": [kind.value], "other_id": other_id})
        return case


def party_row(seal: Seal, case: CaseRow, role: PartyRole, person: PersonDraft, **more: str) -> PartyRow:
    """Return a person as a case keeps them: sealed, and found again by keyed hashes of number and name."""
    return PartyRow(
        centre_id=case.centre_id,
        case_id=case.id,
        role=role,
        sealed=seal.seal(person.model_dump(mode="json", exclude_none=True) | more),
        identity_key=identity_key(seal, person),
        name_key=seal.name_key(person.name),
    )


def identity_key(seal: Seal, person: PersonDraft) -> str | None:
    """Return the keyed hash of a person's number, if there is one."""
    return seal.identity_key(person.identity.key) if person.identity else None


def _judged_again(host: RegisterHost, case_ids: tuple[str, ...], write: Callable[[], object]) -> None:
    """Write something that may bar who has the cases, and report those whom it does."""
    cases = [host.case(case_id) for case_id in sorted(case_ids)]
    before: dict[str, Refusals] = {case.id: refusals_of(host, case) for case in cases}
    write()
    host.session.flush()
    for case in cases:
        review_holders(host, case, before[case.id])


def _matches(session: Session, case: CaseRow) -> frozenset[PartyMatch]:
    return find_matches(session, case.centre_id, load_parties(session, case.centre_id, [case.id]))


def _match(session: Session, case: CaseRow, shared_id: str) -> PartyMatch:
    found = next((match for match in _matches(session, case) if _id(match) == shared_id), None)
    if found is None:
        raise NotFoundError(what="shared_person", id=shared_id)
    return found


def _shared(session: Session, seal: Seal, case: CaseRow) -> Iterator[SharedPerson]:
    matches = _matches(session, case)
    reviewed = load_reviewed(session, case.centre_id, matches)
    people = {key: row for row in parties(session, case.id) for key in (row.name_key, row.identity_key) if key}
    for match in matches:
        other_id = next(id for id in match.pair if id != case.id)
        person = people[match.key]
        yield SharedPerson(
            _id(match), match.ground, seal.open(person.sealed)["name"], person.role,
            other_id, session.get_one(CaseRow, other_id).number, match.same_number, match.certain,
            reviewed.get((*match.pair, match.key)), (*match.pair, ANY_KEY) in reviewed, outcomes_of(match),
        )  # fmt: skip


def _id(match: PartyMatch) -> str:
    return sha256("\n".join((*match.pair, match.key, match.ground)).encode()).hexdigest()[:32]


def _review_row(host: RegisterHost, match: PartyMatch, outcome: ReviewOutcome) -> ConflictReviewRow:
    (case_id, other_id), key = match.pair, ANY_KEY if outcome is ReviewOutcome.CONSENT else match.key
    same = (ConflictReviewRow.case_id == case_id, ConflictReviewRow.other_id == other_id, ConflictReviewRow.key == key)
    if there := host.session.exec(select(ConflictReviewRow).where(*same)).one_or_none():
        return there
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
