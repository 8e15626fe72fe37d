"""A sample city from a seed: its institutions, its practitioners and its queue.

The same seed and instant give the same city on every machine. Nobody in it exists: the counties
are real, the people and institutions carry names nobody has.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from dispatch.domain.policy.causes import Cause
from dispatch.simulation.sample.cases import draw_needs, make_cases
from dispatch.simulation.sample.institutions import make_institutions
from dispatch.simulation.sample.places import SHANGQIU, Place
from dispatch.simulation.sample.practitioners import make_practitioners
from dispatch.simulation.sample.records import City
from dispatch.simulation.sample.relations import tie_cases
from dispatch.simulation.sample.wishes import make_ballot, with_wishes


class Size(NamedTuple):
    """How large a sample is, and how much of its queue is criminal."""

    cases: int
    practitioners: int
    active: int
    criminal_share: float = 0.45


# fmt: off
COUNTY   = Size(cases=30,    practitioners=100,    active=60)
CITY     = Size(cases=300,   practitioners=1_500,  active=300)
PROVINCE = Size(cases=4_000, practitioners=35_000, active=8_000)
# fmt: on


def make_city(
    seed: int, now: datetime, causes: Sequence[Cause], size: Size = CITY, places: Sequence[Place] = SHANGQIU
) -> City:
    """Return the city of this seed at ``now``."""
    if not 0 <= size.active <= size.practitioners:
        raise ValueError("a city cannot have more active practitioners than practitioners")
    for_institutions, for_practitioners, for_cases, for_ties, for_wishes = (
        np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(5)
    )
    institutions = make_institutions(for_institutions, places, size.practitioners)
    practitioners = make_practitioners(for_practitioners, now.date(), institutions, places, causes, size.active)
    needs = draw_needs(for_cases, size.cases, size.criminal_share, places, causes)
    cases = tie_cases(for_ties, make_cases(for_cases, now, needs))
    ballot = make_ballot(for_wishes, practitioners)
    return City(
        places=tuple(places),
        institutions=institutions,
        practitioners=practitioners,
        cases=tuple(with_wishes(for_wishes, case, ballot) for case in cases),
    )
