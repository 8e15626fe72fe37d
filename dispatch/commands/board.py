"""The board: cases anyone eligible may claim. Hopeless claims are turned away before the lock, the rest under it."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from dispatch.commands.assign import Seating
from dispatch.commands.desk import Desk
from dispatch.commands.plan import carry_on, skip_step
from dispatch.commands.posting import post, settle, unpost
from dispatch.commands.quotas import COUNTS, bounds
from dispatch.domain.board import Counts, refusal_of
from dispatch.domain.chain import Because, Mark
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.errors import (
    CaseNotOnBoardError,
    ClaimRefusedError,
    InvalidFieldError,
    NotEligibleError,
    NotFoundError,
)
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.schema import Policy
from dispatch.domain.states import ClaimState, PostingState
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.modes.grab import granted_at_once
from dispatch.registry.docket import load_docket
from dispatch.registry.offers import POSTED_TOO_LONG, SEALED, UNSEALED, due, open_posting
from dispatch.registry.policies import load_in_force
from dispatch.registry.statements import fetch
from dispatch.registry.tables import CaseRow, ClaimRow, PostingRow
from dispatch.registry.transaction import Begin, Read

# What counts against a claim, and the claimant's own that already stands.
STANDING: Any = COUNTS.add_columns(
    select(ClaimRow.id)
    .where(col(ClaimRow.posting_id) == bindparam("on"), col(ClaimRow.practitioner_id) == bindparam("who"))
    .where(col(ClaimRow.state).in_((ClaimState.OPEN, ClaimState.WON)))
    .limit(1)
    .scalar_subquery()
)

TOO_LATE = "given, and later than now: what is left until the deadline is kept for the steps after the board"


def post_case(begin: Begin, actor: Actor, now: datetime, case_id: str, ends_at: datetime | None = None) -> PostingRow:
    """Put a waiting case on the board; one that is there already stays as it is."""
    require(actor, Verb.POST_CASE)
    with begin() as tx:
        desk = Desk(tx, actor.centre_id, actor, now)
        case = desk.case(case_id)
        if there := open_posting(tx.session, case_id):
            return there
        until = ends_at or _last_moment(desk, case)
        if until <= now:
            expected = "later than now" if ends_at else TOO_LATE
            raise InvalidFieldError(field="ends_at", value=until.isoformat(), expected=expected)
        return post(desk, case, until)


def take_off(begin: Begin, actor: Actor, now: datetime, case_id: str) -> CaseRow:
    """Take a case off the board; its chain, if it is on one, goes on at once."""
    require(actor, Verb.POST_CASE)
    with begin() as tx:
        desk = Desk(tx, actor.centre_id, actor, now)
        case = desk.case(case_id)
        if case.status is not Status.POSTED:
            raise CaseNotOnBoardError(case_id=case_id, status=case.status.value)
        unpost(desk, case, Event.UNPOST, PostingState.CLOSED)
        skip_step(desk, case, Because.TAKEN_OFF)
        return case


def claim(begin: Begin, read: Read, actor: Actor, now: datetime, case_id: str) -> ClaimRow:
    """Claim a posted case. It is won at once, or kept until the sealed window ends; again is the same claim."""
    require(actor, Verb.CLAIM)
    practitioner_id = _own(actor)
    with read() as session:
        at_once = _look(session, actor.centre_id, practitioner_id, now, case_id)
    with begin() as tx:
        desk = Desk(tx, actor.centre_id, actor, now)
        posting = _open(tx.session, actor.centre_id, now, case_id)
        if there := _standing(tx.session, posting, practitioner_id, now, desk.policy):
            return there
        row = ClaimRow(
            centre_id=actor.centre_id,
            case_id=case_id,
            posting_id=posting.id,
            practitioner_id=practitioner_id,
            state=ClaimState.OPEN,
            claimed_at=now,
        )
        if at_once or posting.sealed_until <= now:
            _win(desk, row)
        return tx.add(row)


def unclaim(begin: Begin, actor: Actor, now: datetime, case_id: str) -> ClaimRow:
    """Take one's own open claim back; again changes nothing, a claim that is settled stays so."""
    require(actor, Verb.UNCLAIM)
    practitioner_id = _own(actor)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        mine = (
            select(ClaimRow)
            .where(ClaimRow.case_id == case_id, ClaimRow.practitioner_id == practitioner_id)
            .order_by(col(ClaimRow.claimed_at).desc())
        )
        row = tx.session.exec(mine).first()
        if row is None or row.centre_id != actor.centre_id:
            raise NotFoundError(what="claim", id=case_id)
        if row.state is ClaimState.OPEN:
            row.state, row.settled_at = ClaimState.WITHDRAWN, now
        elif row.state is not ClaimState.WITHDRAWN:
            raise ClaimRefusedError(case_id=case_id, reason=row.state.value)
        return row


def settle_windows(begin: Begin, read: Read, now: datetime) -> int:
    """Settle every sealed window that is over and take down what nobody wants; return how many cases moved."""
    with read() as session:
        sealed, too_long = due(session, SEALED, now), due(session, POSTED_TOO_LONG, now)
        unsealed = due(session, UNSEALED, now)
    for centre_id in sorted({*sealed, *too_long, *unsealed}):
        with begin() as tx:
            desk = Desk(tx, centre_id, None, now)
            settle(desk, sealed.get(centre_id, ()))
            for case_id in unsealed.get(centre_id, ()):
                _unseal(desk, case_id)
            for case_id in too_long.get(centre_id, ()):
                case = desk.case(case_id)
                if case.status is Status.POSTED:
                    unpost(desk, case, Event.EXPIRE, PostingState.EXPIRED)
                    carry_on(desk, case)
    moved = {case_id for found in (sealed, too_long, unsealed) for case_ids in found.values() for case_id in case_ids}
    return len(moved)


def _look(session: Session, centre_id: str, practitioner_id: str, now: datetime, case_id: str) -> bool:
    """Turn a hopeless claim away without a lock; return whether this one may win before the window ends."""
    posting = _open(session, centre_id, now, case_id)
    policy = load_in_force(session, centre_id).policy
    if _standing(session, posting, practitioner_id, now, policy):
        return False
    first_come = posting.sealed_until <= now
    # To know a claim's regret everyone must be looked at; to know that it may stand, the claimant is enough.
    alone = practitioner_id if first_come else None
    docket = Docket.build(load_docket(session, centre_id, [case_id], now, (Status.POSTED,), alone), policy)
    eligibility, j = eligible(docket), docket.column_of(practitioner_id)
    if not docket.n:
        # Taken since its place on the board was looked at.
        raise CaseNotOnBoardError(case_id=case_id)
    if j == NOBODY:
        raise NotEligibleError(case_id=case_id, practitioner_id=practitioner_id, rules=["listed"])
    if refusals := eligibility.why(0, j):
        codes = [refusal.code for refusal in refusals]
        raise NotEligibleError(case_id=case_id, practitioner_id=practitioner_id, rules=codes)
    return first_come or granted_at_once(docket, eligibility, 0, j)


def _open(session: Session, centre_id: str, now: datetime, case_id: str) -> PostingRow:
    posting = open_posting(session, case_id)
    if posting is None or posting.centre_id != centre_id or posting.ends_at <= now:
        raise CaseNotOnBoardError(case_id=case_id)
    return posting


def _standing(
    session: Session, posting: PostingRow, practitioner_id: str, now: datetime, policy: Policy
) -> ClaimRow | None:
    """Return the claim that stands already, or refuse one for which there is no quota."""
    bound = bounds(practitioner_id, now, policy.grab) | {"on": posting.id}
    *counted, there = fetch(session, STANDING, **bound).one()
    if there:
        return session.get(ClaimRow, there)
    counts = Counts(*counted)
    if refusal := refusal_of(counts, policy.grab):
        raise ClaimRefusedError(reason=refusal.value, **counts._asdict())
    return None


def _unseal(desk: Desk, case_id: str) -> None:
    desk.tx.session.flush()
    posting = open_posting(desk.tx.session, case_id)
    if posting is not None and posting.sealed_until <= desk.now:
        desk.note(desk.case(case_id), Mark.UNSEAL, ModeName.GRAB, {"posting_id": posting.id})


def _win(desk: Desk, row: ClaimRow) -> None:
    decision = desk.decision(ModeName.GRAB, Event.GRAB)
    seating = Seating(desk.tx, decision, desk.policy, [row.case_id], row.practitioner_id)
    if obstacles := seating.give(row.case_id, row.practitioner_id):
        raise NotEligibleError(case_id=row.case_id, practitioner_id=row.practitioner_id, rules=list(obstacles))
    seating.settle()
    row.state, row.settled_at, row.assignment_id = ClaimState.WON, desk.now, seating.given[-1].id


def _last_moment(desk: Desk, case: CaseRow) -> datetime:
    due_at = case.due_at or desk.now
    return desk.office.before(due_at, desk.policy.walk.reserve_hours)


def _own(actor: Actor) -> str:
    if actor.practitioner_id is None:
        raise NotFoundError(what="practitioner", id=None)
    return actor.practitioner_id
