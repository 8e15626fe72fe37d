"""Rotation (轮流指派): the eligible practitioner who has had fewest turns, and then waited longest, is next."""

import numpy as np

from dispatch.domain.columns import Integers
from dispatch.domain.docket import Choice, Docket
from dispatch.domain.verdicts import Eligibility
from dispatch.modes.places import Places


def queue_of(docket: Docket) -> Integers:
    """Return the columns in the order of the rotation: turns in the ledger, waiting time, then the hash of the id."""
    practitioner = docket.practitioner
    return np.lexsort((docket.practitioner_key, practitioner.waiting_since[0], practitioner.turns[0]))


def choose(docket: Docket, eligibility: Eligibility) -> Choice:
    """Serve rows by urgency, each by the first in the queue who may take it; whoever is served goes to the back."""
    places = Places(docket, eligibility)
    queue = queue_of(docket).tolist()
    for i in docket.by_urgency.tolist():
        free = places.free(i)
        if (j := next((j for j in queue if free[j]), None)) is not None:
            places.take(i, j)
            queue.append(queue.pop(queue.index(j)))
    return places.choice
