"""The docket: everything one decision may see, frozen; the same docket and seed give the same choice.

Rows are seats: a case that needs a lead and a second is two rows next to each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.docket.columns import (
    CaseColumns,
    Integers,
    Numbers,
    PractitionerColumns,
    case_columns,
    real,
    vocabularies,
    whole,
)
from dispatch.domain.docket.draw import tie_break_keys
from dispatch.domain.docket.facts import CaseFacts, DocketFacts, PractitionerFacts
from dispatch.domain.docket.json import docket_from_json, docket_to_json
from dispatch.domain.docket.lookups import Lookups
from dispatch.domain.docket.roster import Latest, Roster, require_unique
from dispatch.domain.eligibility.kleene import YES
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import PairKind

__all__ = ["NOBODY", "Choice", "Docket", "PairList", "docket_from_json", "docket_to_json"]

NOBODY = -1
"""Put in a choice for a seat that stays open."""

MAX_SEATS = 2
"""One or two defenders or agents a party (《刑事诉讼法》第三十三条；《民事诉讼法》第六十一条)."""

HOUR = timedelta(hours=1)

Choice = Integers
"""One column a row, or NOBODY."""


@dataclass(frozen=True, slots=True, eq=False)
class PairList:
    """Sparse facts: row, column and a whole value of each."""

    rows: Integers
    cols: Integers
    values: Integers

    def of_row(self, i: int) -> Self:
        """Return the facts about row `i`."""
        if not len(self.rows):
            return self
        mine = self.rows == i
        return type(self)(self.rows[mine], self.cols[mine], self.values[mine])


NO_PAIRS = PairList(*(np.empty(0, np.int64) for _ in range(3)))
"""Most kinds of facts concern nobody in most dockets."""


@dataclass(frozen=True, eq=False)
class Docket:
    """
    Columns, tables and sparse lists of one decision.

    Parameters
    ----------
    case_of : (n,) int64
        The case of each row, an index into ``facts.cases``.
    seat : (n,) int64
        0 for the lead, 1 for the second.
    hours_left : (n,) float64, hours
        From the decision to the deadline; negative when overdue.
    case_key, practitioner_key : (n,), (m,) uint64
        Hashes of ids, for draws in which the order of rows plays no part.
    wishes : PairList
        Ranks, 1 for the first wish; also claims in their order, and the one an officer named.
    counsel : PairList
        Practitioners of an earlier stage; values are their order, 1 for the latest named first.
    pairs : dict of PairKind to PairList
        Recorded facts about single pairs.
    exclusive : tuple of (q,) int64
        Rows of which one practitioner may take at most one: co-defendants, seats of one case.
    opposing : (q, 2) int64
        Rows of opposing sides: their practitioners must belong to different institutions.
    """

    facts: DocketFacts
    policy: Policy
    seed: int
    case: CaseColumns
    practitioner: PractitionerColumns
    lookups: Lookups
    case_of: Integers
    seat: Integers
    hours_left: Numbers
    case_key: NDArray[np.uint64]
    practitioner_key: NDArray[np.uint64]
    wishes: PairList
    counsel: PairList
    pairs: dict[PairKind, PairList]
    exclusive: tuple[Integers, ...]
    opposing: Integers

    @classmethod
    def build(
        cls, facts: DocketFacts, policy: Policy, seed: int = 0, latest: Latest[PractitionerColumns] | None = None
    ) -> Self:
        """
        Return the docket of some facts; a caller that builds repeatedly keeps the ``latest`` columns of its people.

        Raises
        ------
        InvalidFieldError
            If an id occurs twice or a case asks for more seats than the law allows.
        """
        roster = Roster.of(facts, policy, vocabularies(facts.cases), latest)
        return cls.among(roster, facts, policy, seed)

    @classmethod
    def among(cls, roster: Roster, facts: DocketFacts, policy: Policy, seed: int = 0) -> Self:
        """Return the docket of some cases among people who are columns already; ``build`` says what it refuses."""
        require_unique("case", [case.id for case in facts.cases])
        require_seats(facts.cases)
        case_of = np.repeat(np.arange(len(facts.cases)), whole(case.demand for case in facts.cases))
        seats = [facts.cases[index] for index in case_of]
        first = np.searchsorted(case_of, np.arange(len(facts.cases)))
        lot = tie_break_keys(facts.cases)
        rows_of_case = {case.id: range(row, row + case.demand) for case, row in zip(facts.cases, first, strict=True)}
        return cls(
            facts=facts,
            policy=policy,
            seed=seed,
            case=case_columns(seats, roster.codes),
            practitioner=roster.columns,
            lookups=roster.lookups,
            case_of=case_of,
            seat=np.arange(len(seats)) - first[case_of],
            hours_left=real((case.due_at - facts.now) / HOUR for case in seats),
            case_key=np.array([lot[case.id] for case in seats], np.uint64),
            practitioner_key=roster.keys,
            wishes=ranked([case.wishes for case in seats], roster.column),
            counsel=ranked([case.earlier_counsel for case in seats], roster.column),
            pairs=pair_lists(facts, rows_of_case, roster.column),
            exclusive=exclusive_groups(seats),
            opposing=opposing_rows(seats, rows_of_case),
        )

    def naming(self, named: Mapping[str, Sequence[str]]) -> Self:
        """Return the docket in which these are named for each case, in their order, in the place of wishes."""
        cases = tuple(replace(case, wishes=tuple(named[case.id])) for case in self.facts.cases)
        column = {person.id: j for j, person in enumerate(self.facts.practitioners)}
        return replace(
            self,
            facts=replace(self.facts, cases=cases),
            wishes=ranked([cases[index].wishes for index in self.case_of.tolist()], column),
        )

    def reserved_for(self, institution_id: str) -> Self:
        """Return the docket in which only the people of one institution have room."""
        theirs = np.array([person.institution_id == institution_id for person in self.facts.practitioners], bool)
        room = np.where(theirs[None, :], self.practitioner.room, 0)
        return replace(self, practitioner=replace(self.practitioner, room=room))

    def without(self, away: NDArray[np.bool_]) -> Self:
        """Return the docket in which these of its people are on leave."""
        people = (
            replace(person, on_leave=True) if gone else person
            for person, gone in zip(self.facts.practitioners, away.tolist(), strict=True)
        )
        columns = self.practitioner
        on_leave = np.where(away[None, :], YES, columns.on_leave).astype(columns.on_leave.dtype)
        return replace(
            self,
            facts=replace(self.facts, practitioners=tuple(people)),
            practitioner=replace(columns, on_leave=on_leave, present=columns.present & ~away[None, :]),
        )

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.case_of)

    @property
    def m(self) -> int:
        """Number of practitioners."""
        return len(self.facts.practitioners)

    @cached_property
    def by_urgency(self) -> Integers:
        """Rows in the order in which they are served: nearest deadline first, ties by key, never by position."""
        return np.lexsort((self.seat, self.case_key, self.hours_left))

    def case_at(self, i: int) -> CaseFacts:
        """Return the case of row `i`."""
        return self.facts.cases[int(self.case_of[i])]

    def practitioner_at(self, j: int) -> PractitionerFacts:
        """Return the practitioner of column `j`."""
        return self.facts.practitioners[j]

    def column_of(self, practitioner_id: str) -> int:
        """Return the column of a practitioner, or NOBODY."""
        ids = (practitioner.id for practitioner in self.facts.practitioners)
        return next((j for j, id in enumerate(ids) if id == practitioner_id), NOBODY)


def require_seats(cases: Iterable[CaseFacts]) -> None:
    """Refuse a case with more practitioners than the law allows a party."""
    for case in cases:
        if not 1 <= case.demand <= MAX_SEATS:
            raise InvalidFieldError(
                field="demand",
                value=case.demand,
                expected=stated(f"1至{MAX_SEATS}", f"1 to {MAX_SEATS}"),
                case_id=case.id,
            )


def pair_list(triples: Iterable[tuple[int, int, int]]) -> PairList:
    """Return triples of row, column and value as a list sorted by row, then value."""
    in_order = sorted(triples, key=lambda triple: (triple[0], triple[2], triple[1]))
    if not in_order:
        return NO_PAIRS
    table = np.array(in_order, np.int64)
    return PairList(table[:, 0], table[:, 1], table[:, 2])


def ranked(lists: Sequence[Sequence[str]], column: dict[str, int]) -> PairList:
    """Return who is named for each row and at which rank; people not on the docket keep their rank empty."""
    return pair_list(
        (i, column[id], rank)
        for i, ids in enumerate(lists)
        for rank, id in enumerate(dict.fromkeys(ids), start=1)
        if id in column
    )


def pair_lists(facts: DocketFacts, rows_of_case: dict[str, range], column: dict[str, int]) -> dict[PairKind, PairList]:
    """Return the recorded pair facts by kind; facts about someone not on the docket concern nobody here."""
    found: dict[PairKind, list[tuple[int, int, int]]] = {kind: [] for kind in PairKind}
    for pair in facts.pairs:
        if pair.practitioner_id in column:
            rows = rows_of_case.get(pair.case_id, range(0))
            found[pair.kind] += [(i, column[pair.practitioner_id], 1) for i in rows]
    return {kind: pair_list(triples) for kind, triples in found.items()}


def exclusive_groups(seats: Sequence[CaseFacts]) -> tuple[Integers, ...]:
    """Return the rows one practitioner may share only one of: a joint group's, or else a case's own seats."""
    groups: dict[tuple[str, str], list[int]] = {}
    for i, case in enumerate(seats):
        key = ("case", case.id) if case.joint_group is None else ("group", case.joint_group)
        groups.setdefault(key, []).append(i)
    return tuple(whole(rows) for rows in groups.values() if len(rows) > 1)


def opposing_rows(seats: Sequence[CaseFacts], rows_of_case: dict[str, range]) -> Integers:
    """Return each pair of rows on opposing sides once."""
    pairs = {
        (min(i, k), max(i, k))
        for i, case in enumerate(seats)
        for other in case.opposing_case_ids
        for k in rows_of_case.get(other, range(0))
        if other != case.id
    }
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)
