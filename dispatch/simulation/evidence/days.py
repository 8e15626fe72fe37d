"""A day as it was decided: the docket of a run, its plan, and the prices that prove it."""

from dataclasses import dataclass
from functools import cached_property

from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.record import Override
from dispatch.modes.encode import first_rows
from dispatch.modes.figures import levels_of
from dispatch.modes.scores import Scores
from optimizer import Problem, Solution
from optimizer.analysis.questions import Alternatives


@dataclass(frozen=True, eq=False)
class Day:
    """A run as it was solved: its docket, and the plan with its prices."""

    docket: Docket
    problem: Problem
    solution: Solution

    @cached_property
    def eligibility(self) -> Eligibility:
        """Who might take what."""
        return eligible(self.docket)

    @cached_property
    def levels(self) -> Scores:
        """Levels instead of points: every weight is one."""
        return levels_of(self.docket)

    @cached_property
    def answers(self) -> Alternatives:
        """What else the day could have been."""
        return Alternatives(self.problem, self.solution)

    def place(self, override: Override) -> tuple[int, int] | None:
        """Return case and column of an override; None where the chosen one could not have been proposed."""
        case = next((i for i, each in enumerate(self.docket.facts.cases) if each.id == override.case_id), NOBODY)
        j = self.docket.column_of(override.practitioner_id)
        if NOBODY in (case, j):
            return None
        could = self.eligibility.row(int(first_rows(self.docket)[case]))[j] and self.problem.room[j] > 0
        return (case, j) if could else None
