"""Whom a decision may choose among, as columns: built for one docket, or once for all decisions of a day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.docket.codes import Vocabulary
from dispatch.domain.docket.columns import PractitionerColumns, practitioner_columns
from dispatch.domain.docket.facts import DocketFacts, PractitionerFacts
from dispatch.domain.docket.lookups import Lookups, look_up
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.policy.schema import Policy

Result = TypeVar("Result")


class Latest(Generic[Result]):
    """The last result of some work, which is done again only if what it is made of has changed."""

    def __init__(self) -> None:
        self._known: tuple[object, Result] | None = None

    def of(self, made_of: object, work: Callable[[], Result]) -> Result:
        """Return the result for what it is made of."""
        if self._known is None or self._known[0] != made_of:
            self._known = made_of, work()
        return self._known[1]


@dataclass(frozen=True, slots=True, eq=False)
class Roster:
    """
    People and what the values of cases mean to each of them.

    Parameters
    ----------
    columns : PractitionerColumns
        Shape (1, m). What changes within a day, such as load and turns, is exchanged here.
    keys : (m,) uint64
        Hashes of ids, for draws in which the order of columns plays no part.
    codes : dict of Vocabulary
        Every value the lookups have a row for; a case with another value counts as unknown.
    column : dict of str to int
        The column of each practitioner.
    """

    practitioners: tuple[PractitionerFacts, ...]
    columns: PractitionerColumns
    keys: NDArray[np.uint64]
    codes: dict[str, Vocabulary]
    lookups: Lookups
    column: dict[str, int]

    @classmethod
    def of(
        cls,
        facts: DocketFacts,
        policy: Policy,
        codes: dict[str, Vocabulary],
        latest: Latest[PractitionerColumns] | None = None,
    ) -> Self:
        """Return the people of some facts as they are on the day of the decision; ``latest`` knows them, maybe."""
        people = facts.practitioners
        require_unique("practitioner", [person.id for person in people])
        measured = people, facts.institutions, policy, policy.day_of(facts.now)
        columns = (latest or Latest()).of(measured, lambda: practitioner_columns(*measured))
        return cls(
            practitioners=people,
            columns=columns,
            keys=columns.key[0],
            codes=codes,
            lookups=look_up(people, facts.areas, codes, policy.catalogue.lineage),
            column={person.id: j for j, person in enumerate(people)},
        )


def require_unique(what: str, ids: Sequence[str]) -> None:
    """Refuse a docket that names something twice."""
    if len(set(ids)) < len(ids):
        twice = sorted(id for id in set(ids) if ids.count(id) > 1)
        raise InvalidFieldError(field=f"{what}.id", value=twice, expected=stated("每个编号只出现一次", "each id once"))
