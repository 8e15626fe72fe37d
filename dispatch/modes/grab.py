"""Grab order (抢单): a posted case goes to a claimant; claims are the docket's wishes, in the order they came.

With a sealed window all claims are settled by one plan, score first and then the order of
claims; without one the first eligible claim wins. A claim that loses little against the best
practitioner of all is granted at once, so that a good match need not wait for the window.
"""

from datetime import datetime, timedelta

import numpy as np

from dispatch.domain.docket.docket import NOBODY, Choice, Docket
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.ledger import slot_prices
from dispatch.domain.policy.schema import Policy
from dispatch.modes.places import Places
from dispatch.modes.pool import settle
from dispatch.modes.scores import score

MAX_CLAIMS_KEPT_APART = 100
"""A place in the order of claims is worth one point in a million of score; later ones count as equally late."""


def choose(docket: Docket, eligibility: Eligibility) -> Choice:
    """Give each row to a claimant: by the sealed window of the policy, or to the first who may take it."""
    if docket.policy.grab.window_minutes == 0:
        return Places(docket, eligibility).first_named(docket.wishes)
    earliness = np.maximum(MAX_CLAIMS_KEPT_APART - docket.wishes.values, 0)
    return settle(docket, eligibility, docket.wishes, earliness)


def winners(docket: Docket, eligibility: Eligibility) -> list[tuple[str, str]]:
    """Return whose claim on which case wins, (practitioner, case) by id, the most urgent seat first."""
    choice = choose(docket, eligibility)
    return [
        (docket.practitioner_at(int(choice[i])).id, docket.case_at(i).id)
        for i in docket.by_urgency.tolist()
        if choice[i] != NOBODY
    ]


def sealed_until(now: datetime, ends_at: datetime, policy: Policy) -> datetime:
    """Return when the sealed window of a case posted now ends."""
    return min(now + timedelta(minutes=policy.grab.window_minutes), ends_at)


def regret(docket: Docket, eligibility: Eligibility, i: int, j: int) -> int:
    """Return what row `i` alone would lose, in points, if `j` took it instead of the best eligible practitioner."""
    points = np.sum(list(score(docket).row(i).values()), axis=0)
    worth = points - slot_prices(docket.practitioner, docket.policy.fairness, 1)[:, 0]
    passes = eligibility.row(i)
    return int(worth[passes].max(initial=int(worth[j])) - worth[j])


def granted_at_once(docket: Docket, eligibility: Eligibility, i: int, j: int) -> bool:
    """Tell whether the claim of `j` on row `i` need not wait for the window to end."""
    if not eligibility.row(i)[j]:
        return False
    window = docket.policy.grab.window_minutes
    return window == 0 or regret(docket, eligibility, i, j) <= docket.policy.grab.epsilon
