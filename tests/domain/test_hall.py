"""What the live hall is told of an entry in a case's history."""

import pytest

from dispatch.domain.hall import happening_of
from dispatch.domain.states import Happening
from dispatch.domain.vocabulary import Status


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
