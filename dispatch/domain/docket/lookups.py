"""What a case value means to each practitioner: one row a value that occurs, one column a practitioner.

Every table ends with a row for the unknown value, which the code -1 finds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.docket.codes import Vocabulary
from dispatch.domain.docket.facts import AreaFacts, PractitionerFacts
from dispatch.domain.eligibility.kleene import NO, UNKNOWN, YES, Truths
from dispatch.domain.law.recipients import BROADER
from dispatch.domain.texts.organs import organ_key

Levels = NDArray[np.int32]
EARTH_RADIUS_KM = 6371.0088
UNGRADED = -1

Lineage = Mapping[str, tuple[str, ...]]
"""A cause, the group above it, and so on up to its chapter."""


@dataclass(frozen=True, slots=True, eq=False)
class Lookups:
    """Tables (values + 1, m); levels are whole, 0 to 100, and -1 where unknown; distances are NaN."""

    serves_area: Truths
    domiciled: Truths
    heard_near: Truths
    speaks: Truths
    served_at: Truths
    related_at: Truths
    specialty: Levels
    experience: Levels
    language: Levels
    distance_km: NDArray[np.float32]


def look_up(
    practitioners: Sequence[PractitionerFacts],
    areas: Sequence[AreaFacts],
    codes: Mapping[str, Vocabulary],
    lineage: Lineage,
) -> Lookups:
    """Return the tables for the values in `codes`."""
    served = listed([p.areas for p in practitioners], every_area(codes))
    spoken = listed([p.languages for p in practitioners], members(codes["languages"]))
    return Lookups(
        serves_area=rows_of(served, codes["area"]),
        domiciled=combined(served, codes["domiciles"], lambda truths: truths.max(axis=0), empty=UNKNOWN),
        heard_near=rows_of(served, codes["court_area"]),
        speaks=combined(spoken, codes["languages"], lambda truths: truths.min(axis=0), empty=YES),
        served_at=offices([former_organs(p) for p in practitioners], codes["organ"]),
        related_at=offices([p.relatives_at for p in practitioners], codes["organ"]),
        specialty=specialty_levels([p.specialties for p in practitioners], codes["cause"], lineage),
        experience=shared_levels([p.experience for p in practitioners], codes["categories"]),
        language=language_levels(spoken, codes["languages"]),
        distance_km=distances(practitioners, areas, codes["area"]),
    )


def every_area(codes: Mapping[str, Vocabulary]) -> Vocabulary:
    """Number the areas that occur as a case's own, as its court's, or as a party's domicile."""
    return Vocabulary([*codes["area"].values, *codes["court_area"].values, *members(codes["domiciles"]).values])


def members(sets: Vocabulary) -> Vocabulary:
    """Number the values that occur in some sets."""
    return Vocabulary(value for group in sets.values for value in group)


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """For each value and practitioner, whether their list names it."""

    codes: Vocabulary
    table: Truths


def listed(lists: Sequence[Iterable[str] | None], codes: Vocabulary) -> Listed:
    """Return who lists what; someone without a list is unknown throughout."""
    table = np.full((len(codes) + 1, len(lists)), NO)
    for j, values in enumerate(lists):
        if values is None:
            table[:, j] = UNKNOWN
            continue
        for value in values:
            code = codes.code(value)
            if code >= 0:
                table[code, j] = YES
    table[-1] = UNKNOWN
    return Listed(codes, table)


def rows_of(lists: Listed, wanted: Vocabulary) -> Truths:
    """Return the rows of the wanted values, and the unknown row."""
    return lists.table[[*(lists.codes.code(value) for value in wanted.values), -1]]


def combined(lists: Listed, sets: Vocabulary, combine: Callable[[Truths], Truths], *, empty: np.uint8) -> Truths:
    """Return one row a set: its members' rows combined, `empty` where it has none."""
    table = np.full((len(sets) + 1, lists.table.shape[1]), UNKNOWN)
    for code, group in enumerate(sets.values):
        chosen = [lists.codes.code(value) for value in group]
        table[code] = combine(lists.table[chosen]) if chosen else empty
    return table


def former_organs(practitioner: PractitionerFacts) -> tuple[str | None, ...] | None:
    """Return the organs someone served in; None within means an unknown one."""
    former = practitioner.former_offices
    return None if former is None else tuple(office.organ for office in former)


def offices(lists: Sequence[Sequence[str | None] | None], organs: Vocabulary) -> Truths:
    """Return who is tied to which organ; an unnamed organ may be any, an unknown case organ may be theirs."""
    table = np.full((len(organs) + 1, len(lists)), NO)
    for j, names in enumerate(lists):
        if names is None:
            table[:, j] = UNKNOWN
        elif names:
            table[-1, j] = UNKNOWN
            if None in names:
                table[:, j] = UNKNOWN
            table[[code for name in names if name and (code := organs.code(organ_key(name))) >= 0], j] = YES
    return table


def specialty_levels(known: Sequence[Mapping[str, int] | None], causes: Vocabulary, lineage: Lineage) -> Levels:
    """Return levels by cause: its own, else that of the nearest group above it, last of its branch of law, else 0."""
    lines = [(*lineage.get(cause, (cause,)), matter) for cause, matter in causes.values]
    above = Vocabulary(group for line in lines for group in line)
    graded = np.full((len(above), len(known)), UNGRADED, np.int32)
    for j, levels in enumerate(known):
        for group, level in (levels or {}).items():
            if (code := above.code(group)) >= 0:
                graded[code, j] = level
    table = np.full((len(causes) + 1, len(known)), -1, np.int32)
    stated = np.fromiter((levels is not None for levels in known), bool)
    for code, line in enumerate(lines):
        nearest = np.full(len(known), UNGRADED, np.int32)
        for group in line:
            nearest = np.where(nearest == UNGRADED, graded[above.code(group)], nearest)
        table[code] = np.where(stated, np.maximum(nearest, 0), -1)
    return table


def shared_levels(known: Sequence[Mapping[str, int] | None], sets: Vocabulary) -> Levels:
    """
    Return the mean level over a set's members, 100 for the empty set: nothing is asked.

    A member that is not listed has the level of the broader category it is part of.
    """
    base = members(sets)
    table = np.full((len(base), len(known)), -1, np.int32)
    for j, levels in enumerate(known):
        if levels is not None:
            table[:, j] = [levels.get(value, levels.get(BROADER.get(value, value), 0)) for value in base.values]
    return averaged(table, base, sets)


def language_levels(spoken: Listed, sets: Vocabulary) -> Levels:
    """Return the share of the needed languages someone speaks, in hundredths."""
    table = np.where(spoken.table[:-1] == YES, 100, np.where(spoken.table[:-1] == NO, 0, -1)).astype(np.int32)
    return averaged(table, spoken.codes, sets)


def averaged(table: Levels, base: Vocabulary, sets: Vocabulary) -> Levels:
    """Return one row a set: the mean of its members, rounded half up, -1 where unknown."""
    out = np.full((len(sets) + 1, table.shape[1]), -1, np.int32)
    for code, group in enumerate(sets.values):
        chosen = table[[base.code(value) for value in group]]
        count = len(group)
        mean = (2 * chosen.sum(axis=0) + count) // (2 * count) if count else 100
        out[code] = np.where((chosen < 0).any(axis=0), -1, mean)
    return out


def distances(
    practitioners: Sequence[PractitionerFacts], areas: Sequence[AreaFacts], wanted: Vocabulary
) -> NDArray[np.float32]:
    """Return great-circle distances in km, to 0.1 km so that a level does not hang on the last bit."""
    points = {area.code: (area.latitude, area.longitude) for area in areas}
    rows = on_sphere([points.get(code, (None, None)) for code in wanted.values])
    cols = on_sphere([(p.latitude, p.longitude) for p in practitioners])
    table = np.full((len(wanted) + 1, len(practitioners)), np.nan, np.float32)
    for code, point in enumerate(rows):  # row by row: the whole product would need many times the memory
        half_chord = np.sqrt(np.clip((1 - cols @ point) / 2, 0, 1))
        table[code] = np.round(2 * EARTH_RADIUS_KM * np.arcsin(half_chord), 1)
    return table


def on_sphere(points: Sequence[tuple[Any, Any]]) -> NDArray[np.float64]:
    """Return points as unit vectors, NaN where a coordinate is missing."""
    degrees = np.array(points, np.float64).reshape(-1, 2)
    latitude, longitude = np.radians(degrees).T
    east, north = np.cos(latitude) * np.sin(longitude), np.sin(latitude)
    return np.stack([np.cos(latitude) * np.cos(longitude), east, north], axis=1)
