"""The board: what its watchers see of a case, and how much one practitioner may claim from it."""

from datetime import timedelta
from typing import NamedTuple

from dispatch.domain.chain import Mark
from dispatch.domain.lifecycle import Event
from dispatch.domain.policy.schema import Grab
from dispatch.domain.states import Happening
from dispatch.domain.vocabulary import Status, Term

WEEK = timedelta(days=7)


# fmt: off
class Quota(Term):
    """Why the board takes no claim of someone for now."""

    OPEN_CLAIMS   = "open_claims",   "待确定的抢单已达上限，请待其确定后再抢", "as many claims are open as may be"
    WEEKLY_CLAIMS = "weekly_claims", "本周抢单已达上限，请下周再抢", "as many cases were won this week as may be"
    COOL_DOWN     = "cool_down",     "退回案件后暂停抢单期未满", "a case was given back a short time ago"
# fmt: on


class Counts(NamedTuple):
    """What counts against one practitioner's next claim."""

    open_claims: int
    won_this_week: int
    given_back: int


def refusal_of(counts: Counts, grab: Grab, *, winning: bool = False) -> Quota | None:
    """Return why the practitioner may not claim; one whose claim is about to win already holds it open."""
    if counts.given_back:
        return Quota.COOL_DOWN
    if counts.won_this_week >= grab.weekly_claims:
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
