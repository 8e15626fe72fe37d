"""A conflict check without inviting anyone: what keeps people from a case, or from parties not yet taken in."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, or_, select

from dispatch.commands.cases.drafts import PersonDraft
from dispatch.commands.cases.parties import identity_key
from dispatch.domain.conflicts.parties import Party, PartyMatch
from dispatch.domain.conflicts.reviews import standing_of
from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.table import RULES, Refusal, eligible
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import EndReason
from dispatch.domain.vocabulary import PartyRole, Status
from dispatch.registry.docket.conflicts import find_matches, load_reviewed
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.reads import get
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, CaseRow, InstitutionRow, PractitionerRow
from dispatch.registry.transaction import Read

CONFLICT_RULES = frozenset(rule.code for rule in RULES if rule.basis.rstrip("a") in {"H15", "H16", "H17", "H18", "H19"})
"""Rules on conflict and recusal, by their number in the research of the law."""

UNTAKEN = ""
"""In the place of a case's id: the parties are of no case yet."""


class CheckSubject(NamedTuple):
    """Whom a check asks about: one practitioner, everyone of an institution, or everyone."""

    practitioner_id: str | None = None
    institution_id: str | None = None


class CheckedPerson(NamedTuple):
    """A practitioner and what the rules on conflict and recusal say of them; nothing means no conflict was found."""

    practitioner_id: str
    institution_id: str
    refusals: tuple[Refusal, ...]


class SharedCase(NamedTuple):
    """Another case in which one of the parties has a part, and who serves or served there."""

    match: PartyMatch
    other_id: str
    other_number: str
    settled: bool
    practitioner_ids: list[str]


def check_case(read: Read, actor: Actor, now: datetime, case_id: str, asked: CheckSubject) -> list[CheckedPerson]:
    """Return what keeps those asked about from the case, by the rules on conflict and recusal alone."""
    require(actor, Verb.READ_CANDIDATES)
    with read() as session:
        _require_known(session, actor, case_id, asked)
        policy = read_policy(policy_in_force(session, actor.centre_id))
        facts = load_docket(session, actor.centre_id, [case_id], now, tuple(Status), refill=True)
    docket = Docket.build(facts, policy)
    refusals = eligible(docket).why_row(0) if docket.n else [()] * docket.m
    return [
        CheckedPerson(person.id, person.institution_id, tuple(each for each in found if each.code in CONFLICT_RULES))
        for person, found in zip(facts.practitioners, refusals, strict=True)
        if asked.practitioner_id in (None, person.id) and asked.institution_id in (None, person.institution_id)
    ]


def check_parties(
    read: Read, seal: Seal, actor: Actor, people: Sequence[tuple[PartyRole, PersonDraft]]
) -> list[SharedCase]:
    """Return the cases in which people who are not taken in yet have a part that clashes; nothing is kept of them."""
    require(actor, Verb.SUBMIT_CASE)
    parties = [Party(UNTAKEN, role, identity_key(seal, person), seal.name_key(person.name)) for role, person in people]
    with read() as session:
        return list(_shared(session, actor.centre_id, find_matches(session, actor.centre_id, parties)))


def _shared(session: Session, centre_id: str, matches: Iterable[PartyMatch]) -> Iterable[SharedCase]:
    ordered = sorted(matches)
    reviewed = load_reviewed(session, centre_id, ordered)
    others = {match: match.other_id if match.case_id == UNTAKEN else match.case_id for match in ordered}
    numbers = select(CaseRow.id, CaseRow.number).where(col(CaseRow.id).in_(set(others.values())))
    number_of = {id: number for id, number in session.exec(numbers)}
    for match, other in others.items():
        standing = standing_of(match, reviewed)
        if standing and other in number_of:
            yield SharedCase(match, other, number_of[other], standing.settled, _serving(session, other))


def _serving(session: Session, case_id: str) -> list[str]:
    """Return who has the case, carried it through, or has seen its file."""
    known = or_(
        col(AssignmentRow.ended_at).is_(None),
        col(AssignmentRow.end_reason) == EndReason.CLOSED,
        col(AssignmentRow.accepted_at).is_not(None),
    )
    served = select(AssignmentRow.practitioner_id).where(AssignmentRow.case_id == case_id, known)
    return sorted(set(session.exec(served)))


def _require_known(session: Session, actor: Actor, case_id: str, asked: CheckSubject) -> None:
    get(session, CaseRow, actor.centre_id, case_id)
    if asked.practitioner_id:
        get(session, PractitionerRow, actor.centre_id, asked.practitioner_id)
    if asked.institution_id:
        get(session, InstitutionRow, actor.centre_id, asked.institution_id)
