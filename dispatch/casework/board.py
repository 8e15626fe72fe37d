"""The board: a case is posted, claimed, its sealed window settled, and taken off again, inside a decision."""

from collections.abc import Sequence
from datetime import datetime

from dispatch.casework.assignment import Seating, in_mode
from dispatch.casework.host import Host
from dispatch.casework.records import Case, Claim, Plan, Posting, Records
from dispatch.domain.board import refusal_of
from dispatch.domain.chain import Mark, guarded
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.rules import as_facts
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.errors import CaseNotOnBoardError, ClaimRefusedError, NotEligibleError, NotForBoardError
from dispatch.domain.lifecycle import Event
from dispatch.domain.states import ClaimState, PostingState
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.modes.grab import granted_at_once, sealed_until, winners


def post(host: Host, case: Case, ends_at: datetime, plan: Plan | None = None) -> None:
    """Put the case on the board; one that must stay out of the board is refused."""
    if guarded(case):
        raise NotForBoardError(case_id=case.id)
    posting = host.add_posting(case, sealed_until(host.now, ends_at, host.policy), ends_at, plan)
    facts: dict[str, object] = {"posting_id": posting.id, "ends_at": ends_at.isoformat()}
    host.advance(case, Event.POST, ModeName.GRAB, facts)


def unpost(host: Host, case: Case, event: Event, became: PostingState) -> None:
    """Take the case off the board and back to the queue."""
    host.leave_board(case.id, became)
    host.advance(case, event, ModeName.GRAB)


def unseal(host: Host, case_id: str) -> None:
    """Write down that a sealed window is over and the case is still to be had."""
    posting = host.open_posting(case_id)
    if posting is not None and posting.sealed_until <= host.now:
        host.note(host.case(case_id), Mark.UNSEAL, ModeName.GRAB, {"posting_id": posting.id})


def look(records: Records, practitioner_id: str, case_id: str) -> str | None:
    """
    Return the posting on which a claim made now may win before its sealed window ends, if any; nothing is written.

    Raises
    ------
    CaseNotOnBoardError, ClaimRefusedError, NotEligibleError
        If the claim is hopeless.
    """
    posting = find_open(records, practitioner_id, case_id)
    return look_closer(records, practitioner_id, posting) if posting else None


def find_open(records: Records, practitioner_id: str, case_id: str) -> Posting | None:
    """
    Return the case's place on the board, or nothing where the person has a claim on it already.

    Raises
    ------
    CaseNotOnBoardError, ClaimRefusedError
        If it has none, or the person no quota left.
    """
    posting = _open(records, case_id)
    return None if _kept_claim(records, practitioner_id, posting) else posting


def look_closer(records: Records, practitioner_id: str, posting: Posting) -> str | None:
    """
    Return this posting if a claim on it may win before the sealed window ends, by what the rules and caps say.

    Raises
    ------
    CaseNotOnBoardError, NotEligibleError
        If a rule or a cap forbids it.
    """
    case_id, first_come = posting.case_id, posting.sealed_until <= records.now
    # To know a claim's regret everyone must be looked at; to know that it is allowed, the claimant is enough.
    docket, eligibility = records.docket([case_id], Status.POSTED, alone=practitioner_id if first_come else None)
    j = docket.column_of(practitioner_id)
    if not docket.n:
        # Taken since its place on the board was looked at.
        raise CaseNotOnBoardError(case_id=case_id)
    if j == NOBODY:
        raise NotEligibleError(case_id=case_id, practitioner_id=practitioner_id, rules=["listed"])
    if refusals := eligibility.why(0, j):
        raise NotEligibleError(case_id=case_id, practitioner_id=practitioner_id, **as_facts(refusals))
    return posting.id if first_come or granted_at_once(docket, eligibility, 0, j) else None


def claim(host: Host, practitioner_id: str, case_id: str, *, at_once: str | None) -> Claim:
    """Claim a posted case: it is won, at once on this posting, or kept until the sealed window ends. Idempotent."""
    posting = _open(host, case_id)
    if kept := _kept_claim(host, practitioner_id, posting):
        return kept
    made = host.new_claim(posting, practitioner_id)
    if posting.id == at_once or posting.sealed_until <= host.now:
        _win_at_once(host, made)
    host.keep_claim(made)
    return made


def resolve_windows(host: Host, case_ids: Sequence[str]) -> int:
    """Settle the sealed windows of these cases by one solve among the claimants; return how many seats were given."""
    claims = {case_id: list(host.open_claims(case_id)) for case_id in case_ids}
    named = [case_id for case_id, of_case in claims.items() if of_case]
    if not named:
        return 0
    seating = Seating(host, in_mode(ModeName.GRAB), named)
    claimants = {case_id: [claim.practitioner_id for claim in of_case] for case_id, of_case in claims.items()}
    for winner, case_id in winners(seating.docket.naming(claimants), seating.eligibility):
        claim = next(claim for claim in claims[case_id] if claim.practitioner_id == winner)
        if obstacles := _win(host, seating, claim):
            host.lose_claim(claim, ",".join(obstacles))
    for claim in (claim for of_case in claims.values() for claim in of_case):
        if claim.state is ClaimState.OPEN:
            host.lose_claim(claim, _why_not(seating.docket, seating.eligibility, claim))
    seating.resolve()
    return len(seating.given)


def _open(records: Records, case_id: str) -> Posting:
    posting = records.open_posting(case_id)
    if posting is None or posting.ends_at <= records.now:
        raise CaseNotOnBoardError(case_id=case_id)
    return posting


def _kept_claim(records: Records, practitioner_id: str, posting: Posting) -> Claim | None:
    """Return the claim that was made already, or refuse one for which there is no quota."""
    kept, counts = records.claims_of(practitioner_id, posting)
    if kept is None and (refusal := refusal_of(counts, records.policy.grab)):
        raise ClaimRefusedError(reason=refusal.value, **counts._asdict())
    return kept


def _win_at_once(host: Host, made: Claim) -> None:
    case_id, practitioner_id = made.case_id, made.practitioner_id
    seating = Seating(host, in_mode(ModeName.GRAB), [case_id], practitioner_id)
    if obstacles := seating.give(case_id, practitioner_id):
        raise NotEligibleError(case_id=case_id, practitioner_id=practitioner_id, rules=list(obstacles))
    seating.resolve()
    host.win_claim(made, seating.given[-1])


def _win(host: Host, seating: Seating, claim: Claim) -> tuple[str, ...]:
    """Let the claim win, unless a rule, a cap or the quota says no; return what does."""
    if obstacle := refusal_of(host.count_claims(claim.practitioner_id), host.policy.grab, winning=True):
        return (obstacle.value,)
    if obstacles := seating.give(claim.case_id, claim.practitioner_id):
        return obstacles
    host.win_claim(claim, seating.given[-1])
    return ()


def _why_not(docket: Docket, eligibility: Eligibility, claim: Claim) -> str:
    j = docket.column_of(claim.practitioner_id)
    i = next((i for i in range(docket.n) if docket.case_at(i).id == claim.case_id), None)
    if i is None or j == NOBODY:
        return "not_listed"
    refusals = eligibility.why(i, j)
    return ",".join(refusal.code for refusal in refusals) or "taken"
