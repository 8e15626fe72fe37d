"""Point selection (点援): among those the recipient named, the rank of the wish first, the score second."""

import numpy as np

from dispatch.domain.docket.docket import Choice, Docket
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.policy.criteria import MOST_SCORE
from dispatch.modes.encode import decode, encode_pool
from optimizer import solve

MOST_WISHES = 3
"""Wishes beyond the third are not heard: their extra would leave the range of exact scores."""


def choose(docket: Docket, eligibility: Eligibility) -> Choice:
    """Settle all wishes by one solve in which a better rank outweighs any score."""
    extra = (MOST_SCORE + 1) * np.maximum(MOST_WISHES - docket.wishes.values, 0)
    problem = encode_pool(docket, eligibility, docket.wishes, extra)
    return decode(docket, solve(problem, seed=docket.seed))
