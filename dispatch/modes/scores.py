"""What a pair is worth: whole points by criterion, factored over the values of the case.

A criterion is a table: one row a value that occurs among the cases (a cause, an area, a set of
categories), one column a practitioner. Wishes and continuity are points of single pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dispatch.domain.docket.columns import Integers
from dispatch.domain.docket.docket import Docket, PairList
from dispatch.domain.policy.criteria import Criterion
from dispatch.domain.policy.schema import Band

ANY = ""
"""Reads no case column: the criterion is the practitioner's alone."""


@dataclass(frozen=True, eq=False)
class Factor:
    """Points (k, m) of one criterion by the value of one case column; `key` (n,) is each row's value."""

    criterion: Criterion
    reads: str
    key: Integers
    points: Integers


@dataclass(frozen=True, eq=False)
class Scores:
    """The points of a docket: factors for all pairs, bonuses for single ones."""

    factors: tuple[Factor, ...]
    bonuses: dict[Criterion, PairList]

    @cached_property
    def _bonus_of(self) -> dict[Criterion, dict[tuple[int, int], int]]:
        return {
            criterion: {
                (i, j): points
                for i, j, points in zip(pairs.rows.tolist(), pairs.cols.tolist(), pairs.values.tolist(), strict=True)
            }
            for criterion, pairs in self.bonuses.items()
        }

    def terms(self, i: int, j: int) -> dict[str, int]:
        """Return the points of a pair by criterion; they sum to its score."""
        by_factor = {factor.criterion: int(factor.points[factor.key[i], j]) for factor in self.factors}
        by_bonus = {criterion: points.get((i, j), 0) for criterion, points in self._bonus_of.items()}
        terms = by_factor | by_bonus
        return {criterion.value: terms[criterion] for criterion in Criterion}

    def row(self, i: int) -> dict[str, Integers]:
        """Return the points of every practitioner for row `i` by criterion, (m,) each."""
        points = {factor.criterion: factor.points[factor.key[i]] for factor in self.factors}
        for criterion, pairs in self.bonuses.items():
            mine = pairs.of_row(i)
            points[criterion] = np.zeros_like(points[Criterion.QUALITY])
            points[criterion][mine.cols] = mine.values
        return {criterion.value: points[criterion] for criterion in Criterion}


def score(docket: Docket) -> Scores:
    """Return what each pair of a docket is worth under its policy."""
    weights, lookups = docket.policy.weights, docket.lookups
    bands = docket.policy.distance_bands
    tables = (
        (Criterion.SPECIALTY, "cause", lookups.specialty),
        (Criterion.EXPERIENCE, "categories", lookups.experience),
        (Criterion.DISTANCE, "area", distance_levels(lookups.distance_km, bands)),
        (Criterion.LANGUAGE, "languages", lookups.language),
        (Criterion.QUALITY, ANY, quality_levels(docket)),
        (Criterion.SENIORITY, ANY, seniority_levels(docket)),
    )
    return Scores(
        tuple(factor_of(docket, *table) for table in tables),
        {
            Criterion.WISH: wish_points(docket),
            Criterion.CONTINUITY: scaled(docket.counsel, np.full(len(docket.counsel.rows), 100), weights.continuity),
        },
    )


def factor_of(docket: Docket, criterion: Criterion, reads: str, levels: np.ndarray) -> Factor:
    """Return one criterion as points; an unknown level is worth nothing."""
    weight = docket.policy.weights.of(criterion)
    values, key = np.zeros(min(docket.n, 1), np.int64), np.zeros(docket.n, np.int64)
    if reads:
        values, key = np.unique(getattr(docket.case, reads)[:, 0], return_inverse=True)
    points = weight * np.maximum(levels[values], 0).astype(np.int64)
    return Factor(criterion, reads, key.reshape(-1), points)


def distance_levels(distance_km: np.ndarray, bands: Sequence[Band]) -> np.ndarray:
    """Return the level of the first band that reaches so far; 0 beyond the last, -1 where unknown."""
    edges = np.array([band.up_to_km for band in bands], distance_km.dtype)
    levels = np.array([*(band.level for band in bands), 0], np.int32)
    return np.where(np.isnan(distance_km), -1, levels[np.searchsorted(edges, distance_km)])


def quality_levels(docket: Docket) -> np.ndarray:
    """Return the quality levels, (1, m); who has not been graded has the policy's level."""
    quality = docket.practitioner.quality
    return np.where(quality < 0, docket.policy.thresholds.unknown_quality, quality)


def seniority_levels(docket: Docket) -> np.ndarray:
    """Return years of practice in hundredths of full seniority, (1, m); unknown years count nothing."""
    years = np.nan_to_num(docket.practitioner.practice_years, nan=0.0).astype(np.int64)
    return np.minimum(100 * years // docket.policy.thresholds.senior_years, 100)


def wish_points(docket: Docket) -> PairList:
    """Return the points of each wish by its rank; a rank beyond the policy's levels is worth nothing."""
    levels = np.array([*docket.policy.wish_levels, 0], np.int64)
    rank = np.minimum(docket.wishes.values, len(levels)) - 1
    return scaled(docket.wishes, levels[rank], docket.policy.weights.wish)


def scaled(pairs: PairList, levels: Integers, weight: int) -> PairList:
    """Return levels of single pairs as points."""
    return PairList(pairs.rows, pairs.cols, weight * levels)
