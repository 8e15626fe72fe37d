"""Cases drawn for a real register: from the areas it has and the causes it serves there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from dispatch.domain.policy.causes import Cause
from dispatch.domain.vocabulary import Category
from dispatch.simulation.sample.cases import CaseSubject, make_cases
from dispatch.simulation.sample.places import Place
from dispatch.simulation.sample.records import SampleCase


class Office(NamedTuple):
    """Someone of a register who takes cases. None is a cell it leaves empty."""

    code: str
    area: str | None
    causes: frozenset[str] | None
    latitude: float | None
    longitude: float | None

    @property
    def located(self) -> bool:
        """Whether the register says where the office is."""
        return self.latitude is not None


def make_register_cases(
    seed: int, now: datetime, offices: Sequence[Office], places: Sequence[Place], causes: Sequence[Cause], size: int
) -> tuple[SampleCase, ...]:
    """Return a queue that is spread over areas and causes as the offices are."""
    draw = np.random.default_rng(seed)
    return tuple(map(answerable, make_cases(draw, now, draw_needs(draw, offices, places, causes, size))))


def draw_needs(
    draw: Generator, offices: Sequence[Office], places: Sequence[Place], causes: Sequence[Cause], size: int
) -> list[CaseSubject]:
    """Return needs, each for a cause that some office of the area is known to serve."""
    place_of, cause_of = {place.code: place for place in places}, {cause.code: cause for cause in causes}
    known = [office for office in offices if office.causes and office.area in place_of]
    if not known:
        raise ValueError("no office of the register has both an area and a cause")
    drawn = [known[k] for k in draw.integers(0, len(known), size)]
    return [
        CaseSubject(
            cause_of[sorted(office.causes or ())[int(draw.integers(len(office.causes or ())))]], place_of[office.area]
        )
        for office in drawn
        if office.area
    ]


def answerable(case: SampleCase) -> SampleCase:
    """Return the case without what a register of offices cannot answer: languages, training, years of defence."""
    return replace(
        case,
        recipient=replace(case.recipient, name=f"Sample {case.number}", identity_number=None),
        area=case.area or next(iter(case.domicile_areas), None),
        categories=tuple(category for category in case.categories if category is not Category.MINOR),
        languages=(),
        minor=False,
        grave=False,
        demand=1,
    )


def touched_by_gaps(cases: Iterable[SampleCase], offices: Iterable[Office]) -> int:
    """Return how many cases an incomplete office of the area might have served."""
    gaps: dict[str | None, list[Office]] = {}
    for office in offices:
        if office.causes is None or not office.located:
            gaps.setdefault(office.area, []).append(office)
    return sum(_might_serve(gaps, case) for case in cases)


def _might_serve(gaps: Mapping[str | None, Sequence[Office]], case: SampleCase) -> bool:
    return any(office.causes is None or case.cause in office.causes for office in gaps.get(case.area, ()))


def centre_of(offices: Iterable[Office]) -> tuple[float | None, float | None]:
    """Return the middle of the offices whose place is known."""
    points = [(office.latitude, office.longitude) for office in offices if office.located]
    if not points:
        return None, None
    latitude, longitude = np.asarray(points, dtype=float).mean(axis=0).tolist()
    return round(latitude, 5), round(longitude, 5)
