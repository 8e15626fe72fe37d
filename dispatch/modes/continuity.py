"""Continuity (一援到底): counsel of an earlier stage follows the matter, if still eligible."""

from dispatch.domain.docket.docket import Choice, Docket
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.modes.places import Places


def choose(docket: Docket, eligibility: Eligibility) -> Choice:
    """Give each row to the first counsel of an earlier stage who may take it."""
    return Places(docket, eligibility).first_named(docket.counsel)
