"""The board: cases are posted, claimed by those who may and want to, and settled when the window ends."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from dispatch.domain.board import WEEK, Counts, refusal_of
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.lifecycle import Event
from dispatch.domain.states import ClaimState
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.modes.grab import granted_at_once, sealed_until, winners
from dispatch.modes.seating import Seats
from dispatch.simulation.replay.agenda import What
from dispatch.simulation.replay.centre import Centre
from dispatch.simulation.replay.files import Claim, File, Posting


def post(centre: Centre, file: File, ends_at: datetime, docket: Docket, eligibility: Eligibility) -> None:
    """Put the case on the board, where those who may take it see it."""
    posting = file.posting = Posting(sealed_until(centre.now, ends_at, centre.policy), ends_at)
    centre.advance(file, Event.POST)
    centre.agenda.wake(posting.sealed_until)
    seen = [docket.practitioner_at(j).id for j in np.flatnonzero(eligibility.row(0)).tolist()]
    for id, after_hours in centre.behaviour.claims(file.case.id, seen):
        at = centre.office.after(centre.now, after_hours)
        if at < ends_at:
            centre.agenda.put(at, What.CLAIM, file, posting, id)


def claim(centre: Centre, file: File, posting: Posting, practitioner_id: str) -> None:
    """Claim a posted case: it is won at once, kept until the sealed window ends, or refused."""
    if file.posting is not posting or posting.ends_at <= centre.now:
        return
    centre.note("claim", file.case.id, practitioner_id)
    grab = centre.policy.grab
    at_once = _at_once(centre, file, posting, practitioner_id)
    if at_once is None or refusal_of(counts(centre, practitioner_id), grab):
        centre.tally.refused += 1
        return
    made = Claim(practitioner_id, centre.now)
    posting.claims.append(made)
    centre.claims.setdefault(practitioner_id, []).append(made)
    if at_once and _win(centre, file, Seats(*centre.docket([file.case.id], Status.POSTED)), made):
        # Refused under the lock: the claim is undone with everything else.
        posting.claims.remove(made)
        centre.claims[practitioner_id].remove(made)
        centre.tally.refused += 1
    elif not at_once:
        centre.agenda.wake(posting.sealed_until)


def settle(centre: Centre, files: Sequence[File]) -> None:
    """Settle the sealed windows of these cases by one solve among the claimants."""
    claims = {file.case.id: file.posting.open_claims() for file in files if file.posting}
    named = [case_id for case_id, made in claims.items() if made]
    if not named:
        return
    facts = centre.facts(named, (Status.POSTED,))
    claimants = {id: [each.practitioner_id for each in made] for id, made in claims.items()}
    docket, eligibility = centre.judged(facts)
    seats = Seats(docket, eligibility)
    for winner, case_id in winners(docket.naming(claimants), eligibility):
        made = next(each for each in claims[case_id] if each.practitioner_id == winner)
        if _win(centre, centre.files[case_id], seats, made):
            _lose(centre, made)
    for made in (each for of_case in claims.values() for each in of_case):
        if made.state is ClaimState.OPEN:
            _lose(centre, made)


def counts(centre: Centre, practitioner_id: str) -> Counts:
    """Return what counts against the practitioner's next claim."""
    made, now = centre.claims.get(practitioner_id, ()), centre.now
    cooling_since = now - timedelta(hours=centre.policy.grab.cool_down_hours)
    won = (ClaimState.WON, ClaimState.ABANDONED)
    return Counts(
        open_claims=sum(each.state is ClaimState.OPEN for each in made),
        won_this_week=sum(
            each.state in won and each.settled_at is not None and each.settled_at > now - WEEK for each in made
        ),
        given_back=sum(at > cooling_since for at in centre.given_back.get(practitioner_id, ())),
    )


def _at_once(centre: Centre, file: File, posting: Posting, practitioner_id: str) -> bool | None:
    """Tell whether a claim may win before the window ends; None if a rule stands against it."""
    docket, eligibility = centre.docket([file.case.id], Status.POSTED)
    j = docket.column_of(practitioner_id)
    if not docket.n or j == NOBODY or not eligibility.row(0)[j]:
        return None
    return posting.sealed_until <= centre.now or granted_at_once(docket, eligibility, 0, j)


def _win(centre: Centre, file: File, seats: Seats, made: Claim) -> bool:
    """Let the claim win; return whether a rule, a cap or the quota stands against it."""
    if refusal_of(counts(centre, made.practitioner_id), centre.policy.grab, winning=True):
        return True
    made.state, made.settled_at = ClaimState.WON, centre.now
    if centre.give(seats, file.case.id, made.practitioner_id, ModeName.GRAB, Event.GRAB):
        made.state, made.settled_at = ClaimState.OPEN, None
        return True
    file.assignments[-1].claim = made
    return False


def _lose(centre: Centre, made: Claim) -> None:
    made.state, made.settled_at = ClaimState.LOST, centre.now
