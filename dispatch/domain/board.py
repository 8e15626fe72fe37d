"""The board: what its watchers see of a case, and how much one practitioner may claim from it."""

from datetime import timedelta
from typing import NamedTuple

from dispatch.domain.chain import Mark
from dispatch.domain.lifecycle import Event
from dispatch.domain.policy.schema import Grab
from dispatch.domain.states import ClaimState, Happening
from dispatch.domain.vocabulary import Status, Term

WEEK = timedelta(days=7)

USED = (ClaimState.WON, ClaimState.ABANDONED, ClaimState.WITHDRAWN)
"""Claims that count in the quota of the week; one that another claimant won does not."""


# fmt: off
class Quota(Term):
    """Why the board takes no claim of someone for now."""

    OPEN_CLAIMS   = "open_claims",   "待确定的抢单已达上限，请待其确定后再抢", "as many claims are open as may be"
    WEEKLY_CLAIMS = "weekly_claims", "本周抢单（含撤回）已达上限", "too many claims won or taken back this week"
    COOL_DOWN     = "cool_down",     "抢单后退回或者不接受，暂停抢单期未满", "a case was given back or declined"
# fmt: on


class Counts(NamedTuple):
    """What counts against one practitioner's next claim."""

    open_claims: int
    used_this_week: int
    """Claims won, and those taken back: a look at the board is free, a claim is not."""
    given_back: int


def refusal_of(counts: Counts, grab: Grab, *, winning: bool = False) -> Quota | None:
    """Return why the practitioner may not claim; one whose claim is about to win already holds it open."""
    if counts.given_back:
        return Quota.COOL_DOWN
    if counts.used_this_week >= grab.weekly_claims:
        return Quota.WEEKLY_CLAIMS
    if counts.open_claims >= grab.open_claims and not winning:
        return Quota.OPEN_CLAIMS
    return None


# fmt: off
STAYS: dict[str, Happening] = {
    # entry that leaves the case on the board
    Event.POST:   Happening.POSTED,
    Mark.UNSEAL:  Happening.OPENED,
}
LEAVES: dict[str, Happening] = {
    # entry that takes it off; any other, such as the recipient's own counsel, withdraws it
    Event.GRAB:   Happening.TAKEN,
    Event.EXPIRE: Happening.EXPIRED,
}
# fmt: on


def happening_of(event: str, before: Status | None, after: Status) -> Happening | None:
    """Return what watchers of the board receive for an entry, or None."""
    if after is Status.POSTED:
        return STAYS.get(event)
    return LEAVES.get(event, Happening.WITHDRAWN) if before is Status.POSTED else None
