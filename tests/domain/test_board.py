"""The board: how much one practitioner may claim, and what its watchers are told of a case's history."""

import pytest

from dispatch.domain.board import Counts, Quota, happening_of, refusal_of
from dispatch.domain.policy.schema import Grab
from dispatch.domain.states import Happening
from dispatch.domain.vocabulary import Status

GRAB = Grab(window_minutes=10, open_claims=3, weekly_claims=5)


@pytest.mark.parametrize(
    ("counts", "refusal"),
    [
        (Counts(open_claims=2, used_this_week=4, given_back=0), None),
        (Counts(open_claims=3, used_this_week=4, given_back=0), Quota.OPEN_CLAIMS),
        (Counts(open_claims=3, used_this_week=5, given_back=0), Quota.WEEKLY_CLAIMS),
        (Counts(open_claims=3, used_this_week=5, given_back=1), Quota.COOL_DOWN),
    ],
)
def test_claim_is_refused_once_as_much_is_claimed_as_may_be(counts, refusal):
    assert refusal_of(counts, GRAB) is refusal


def test_claim_about_to_win_is_not_counted_against_itself():
    counts = Counts(open_claims=3, used_this_week=4, given_back=0)

    assert refusal_of(counts, GRAB, winning=True) is None
    assert refusal_of(counts._replace(used_this_week=5), GRAB, winning=True) is Quota.WEEKLY_CLAIMS


@pytest.mark.parametrize(
    ("event", "before", "after", "happening"),
    [
        ("post", Status.PENDING, Status.POSTED, Happening.POSTED),
        ("unseal", Status.POSTED, Status.POSTED, Happening.OPENED),
        ("grab", Status.POSTED, Status.ASSIGNED, Happening.TAKEN),
        ("grab", Status.POSTED, Status.POSTED, None),
        ("expire", Status.POSTED, Status.PENDING, Happening.EXPIRED),
        ("unpost", Status.POSTED, Status.PENDING, Happening.WITHDRAWN),
        ("retain", Status.POSTED, Status.RETAINED, Happening.WITHDRAWN),
        ("expire", Status.OFFERED, Status.PENDING, None),
    ],
)
def test_entry_of_the_history_is_told_as_what_it_means_for_the_board(event, before, after, happening):
    assert happening_of(event, before, after) is happening
