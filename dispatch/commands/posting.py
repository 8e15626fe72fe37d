"""Putting a case on the board, settling sealed windows, and taking it off again, inside a decision."""

from collections.abc import Sequence
from datetime import datetime

from dispatch.commands.assign import Seating
from dispatch.commands.desk import Desk
from dispatch.commands.quotas import over_quota
from dispatch.domain.chain import guarded
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.errors import NotForBoardError
from dispatch.domain.lifecycle import Event
from dispatch.domain.states import ClaimState, PostingState
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.modes.grab import sealed_until, winners, with_claims
from dispatch.registry.docket import load_docket
from dispatch.registry.offers import leave_board, open_claims
from dispatch.registry.tables import CaseRow, ClaimRow, PlanRow, PostingRow


def post(desk: Desk, case: CaseRow, ends_at: datetime, plan: PlanRow | None = None) -> PostingRow:
    """Put the case on the board; one that must stay out of an open hall is refused."""
    if guarded(case):
        raise NotForBoardError(case_id=case.id)
    posting = desk.tx.add(
        PostingRow(
            centre_id=case.centre_id,
            case_id=case.id,
            plan_id=plan.id if plan else None,
            state=PostingState.OPEN,
            posted_by=desk.user_id,
            posted_at=desk.now,
            sealed_until=sealed_until(desk.now, ends_at, desk.policy),
            ends_at=ends_at,
        )
    )
    desk.advance(case, Event.POST, ModeName.GRAB, {"posting_id": posting.id, "ends_at": ends_at.isoformat()})
    desk.tx.session.flush()
    return posting


def settle(desk: Desk, case_ids: Sequence[str]) -> int:
    """Settle the sealed windows of these cases by one solve among the claimants; return how many seats were given."""
    claims = {case_id: list(open_claims(desk.tx.session, case_id)) for case_id in case_ids}
    named = [case_id for case_id, of_case in claims.items() if of_case]
    if not named:
        return 0
    docket = _with_claims(desk, named, claims)
    seating = Seating(desk.tx, desk.decision(ModeName.GRAB, Event.GRAB), desk.policy, named)
    for winner, case_id in winners(docket, eligible(docket)):
        claim = next(claim for claim in claims[case_id] if claim.practitioner_id == winner)
        if obstacles := _give(desk, seating, claim):
            lose(desk, claim, ",".join(obstacles))
    for claim in (claim for of_case in claims.values() for claim in of_case):
        if claim.state is ClaimState.OPEN:
            lose(desk, claim, _why_not(docket, claim))
    seating.settle()
    return len(seating.given)


def lose(desk: Desk, claim: ClaimRow, reason: str) -> None:
    """End a claim that did not win, with the reason its claimant is told."""
    claim.state, claim.reason, claim.settled_at = ClaimState.LOST, reason[:80], desk.now


def unpost(desk: Desk, case: CaseRow, event: Event, became: PostingState) -> None:
    """Take the case off the board and back to the queue."""
    leave_board(desk.tx, case.id, became, desk.now)
    desk.advance(case, event, ModeName.GRAB)


def _give(desk: Desk, seating: Seating, claim: ClaimRow) -> tuple[str, ...]:
    """Let the claim win, unless a rule, a cap or the quota says no; return what does."""
    if obstacle := over_quota(desk, claim.practitioner_id):
        return (obstacle.value,)
    # Said before the seat is given: what is still open when the last seat is taken is lost.
    claim.state, claim.settled_at = ClaimState.WON, desk.now
    if obstacles := seating.give(claim.case_id, claim.practitioner_id):
        claim.state, claim.settled_at = ClaimState.OPEN, None
        return obstacles
    desk.tx.session.flush()
    claim.assignment_id = seating.given[-1].id
    return ()


def _with_claims(desk: Desk, case_ids: Sequence[str], claims: dict[str, list[ClaimRow]]) -> Docket:
    desk.tx.session.flush()
    facts = load_docket(desk.tx.session, desk.centre_id, case_ids, desk.now, (Status.POSTED,))
    claimants = {case_id: [claim.practitioner_id for claim in of_case] for case_id, of_case in claims.items()}
    return Docket.build(with_claims(facts, claimants), desk.policy)


def _why_not(docket: Docket, claim: ClaimRow) -> str:
    j = docket.column_of(claim.practitioner_id)
    i = next((i for i in range(docket.n) if docket.case_at(i).id == claim.case_id), None)
    if i is None or j == NOBODY:
        return "not_listed"
    refusals = eligible(docket).why(i, j)
    return ",".join(refusal.code for refusal in refusals) or "taken"
