"""Point selection (点援): among those the recipient named, the rank of the wish first, the score second."""

import numpy as np

from dispatch.domain.chain import MAX_WISHES
from dispatch.domain.docket.docket import Choice, Docket
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.policy.criteria import MAX_SCORE
from dispatch.modes.pool import settle


def choose(docket: Docket, eligibility: Eligibility) -> Choice:
    """Settle all wishes by one plan in which a better rank outweighs any score."""
    extra = (MAX_SCORE + 1) * np.maximum(MAX_WISHES - docket.wishes.values, 0)
    return settle(docket, eligibility, docket.wishes, extra)
