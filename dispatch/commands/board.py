"""The board: cases anyone eligible may claim. Hopeless claims are turned away before the lock, the rest under it."""

from datetime import datetime

from sqlmodel import col, select

from dispatch.casework import board
from dispatch.casework.chain import end_posting, skip_step
from dispatch.domain.chain import Because
from dispatch.domain.errors import CaseNotOnBoardError, ClaimRefusedError, InvalidFieldError, NotFoundError
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import ClaimState, PostingState
from dispatch.domain.vocabulary import Status
from dispatch.registry.host import RegisterHost
from dispatch.registry.offers import POSTED_TOO_LONG, SEALED, UNSEALED, due
from dispatch.registry.records import RegisterRecords
from dispatch.registry.tables import CaseRow, ClaimRow, PostingRow
from dispatch.registry.transaction import Begin, Read

TOO_LATE = "given, and later than now: what is left until the deadline is kept for the steps after the board"


def post_case(begin: Begin, actor: Actor, now: datetime, case_id: str, ends_at: datetime | None = None) -> PostingRow:
    """Put a waiting case on the board; one that is there already stays as it is."""
    require(actor, Verb.POST_CASE)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        case = host.case(case_id)
        if host.open_posting(case_id) is None:
            until = ends_at or _last_moment(host, case)
            if until <= now:
                expected = "later than now" if ends_at else TOO_LATE
                raise InvalidFieldError(field="ends_at", value=until.isoformat(), expected=expected)
            board.post(host, case, until)
        posting = host.open_posting(case_id)
        assert posting is not None
        return posting


def take_off(begin: Begin, actor: Actor, now: datetime, case_id: str) -> CaseRow:
    """Take a case off the board; its chain, if it is on one, goes on at once."""
    require(actor, Verb.POST_CASE)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        case = host.case(case_id)
        if case.status is not Status.POSTED:
            raise CaseNotOnBoardError(case_id=case_id, status=case.status.value)
        board.unpost(host, case, Event.UNPOST, PostingState.CLOSED)
        skip_step(host, case, Because.TAKEN_OFF)
        return case


def claim(begin: Begin, read: Read, actor: Actor, now: datetime, case_id: str) -> ClaimRow:
    """Claim a posted case. It is won at once, or kept until the sealed window ends; again is the same claim."""
    require(actor, Verb.CLAIM)
    practitioner_id = _own(actor)
    with read() as session:
        at_once = board.look(RegisterRecords(session, actor.centre_id, now), practitioner_id, case_id)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        made = board.claim(host, practitioner_id, case_id, at_once=at_once)
        assert isinstance(made, ClaimRow)
        return made


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
            host = RegisterHost(tx, centre_id, None, now)
            board.settle_windows(host, sealed.get(centre_id, ()))
            for case_id in unsealed.get(centre_id, ()):
                board.unseal(host, case_id)
            for case_id in too_long.get(centre_id, ()):
                end_posting(host, case_id)
    moved = {case_id for found in (sealed, too_long, unsealed) for case_ids in found.values() for case_id in case_ids}
    return len(moved)


def _last_moment(host: RegisterHost, case: CaseRow) -> datetime:
    return host.office.before(case.due_at or host.now, host.policy.walk.reserve_hours)


def _own(actor: Actor) -> str:
    if actor.practitioner_id is None:
        raise NotFoundError(what="practitioner", id=None)
    return actor.practitioner_id
