"""Declared ties to the parties or the organ of a case are listed, looked at by a person, and asked of before intake."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.commands.cases.conflict_check import UNTAKEN
from dispatch.commands.cases.drafts import PersonDraft
from dispatch.commands.cases.holders import review_declared
from dispatch.commands.cases.parties import OPEN, identity_key
from dispatch.commands.roster.shown_ties import KEYS, ShownTie, shown_all
from dispatch.domain.conflicts.declared import (
    AGAINST,
    Reviews,
    TieKind,
    TieMatch,
    TieReview,
    found_of,
    organ_against,
    outcomes_of,
    waits,
)
from dispatch.domain.conflicts.parties import Party
from dispatch.domain.conflicts.reviews import ReviewOutcome
from dispatch.domain.errors import InvalidFieldError, NotFoundError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.causes import either
from dispatch.domain.vocabulary import PartyRole
from dispatch.registry.audit import note
from dispatch.registry.docket.declared import OrganCase, TieQuestion, find_ties, load_matches, load_reviews
from dispatch.registry.docket.organs import load_organs
from dispatch.registry.docket.roster import read_day
from dispatch.registry.host import RegisterHost
from dispatch.registry.reads import get
from dispatch.registry.seal import Seal
from dispatch.registry.statements import load_by
from dispatch.registry.tables import CaseRow, DeclaredTieRow, TieReviewRow
from dispatch.registry.transaction import Begin, Read

TIES = select(DeclaredTieRow).where(col(DeclaredTieRow.id).in_(KEYS))


class CaseTie(NamedTuple):
    """A declared tie to a case, and what was found of it."""

    case_id: str
    case_number: str
    tie: ShownTie
    match: TieMatch
    found: TieReview
    waits: bool
    may_be: tuple[ReviewOutcome, ...]


class TiedPeople(NamedTuple):
    """A declaration that people who are not taken in yet would meet, and whether it is surely one of them."""

    tie: ShownTie
    role: PartyRole
    same: bool


def list_case_ties(read: Read, seal: Seal, actor: Actor, now: datetime, case_id: str) -> list[CaseTie]:
    """Return the declared ties to a case, by the code of the declaration."""
    require(actor, Verb.READ_CASE)
    with read() as session:
        case = get(session, CaseRow, actor.centre_id, case_id)
        return sorted(_of_cases(session, seal, actor, now, [case]), key=_in_order)


def list_waiting_ties(read: Read, seal: Seal, actor: Actor, now: datetime) -> list[CaseTie]:
    """Return the declared ties that keep somebody from an open case until a person has looked."""
    require(actor, Verb.READ_CASE)
    with read() as session:
        found = _of_cases(session, seal, actor, now, open_cases(session, actor.centre_id))
        return sorted((each for each in found if each.waits), key=_in_order)


def review_case_tie(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, tie_id: str, outcome: ReviewOutcome, text: str
) -> None:
    """Record what somebody found of a declared tie to a case; it is asked no more, and may be found anew.

    Anyone who has the case and is excluded by it is reported; anyone no longer excluded is no longer reported.
    """
    require(actor, Verb.EDIT_CASE)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        tx.lock_centre(actor.centre_id)
        case = host.case(case_id)
        match = next((each for each in _matches(tx.session, actor, now, [case])[0] if each.tie.id == tie_id), None)
        if match is None:
            raise NotFoundError(what="declared_tie", id=tie_id)
        if outcome not in (may_be := outcomes_of(match)):
            raise InvalidFieldError(field="outcome", value=outcome.value, expected=either(may_be))
        _write(host, seal, match, outcome, text)
        tx.session.flush()
        review_declared(host, [case_id])


def check_people(
    read: Read, seal: Seal, actor: Actor, now: datetime, people: Sequence[tuple[PartyRole, PersonDraft]]
) -> list[TiedPeople]:
    """Return the declared ties to people who are not taken in yet; nothing is kept of them."""
    require(actor, Verb.SUBMIT_CASE)
    with read() as session:
        organs = load_organs(session, actor.centre_id)
        against = [
            Party(UNTAKEN, role, identity_key(seal, each), seal.name_key(each.name),
                  organ_against(organs, role, each.name))
            for role, each in people if role in AGAINST
        ]  # fmt: skip
        asked = TieQuestion(actor.centre_id, read_day(session, actor.centre_id, now).today)
        ties = find_ties(session, asked, against, organs)
        found = [(match.tie.id, person.role, match.same) for person, match in ties]
        shown = _shown(session, seal, {tie_id for tie_id, *_ in found})
        known = [TiedPeople(shown[tie_id], role, same) for tie_id, role, same in found]
    return sorted(known, key=lambda each: (each.tie.row.code, each.role))


def waiting_by_case(session: Session, centre_id: str, now: datetime) -> Iterator[tuple[str, list[str]]]:
    """Yield open cases with declared ties nobody has looked at, and the ids of the declarations."""
    asked = TieQuestion(centre_id, read_day(session, centre_id, now).today)
    cases = open_cases(session, centre_id)
    matches = load_matches(session, asked, _as_asked(cases), load_organs(session, centre_id))
    reviews = load_reviews(session, asked, {match.case_id for match in matches})
    waiting: dict[str, list[str]] = {}
    for match in matches:
        if waits(match, reviews):
            waiting.setdefault(match.case_id, []).append(match.tie.id)
    yield from waiting.items()


def open_cases(session: Session, centre_id: str) -> Sequence[CaseRow]:
    """Return the cases that are not over."""
    return session.exec(select(CaseRow).where(CaseRow.centre_id == centre_id, col(CaseRow.status).in_(OPEN))).all()


def _of_cases(
    session: Session, seal: Seal, actor: Actor, now: datetime, cases: Collection[CaseRow]
) -> Iterator[CaseTie]:
    matches, reviews = _matches(session, actor, now, cases)
    numbers = {case.id: case.number for case in cases}
    shown = _shown(session, seal, {match.tie.id for match in matches})
    for match in matches:
        tie, found = shown[match.tie.id], found_of(match, reviews)
        yield CaseTie(
            match.case_id, numbers[match.case_id], tie, match, found, waits(match, reviews), outcomes_of(match)
        )


def _shown(session: Session, seal: Seal, ids: Collection[str]) -> dict[str, ShownTie]:
    """Return declarations by their id, loaded together."""
    rows = list(load_by(session, TIES, ids))
    return {tie.row.id: tie for tie in shown_all(session, seal, rows)}


def _matches(
    session: Session, actor: Actor, now: datetime, cases: Collection[CaseRow]
) -> tuple[list[TieMatch], Reviews]:
    asked = TieQuestion(actor.centre_id, read_day(session, actor.centre_id, now).today)
    matches = load_matches(session, asked, _as_asked(cases), load_organs(session, actor.centre_id))
    return matches, load_reviews(session, asked, {match.case_id for match in matches})


def _as_asked(cases: Collection[CaseRow]) -> list[OrganCase]:
    return [OrganCase(case.id, case.organ, case.service) for case in cases]


def _write(host: RegisterHost, seal: Seal, match: TieMatch, outcome: ReviewOutcome, text: str) -> None:
    consent = outcome is ReviewOutcome.CONSENT
    same = (
        TieReviewRow.case_id == match.case_id, TieReviewRow.tie_id == match.tie.id, TieReviewRow.consent == consent,
        col(TieReviewRow.superseded_at).is_(None),
    )  # fmt: skip
    if there := host.session.exec(select(TieReviewRow).where(*same)).one_or_none():
        there.superseded_at = host.now
        host.session.flush()
    row = host.tx.add(
        TieReviewRow(
            centre_id=host.centre_id, case_id=match.case_id, tie_id=match.tie.id, consent=consent, outcome=outcome,
            sealed=seal.seal({"text": text}), reviewed_by=host.user_id, reviewed_at=host.now,
        )
    )  # fmt: skip
    assert host.actor is not None
    note(host.tx, host.actor, Verb.EDIT_CASE, "tie_review", row.id, host.now)


def _in_order(each: CaseTie) -> tuple[str, str, TieKind]:
    return each.case_number, each.tie.row.code, each.tie.row.kind
