"""Whom recipients wish for: people of their area who know the matter, a few names far more often than others."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dispatch.domain.vocabulary import Matter, PractitionerKind
from dispatch.simulation.sample.records import SampleCase, SamplePractitioner

STRAY = 0.05
"""Part of the wishes that go to people who do no legal aid."""

ELSEWHERE, UNVERSED, NO_LAWYER = 0.05, 0.05, 0.05
"""How likely, beside someone fit, a person of another area, another field, or without a licence to defend is named."""

WISHING, WISHING_DETAINED = 0.55, 0.15
"""Who is detained cannot browse a list."""

Weights = NDArray[np.float64]


class Ballot(NamedTuple):
    """Whom one may wish for, how well known they are, and what they do."""

    listed: Sequence[str]
    others: Sequence[str]
    fame: Weights
    lawyer: Weights
    areas: dict[str, Weights]
    causes: dict[str, Weights]

    def weights(self, case: SampleCase) -> Weights:
        """Return how likely each listed one is named in this case, (m,)."""
        fit = self.fame * self.areas.get(case.area or "", ELSEWHERE) * self.causes.get(case.cause, UNVERSED)
        return fit * self.lawyer if case.matter is Matter.CRIMINAL or case.minor else fit


def make_ballot(draw: Generator, practitioners: Sequence[SamplePractitioner]) -> Ballot:
    """Return the ballot of a register."""
    listed = [row for row in practitioners if row.listed]
    return Ballot(
        listed=[row.code for row in listed],
        others=[row.code for row in practitioners if not row.listed],
        fame=draw.pareto(2.5, len(listed)) + 0.1,
        lawyer=np.array([1.0 if row.kind is PractitionerKind.LAWYER else NO_LAWYER for row in listed]),
        areas=_memberships([dict.fromkeys(row.areas or (), 1.0) for row in listed], ELSEWHERE),
        causes=_memberships([_known_for(row.specialties or {}) for row in listed], UNVERSED),
    )


def with_wishes(draw: Generator, case: SampleCase, ballot: Ballot) -> SampleCase:
    """Return the case with up to three wishes, or with none."""
    if not ballot.listed or draw.random() > (WISHING_DETAINED if case.detained else WISHING):
        return case
    steps = np.cumsum(ballot.weights(case))
    drawn = np.searchsorted(steps, draw.random(int(draw.integers(1, 4))) * steps[-1], side="right")
    codes = [ballot.listed[k] for k in drawn]
    if ballot.others and draw.random() < STRAY:
        codes[0] = ballot.others[int(draw.integers(len(ballot.others)))]
    return replace(case, wishes=tuple(dict.fromkeys(codes)))


def _known_for(specialties: Mapping[str, int]) -> dict[str, float]:
    return {cause: (level / 100) ** 2 for cause, level in specialties.items()}


def _memberships(sets: Sequence[Mapping[str, float]], outside: float) -> dict[str, Weights]:
    found: dict[str, Weights] = {}
    for j, members in enumerate(sets):
        for member, weight in members.items():
            found.setdefault(member, np.full(len(sets), outside))[j] = weight
    return found
