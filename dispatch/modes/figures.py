"""A score in figures people can read: weight, level and points of each criterion, and the fact behind it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from dispatch.domain.docket.docket import Docket, PairList
from dispatch.domain.plain_words import PlainWords
from dispatch.domain.policy.criteria import MAX_SCORE, Criterion, Weights
from dispatch.modes.scores import Scores, score


class CriterionFigure(NamedTuple):
    """
    One criterion of a pair.

    Parameters
    ----------
    weight : int, basis points
        What the policy gives the criterion; all sum to 10,000.
    level : int, 0 to 100
        What the pair reaches in it; what is not known counts as the policy says.
    points : int
        Weight times level.
    measure : float or None
        The fact behind the level; None where it is not known, or where there is no such fact.
    """

    criterion: Criterion
    weight: int
    level: int
    points: int
    measure: float | None

    @property
    def share(self) -> float:
        """The points as a part of the best possible score."""
        return self.points / MAX_SCORE


# fmt: off
MEASURED: dict[Criterion, PlainWords] = {
    # criterion              its measure with its unit
    Criterion.SPECIALTY:   PlainWords("专业特长{0}（满分100）", "{0} of 100 in the cause"),
    Criterion.EXPERIENCE:  PlainWords("经验{0}（满分100）",     "{0} of 100 with such recipients"),
    Criterion.DISTANCE:    PlainWords("相距{0}公里",            "{0} km away"),
    Criterion.LANGUAGE:    PlainWords("能够使用所需语言的{0}%", "{0} % of the languages needed"),
    Criterion.QUALITY:     PlainWords("办案质量{0}（满分100）", "{0} of 100 for past cases"),
    Criterion.SENIORITY:   PlainWords("执业{0}年",              "{0} years of practice"),
    Criterion.WISH:        PlainWords("点援顺位第{0}",          "wish number {0}"),
    Criterion.CONTINUITY:  PlainWords("曾承办前一阶段",         "acted at an earlier stage"),
}
UNKNOWN = PlainWords("未登记", "not recorded")
NONE = {
    Criterion.WISH:        PlainWords("未被点援",               "not wished for"),
    Criterion.CONTINUITY:  PlainWords("未承办前一阶段",         "did not act before"),
}
BESIDE: dict[Criterion, PlainWords] = {
    # criterion              its measure beside somebody else's, where the criterion is named already
    Criterion.SPECIALTY:   PlainWords("{0}",     "{0}"),
    Criterion.EXPERIENCE:  PlainWords("{0}",     "{0}"),
    Criterion.QUALITY:     PlainWords("{0}",     "{0}"),
    Criterion.DISTANCE:    PlainWords("{0}公里", "{0} km"),
    Criterion.SENIORITY:   PlainWords("{0}年",   "{0} years"),
}
OUT_OF = PlainWords("，满分100", ", of 100")
GRADED = {Criterion.SPECIALTY, Criterion.EXPERIENCE, Criterion.QUALITY}
SPOKEN = {
    0.0:   PlainWords("不能使用所需语言", "none of the languages needed"),
    100.0: PlainWords("能够使用所需语言", "every language needed"),
}
# fmt: on


def beside(one: CriterionFigure, other: CriterionFigure, language: str) -> tuple[str, str]:
    """Return the facts behind a criterion of two people in few words; the scale comes once, after the last number."""
    scale = OUT_OF.label(language) if one.criterion in GRADED else ""
    if other.measure is None:
        return _beside(one, language) + (scale if one.measure is not None else ""), _beside(other, language)
    return _beside(one, language), _beside(other, language) + scale


def _beside(figure: CriterionFigure, language: str) -> str:
    words = BESIDE.get(figure.criterion)
    if words is None or figure.measure is None:
        return measured(figure, language)
    return words.label(language).format(f"{figure.measure:g}")


def measured(figure: CriterionFigure, language: str) -> str:
    """Return the fact behind a criterion in words, with its unit."""
    if figure.measure is None:
        return NONE.get(figure.criterion, UNKNOWN).label(language)
    if figure.criterion is Criterion.LANGUAGE and figure.measure in SPOKEN:
        return SPOKEN[figure.measure].label(language)
    return MEASURED[figure.criterion].label(language).format(f"{figure.measure:g}")


Measures = Callable[[Docket, int, int], Any]


def figures_of(docket: Docket, levels: Scores, i: int, j: int) -> list[CriterionFigure]:
    """Return the criteria of a pair; ``levels`` are the docket's by ``levels_of``."""
    of_pair, weights = levels.terms(i, j), docket.policy.weights
    return [
        CriterionFigure(
            each, weights.of(each), of_pair[each.value], weights.of(each) * of_pair[each.value], measure(docket, i, j)
        )
        for each, measure in MEASURES.items()
    ]


def levels_of(docket: Docket) -> Scores:
    """Return levels instead of points: every weight is one."""
    return score(weighed(docket, docket.policy.weights.model_copy(update=ONE_EACH)))


def weighed(docket: Docket, weights: Weights) -> Docket:
    """Return the docket under other weights."""
    return replace(docket, policy=docket.policy.model_copy(update={"weights": weights}))


def _graded(table: str, code: str) -> Measures:
    def measure(docket: Docket, i: int, j: int) -> float | None:
        level = int(getattr(docket.lookups, table)[getattr(docket.case, code)[i, 0], j])
        return None if level < 0 else level

    return measure


def _distance(docket: Docket, i: int, j: int) -> float | None:
    return _known(docket.lookups.distance_km[docket.case.area[i, 0], j])


def _quality(docket: Docket, i: int, j: int) -> float | None:
    level = int(docket.practitioner.quality[0, j])
    return None if level < 0 else level


def _seniority(docket: Docket, i: int, j: int) -> float | None:
    return _known(docket.practitioner.practice_years[0, j])


def _place(pairs: str) -> Measures:
    def measure(docket: Docket, i: int, j: int) -> float | None:
        named: PairList = getattr(docket, pairs)
        found = named.values[(named.rows == i) & (named.cols == j)].tolist()
        return found[0] if found else None

    return measure


def _known(value: Any) -> float | None:
    return None if np.isnan(value) else round(float(value), 1)


ONE_EACH = dict.fromkeys((each.value for each in Criterion), 1)

MEASURES: dict[Criterion, Measures] = {
    Criterion.SPECIALTY: _graded("specialty", "cause"),
    Criterion.EXPERIENCE: _graded("experience", "categories"),
    Criterion.DISTANCE: _distance,
    Criterion.LANGUAGE: _graded("language", "languages"),
    Criterion.QUALITY: _quality,
    Criterion.SENIORITY: _seniority,
    Criterion.WISH: _place("wishes"),
    Criterion.CONTINUITY: _place("counsel"),
}
