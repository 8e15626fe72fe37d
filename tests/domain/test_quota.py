"""How much one practitioner may claim: the first reason that stands is told."""

import pytest

from dispatch.domain.policy import Grab
from dispatch.domain.quota import Counts, Quota, refusal_of

GRAB = Grab(window_minutes=10, open_claims=3, weekly_claims=5)


@pytest.mark.parametrize(
    ("counts", "refusal"),
    [
        (Counts(open_claims=2, won_this_week=4, given_back=0), None),
        (Counts(open_claims=3, won_this_week=4, given_back=0), Quota.OPEN_CLAIMS),
        (Counts(open_claims=3, won_this_week=5, given_back=0), Quota.WEEKLY_CLAIMS),
        (Counts(open_claims=3, won_this_week=5, given_back=1), Quota.COOL_DOWN),
    ],
)
def test_claim_is_refused_once_as_much_is_claimed_as_may_be(counts, refusal):
    assert refusal_of(counts, GRAB) is refusal


def test_claim_about_to_win_is_not_counted_against_itself():
    counts = Counts(open_claims=3, won_this_week=4, given_back=0)

    assert refusal_of(counts, GRAB, winning=True) is None
    assert refusal_of(counts._replace(won_this_week=5), GRAB, winning=True) is Quota.WEEKLY_CLAIMS
