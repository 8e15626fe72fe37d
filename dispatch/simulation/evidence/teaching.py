"""What a centre's overrides teach: the nearest weights that explain them, or which of them contradict each other."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dispatch.domain.policy.criteria import BASIS_POINTS, Weights
from dispatch.domain.record import Override
from dispatch.simulation.evidence.days import Day
from dispatch.simulation.evidence.overrides import CRITERIA, choice_of, losses
from optimizer.analysis.questions import learn

# fmt: off
TEXTS = {
    "contradicts": ("以下{0}项决定相互矛盾：没有一组权重会同时作出这些决定",
                    "These {0} decisions contradict each other: no weights explain them all"),
    "alone":       ("没有一组权重会作出这项决定",
                    "No weights explain this decision"),
    "explained":   ("按这组权重，{0}项决定都会照样作出",
                    "These weights explain all {0} decisions"),
    "nothing":     ("没有可以比较的决定",
                    "There is no decision to compare"),
}
# fmt: on


class JudgedOverride(NamedTuple):
    """
    An override, and what became of it.

    Parameters
    ----------
    comparable : bool
        Whether the chosen one could have been proposed that day at all.
    explained : bool
        Whether everyone else who differs is worth less by the new weights, at that day's prices of slots.
    loss : int or None, points
        What the day would lose by it under the new weights, by the exact optimizer; 0: a best plan has it.
    """

    override: Override
    comparable: bool
    explained: bool
    loss: int | None


class Lessons(NamedTuple):
    """
    What overrides teach.

    Parameters
    ----------
    now, weights : dict of str to int, basis points
        The weights in force, and the nearest that explain as many decisions as any can.
    contradiction : list of str
        Designations of a smallest set that no weights explain together.
    """

    now: dict[str, int]
    weights: dict[str, int]
    decisions: list[JudgedOverride]
    contradiction: list[str]
    zh: str
    en: str


def lessons_of(now: Weights, overrides: Sequence[Override], days: Mapping[str, Day]) -> Lessons:
    """Return what overrides of some runs teach about weights."""
    choices = [choice_of(days[each.run_id], each) for each in overrides]
    known = [index for index, choice in enumerate(choices) if choice is not None]
    before = np.array([now.of(criterion) for criterion in CRITERIA])
    bounds = np.zeros_like(before), np.full_like(before, BASIS_POINTS)
    lesson = learn(before, [choice for choice in choices if choice is not None], *bounds)
    weights = Weights(**dict(zip((each.value for each in CRITERIA), lesson.weights.tolist(), strict=True)))
    found = _losses(overrides, days, weights)
    explained = {known[index] for index in lesson.explained}
    decisions = [
        JudgedOverride(each, choices[index] is not None, index in explained, found[index])
        for index, each in enumerate(overrides)
    ]
    contradiction = [overrides[known[index]].designation_id for index in lesson.contradiction]
    zh, en = _words(len(contradiction), len(known))
    return Lessons(now.model_dump(), weights.model_dump(), decisions, contradiction, zh, en)


def _words(contradicting: int, known: int) -> tuple[str, str]:
    """Messages about the decisions, in Chinese and in English."""
    outcome = ("explained" if known else "nothing", "alone", "contradicts")[min(contradicting, 2)]
    zh, en = (text.format(contradicting or known) for text in TEXTS[outcome])
    return zh, en


def _losses(overrides: Sequence[Override], days: Mapping[str, Day], weights: Weights) -> list[int | None]:
    """Each day is solved once."""
    found: list[int | None] = [None] * len(overrides)
    for run_id, day in days.items():
        mine = [index for index, each in enumerate(overrides) if each.run_id == run_id]
        for index, loss in zip(mine, losses(day, [overrides[index] for index in mine], weights), strict=True):
            found[index] = loss
    return found
