"""What becomes of offers, counted."""

from datetime import timedelta

from dispatch.domain.acceptance import Asked, tally
from dispatch.domain.states import GivingBack, OfferState
from tests.builders import NOW


def an_offer(state, minutes=None, reason=None):
    answered_at = None if minutes is None else NOW + timedelta(minutes=minutes)
    return Asked(state, reason, NOW, answered_at)


def test_offers_are_counted_by_what_became_of_them_and_why():
    reported = tally(
        [
            an_offer(OfferState.ACCEPTED, 10),
            an_offer(OfferState.ACCEPTED, 30),
            an_offer(OfferState.DECLINED, 20, GivingBack.BUSY),
            an_offer(OfferState.EXPIRED, 480),
            an_offer(OfferState.WITHDRAWN, 5),
            an_offer(OfferState.PENDING),
        ],
        [GivingBack.HEALTH],
    )

    assert (
        reported.made,
        reported.accepted,
        reported.declined,
        reported.expired,
        reported.withdrawn,
        reported.pending,
    ) == (6, 2, 1, 1, 1, 1)
    assert (reported.rate, reported.median_answer_s) == (0.5, 1200.0)
    assert reported.declined_because == {reason: int(reason is GivingBack.BUSY) for reason in GivingBack}
    assert (reported.abandoned, reported.abandoned_because[GivingBack.HEALTH]) == (1, 1)


def test_rate_and_time_of_nothing_are_unknown():
    reported = tally([an_offer(OfferState.WITHDRAWN, 5), an_offer(OfferState.PENDING)], [])

    assert (reported.rate, reported.median_answer_s) == (None, None)
