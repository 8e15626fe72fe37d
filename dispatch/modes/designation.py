"""Designation (人工指派): the practitioner an officer named, if every hard rule allows it; a reason is required."""

from dispatch.domain.docket.docket import Choice, Docket
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.modes.places import Places


def choose(docket: Docket, eligibility: Eligibility) -> Choice:
    """Give each row to the first person named for it who may take it."""
    return Places(docket, eligibility).first_named(docket.wishes)
