"""How practitioners answer: offers made, taken, declined and by which reason, left unanswered, and given back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import median
from typing import NamedTuple

from dispatch.domain.states import GivingBack, OfferState

ANSWERED = (OfferState.ACCEPTED, OfferState.DECLINED)
DECIDED = (*ANSWERED, OfferState.EXPIRED)
DIGITS = 4


class Asked(NamedTuple):
    """An offer, as far as it counts."""

    state: OfferState
    reason: GivingBack | None
    offered_at: datetime
    answered_at: datetime | None


class Acceptance(NamedTuple):
    """
    What became of some offers.

    ``rate`` is the portion accepted of those accepted, declined or left to expire; None while there are none.
    ``median_answer_s`` counts only what was answered, in seconds. Every reason has its count.
    """

    made: int
    accepted: int
    declined: int
    expired: int
    withdrawn: int
    pending: int
    rate: float | None
    median_answer_s: float | None
    declined_because: dict[GivingBack, int]
    abandoned: int
    abandoned_because: dict[GivingBack, int]


def tally(offers: Sequence[Asked], given_back: Iterable[GivingBack]) -> Acceptance:
    """Return what became of some offers, and of the cases given back after they were accepted."""
    states = Counter(offer.state for offer in offers)
    decided = sum(states[state] for state in DECIDED)
    waited = [
        (offer.answered_at - offer.offered_at).total_seconds()
        for offer in offers
        if offer.state in ANSWERED and offer.answered_at is not None
    ]
    declined = Counter(offer.reason for offer in offers if offer.state is OfferState.DECLINED)
    abandoned = Counter(given_back)
    return Acceptance(
        made=len(offers),
        accepted=states[OfferState.ACCEPTED],
        declined=states[OfferState.DECLINED],
        expired=states[OfferState.EXPIRED],
        withdrawn=states[OfferState.WITHDRAWN],
        pending=states[OfferState.PENDING],
        rate=round(states[OfferState.ACCEPTED] / decided, DIGITS) if decided else None,
        median_answer_s=median(waited) if waited else None,
        declined_because={reason: declined[reason] for reason in GivingBack},
        abandoned=abandoned.total(),
        abandoned_because={reason: abandoned[reason] for reason in GivingBack},
    )
